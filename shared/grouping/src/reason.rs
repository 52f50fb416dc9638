//! What may be told to a group's members about why they are together.
//!
//! The rule: whatever a member answered, after reading a statement any single other member could
//! still have given any answer (on a scale of numbers: one half the scale away). So:
//!
//! - Nothing is said about a question that fewer than three members answered: in a pair, whatever
//!   is said about both is said about the other.
//! - Statements are about the group, without numbers, answers or persons, and either made or not;
//!   there are no degrees.
//! - About one question at most one statement is made, that of the heaviest criterion.
//! - **Align**: made from the score at which all but one are equal, so that nobody can be told to
//!   be the same as oneself.
//! - **Mix**, **balance**: made from a score that two members with any answers can reach with the
//!   others' help.
//! - Where answers are missing, cover and balance go by those who answered, and align and mix are
//!   not talked about: with a typical pair for each missing one, a score may be out of reach unless
//!   all who answered are equal.
//! - **Cover**: made if enough members are left without the reader and any one other.
//! - **Overlap**: the slots themselves are told to the members so that they can meet
//!   ([`CommonSlots`](crate::CommonSlots)); said is only that there are some in a row long enough.
//! - **Not again**: the members were there.
//! - Never: rules about company with the same mark, at most, as few, as many, and every other
//!   rule about a column that one of these uses (what must not be alone or too many is sensitive);
//!   apart, together and wishes, which are about named persons.
//!
//! Contacts see everything; this is for the students' mail.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use crate::report::{CommonSlots, CriterionScore};
use crate::{Criterion, Problem, Rule, Values, Week};

/// At most so many statements about answers, those of the heaviest criteria.
const MOST: usize = 3;

/// Fewer answers than this are not talked about.
const ENOUGH: usize = 3;

/// A statement about a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Said {
    /// The criterion's id.
    pub criterion: String,
    /// What is said.
    pub statement: Statement,
}

/// What can be said. Nothing here depends on anybody's single answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Statement {
    /// Most members answered much the same.
    MostAlike,
    /// The members differ widely.
    Wide,
    /// The group as a whole is near the section.
    NearAverage,
    /// There are members who qualify.
    Covered,
    /// There are slots at which all who gave a calendar are free.
    CanMeet,
    /// Nobody meets a former partner.
    NewPartners,
}

/// What may be said of a group of `size`, the heaviest criteria first.
pub(crate) fn said(
    problem: &Problem,
    ranges: &[Option<Range>],
    scores: &[CriterionScore],
    slots: &[CommonSlots],
    size: usize,
) -> Vec<Said> {
    let sensitive = sensitive(problem);
    let mut found: Vec<(&Criterion, Statement)> = problem
        .criteria
        .iter()
        .zip(scores)
        .filter(|(criterion, _)| criterion.rule.features().iter().all(|f| !sensitive[*f]))
        .filter_map(|(criterion, score)| {
            let statement = statement(problem, ranges, criterion, score, slots, size)?;
            Some((criterion, statement))
        })
        .collect();
    found.sort_by_key(|(criterion, _)| (criterion.hardness, std::cmp::Reverse(criterion.weight)));
    // Two statements about one question can leave fewer answers than either.
    let mut talked = HashSet::new();
    found.retain(|(criterion, _)| criterion.rule.features().into_iter().all(|f| talked.insert(f)));
    found.truncate(MOST);
    let told = |(criterion, statement): (&Criterion, Statement)| Said {
        criterion: criterion.id.clone(),
        statement,
    };
    found.into_iter().map(told).collect()
}

/// By column: whether nothing may be said about it.
fn sensitive(problem: &Problem) -> Vec<bool> {
    let mut found = vec![false; problem.features.len()];
    for criterion in &problem.criteria {
        let marks = matches!(
            criterion.rule,
            Rule::NeverAlone { .. }
                | Rule::NeverAloneMarked { .. }
                | Rule::AtMost { .. }
                | Rule::AsFew { .. }
                | Rule::AsMany { .. }
        );
        for feature in criterion.rule.features() {
            found[feature] |= marks;
        }
    }
    found
}

fn statement(
    problem: &Problem,
    ranges: &[Option<Range>],
    criterion: &Criterion,
    score: &CriterionScore,
    slots: &[CommonSlots],
    size: usize,
) -> Option<Statement> {
    let answered = size.saturating_sub(score.missing as usize);
    let known = matches!(criterion.rule, Rule::Overlap { .. } | Rule::NotAgain { .. });
    if !known && answered < ENOUGH {
        return None;
    }
    let everybody = answered == size;
    let reached = |least: u32| u32::from(score.score) >= least;
    match &criterion.rule {
        Rule::Align { feature, .. } => {
            let numbers = matches!(problem.features[*feature].values, Values::Number(_));
            (everybody && reached(one_apart(size, numbers))).then_some(Statement::MostAlike)
        }
        Rule::Mix { .. } => (everybody && size > 3 && reached(WIDE)).then_some(Statement::Wide),
        Rule::Balance { feature, .. } => {
            let possible = ranges[*feature].is_some_and(|range| range.two_outweighed(answered));
            (possible && reached(NEAR)).then_some(Statement::NearAverage)
        }
        Rule::Cover { at_least, .. } => {
            let others = answered as u32 - 2;
            (score.severity == 0 && *at_least <= others).then_some(Statement::Covered)
        }
        Rule::Overlap { feature, min_length, slots_per_day, .. } => {
            let id = &problem.features[*feature].id;
            let long_enough = |slots: &CommonSlots| {
                Week::from_slots(slots.slots.iter().copied())
                    .is_some_and(|week| week.in_runs(*min_length, *slots_per_day).count() > 0)
            };
            let some = slots.iter().any(|slots| slots.feature == *id && long_enough(slots));
            some.then_some(Statement::CanMeet)
        }
        Rule::NotAgain { pairs, .. } => {
            (score.severity == 0 && !pairs.is_empty()).then_some(Statement::NewPartners)
        }
        Rule::NeverAlone { .. }
        | Rule::NeverAloneMarked { .. }
        | Rule::AtMost { .. }
        | Rule::AsFew { .. }
        | Rule::AsMany { .. }
        | Rule::Apart { .. }
        | Rule::Together { .. }
        | Rule::Wishes { .. } => None,
    }
}

/// The score of align if all are equal but one, who is as far away as can be, for numbers half
/// the scale.
fn one_apart(size: usize, numbers: bool) -> u32 {
    let away = if numbers { 10_000_u32 } else { 20_000 };
    10_000 - away.div_ceil(size as u32)
}

/// A score of mix that four or more reach whatever two of them answered, if the others answered
/// suitably.
const WIDE: u32 = 7_000;

/// A score of balance that is near: a standard error and a half.
const NEAR: u32 = 5_000;

/// A section's answers to a question for a number, looked through once for all groups.
#[derive(Clone, Copy)]
pub(crate) struct Range {
    low: i128,
    high: i128,
    count: i128,
    /// What all are above the lowest, added up.
    above: i128,
}

impl Range {
    /// By column; nothing where there are no numbers.
    pub(crate) fn of_all(problem: &Problem) -> Vec<Option<Self>> {
        problem.features.iter().map(|feature| Self::of(&feature.values)).collect()
    }

    fn of(values: &Values) -> Option<Self> {
        let Values::Number(rows) = values else { return None };
        let known = || rows.iter().flatten().copied().map(i128::from);
        let (low, high) = (known().min()?, known().max()?);
        let count = known().count() as i128;
        Some(Self { low, high, count, above: known().map(|value| value - low).sum() })
    }

    /// Whether two members at either end of the scale can be outweighed by the others, so that the
    /// group's mean may still be the section's.
    fn two_outweighed(self, size: usize) -> bool {
        let above = self.above * size as i128;
        let two = 2 * (self.high - self.low) * self.count;
        let all = size as i128 * (self.high - self.low) * self.count;
        two <= above && above <= all - two
    }
}

#[cfg(test)]
#[path = "reason_tests.rs"]
mod tests;
