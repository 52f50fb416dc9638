//! Validation: a problem that passes can be compiled and solved without a panic.

use std::collections::HashSet;

use crate::{
    CodeSet, Criterion, Error, Hardness, MAX_CRITERIA, MAX_GROUP_SIZE, MAX_PAIRS, MAX_SCORE,
    MAX_STUDENTS, MAX_WEIGHT, Problem, Rule, Sizes, Values, Week,
};

/// The size range in force: that of the problem, or one small group.
pub(crate) fn effective_sizes(problem: &Problem) -> Result<Sizes, Error> {
    let sizes = ordered_sizes(problem)?;
    let students = problem.students;
    let Sizes { min, max, .. } = problem.sizes;
    if students < sizes.min {
        return Err(Error::TooFewStudents { students, min });
    }
    if students.div_ceil(sizes.max) > students / sizes.min {
        return Err(Error::ImpossibleSizes { students, min, max });
    }
    Ok(sizes)
}

/// The size range in force, for an assignment that is there already: the students need not fit.
pub(crate) fn ordered_sizes(problem: &Problem) -> Result<Sizes, Error> {
    let Sizes { min, preferred, max, weight, allow_small } = problem.sizes;
    if min < 2 || preferred < min || max < preferred || max > MAX_GROUP_SIZE {
        return Err(Error::InvalidSizes { min, preferred, max });
    }
    if let Some(weight) = weight
        && !(1..=MAX_WEIGHT).contains(&weight)
    {
        return Err(Error::SizeWeight { weight });
    }
    let students = problem.students;
    if students == 0 {
        return Err(Error::NoStudents);
    }
    if students > MAX_STUDENTS {
        return Err(Error::TooManyStudents { students });
    }
    if (2..min).contains(&students) && allow_small {
        return Ok(Sizes {
            min: students,
            preferred: students,
            max: students,
            weight,
            allow_small,
        });
    }
    Ok(problem.sizes)
}

/// Checks everything about a problem.
pub(crate) fn check(problem: &Problem) -> Result<(), Error> {
    effective_sizes(problem)?;
    check_rest(problem)
}

/// Checks everything but whether the students can be split within the sizes.
pub(crate) fn check_rest(problem: &Problem) -> Result<(), Error> {
    let sizes = ordered_sizes(problem)?;
    if problem.worst_weight > 1000 {
        return Err(Error::WorstWeight { thousandths: problem.worst_weight });
    }
    let mut seen = HashSet::new();
    for feature in &problem.features {
        if !seen.insert(feature.id.as_str()) {
            return Err(Error::DuplicateFeature { feature: feature.id.clone() });
        }
        if feature.values.len() != problem.students as usize {
            return Err(Error::FeatureLength {
                feature: feature.id.clone(),
                expected: problem.students as usize,
                actual: feature.values.len(),
            });
        }
    }
    if problem.criteria.len() > MAX_CRITERIA {
        return Err(Error::TooManyCriteria { criteria: problem.criteria.len() });
    }
    seen.clear();
    for criterion in &problem.criteria {
        if !seen.insert(criterion.id.as_str()) {
            return Err(Error::DuplicateCriterion { criterion: criterion.id.clone() });
        }
        check_criterion(problem, criterion)?;
    }
    check_together(problem, sizes.max)
}

fn check_criterion(problem: &Problem, criterion: &Criterion) -> Result<(), Error> {
    let id = || criterion.id.clone();
    if !(1..=MAX_WEIGHT).contains(&criterion.weight) {
        return Err(Error::WeightOutOfRange { criterion: id(), weight: criterion.weight });
    }
    let max = problem.sizes.max;
    match &criterion.rule {
        Rule::Align { feature, floor } | Rule::Mix { feature, floor } => {
            check_floor(criterion, *floor)?;
            match column(problem, criterion, *feature)? {
                Values::Slots(_) => wrong(problem, criterion, *feature, "number, category or set"),
                _ => Ok(()),
            }
        }
        Rule::Balance { feature, floor } => {
            check_floor(criterion, *floor)?;
            match column(problem, criterion, *feature)? {
                Values::Number(_) => Ok(()),
                _ => wrong(problem, criterion, *feature, "number"),
            }
        }
        Rule::Overlap { feature, min_common } => {
            let Values::Slots(_) = column(problem, criterion, *feature)? else {
                return wrong(problem, criterion, *feature, "slots");
            };
            check_count(criterion, u32::from(*min_common), u32::from(Week::SLOTS))
        }
        Rule::NeverAlone { feature, codes } | Rule::AtMost { feature, codes, .. } => {
            check_codes(problem, criterion, *feature, codes)
        }
        Rule::Cover { feature, codes, at_least } => {
            check_codes(problem, criterion, *feature, codes)?;
            check_count(criterion, *at_least, max)
        }
        Rule::Apart { sets } | Rule::Together { sets } => {
            let pairs =
                |set: &Vec<u32>| set.len() as u64 * (set.len() as u64).saturating_sub(1) / 2;
            check_pairs(criterion, sets.iter().map(pairs).sum())?;
            for (position, set) in sets.iter().enumerate() {
                if set.len() < 2 {
                    return Err(Error::ShortSet { criterion: id(), set: position });
                }
                check_students(problem, criterion, set)?;
            }
            Ok(())
        }
        Rule::NotAgain { pairs } => {
            check_pairs(criterion, pairs.len() as u64)?;
            pairs.iter().try_for_each(|&(a, b)| check_students(problem, criterion, &[a, b]))
        }
    }
}

fn column<'p>(
    problem: &'p Problem,
    criterion: &Criterion,
    feature: usize,
) -> Result<&'p Values, Error> {
    problem.features.get(feature).map(|found| &found.values).ok_or_else(|| Error::UnknownFeature {
        criterion: criterion.id.clone(),
        feature,
        features: problem.features.len(),
    })
}

fn wrong(
    problem: &Problem,
    criterion: &Criterion,
    feature: usize,
    expected: &'static str,
) -> Result<(), Error> {
    Err(Error::WrongKind {
        criterion: criterion.id.clone(),
        feature: problem.features[feature].id.clone(),
        expected,
        actual: problem.features[feature].values.kind(),
    })
}

fn check_floor(criterion: &Criterion, floor: Option<u16>) -> Result<(), Error> {
    match floor {
        Some(floor) if floor > MAX_SCORE => {
            Err(Error::FloorOutOfRange { criterion: criterion.id.clone(), floor })
        }
        _ => Ok(()),
    }
}

fn check_count(criterion: &Criterion, count: u32, max: u32) -> Result<(), Error> {
    if (1..=max).contains(&count) {
        return Ok(());
    }
    Err(Error::CountOutOfRange { criterion: criterion.id.clone(), count, max })
}

fn check_pairs(criterion: &Criterion, pairs: u64) -> Result<(), Error> {
    if pairs <= MAX_PAIRS {
        return Ok(());
    }
    Err(Error::TooManyPairs { criterion: criterion.id.clone(), pairs })
}

fn check_codes(
    problem: &Problem,
    criterion: &Criterion,
    feature: usize,
    codes: &[u16],
) -> Result<(), Error> {
    let is_set = match column(problem, criterion, feature)? {
        Values::Category(_) => false,
        Values::Set(_) => true,
        _ => return wrong(problem, criterion, feature, "category or set"),
    };
    let criterion = criterion.id.clone();
    if codes.is_empty() || codes.len() > 64 {
        return Err(Error::CodeCount { criterion, codes: codes.len() });
    }
    let mut seen = HashSet::new();
    for &code in codes {
        if is_set && code >= CodeSet::CODES {
            return Err(Error::CodeOutOfRange { criterion, code });
        }
        if !seen.insert(code) {
            return Err(Error::DuplicateCode { criterion, code });
        }
    }
    Ok(())
}

fn check_students(problem: &Problem, criterion: &Criterion, set: &[u32]) -> Result<(), Error> {
    let mut seen = HashSet::new();
    for &student in set {
        if student >= problem.students {
            return Err(Error::UnknownStudent {
                criterion: criterion.id.clone(),
                student,
                students: problem.students,
            });
        }
        if !seen.insert(student) {
            return Err(Error::StudentTwiceInSet { criterion: criterion.id.clone(), student });
        }
    }
    Ok(())
}

/// Students bound together by must rules, followed across sets, have to fit into one group and
/// must not be kept apart by another must rule.
fn check_together(problem: &Problem, max: u32) -> Result<(), Error> {
    let musts = || problem.criteria.iter().filter(|criterion| criterion.hardness == Hardness::Must);
    let mut blocks = Blocks::new(problem.students);
    for criterion in musts() {
        if let Rule::Together { sets } = &criterion.rule {
            for set in sets {
                for pair in set.windows(2) {
                    blocks.join(pair[0], pair[1]);
                }
                let students = blocks.size_of(set[0]);
                if students > max {
                    return Err(Error::TogetherTooLarge {
                        criterion: criterion.id.clone(),
                        students,
                        max,
                    });
                }
            }
        }
    }
    for criterion in musts() {
        if let Rule::Apart { sets } = &criterion.rule {
            for set in sets {
                let mut roots: Vec<(u32, u32)> =
                    set.iter().map(|&student| (blocks.root(student), student)).collect();
                roots.sort_unstable();
                if let Some(pair) = roots.windows(2).find(|pair| pair[0].0 == pair[1].0) {
                    return Err(Error::Contradiction {
                        apart: criterion.id.clone(),
                        first: pair[0].1,
                        second: pair[1].1,
                    });
                }
            }
        }
    }
    Ok(())
}

/// Union-find over students.
pub(crate) struct Blocks {
    parent: Vec<u32>,
    size: Vec<u32>,
}

impl Blocks {
    pub(crate) fn new(students: u32) -> Self {
        Self { parent: (0..students).collect(), size: vec![1; students as usize] }
    }

    pub(crate) fn root(&mut self, student: u32) -> u32 {
        let mut at = student;
        while self.parent[at as usize] != at {
            let up = self.parent[at as usize];
            self.parent[at as usize] = self.parent[up as usize];
            at = up;
        }
        at
    }

    pub(crate) fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.root(a), self.root(b));
        if a != b {
            let (small, large) =
                if self.size[a as usize] < self.size[b as usize] { (a, b) } else { (b, a) };
            self.parent[small as usize] = large;
            self.size[large as usize] += self.size[small as usize];
        }
    }

    fn size_of(&mut self, student: u32) -> u32 {
        let root = self.root(student);
        self.size[root as usize]
    }
}
