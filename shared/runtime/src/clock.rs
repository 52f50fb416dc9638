//! The one place that reads the time. Handlers take a [`Clock`], so that tests can set it.

use jiff::Timestamp;
use jiff::civil::Date;

/// Where a handler gets the time from.
pub type Clock = fn() -> Timestamp;

/// Now.
#[expect(clippy::disallowed_methods, reason = "this is the one source of time")]
pub fn now() -> Timestamp {
    Timestamp::now()
}

/// The civil date in Copenhagen at an instant: the day that retention counts by.
pub fn today(now: Timestamp) -> Date {
    domain::retention::date_in_copenhagen(now)
}
