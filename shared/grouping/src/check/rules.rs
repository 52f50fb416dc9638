//! Validation of one criterion: its weight, its columns, its values, the students it names.

use std::collections::HashSet;

use crate::{
    CodeSet, Criterion, Error, Has, MAX_PAIRS, MAX_SCORE, MAX_WEIGHT, Problem, Rule, Values, Week,
};

/// Checks one criterion on its own.
pub(super) fn check_criterion(problem: &Problem, criterion: &Criterion) -> Result<(), Error> {
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
        Rule::Overlap { feature, min_common, min_length, slots_per_day } => {
            let Values::Slots(_) = column(problem, criterion, *feature)? else {
                return wrong(problem, criterion, *feature, "slots");
            };
            check_count(criterion, u32::from(*min_common), u32::from(Week::SLOTS))?;
            check_count(criterion, u32::from(*slots_per_day), u32::from(Week::SLOTS))?;
            check_count(criterion, u32::from(*min_length), u32::from(*slots_per_day))
        }
        Rule::NeverAloneMarked { marks } => check_marks(problem, criterion, marks),
        Rule::NeverAlone { feature, codes }
        | Rule::AtMost { feature, codes, .. }
        | Rule::AsFew { feature, codes }
        | Rule::AsMany { feature, codes } => check_codes(problem, criterion, *feature, codes),
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
        Rule::NotAgain { pairs, weights } => {
            check_pairs(criterion, pairs.len() as u64)?;
            if !weights.is_empty() && weights.len() != pairs.len() {
                return Err(Error::PairWeights {
                    criterion: id(),
                    pairs: pairs.len(),
                    weights: weights.len(),
                });
            }
            if let Some(&weight) = weights.iter().find(|w| !(1..=MAX_WEIGHT).contains(*w)) {
                return Err(Error::WeightOutOfRange { criterion: id(), weight });
            }
            pairs.iter().try_for_each(|&(a, b)| check_students(problem, criterion, &[a, b]))
        }
        Rule::Wishes { wanted, unwanted } => {
            check_pairs(criterion, (wanted.len() + unwanted.len()) as u64)?;
            let mut seen = HashSet::new();
            for &(student, partner) in wanted.iter().chain(unwanted) {
                check_students(problem, criterion, &[student, partner])?;
                if !seen.insert((student, partner)) {
                    return Err(Error::WishTwice { criterion: id(), student, partner });
                }
            }
            Ok(())
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
    check_code_count(criterion, codes.len())?;
    let criterion = criterion.id.clone();
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

/// Marks are lists of one or more different answers on columns that have codes.
fn check_marks(problem: &Problem, criterion: &Criterion, marks: &[Vec<Has>]) -> Result<(), Error> {
    if marks.is_empty() || marks.len() > 64 {
        return Err(Error::MarkCount { criterion: criterion.id.clone(), marks: marks.len() });
    }
    for mark in marks {
        check_code_count(criterion, mark.len())?;
        for (position, has) in mark.iter().enumerate() {
            let has_codes = [has.code];
            check_codes(problem, criterion, has.feature, &has_codes)?;
            if mark[..position].contains(has) {
                let criterion = criterion.id.clone();
                return Err(Error::DuplicateCode { criterion, code: has.code });
            }
        }
    }
    Ok(())
}

fn check_code_count(criterion: &Criterion, codes: usize) -> Result<(), Error> {
    if (1..=64).contains(&codes) {
        return Ok(());
    }
    Err(Error::CodeCount { criterion: criterion.id.clone(), codes })
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
