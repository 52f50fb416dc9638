//! As few or as many members with certain codes as possible: no group more, or fewer, than its
//! share.

use super::tally::counted;
use super::{Agg, Change, FULL, Judged};
use crate::Values;

/// A number of members with certain codes against the group's share of the section's.
pub(crate) struct Share {
    counts: Vec<bool>,
    few: bool,
    /// By group size: the share rounded down and up.
    fair: Vec<(i64, i64)>,
}

impl Share {
    pub(crate) fn new(values: &Values, codes: &[u16], few: bool, max: usize) -> Self {
        let counts = counted(values, codes);
        let total = counts.iter().filter(|counts| **counts).count();
        let students = counts.len().max(1);
        let fair = (0..=max)
            .map(|size| {
                let share = total * size;
                ((share / students) as i64, share.div_ceil(students) as i64)
            })
            .collect();
        Self { counts, few, fair }
    }

    /// Whether a student counts.
    pub(crate) fn counts(&self, student: u32) -> bool {
        self.counts[student as usize]
    }

    pub(crate) fn shift(&self, mut agg: Agg, change: Change<'_>) -> Agg {
        if let Some(student) = change.leaves {
            agg.sum -= i64::from(self.counts[student as usize]);
        }
        if let Some(student) = change.joins {
            agg.sum += i64::from(self.counts[student as usize]);
        }
        agg
    }

    pub(crate) fn judge(&self, agg: Agg, size: usize) -> Judged {
        let (down, up) = self.fair[size];
        let (away, furthest, severity) = if self.few {
            (agg.sum - down, size as i64 - down, agg.sum - up)
        } else {
            (up - agg.sum, up, down - agg.sum)
        };
        // Triangular numbers: the second one away costs twice as much as the first, the third
        // three times as much, so that spreading is better than heaping.
        let steps = |away: i64| away.max(0) * (away.max(0) + 1);
        Judged {
            score: FULL - FULL * steps(away) / steps(furthest).max(1),
            severity: severity.max(0),
        }
    }
}
