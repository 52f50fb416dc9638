//! Overlap: slots of the week at which the whole group is free.

use super::{Change, FULL, Judged, LANES};
use crate::Week;
use crate::codes::Runs;

mod slots;

use slots::{Near, Slots, narrow};

/// The score at which the minimum is reached.
const REACHED: i64 = 8000;

/// Fixed-point one of the retention factors.
const ONE: i64 = 1024;

/// Common free slots, at least so many.
pub(crate) struct Overlap {
    weeks: Vec<Option<Week>>,
    /// The same in one word each, where that is possible.
    narrow: Option<Vec<u64>>,
    min_common: i64,
    /// Which slots count of those free in a row.
    runs: Runs,
    /// By number of members without a calendar: the share of common slots they would leave.
    kept: Vec<i64>,
    /// The mean number of free slots of one student.
    free: i64,
    /// By the same number and common slots, if these fit into a word: sixteenths of a slot that
    /// count.
    steps: Vec<[i32; 65]>,
    /// The score by sixteenths of a slot, up to twice the minimum.
    scores: Vec<i64>,
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
        let minimum = 16 * i64::from(min_common);
        let score = |reached: i64| {
            if reached >= minimum {
                REACHED + (FULL - REACHED) * (reached - minimum) / minimum
            } else {
                REACHED * reached / minimum
            }
        };
        let narrow = narrow(rows, &runs);
        let steps =
            |kept: &i64| std::array::from_fn(|slots| (16 * slots as i64 * kept / ONE) as i32);
        let steps = narrow.iter().flat_map(|_| kept.iter().map(steps)).collect();
        Self {
            weeks: rows.to_vec(),
            narrow,
            steps,
            min_common: i64::from(min_common),
            runs,
            kept,
            free: free / (count as i64).max(1),
            scores: (0..=2 * minimum).map(score).collect(),
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
        if let Some(narrow) = &self.narrow {
            let members = change.rest.iter().chain(&change.joins);
            let near = Near::of(members.map(|&student| narrow[student as usize]));
            self.verdict(near, size)
        } else {
            let members = change.rest.iter().chain(&change.joins);
            let near = Near::of(members.map(|&student| self.weeks[student as usize]));
            self.verdict(near, size)
        }
    }

    /// The calendars as [`add_worth`](Self::add_worth) takes them, if it does.
    pub(crate) fn words(&self) -> Option<&[u64]> {
        self.narrow.as_deref()
    }

    /// A group judged with each of some students in turn beside those who stay.
    pub(crate) fn judge_each(
        &self,
        rest: &[u32],
        joins: &[u32],
        mut take: impl FnMut(usize, Judged),
    ) {
        let size = rest.len() + 1;
        if let Some(narrow) = &self.narrow {
            let base = Near::of(rest.iter().map(|&student| narrow[student as usize]));
            for (index, &student) in joins.iter().enumerate() {
                take(index, self.verdict(base.with(narrow[student as usize]), size));
            }
        } else {
            let base = Near::of(rest.iter().map(|&student| self.weeks[student as usize]));
            for (index, &student) in joins.iter().enumerate() {
                take(index, self.verdict(base.with(self.weeks[student as usize]), size));
            }
        }
    }

    /// By sixteenths of a slot reached: what a group is worth that has too few slots in common,
    /// and one that has enough.
    pub(crate) fn worths(&self, weigh: impl Fn(Judged) -> i64) -> Vec<[i32; 2]> {
        let worth = |score, severity| weigh(Judged { score, severity }) as i32;
        self.scores.iter().map(|&score| [worth(score, 1), worth(score, 0)]).collect()
    }

    /// Adds what a group is worth with each of some calendars in turn beside those who stay; the
    /// calendars come in whole lanes.
    pub(crate) fn add_worth(
        &self,
        rest: &[u32],
        joins: &[u64],
        worths: &[[i32; 2]],
        part: &mut [i32],
    ) {
        let size = rest.len() + 1;
        let narrow = self.narrow.as_deref().unwrap_or_default();
        let base = Near::of(rest.iter().map(|&student| narrow[student as usize]));
        let silent = self.reached(base.with(u64::ANY), size);
        let silent = worths[silent.0][usize::from(silent.1 == 0)];
        let answered = base.answered + 1;
        let steps = &self.steps[size - answered];
        // A meeting needs two.
        let one_away = if answered < 3 { 0 } else { u64::MAX };
        let two_away = if answered < 4 { 0 } else { u64::MAX };
        let minimum = 16 * self.min_common as i32;
        let lanes = joins.as_chunks::<LANES>().0.iter().zip(part.as_chunks_mut::<LANES>().0);
        for (joins, part) in lanes {
            let mut counts = [[0; LANES]; 3];
            for (lane, &slots) in joins.iter().enumerate() {
                let near = base.with(slots);
                counts[0][lane] = near.all.count_ones();
                counts[1][lane] = (near.but_one & !near.all & one_away).count_ones();
                counts[2][lane] = (near.but_two & !near.but_one & two_away).count_ones();
            }
            for (lane, (part, &slots)) in part.iter_mut().zip(joins).enumerate() {
                let [all, one, two] = counts.map(|counts| steps[counts[lane] as usize]);
                let room = (minimum - all).max(0);
                let one = one.min(room);
                let reached = all.min(2 * minimum) + one / 4 + two.min(room - one) / 16;
                let enough = i64::from(counts[0][lane]) >= self.min_common;
                let worth = worths[reached as usize][usize::from(enough)];
                *part = part.wrapping_add(if slots.known() { worth } else { silent });
            }
        }
    }

    fn verdict<S: Slots>(&self, near: Near<S>, size: usize) -> Judged {
        let (reached, severity) = self.reached(near, size);
        Judged { score: self.scores[reached], severity }
    }

    /// The sixteenths of a slot that count, and how badly the rule is broken.
    fn reached<S: Slots>(&self, near: Near<S>, size: usize) -> (usize, i64) {
        let near = near.for_meeting();
        let minimum = 16 * self.min_common;
        let count = |slots: S| i64::from(slots.count(&self.runs));
        let common = count(near.all);
        // In sixteenths of a slot, after the members without a calendar.
        let kept = self.kept[size - near.answered.min(size)];
        let all = if near.answered == 0 {
            16 * self.free * self.kept[size.saturating_sub(1)] / ONE
        } else {
            16 * common * kept / ONE
        };
        let reached = if all >= minimum {
            all.min(2 * minimum)
        } else {
            let one = count(near.but_one) - common;
            let two = count(near.but_two) - common - one;
            let mut room = minimum - all;
            let one = (16 * one * kept / ONE).min(room);
            room -= one;
            let two = (16 * two * kept / ONE).min(room);
            all + one / 4 + two / 16
        };
        let severity = if near.answered == 0 { 0 } else { (self.min_common - common).max(0) };
        (reached as usize, severity)
    }
}

/// The slots common to those who answered, and how many did.
pub(crate) fn common(weeks: &[Option<Week>], group: &[u32]) -> (Week, u32) {
    let near = Near::of(group.iter().map(|&student| weeks[student as usize]));
    (near.all.unwrap_or(Week([u64::MAX; 3])), near.answered as u32)
}
