//! From one section's input to the engine's problem.

use domain::cohort::{self, QuestionKind, SmallSections};
use domain::formation::{FailureCode, SolveInput};
use grouping::{Criterion, Hardness, Problem, Sizes};

use crate::columns::{Columns, columns};
use crate::rules::Translation;

/// A section's problem, and where its availability is.
#[derive(Debug, Clone)]
pub struct Posed {
    /// What the engine solves.
    pub problem: Problem,
    /// The column from which common free hours are told: that of the heaviest overlap criterion,
    /// else the first availability question.
    pub availability: Option<usize>,
}

/// Why criteria and questions do not fit. Names ids of settings only.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    /// A criterion names a question that does not exist.
    #[error("criterion `{criterion}` names a question that does not exist")]
    NoQuestion {
        /// The criterion's id.
        criterion: String,
    },
    /// A criterion names a free-text question.
    #[error("criterion `{criterion}` names a free-text question")]
    FreeText {
        /// The criterion's id.
        criterion: String,
    },
    /// A criterion names a question of a kind that it cannot work with.
    #[error("criterion `{criterion}` cannot work with this kind of question")]
    WrongKind {
        /// The criterion's id.
        criterion: String,
    },
    /// A criterion names a code that its question does not have.
    #[error("criterion `{criterion}` names a code that the question does not have")]
    NoCode {
        /// The criterion's id.
        criterion: String,
    },
}

/// Poses a section's problem. Rows are in the order of the input's students.
///
/// A rule about students of whom none is in the section (together, apart, not again, wishes) has
/// nothing to say there and is left out.
pub fn pose(input: &SolveInput) -> Result<Posed, Misfit> {
    let columns = columns(input);
    let translation = Translation::new(input, &columns);
    let mut criteria = Vec::with_capacity(input.criteria.len());
    for setting in &input.criteria {
        if let Some(rule) = translation.rule(setting)? {
            criteria.push(Criterion {
                id: setting.id.clone(),
                weight: setting.weight,
                hardness: match setting.hardness {
                    cohort::Hardness::Must => Hardness::Must,
                    cohort::Hardness::Should => Hardness::Should,
                    cohort::Hardness::Could => Hardness::Could,
                },
                rule,
            });
        }
    }
    let sizes = input.sizes;
    let availability = availability(input, &columns);
    let problem = Problem {
        students: u32::try_from(input.students.len()).unwrap_or(u32::MAX),
        sizes: Sizes {
            min: sizes.min.into(),
            preferred: sizes.preferred.into(),
            max: sizes.max.into(),
            weight: None,
            allow_small: input.small_sections == SmallSections::OneGroup,
        },
        features: columns.features,
        criteria,
        worst_weight: 250,
    };
    Ok(Posed { problem, availability })
}

fn availability(input: &SolveInput, columns: &Columns) -> Option<usize> {
    let overlaps = input.criteria.iter().filter_map(|criterion| match &criterion.rule {
        cohort::Rule::Overlap { question, .. } => {
            Some(((criterion.hardness, std::cmp::Reverse(criterion.weight)), question))
        }
        _ => None,
    });
    let heaviest = overlaps.min_by_key(|(rank, _)| *rank).map(|(_, question)| question);
    let first = || {
        let mut questions = input.questions.iter();
        let first = questions.find(|q| matches!(q.kind, QuestionKind::Availability { .. }));
        first.map(|question| &question.id)
    };
    columns.place.get(heaviest.or_else(first)?).copied()
}

/// The obstacle that an error of the engine stands for.
pub fn failure_code(error: &grouping::Error) -> FailureCode {
    use grouping::Error as E;
    match error {
        E::NoStudents => FailureCode::NoStudents,
        E::TooFewStudents { .. } => FailureCode::TooFewStudents,
        E::TooManyStudents { .. }
        | E::InvalidSizes { .. }
        | E::ImpossibleSizes { .. }
        | E::NoRoomAround { .. } => FailureCode::ImpossibleSizes,
        E::TogetherTooLarge { .. } | E::Contradiction { .. } => FailureCode::MustRulesConflict,
        _ => FailureCode::InvalidCriteria,
    }
}
