//! Processor time of the calling thread.

use rustix::time::{ClockId, clock_gettime};

/// Counts from its creation.
pub(crate) struct Clock {
    start: f64,
}

impl Clock {
    pub(crate) fn start() -> Self {
        Self { start: now() }
    }

    /// Seconds of processor time since the start.
    pub(crate) fn seconds(&self) -> f64 {
        now() - self.start
    }
}

#[expect(clippy::cast_precision_loss, reason = "seconds of processor time are few")]
fn now() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}
