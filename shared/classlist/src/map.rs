//! The map: what the columns of a class list mean, which criteria count, how large groups are.

use std::collections::BTreeSet;

use domain::QuestionId;
use domain::cohort::{CriterionSetting, Localised, Rule, Sizes, SmallSections};
use serde::Deserialize;

use crate::{Fault, cell};

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
    /// Reads a map. Unknown keys are refused, and what a column's kind has no use for.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        // Some editors put a byte order mark in front.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut reader = serde_json::Deserializer::from_str(text);
        let mut map: Self = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
            let path = error.path().to_string();
            json_fault(&path, error.inner())
        })?;
        reader.end().map_err(|error| json_fault(".", &error))?;
        for column in &map.questions {
            if let Some(told) = column.problem() {
                return Err(Fault::Map(format!("questions.{}: {told}", column.id)));
            }
        }
        for criterion in &mut map.criteria {
            if let Rule::Apart { sets } | Rule::Together { sets } = &mut criterion.rule {
                for set in sets {
                    // Cells are read without the space around them; so are these.
                    *set = set.iter().map(|id| id.trim().to_owned()).collect();
                }
            }
        }
        Ok(map)
    }
}

impl Column {
    fn problem(&self) -> Option<String> {
        let choice = matches!(self.kind, ColumnKind::Choice | ColumnKind::Choices);
        if self.decimals > 4 {
            return Some("decimals must be 0 to 4".into());
        }
        if self.decimals > 0 && self.kind != ColumnKind::Scale {
            return Some("only a scale has decimals".into());
        }
        let codes = self.codes.as_ref()?;
        if !choice {
            return Some("only a choice or choices have codes".into());
        }
        let mut seen = BTreeSet::new();
        for code in codes {
            // A value never has such a code, so nobody could ever give the answer.
            if *code != cell::code(code) {
                return Some(format!("the code `{code}` is written `{}`", cell::code(code)));
            }
            if !seen.insert(code) {
                return Some(format!("the code `{code}` stands twice"));
            }
        }
        codes.is_empty().then(|| "there are no codes".into())
    }
}

fn json_fault(path: &str, error: &serde_json::Error) -> Fault {
    let told = error.to_string();
    // serde_json tells the place at the end of its message; here it stands in front.
    let place = format!(" at line {} column {}", error.line(), error.column());
    let told = told.strip_suffix(&place).unwrap_or(&told);
    // What serde_json says of an object with a second key where one is to choose a kind.
    let told = match told {
        "expected value" if path.rsplit('.').next() == Some("rule") => {
            "expected one kind of rule and no more"
        }
        told => told,
    };
    Fault::Json {
        line: error.line(),
        // It counts 0 in an empty line.
        column: error.column().max(1),
        // It tells of a file that ends too early by a question mark.
        path: if path == "?" { "." } else { path }.to_owned(),
        told: told.to_owned(),
    }
}
