//! How answers count when groups are formed (G2). `docs/criteria.md` shows the JSON form.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::QuestionId;

/// How strictly a criterion is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Hardness {
    /// Holds, or the formation says why it cannot.
    Must,
    /// Counts before everything that only could be.
    Should,
    /// Counts by its weight.
    Could,
}

/// One criterion of a cohort (G2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CriterionSetting {
    /// Its id within the cohort; scores and reasons name it.
    pub id: String,
    /// What it asks for.
    pub rule: Rule,
    /// How much it counts against the others, 1 to 100.
    pub weight: u32,
    /// How strictly it is meant.
    pub hardness: Hardness,
}

/// What a criterion asks for. What an unanswered question means for each is said where the
/// engine's rules are defined (`grouping::Rule`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Rule {
    /// Similar answers within a group.
    Align {
        /// The question that counts.
        question: QuestionId,
    },
    /// Different answers within a group.
    Mix {
        /// The question that counts.
        question: QuestionId,
    },
    /// The group's mean near the section's mean.
    Balance {
        /// The question that counts.
        question: QuestionId,
    },
    /// Hours in which all members are free.
    Overlap {
        /// The question that counts.
        question: QuestionId,
        /// Hours a week that are enough.
        min_slots: u16,
        /// Hours in a row from which a meeting is worth while.
        #[serde(default = "one", skip_serializing_if = "is_one")]
        min_length: u16,
    },
    /// No member who is the only one with one of these answers.
    NeverAlone {
        /// The question that counts.
        question: QuestionId,
        /// The codes of the answers that nobody should be alone with.
        codes: BTreeSet<String>,
    },
    /// No member who is the only one with one of these marks.
    NeverAloneMarked {
        /// The marks. Each is one or several answers, by question, that a member has all of.
        #[serde(deserialize_with = "marks")]
        marks: Vec<BTreeMap<QuestionId, String>>,
    },
    /// At least so many members with one of these answers.
    Cover {
        /// The question that counts.
        question: QuestionId,
        /// The codes of the answers that count.
        codes: BTreeSet<String>,
        /// How many members at least.
        at_least: u16,
    },
    /// At most so many members with one of these answers.
    AtMost {
        /// The question that counts.
        question: QuestionId,
        /// The codes of the answers that count.
        codes: BTreeSet<String>,
        /// How many members at most.
        at_most: u16,
    },
    /// As few members as possible with one of these answers: no group more than its share.
    AsFew {
        /// The question that counts.
        question: QuestionId,
        /// The codes of the answers that count.
        codes: BTreeSet<String>,
    },
    /// As many members as possible with one of these answers: no group fewer than its share.
    AsMany {
        /// The question that counts.
        question: QuestionId,
        /// The codes of the answers that count.
        codes: BTreeSet<String>,
    },
    /// The students of a set in different groups.
    Apart {
        /// Sets of two or more students, by id.
        sets: Vec<BTreeSet<String>>,
    },
    /// The students of a set in the same group.
    Together {
        /// Sets of two or more students, by id.
        sets: Vec<BTreeSet<String>>,
    },
    /// Nobody with a partner of earlier rounds; the later the round, the more it counts.
    NotAgain {
        /// How many rounds back count; absent: all that are known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rounds: Option<u16>,
    },
    /// Partners whom students name. At least one of the two questions is given.
    Wishes {
        /// The question for wanted partners.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        wanted: Option<QuestionId>,
        /// The question for unwanted partners.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unwanted: Option<QuestionId>,
    },
}

impl Rule {
    /// The questions that count, each once.
    pub fn questions(&self) -> BTreeSet<&QuestionId> {
        match self {
            Self::Align { question }
            | Self::Mix { question }
            | Self::Balance { question }
            | Self::Overlap { question, .. }
            | Self::NeverAlone { question, .. }
            | Self::Cover { question, .. }
            | Self::AtMost { question, .. }
            | Self::AsFew { question, .. }
            | Self::AsMany { question, .. } => BTreeSet::from([question]),
            Self::NeverAloneMarked { marks } => marks.iter().flat_map(BTreeMap::keys).collect(),
            Self::Wishes { wanted, unwanted } => wanted.iter().chain(unwanted).collect(),
            Self::Apart { .. } | Self::Together { .. } | Self::NotAgain { .. } => BTreeSet::new(),
        }
    }
}

const fn one() -> u16 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn is_one(length: &u16) -> bool {
    *length == 1
}

/// Marks in which no question stands twice: a map would keep the last of the two in silence.
fn marks<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<BTreeMap<QuestionId, String>>, D::Error> {
    let marks = Vec::<Mark>::deserialize(deserializer)?;
    Ok(marks.into_iter().map(|mark| mark.0).collect())
}

struct Mark(BTreeMap<QuestionId, String>);

impl<'de> Deserialize<'de> for Mark {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Answers;
        impl<'de> Visitor<'de> for Answers {
            type Value = Mark;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("codes by question")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Mark, A::Error> {
                let mut answers = BTreeMap::new();
                while let Some((question, code)) = map.next_entry::<QuestionId, String>()? {
                    if answers.insert(question, code).is_some() {
                        return Err(A::Error::custom("a question stands twice in one mark"));
                    }
                }
                Ok(Mark(answers))
            }
        }
        deserializer.deserialize_map(Answers)
    }
}
