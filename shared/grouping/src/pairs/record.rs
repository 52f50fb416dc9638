//! What a search has spent, and the best it has seen.

use super::landscape::{Landscape, Tally};
use crate::stop::Clock;

/// When to end. The searches follow the share spent, so that a schedule always comes to its end.
pub(crate) struct Record<'c> {
    budget: u64,
    clock: Option<Clock<'c>>,
    judged: u64,
    by_clock: bool,
    best: i64,
    home: Vec<u32>,
    progress: Vec<(u64, i64)>,
    /// The share of the time allowed, as last seen, and by entry of `progress`.
    passed: f64,
    times: Vec<u32>,
}

/// A record at its end.
pub(crate) struct Outcome {
    pub(crate) best: i64,
    pub(crate) home: Vec<u32>,
    pub(crate) judged: u64,
    pub(crate) by_clock: bool,
    pub(crate) progress: Vec<(u64, i64)>,
    pub(crate) times: Vec<u32>,
}

impl<'c> Record<'c> {
    pub(crate) fn new(budget: u64, clock: Option<Clock<'c>>) -> Self {
        Self {
            budget,
            clock,
            judged: 0,
            by_clock: false,
            best: i64::MIN,
            home: Vec::new(),
            progress: Vec::new(),
            passed: 0.0,
            times: Vec::new(),
        }
    }

    /// The share of what may be spent that has been; 1 or more: end.
    pub(crate) fn share(&mut self) -> f64 {
        let spent = self.judged as f64 / self.budget as f64;
        let passed = self.clock.map_or(0.0, |clock| clock());
        self.passed = passed;
        self.by_clock |= passed > spent;
        spent.max(passed)
    }

    /// Sweeps over `neighbours` changes that are left at the pace so far.
    pub(crate) fn turns(&mut self, neighbours: u64) -> f64 {
        let share = self.share();
        let judged = self.judged as f64 * (1.0 - share) / share.max(1e-3);
        judged / (2.0 * neighbours as f64)
    }

    /// Changes that may still be judged, the clock aside.
    pub(crate) fn left(&self) -> u64 {
        self.budget.saturating_sub(self.judged)
    }

    /// Counts what has led to a state, and keeps that if it is the best so far.
    pub(crate) fn note<L: Landscape>(&mut self, land: &L, state: &L::State, tally: Tally) {
        self.judged += tally.judged;
        let value = land.value(state);
        if value <= self.best {
            return;
        }
        self.best = value;
        self.home.clear();
        self.home.extend_from_slice(land.home(state));
        // Thinned: a point per eighth more of evaluations; the last is always the best.
        let points = self.progress.len();
        match self.progress.last_mut() {
            Some(last) if points > 1 && self.judged < last.0 + last.0 / 8 => {
                last.1 = value;
                self.times.pop();
            }
            _ => self.progress.push((self.judged, value)),
        }
        self.times.push((self.passed * 1e6) as u32);
    }

    pub(crate) fn home(&self) -> &[u32] {
        &self.home
    }

    pub(crate) fn finish(self) -> Outcome {
        Outcome {
            best: self.best,
            home: self.home,
            judged: self.judged,
            by_clock: self.by_clock,
            progress: self.progress,
            times: self.times,
        }
    }
}
