//! From what students answered to columns.
//!
//! An answer that is absent, of another kind than the question, or of a code the question no longer
//! has, is missing to the engine; it never guesses.

use std::collections::BTreeMap;

use domain::QuestionId;
use domain::cohort::{ChoiceOption, Question, QuestionKind};
use domain::formation::SolveInput;
use domain::profile::Answer;
use grouping::{CodeSet, Feature, Values, Week};

/// The columns and where each question's is.
pub(crate) struct Columns {
    pub(crate) features: Vec<Feature>,
    pub(crate) place: BTreeMap<QuestionId, usize>,
}

/// A column per question that has one, in the order of the questions.
pub(crate) fn columns(input: &SolveInput) -> Columns {
    let mut columns = Columns { features: Vec::new(), place: BTreeMap::new() };
    for question in &input.questions {
        if let Some(values) = values(question, input) {
            columns.place.insert(question.id.clone(), columns.features.len());
            columns.features.push(Feature { id: question.id.as_str().to_owned(), values });
        }
    }
    columns
}

fn values(question: &Question, input: &SolveInput) -> Option<Values> {
    let answers = || input.students.iter().map(|s| s.profile.answers.get(&question.id));
    Some(match &question.kind {
        QuestionKind::Scale { .. } => Values::Number(
            answers()
                .map(|answer| match answer {
                    Some(Answer::Scale(value)) => Some(i64::from(*value)),
                    _ => None,
                })
                .collect(),
        ),
        QuestionKind::Choice { options } => Values::Category(
            answers()
                .map(|answer| match answer {
                    Some(Answer::Choice(code)) => place(options, code),
                    _ => None,
                })
                .collect(),
        ),
        QuestionKind::Choices { options } => Values::Set(
            answers()
                .map(|answer| match answer {
                    Some(Answer::Choices(codes)) => {
                        CodeSet::from_codes(codes.iter().filter_map(|code| place(options, code)))
                    }
                    _ => None,
                })
                .collect(),
        ),
        QuestionKind::Availability { .. } => Values::Slots(
            answers()
                .map(|answer| match answer {
                    Some(Answer::Slots(slots)) => Week::from_slots(slots.iter().copied()),
                    _ => None,
                })
                .collect(),
        ),
        QuestionKind::Students | QuestionKind::Text => return None,
    })
}

/// The place of a code among the options: the code that the engine sees.
pub(crate) fn place(options: &[ChoiceOption], code: &str) -> Option<u16> {
    let place = options.iter().position(|option| option.code == code)?;
    u16::try_from(place).ok()
}
