//! What a student answered, in a form that does not depend on how the questionnaire asked.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{QuestionId, StudentId};

/// The answers of one response, by question. An unanswered question is absent.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Profile {
    /// The mapped answers.
    pub answers: BTreeMap<QuestionId, Answer>,
    /// Field types that the mapping did not know, for the report to whoever maintains the form (Q3).
    /// The answers themselves stay in the raw object.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub unknown_types: BTreeSet<String>,
}

impl std::fmt::Debug for Profile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Profile({} answers)", self.answers.len())
    }
}

/// One answer.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// A number on the question's scale.
    Scale(i32),
    /// The code of the chosen option.
    Choice(String),
    /// The codes of the chosen options.
    Choices(BTreeSet<String>),
    /// Free hours of the week, `day * 24 + hour`, day 0 = Monday.
    Slots(BTreeSet<u16>),
    /// Other students of the cohort, who may not have answered themselves.
    Students(BTreeSet<StudentId>),
    /// Anything else, as text.
    Text(String),
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Answer(..)")
    }
}
