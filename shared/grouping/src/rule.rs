//! What a criterion can ask of a group.

use serde::{Deserialize, Serialize};

/// What a criterion asks of a group. `feature` is an index into
/// [`Problem::features`](crate::Problem::features).
///
/// Score, and when a group breaks the rule:
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "snake_case",
    rename_all_fields = "snake_case",
    deny_unknown_fields
)]
pub enum Rule {
    /// Similar answers (number, category, set). Score: one minus the mean distance over the
    /// group's pairs; distance of numbers relative to the section's range, of categories 0 or 1,
    /// of sets the Jaccard distance. Broken: a score below `floor`.
    Align {
        /// The column.
        feature: usize,
        /// The score from which the rule holds; absent: 5000 for a must, 0 otherwise.
        #[serde(default)]
        floor: Option<u16>,
    },
    /// Different answers (number, category, set). Score: the pairs' distances as a share of the
    /// most that a group of this size can have. Broken: a score below `floor`.
    Mix {
        /// The column.
        feature: usize,
        /// The score from which the rule holds; absent: 5000 for a must, 0 otherwise.
        #[serde(default)]
        floor: Option<u16>,
    },
    /// A group mean near the section's mean (number). Score: falls from 10,000 at the section's
    /// mean to 0 at three standard errors of a random group of this size. Broken: a score
    /// below `floor`.
    Balance {
        /// The column.
        feature: usize,
        /// The score from which the rule holds; absent: 5000 for a must, 0 otherwise.
        #[serde(default)]
        floor: Option<u16>,
    },
    /// Common free slots (slots). Only slots in runs of at least `min_length` count, see
    /// [`Week::in_runs`](crate::Week::in_runs). Score: up to 8,000 at `min_common` slots at which
    /// all are free, 10,000 at twice as many; below the minimum a slot at which one member is
    /// missing counts a quarter, two members a sixteenth. Broken: by each slot short of
    /// `min_common`.
    Overlap {
        /// The column.
        feature: usize,
        /// The number of common slots asked for, 1 to 192.
        min_common: u16,
        /// The slots in a row, on one day, from which a meeting is worth while; 1: any slot.
        #[serde(default = "one")]
        min_length: u16,
        /// The slots of one day in the grid, `min_length` to 192: slot `s` is on day
        /// `s / slots_per_day`. Without effect if `min_length` is 1.
        #[serde(default = "hours_of_a_day")]
        slots_per_day: u16,
    },
    /// No lone member with one of these codes: none of them, or at least two (category, set).
    /// Each code counts for itself. Score: the share of the codes present that have company.
    /// Broken: by each lone code.
    NeverAlone {
        /// The column.
        feature: usize,
        /// The marked codes, at most 64.
        codes: Vec<u16>,
    },
    /// [`NeverAlone`](Self::NeverAlone) over several columns: no lone member with one of these
    /// marks. A mark is a list of answers that a member has all of, so that "women",
    /// "international students" and "women who are international students" are three marks, each
    /// of which counts for itself. Score: the share of the marks present that have company.
    /// Broken: by each lone mark. A member who left out one of a mark's answers does not have it.
    NeverAloneMarked {
        /// The marks, 1 to 64, each of 1 to 64 different answers.
        marks: Vec<Vec<Has>>,
    },
    /// At least so many members with one of these codes (category, set). Score: the share of
    /// `at_least` reached. Broken: by each member short.
    Cover {
        /// The column.
        feature: usize,
        /// The codes that count.
        codes: Vec<u16>,
        /// The number of members asked for, at least 1.
        at_least: u32,
    },
    /// At most so many members with one of these codes (category, set). Score: one minus the
    /// excess as a share of the most excess a group of this size can have. Broken: by each
    /// member too many.
    AtMost {
        /// The column.
        feature: usize,
        /// The codes that count.
        codes: Vec<u16>,
        /// The number of members allowed.
        at_most: u32,
    },
    /// As few members as possible with one of these codes (category, set). They have to be
    /// somewhere, so it means: no group more than its share. A group's share is the section's
    /// part of such members times the group's size. Score: 10,000 up to the share rounded down;
    /// each member more costs more than the one before (as 1, 3, 6, 10, ...), 0 if all members
    /// have one. Broken: by each member above the share rounded up.
    AsFew {
        /// The column.
        feature: usize,
        /// The codes that count.
        codes: Vec<u16>,
    },
    /// As many members as possible with one of these codes (category, set): no group fewer than
    /// its share. Score: 10,000 from the share rounded up; each member fewer costs more than the
    /// one before, 0 if no member has one. Broken: by each member short of the share rounded
    /// down.
    AsMany {
        /// The column.
        feature: usize,
        /// The codes that count.
        codes: Vec<u16>,
    },
    /// The students of a set are all in different groups. Score: the share of a group's pairs
    /// that is not to be kept apart. Broken: by each such pair.
    Apart {
        /// Sets of two or more students.
        sets: Vec<Vec<u32>>,
    },
    /// The students of a set are all in the same group. Score: the share of wished-for company
    /// the group's members have; 10,000 where nobody belongs to a set. Broken: by each company
    /// missing.
    Together {
        /// Sets of two or more students.
        sets: Vec<Vec<u32>>,
    },
    /// Students who have been in a group before are not again. A pair given several times
    /// counts several times. Score: the share of a group's pairs that are new, where a repeat
    /// counts by its weight over the largest weight. Broken: by each repeat, as often as its
    /// weight says. [`Rule::not_again`] makes it of past rounds.
    NotAgain {
        /// Pairs of students.
        pairs: Vec<(u32, u32)>,
        /// What a repeat of each pair counts, 1 to [`MAX_WEIGHT`](crate::MAX_WEIGHT), in the order
        /// of `pairs`: more for those who met lately. Empty: all count 1.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        weights: Vec<u32>,
    },
    /// Students who name others they want in their group, or do not want there. Score: the mean
    /// over the members of the share of their own wishes that is met, so that naming many buys
    /// nothing; a member without wishes counts as content. A wish that two have of each other
    /// counts twice for both. Nobody can have more partners than the largest group holds: of
    /// more wanted ones that many are all that can be met. Broken: by each wanted partner missing
    /// and each unwanted one present.
    Wishes {
        /// Who wants whom: (student, partner), each at most once.
        wanted: Vec<(u32, u32)>,
        /// Who does not want whom, likewise.
        unwanted: Vec<(u32, u32)>,
    },
}

/// An answer that a member may have: one of the codes of a category, or among those of a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Has {
    /// The column.
    pub feature: usize,
    /// The code.
    pub code: u16,
}

const fn one() -> u16 {
    1
}

/// The grid of seven days of 24 hours.
const fn hours_of_a_day() -> u16 {
    24
}

/// What a repeat of the last round counts in [`Rule::not_again`]; of each round before it half as
/// much, down to 1.
const LATEST: u32 = 8;

impl Rule {
    /// The column the rule looks at, if it looks at just one.
    pub fn feature(&self) -> Option<usize> {
        match self.features()[..] {
            [feature] => Some(feature),
            _ => None,
        }
    }

    /// The columns the rule looks at, ascending.
    pub fn features(&self) -> Vec<usize> {
        match self {
            Self::Align { feature, .. }
            | Self::Mix { feature, .. }
            | Self::Balance { feature, .. }
            | Self::Overlap { feature, .. }
            | Self::NeverAlone { feature, .. }
            | Self::Cover { feature, .. }
            | Self::AtMost { feature, .. }
            | Self::AsFew { feature, .. }
            | Self::AsMany { feature, .. } => vec![*feature],
            Self::NeverAloneMarked { marks } => {
                let mut features: Vec<usize> =
                    marks.iter().flatten().map(|has| has.feature).collect();
                features.sort_unstable();
                features.dedup();
                features
            }
            Self::Apart { .. }
            | Self::Together { .. }
            | Self::NotAgain { .. }
            | Self::Wishes { .. } => Vec::new(),
        }
    }

    /// The rule that nobody meets again whom past rounds brought together. `rounds` are the past
    /// rounds' groups, the latest round first. A repeat of the latest counts 8, of the one before
    /// 4, then 2, and 1 of all earlier ones.
    pub fn not_again(rounds: &[Vec<Vec<u32>>]) -> Self {
        let (mut pairs, mut weights) = (Vec::new(), Vec::new());
        for (ago, groups) in rounds.iter().enumerate() {
            let weight = (LATEST >> ago.min(31)).max(1);
            for group in groups {
                for (i, &a) in group.iter().enumerate() {
                    pairs.extend(group[i + 1..].iter().map(|&b| (a, b)));
                    weights.resize(pairs.len(), weight);
                }
            }
        }
        Self::NotAgain { pairs, weights }
    }
}
