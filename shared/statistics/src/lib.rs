//! Anonymous statistics of a cohort, for improving questionnaires and the forming of groups (D9).
//!
//! They are made once per cohort, when its groups are first published, and what is made stays: there
//! are no two outputs of one cohort to be compared. Names, addresses, free text and wishes for other
//! students do not come in. The rule for what may stand in them is in [`table`] and, in words for a
//! controller, in `docs/statistics.md`. It is a rule of thresholds and rounding, not differential
//! privacy: who knows everybody's answers but one person's may learn something from a count that
//! happens to lie at a multiple of five.

pub mod evaluation;
pub mod table;

use std::collections::{BTreeMap, BTreeSet};

use domain::cohort::{Question, QuestionKind};
use domain::formation::{Formation, Group, SolveInput, SolveStudent};
use domain::profile::{Answer, Profile};
use domain::{QuestionId, SectionId};
use serde::{Deserialize, Serialize};

use table::{Table, partition, rounded, share};

/// Cohorts with fewer students give no statistics.
pub const FEWEST_STUDENTS: usize = 50;

/// The name of the cell of those who left a question unanswered.
pub const NO_ANSWER: &str = "no_answer";

/// Scores are told in steps of this much, of 10,000.
const SCORE_STEP: i64 = 1_000;

/// What is kept of a cohort. Names no institution, no cohort, no day and nobody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statistics {
    /// The form of this record.
    pub version: u32,
    /// Absent when the cohort was too small; then everything below is empty.
    pub students: Option<u32>,
    /// Students per section.
    pub sections: Option<Table>,
    /// How questions were answered.
    pub questions: BTreeMap<QuestionId, Answers>,
    /// What groups came of it.
    pub groups: Option<Groups>,
}

/// How a question was answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answers {
    /// Each student gave one answer or none.
    One(Option<Table>),
    /// Each student gave any number of answers: how many gave each, and how many none.
    Several(Table),
}

/// What groups were formed. Counts are counts of groups.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Groups {
    /// Version of the engine.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub engine: Option<String>,
    /// How many groups.
    pub count: u32,
    /// Groups per size.
    pub sizes: Option<Table>,
    /// Groups per criterion and score, in steps of a tenth: `3` is 3,000 to 3,999 of 10,000.
    pub scores: BTreeMap<String, Option<Table>>,
    /// Groups that break a must rule.
    pub must_broken: Option<u32>,
    /// Candidate changes that the search evaluated, to one significant digit.
    pub evaluations: u64,
    /// How far the sections' scores stay below what is proven to be unreachable, on average, in
    /// hundreds of 10,000; absent where a section has no bound.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gap: Option<i64>,
}

impl Statistics {
    /// The record of a cohort that is too small to have statistics.
    fn of_few() -> Self {
        Self {
            version: 1,
            students: None,
            sections: None,
            questions: BTreeMap::new(),
            groups: None,
        }
    }
}

/// Makes the statistics of a formation's sections. The same input gives the same output.
pub fn of(
    formation: &Formation,
    inputs: &BTreeMap<SectionId, SolveInput>,
    groups: &[Group],
) -> Statistics {
    let students: Vec<&SolveStudent> = inputs.values().flat_map(|input| &input.students).collect();
    if students.len() < FEWEST_STUDENTS {
        return Statistics::of_few();
    }
    let profiles: Vec<&Profile> = students.iter().map(|student| &student.profile).collect();
    let sections =
        inputs.iter().map(|(section, input)| (section.to_string(), input.students.len()));
    let questions = inputs.values().next().map(|input| input.questions.as_slice());
    Statistics {
        version: 1,
        students: Some(rounded(students.len())),
        sections: partition(sections.collect()),
        questions: of_answers(questions.unwrap_or_default(), &profiles),
        groups: Some(of_groups(formation, groups)),
    }
}

/// How questions were answered, by the same rule and whatever their number. Who shows this more than once,
/// while answers come in, must see to it that no single answer changes it.
pub fn of_answers(questions: &[Question], profiles: &[&Profile]) -> BTreeMap<QuestionId, Answers> {
    let of = |question: &Question| Some((question.id.clone(), answers(question, profiles)?));
    questions.iter().filter_map(of).collect()
}

/// How a question was answered; nothing of free text and of wishes for other students.
fn answers(question: &Question, profiles: &[&Profile]) -> Option<Answers> {
    let given = || profiles.iter().map(|profile| profile.answers.get(&question.id));
    match &question.kind {
        QuestionKind::Scale { min, max } => {
            let cells = (*min..=*max).map(|value| value.to_string());
            let of = |answer: &Answer| match answer {
                Answer::Scale(value) => Some(value.to_string()),
                _ => None,
            };
            Some(Answers::One(one(cells, given(), of)))
        }
        QuestionKind::Choice { options } => {
            let cells = options.iter().map(|option| option.code.clone());
            let of = |answer: &Answer| match answer {
                Answer::Choice(code) => Some(code.clone()),
                _ => None,
            };
            Some(Answers::One(one(cells, given(), of)))
        }
        QuestionKind::Choices { options } => {
            let cells = options.iter().map(|option| option.code.clone()).collect();
            let of = |answer: &Answer| match answer {
                Answer::Choices(codes) => codes.clone(),
                _ => BTreeSet::new(),
            };
            Some(Answers::Several(several(cells, given(), of)))
        }
        QuestionKind::Availability { options } => {
            let slots: BTreeSet<u16> =
                options.iter().flat_map(|option| option.slots.iter().copied()).collect();
            let of = |answer: &Answer| match answer {
                Answer::Slots(slots) => slots.iter().map(ToString::to_string).collect(),
                _ => BTreeSet::new(),
            };
            let cells = slots.iter().map(ToString::to_string).collect();
            Some(Answers::Several(several(cells, given(), of)))
        }
        QuestionKind::Students | QuestionKind::Text => None,
    }
}

/// Everybody is in one cell: of the answer they gave, or of those who gave none that is on offer.
fn one<'a>(
    cells: impl Iterator<Item = String>,
    given: impl Iterator<Item = Option<&'a Answer>>,
    of: impl Fn(&Answer) -> Option<String>,
) -> Option<Table> {
    let mut counts: BTreeMap<String, usize> = cells.map(|cell| (cell, 0)).collect();
    counts.insert(NO_ANSWER.to_owned(), 0);
    for answer in given {
        let cell = answer.and_then(&of).filter(|cell| counts.contains_key(cell));
        *counts.entry(cell.unwrap_or_else(|| NO_ANSWER.to_owned())).or_default() += 1;
    }
    partition(counts)
}

/// Each cell counts those who gave that answer, whatever else they gave.
fn several<'a>(
    cells: Vec<String>,
    given: impl Iterator<Item = Option<&'a Answer>>,
    of: impl Fn(&Answer) -> BTreeSet<String>,
) -> Table {
    let mut counts: BTreeMap<String, usize> = cells.into_iter().map(|cell| (cell, 0)).collect();
    let (mut all, mut none) = (0, 0);
    for answer in given {
        all += 1;
        let codes = answer.map(&of).unwrap_or_default();
        none += usize::from(codes.is_empty());
        for code in codes {
            if let Some(count) = counts.get_mut(&code) {
                *count += 1;
            }
        }
    }
    counts.insert(NO_ANSWER.to_owned(), none);
    counts.into_iter().map(|(cell, count)| (cell, share(count, all))).collect()
}

fn of_groups(formation: &Formation, groups: &[Group]) -> Groups {
    let mut sizes: BTreeMap<String, usize> = BTreeMap::new();
    let criteria: BTreeSet<&String> = groups.iter().flat_map(|group| group.scores.keys()).collect();
    for group in groups {
        *sizes.entry(group.members.len().to_string()).or_default() += 1;
    }
    let scores = criteria.into_iter().map(|criterion| {
        let mut cells: BTreeMap<String, usize> =
            (0..10).map(|step| (step.to_string(), 0)).collect();
        cells.insert(NO_ANSWER.to_owned(), 0);
        for group in groups {
            let step = group.scores.get(criterion);
            let step = step.map(|score| (score / SCORE_STEP).clamp(0, 9).to_string());
            *cells.entry(step.unwrap_or_else(|| NO_ANSWER.to_owned())).or_default() += 1;
        }
        (criterion.clone(), partition(cells))
    });
    let broken = groups.iter().filter(|group| !group.must_broken.is_empty()).count();
    let results = formation.sections.values();
    let gaps: Option<Vec<i64>> =
        results.clone().map(|result| Some((result.bound? - result.score?).max(0))).collect();
    let gap = gaps.filter(|gaps| !gaps.is_empty()).map(|gaps| {
        let count = i64::try_from(gaps.len()).unwrap_or(i64::MAX);
        gaps.iter().sum::<i64>() / count / 100
    });
    Groups {
        engine: formation.engine.clone(),
        count: rounded(groups.len()),
        sizes: partition(sizes),
        scores: scores.collect(),
        must_broken: share(broken, groups.len()),
        evaluations: one_digit(results.map(|result| result.evaluations).sum()),
        gap,
    }
}

/// A number with everything but its first digit made zero.
fn one_digit(number: u64) -> u64 {
    let step = 10u64.pow(number.checked_ilog10().unwrap_or(0));
    number / step * step
}

#[cfg(test)]
mod tests;
