//! Overlap: slots of the week at which the whole group is free.

use super::{Change, FULL, Judged};
use crate::Week;
use crate::codes::Runs;

/// The score at which the minimum is reached.
const REACHED: i64 = 8000;

/// Fixed-point one of the retention factors.
const ONE: i64 = 1024;

/// Common free slots, at least so many.
pub(crate) struct Overlap {
    weeks: Vec<Option<Week>>,
    min_common: i64,
    /// Which slots count of those free in a row.
    runs: Runs,
    /// By number of members without a calendar: the share of common slots they would leave.
    kept: Vec<i64>,
    /// The mean number of free slots of one student.
    free: i64,
}

/// The slots at which all, all but one, all but two of those who answered are free.
struct Near {
    answered: usize,
    all: Week,
    but_one: Week,
    but_two: Week,
}

impl Overlap {
    pub(crate) fn new(rows: &[Option<Week>], min_common: u16, runs: Runs, max: usize) -> Self {
        let answered: Vec<Week> = rows.iter().flatten().map(|week| runs.of(*week)).collect();
        let count = answered.len();
        let free: i64 = answered.iter().map(|week| i64::from(week.count())).sum();
        // The share of a student's slots that another one shares, over neighbours in index order.
        let reach = if count <= 1000 { count } else { 100 };
        let (mut shared, mut base) = (0, 0);
        for (i, a) in answered.iter().enumerate() {
            for b in &answered[i + 1..(i + reach).min(count).max(i + 1)] {
                shared += 2 * i64::from(runs.of(a.and(*b)).count());
                base += i64::from(a.count() + b.count());
            }
        }
        let share = if base == 0 { ONE / 2 } else { ONE * shared / base };
        let mut kept = vec![ONE];
        for i in 0..max {
            kept.push(kept[i] * share / ONE);
        }
        Self {
            weeks: rows.to_vec(),
            min_common: i64::from(min_common),
            runs,
            kept,
            free: free / (count as i64).max(1),
        }
    }

    /// Whether the hours that two have in common are enough, or somebody's own; unknown hours are.
    pub(crate) fn enough(&self, a: u32, b: u32) -> bool {
        match (self.weeks[a as usize], self.weeks[b as usize]) {
            (Some(a), Some(b)) => i64::from(self.runs.of(a.and(b)).count()) >= self.min_common,
            _ => true,
        }
    }

    /// The best score of a group that these two are in.
    pub(crate) fn at_best(&self, a: u32, b: u32) -> i64 {
        let (Some(a), Some(b)) = (self.weeks[a as usize], self.weeks[b as usize]) else {
            return FULL;
        };
        let common = i64::from(self.runs.of(a.and(b)).count());
        let minimum = self.min_common;
        if common >= minimum {
            REACHED + (FULL - REACHED) * (common - minimum).min(minimum) / minimum
        } else {
            // At best one member alone is in the way of all other slots.
            REACHED * (4 * common + (minimum - common)) / (4 * minimum)
        }
    }

    pub(crate) fn judge(&self, change: Change<'_>) -> Judged {
        let size = change.size();
        let near = near(
            change.rest.iter().chain(&change.joins).map(|&student| self.weeks[student as usize]),
        );
        let minimum = 16 * self.min_common;
        let count = |week| i64::from(self.runs.of(week).count());
        let common = count(near.all);
        // In sixteenths of a slot, after the members without a calendar.
        let kept = self.kept[size - near.answered.min(size)];
        let all = if near.answered == 0 {
            16 * self.free * self.kept[size.saturating_sub(1)] / ONE
        } else {
            16 * common * kept / ONE
        };
        let score = if all >= minimum {
            REACHED + (FULL - REACHED) * (all - minimum).min(minimum) / minimum
        } else {
            let one = count(near.but_one) - common;
            let two = count(near.but_two) - common - one;
            let mut room = minimum - all;
            let one = (16 * one * kept / ONE).min(room);
            room -= one;
            let two = (16 * two * kept / ONE).min(room);
            REACHED * (all + one / 4 + two / 16) / minimum
        };
        let severity = if near.answered == 0 { 0 } else { (self.min_common - common).max(0) };
        Judged { score, severity }
    }
}

fn near(weeks: impl Iterator<Item = Option<Week>>) -> Near {
    let full = Week([u64::MAX; 3]);
    let mut near = Near { answered: 0, all: full, but_one: full, but_two: full };
    for week in weeks.flatten() {
        near.but_two = near.but_two.and(week).or(near.but_one);
        near.but_one = near.but_one.and(week).or(near.all);
        near.all = near.all.and(week);
        near.answered += 1;
    }
    // A meeting needs two.
    if near.answered < 3 {
        near.but_one = near.all;
    }
    if near.answered < 4 {
        near.but_two = near.but_one;
    }
    near
}

/// The slots common to those who answered, and how many did.
pub(crate) fn common(weeks: &[Option<Week>], group: &[u32]) -> (Week, u32) {
    let near = near(group.iter().map(|&student| weeks[student as usize]));
    (near.all, near.answered as u32)
}
