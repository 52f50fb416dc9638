//! From columns to questions and answers.

use std::collections::BTreeSet;

use domain::StudentId;
use domain::cohort::{ChoiceOption, Localised, Question, QuestionKind, SlotOption};
use domain::profile::Answer;

use crate::list::Row;
use crate::{Column, ColumnKind, Fault, cell};

/// Reads a cell that is not empty; `find` knows students by what names them in the file.
pub(crate) fn answer(
    column: &Column,
    cell: &str,
    find: impl Fn(&str) -> Result<StudentId, String>,
) -> Result<Answer, String> {
    let coded = |value: &str| {
        let code = cell::code(value);
        match &column.codes {
            Some(known) if !known.contains(&code) => Err(format!("`{value}` is none of its codes")),
            _ => Ok(code),
        }
    };
    Ok(match column.kind {
        ColumnKind::Choice => Answer::Choice(coded(cell)?),
        ColumnKind::Choices => {
            Answer::Choices(cell::parts(cell).map(coded).collect::<Result<_, _>>()?)
        }
        ColumnKind::Scale => Answer::Scale(cell::number(cell, column.decimals)?),
        ColumnKind::Availability => Answer::Slots(cell::hours(cell)?),
        ColumnKind::Students => {
            Answer::Students(cell::parts(cell).map(find).collect::<Result<_, _>>()?)
        }
    })
}

/// The questions, with the options and ranges that the answers have.
pub(crate) fn questions(columns: &[Column], rows: &[Row]) -> Result<Vec<Question>, Fault> {
    let mut seen = BTreeSet::new();
    columns
        .iter()
        .map(|column| {
            if !seen.insert(&column.id) {
                let told = format!("questions.{}: the id stands twice", column.id);
                return Err(Fault::Map(told));
            }
            let label = Localised { da: column.header.clone(), en: column.header.clone() };
            let refs = vec![column.id.to_string()];
            Ok(Question { id: column.id.clone(), refs, kind: kind(column, rows), label })
        })
        .collect()
}

fn kind(column: &Column, rows: &[Row]) -> QuestionKind {
    let answers = || rows.iter().filter_map(|row| row.answers.get(&column.id));
    match column.kind {
        ColumnKind::Choice | ColumnKind::Choices => {
            let codes: BTreeSet<String> = match &column.codes {
                Some(codes) => codes.iter().cloned().collect(),
                None => answers()
                    .flat_map(|answer| match answer {
                        Answer::Choice(code) => vec![code.clone()],
                        Answer::Choices(codes) => codes.iter().cloned().collect(),
                        _ => Vec::new(),
                    })
                    .collect(),
            };
            let option = |code: String| ChoiceOption { answers: vec![code.clone()], code };
            let options = codes.into_iter().map(option).collect();
            if column.kind == ColumnKind::Choice {
                QuestionKind::Choice { options }
            } else {
                QuestionKind::Choices { options }
            }
        }
        ColumnKind::Scale => {
            let values = || {
                answers().filter_map(|answer| match answer {
                    Answer::Scale(value) => Some(*value),
                    _ => None,
                })
            };
            // A scale has two ends, even if all answer the same.
            let min = values().min().unwrap_or(0).min(i32::MAX - 1);
            let max = values().max().unwrap_or(1).max(min + 1);
            QuestionKind::Scale { min, max }
        }
        ColumnKind::Availability => {
            let hours: BTreeSet<u16> = answers()
                .filter_map(
                    |answer| if let Answer::Slots(slots) = answer { Some(slots) } else { None },
                )
                .flatten()
                .copied()
                .collect();
            let option = |slot: u16| SlotOption {
                field: None,
                slots: vec![slot],
                answers: vec![format!("hour {slot}")],
            };
            // A question has an option, even if nobody is ever free.
            let slots = if hours.is_empty() { vec![0] } else { hours.into_iter().collect() };
            QuestionKind::Availability { options: slots.into_iter().map(option).collect() }
        }
        ColumnKind::Students => QuestionKind::Students,
    }
}
