//! The input: students as rows of answer columns, criteria, sizes.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{CodeSet, Rule, Week};

/// One section's students and what is wanted of their groups.
///
/// Students are the indexes `0..students`; the caller keeps the list that says who they are,
/// so that no name ever reaches the engine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Problem {
    /// The number of students, 2 to [`MAX_STUDENTS`](crate::MAX_STUDENTS).
    pub students: u32,
    /// The size range; the number of groups follows from the search.
    pub sizes: Sizes,
    /// The answers, one column per question that counts.
    #[serde(default)]
    pub features: Vec<Feature>,
    /// How the answers count.
    #[serde(default)]
    pub criteria: Vec<Criterion>,
    /// The share of the worst group in the objective, in thousandths (0 to 1000); the mean over
    /// all groups has the rest.
    #[serde(default = "default_worst_weight")]
    pub worst_weight: u16,
}

/// A quarter: high enough that no group is sacrificed, low enough that the others still count.
const fn default_worst_weight() -> u16 {
    250
}

/// The size range of groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sizes {
    /// No group is smaller; at least 2.
    pub min: u32,
    /// The size wished for, between `min` and `max`.
    pub preferred: u32,
    /// No group is larger; at most [`MAX_GROUP_SIZE`](crate::MAX_GROUP_SIZE).
    pub max: u32,
    /// How much the preferred size counts beside the criteria (a should weight); absent: as much
    /// as the average criterion.
    #[serde(default)]
    pub weight: Option<u32>,
    /// Whether a section of fewer than `min` students becomes one small group instead of an
    /// error.
    #[serde(default)]
    pub allow_small: bool,
}

/// One column of answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Feature {
    /// The question's name, unique in the problem; appears in errors.
    pub id: String,
    /// One value per student, `None` where there is no answer.
    pub values: Values,
}

/// The values of a feature, by student index.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Values {
    /// A number on any integer scale (scale decimals up); only differences relative to the
    /// section's range count.
    Number(Vec<Option<i64>>),
    /// One of several codes.
    Category(Vec<Option<u16>>),
    /// Several of up to 64 codes; an empty set is an answer.
    Set(Vec<Option<CodeSet>>),
    /// Free slots of a weekly grid; an empty week is an answer.
    Slots(Vec<Option<Week>>),
}

impl Values {
    /// The number of rows.
    pub fn len(&self) -> usize {
        match self {
            Self::Number(rows) => rows.len(),
            Self::Category(rows) => rows.len(),
            Self::Set(rows) => rows.len(),
            Self::Slots(rows) => rows.len(),
        }
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether this student has answered.
    pub(crate) fn known(&self, student: u32) -> bool {
        let row = student as usize;
        match self {
            Self::Number(rows) => rows[row].is_some(),
            Self::Category(rows) => rows[row].is_some(),
            Self::Set(rows) => rows[row].is_some(),
            Self::Slots(rows) => rows[row].is_some(),
        }
    }

    /// The kind's name as written in errors and in JSON.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Number(_) => "number",
            Self::Category(_) => "category",
            Self::Set(_) => "set",
            Self::Slots(_) => "slots",
        }
    }
}

/// Shows the kind and the number of rows only: answers are personal data.
impl fmt::Debug for Values {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}[{}]", self.kind(), self.len())
    }
}

/// One wish or rule for every group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Criterion {
    /// The name under which scores and broken rules are reported; unique in the problem.
    pub id: String,
    /// 1 to [`MAX_WEIGHT`](crate::MAX_WEIGHT), relative to the other criteria.
    pub weight: u32,
    /// How binding it is.
    pub hardness: Hardness,
    /// What it asks for.
    pub rule: Rule,
}

/// How binding a criterion is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hardness {
    /// No gain in score makes up for breaking it. Its score counts like a should criterion's.
    Must,
    /// Its weight counts fourfold, and where a group breaks it only half its score counts.
    Should,
    /// Its weight counts as it is.
    Could,
}
