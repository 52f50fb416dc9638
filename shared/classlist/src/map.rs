//! The map: what the columns of a class list mean, which criteria count, how large groups are.

use domain::QuestionId;
use domain::cohort::{CriterionSetting, Localised, Sizes, SmallSections};
use serde::Deserialize;

use crate::Fault;

/// What the columns of a class list mean, and how groups are to be.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Map {
    /// The cohort's name.
    #[serde(default)]
    pub name: Option<Localised>,
    /// Who the student is.
    pub columns: Columns,
    /// Columns that become answers.
    pub questions: Vec<Column>,
    /// Which criteria count; the codes of a choice question are the column's values.
    pub criteria: Vec<CriterionSetting>,
    /// How large groups may be.
    pub sizes: Sizes,
    /// What becomes of sections with fewer students than the smallest group.
    #[serde(default)]
    pub small_sections: SmallSections,
}

/// The headers of the columns that say who the student is.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Columns {
    /// What names the student in criteria, in wishes and in the result; absent: the student
    /// number, else the e-mail address, else the line in the file.
    pub id: Option<String>,
    /// The e-mail address.
    pub email: Option<String>,
    /// First names.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// The student number.
    pub student_number: Option<String>,
    /// The section; absent: all are one section.
    pub section: Option<String>,
    /// The group in earlier rounds, the latest round first; an empty cell is no group.
    pub past: Vec<String>,
}

/// A column that becomes the answer to a question.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// The question that it becomes.
    pub id: QuestionId,
    /// The column's header.
    #[serde(rename = "column")]
    pub header: String,
    /// How its cells are read.
    pub kind: ColumnKind,
    /// Digits after the decimal point that count in a scale, 0 to 4.
    #[serde(default)]
    pub decimals: u8,
    /// The codes that a choice may have; absent: those that the column has.
    #[serde(default)]
    pub codes: Option<Vec<String>>,
}

/// How cells are read. An empty cell is a missing answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnKind {
    /// Each value is an option.
    Choice,
    /// Several options between semicolons.
    Choices,
    /// Numbers.
    Scale,
    /// Free hours of the week between semicolons: `Mon 9-11; Wed 14`, or `none`.
    Availability,
    /// Ids of other students between semicolons.
    Students,
}

impl Map {
    /// Reads a map. Unknown keys are refused.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let mut reader = serde_json::Deserializer::from_str(text);
        let map: Self = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
            let path = error.path().to_string();
            json_fault(&path, error.inner())
        })?;
        reader.end().map_err(|error| json_fault(".", &error))?;
        for column in &map.questions {
            if column.decimals > 4 {
                let told = format!("questions.{}: decimals must be 0 to 4", column.id);
                return Err(Fault::Map(told));
            }
        }
        Ok(map)
    }
}

fn json_fault(path: &str, error: &serde_json::Error) -> Fault {
    let told = error.to_string();
    // serde_json tells the place at the end of its message; here it stands in front.
    let place = format!(" at line {} column {}", error.line(), error.column());
    Fault::Json {
        line: error.line(),
        column: error.column(),
        // It tells of a file that ends too early by a question mark.
        path: if path == "?" { "." } else { path }.to_owned(),
        told: told.strip_suffix(&place).unwrap_or(&told).to_owned(),
    }
}
