//! Rules about how many members have certain codes: never alone, cover, at most.

use super::{Agg, Change, FULL, Judged};
use crate::{Feature, Has, Values};

/// No lone member with a marked code.
pub(crate) struct Alone {
    /// By student: which of the marked codes they have.
    marks: Vec<u64>,
}

impl Alone {
    pub(crate) fn new(values: &Values, codes: &[u16]) -> Self {
        let bit = |code: u16| codes.iter().position(|&marked| marked == code);
        let marks = match values {
            Values::Category(rows) => {
                rows.iter().map(|row| row.and_then(bit).map_or(0, |bit| 1 << bit)).collect()
            }
            Values::Set(rows) => rows
                .iter()
                .map(|row| {
                    let chosen = row.map_or(0, |set| set.0);
                    codes.iter().enumerate().map(|(bit, &code)| (chosen >> code & 1) << bit).sum()
                })
                .collect(),
            Values::Number(_) | Values::Slots(_) => unreachable!("validation lets only codes in"),
        };
        Self { marks }
    }

    /// Marks that are several answers together, of any columns.
    pub(crate) fn of_marks(features: &[Feature], students: u32, marked: &[Vec<Has>]) -> Self {
        let marks = (0..students)
            .map(|student| {
                marked
                    .iter()
                    .enumerate()
                    .filter(|(_, mark)| mark.iter().all(|has| answered(features, *has, student)))
                    .map(|(bit, _)| 1_u64 << bit)
                    .sum()
            })
            .collect();
        Self { marks }
    }

    /// Which of the marked codes a student has.
    pub(crate) fn marks(&self, student: u32) -> u64 {
        self.marks[student as usize]
    }

    /// The students who have a marked code that nobody else has.
    pub(crate) fn lonely(&self) -> Vec<bool> {
        let (mut once, mut twice) = (0_u64, 0_u64);
        for &marks in &self.marks {
            twice |= once & marks;
            once |= marks;
        }
        self.marks.iter().map(|marks| marks & once & !twice != 0).collect()
    }

    pub(crate) fn judge(&self, change: Change<'_>) -> Judged {
        let (mut once, mut twice) = (0_u64, 0_u64);
        for &student in change.rest.iter().chain(&change.joins) {
            let marks = self.marks[student as usize];
            twice |= once & marks;
            once |= marks;
        }
        let present = i64::from(once.count_ones());
        let company = i64::from(twice.count_ones());
        Judged {
            score: if present == 0 { FULL } else { FULL * company / present },
            severity: present - company,
        }
    }
}

fn answered(features: &[Feature], has: Has, student: u32) -> bool {
    match &features[has.feature].values {
        Values::Category(rows) => rows[student as usize] == Some(has.code),
        Values::Set(rows) => rows[student as usize].is_some_and(|set| set.0 >> has.code & 1 == 1),
        Values::Number(_) | Values::Slots(_) => unreachable!("validation lets only codes in"),
    }
}

/// By student: whether they have one of these codes.
pub(crate) fn counted(values: &Values, codes: &[u16]) -> Vec<bool> {
    match values {
        Values::Category(rows) => {
            rows.iter().map(|row| row.is_some_and(|code| codes.contains(&code))).collect()
        }
        Values::Set(rows) => {
            let wanted = codes.iter().fold(0_u64, |bits, &code| bits | 1 << code);
            rows.iter().map(|row| row.is_some_and(|set| set.0 & wanted != 0)).collect()
        }
        Values::Number(_) | Values::Slots(_) => unreachable!("validation lets only codes in"),
    }
}

/// A number of members with certain codes, at least or at most.
pub(crate) struct Tally {
    counts: Vec<bool>,
    limit: i64,
    at_most: bool,
}

impl Tally {
    pub(crate) fn new(values: &Values, codes: &[u16], limit: u32, at_most: bool) -> Self {
        let counts = counted(values, codes);
        Self { counts, limit: i64::from(limit), at_most }
    }

    /// Whether a student counts.
    pub(crate) fn counts(&self, student: u32) -> bool {
        self.counts[student as usize]
    }

    /// The numbers of groups of the first `students` within which the rule can hold in all of
    /// them: (at least, at most).
    pub(crate) fn bounds(&self, students: u32) -> (u32, u32) {
        let total =
            self.counts[..students as usize].iter().filter(|counts| **counts).count() as i64;
        if self.at_most {
            let least =
                if self.limit == 0 { 1 } else { (total as u64).div_ceil(self.limit as u64) };
            (least as u32, u32::MAX)
        } else {
            (1, (total / self.limit) as u32)
        }
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
        if self.at_most {
            let severity = (agg.sum - self.limit).max(0);
            let most = (size as i64 - self.limit).max(1);
            Judged { score: FULL - FULL * severity / most, severity }
        } else {
            let reached = agg.sum.min(self.limit);
            Judged { score: FULL * reached / self.limit, severity: self.limit - reached }
        }
    }
}
