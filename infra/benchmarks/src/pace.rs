//! How many evaluations fit into a time.

use grouping::{Error, Options, Problem, solve};

use crate::clock::Clock;

/// What a run costs beside its evaluations, and what one of these costs, in seconds.
pub(crate) struct Pace {
    start: f64,
    each: f64,
}

impl Pace {
    /// Measures with a run of this budget and one of a tenth.
    pub(crate) fn measure(problem: &Problem, options: &Options) -> Result<Self, Error> {
        let mut runs = Vec::new();
        for budget in [options.budget / 10, options.budget] {
            let clock = Clock::start();
            let found = solve(problem, &Options { budget, ..*options })?;
            #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
            runs.push((found.evaluations as f64, clock.seconds()));
        }
        let each = (runs[1].1 - runs[0].1) / (runs[1].0 - runs[0].0).max(1.0);
        // Two short runs may differ by less than what the system takes in between.
        let each = each.max(1e-9);
        Ok(Self { start: (runs[0].1 - each * runs[0].0).max(0.0), each })
    }

    /// The pace of a run whose evaluations took so long each, whatever else it did included.
    pub(crate) fn of(each: f64) -> Self {
        Self { start: 0.0, each: each.max(1e-9) }
    }

    /// The budget that takes about so many seconds.
    pub(crate) fn budget(&self, seconds: f64) -> u64 {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "seconds")]
        let budget = ((seconds - self.start) / self.each).max(1.0) as u64;
        budget
    }
}
