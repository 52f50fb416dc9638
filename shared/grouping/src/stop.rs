//! Ending a search before its budget is spent.

/// Says which share of the time allowed has passed; 1 or more ends a search. The engine reads no
/// clock of its own. Chains on several threads ask the same one.
pub type Clock<'c> = &'c (dyn Fn() -> f64 + Sync);

/// Evaluations between two questions to the clock: few enough that a stop is felt within some
/// milliseconds, so many that reading a clock costs nothing.
const PATIENCE: u64 = 4_096;

/// The share of the time after which what must come last is to begin.
const LATE: f64 = 0.8;

/// Asks the clock once in a while and remembers what it has said.
pub(crate) struct Stop<'c> {
    clock: Option<Clock<'c>>,
    due: u64,
    late: bool,
    struck: bool,
    /// Whether anything was left out because of what the clock said.
    heeded: bool,
}

impl<'c> Stop<'c> {
    pub(crate) fn new(clock: Option<Clock<'c>>) -> Self {
        // Without a clock the question is never due, which is all that the search has to check.
        let due = if clock.is_some() { 0 } else { u64::MAX };
        Self { clock, due, late: false, struck: false, heeded: false }
    }

    /// Asks if it is time to, given the evaluations so far.
    pub(crate) fn ask(&mut self, spent: u64) {
        if spent < self.due {
            return;
        }
        self.due = spent.saturating_add(PATIENCE);
        let share = self.clock.map_or(0.0, |clock| clock());
        self.late |= share >= LATE;
        self.struck |= share >= 1.0;
    }

    /// Whether there is just time for what must come last. Who asks leaves the rest out.
    pub(crate) fn is_late(&mut self) -> bool {
        self.heeded |= self.late;
        self.late
    }

    /// Whether the result depends on the clock.
    pub(crate) fn heeded(&self) -> bool {
        self.heeded || self.struck
    }

    /// Whether the search is to end.
    pub(crate) fn struck(&self) -> bool {
        self.struck
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[test]
    fn the_clock_is_asked_at_once_and_then_once_in_a_while() {
        let asked = AtomicU32::new(0);
        let clock = || f64::from(asked.fetch_add(1, Ordering::Relaxed)) / 3.0;
        let mut stop = Stop::new(Some(&clock));
        let mut struck_at = None;
        for spent in 1..20_000 {
            stop.ask(spent);
            struck_at = struck_at.or(stop.struck().then_some(spent));
        }
        assert_eq!(struck_at, Some(1 + 3 * PATIENCE));
        assert_eq!(asked.load(Ordering::Relaxed), 5);
    }

    #[test]
    fn it_is_late_before_it_strikes_and_only_who_asks_heeds_it() {
        let clock = || LATE;
        let mut stop = Stop::new(Some(&clock));
        assert!(!stop.is_late() && !stop.heeded());
        stop.ask(1);
        assert!(!stop.struck() && !stop.heeded());
        assert!(stop.is_late() && stop.heeded());
    }

    #[test]
    fn without_a_clock_nothing_strikes() {
        let mut stop = Stop::new(None);
        stop.ask(u64::MAX);
        assert!(!stop.struck() && !stop.is_late() && !stop.heeded());
    }
}
