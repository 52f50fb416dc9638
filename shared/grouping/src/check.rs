//! Validation: a problem that passes can be compiled and solved without a panic.

mod rules;

use std::collections::HashSet;

use crate::{
    Error, Hardness, MAX_CRITERIA, MAX_GROUP_SIZE, MAX_STUDENTS, MAX_WEIGHT, Problem, Rule, Sizes,
};
use rules::check_criterion;

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
