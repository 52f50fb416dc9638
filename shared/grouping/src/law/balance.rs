//! Balance: a group's mean near the section's.

use super::pairwise::scaled;
use super::{Agg, Change, FULL, Judged, Key, below_floor};

/// Deviations are kept in 256ths of the scaled unit so that the section's mean is not rounded.
const FINE: i64 = 256;

/// The distance of a group's mean from the section's, in standard errors.
pub(crate) struct Balance {
    /// By student: deviation from the section's mean; 0 where there is no answer.
    deviation: Vec<i32>,
    known: Vec<bool>,
    floor: i64,
    /// By number of answers: three standard errors of their sum; 0 if everybody is equal.
    reach: Vec<i64>,
}

/// Without any answer: the mean score of random groups, 1 - sqrt(2 / pi) / 3.
const TYPICAL: i64 = 7340;

impl Balance {
    pub(crate) fn new(rows: &[Option<i64>], floor: i64, max: usize) -> Self {
        let known: Vec<bool> = rows.iter().map(Option::is_some).collect();
        let fine: Vec<i64> = scaled(rows).into_iter().map(|v| i64::from(v) * FINE).collect();
        let answered = || fine.iter().zip(&known).filter(|(_, known)| **known);
        let count = (answered().count() as i64).max(1);
        let mean = answered().map(|(v, _)| v).sum::<i64>() / count;
        let deviation: Vec<i32> = fine
            .iter()
            .zip(&known)
            .map(|(v, known)| if *known { (v - mean) as i32 } else { 0 })
            .collect();
        let variance = deviation
            .iter()
            .map(|&d| (i64::from(d) * i64::from(d)) as u64 / count as u64)
            .sum::<u64>();
        let reach = (0..=max as u64).map(|k| (9 * variance * k).isqrt() as i64).collect();
        Self { deviation, known, floor, reach }
    }

    /// What the law knows of a student.
    pub(crate) fn key(&self, student: u32) -> Key {
        let row = student as usize;
        (self.known[row], i64::from(self.deviation[row]) as u64)
    }

    pub(crate) fn shift(&self, mut agg: Agg, change: Change<'_>) -> Agg {
        if let Some(student) = change.leaves {
            agg.sum -= i64::from(self.deviation[student as usize]);
            agg.extra -= i64::from(self.known[student as usize]);
        }
        if let Some(student) = change.joins {
            agg.sum += i64::from(self.deviation[student as usize]);
            agg.extra += i64::from(self.known[student as usize]);
        }
        agg
    }

    pub(crate) fn judge(&self, agg: Agg) -> Judged {
        let reach = self.reach[agg.extra as usize];
        let score = if agg.extra == 0 {
            TYPICAL
        } else if reach == 0 {
            FULL
        } else {
            FULL - (FULL * agg.sum.abs() / reach).min(FULL)
        };
        let severity = if agg.extra == 0 { 0 } else { below_floor(score, self.floor) };
        Judged { score, severity }
    }
}
