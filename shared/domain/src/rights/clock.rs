//! By when a request must be acknowledged and done, and when somebody is to be reminded.

use jiff::civil::Date;
use jiff::{SignedDuration, Span, Timestamp};

use super::{RightsRequest, Status};
use crate::retention::{copenhagen, date_in_copenhagen};

/// Hours after which the student must have heard that the request was received.
pub const ACKNOWLEDGE_HOURS: i64 = 48;

/// Civil days after which it must be done.
pub const TERM_DAYS: i32 = 30;

/// Civil days after which it must be done at the latest, when it was extended.
pub const EXTENDED_DAYS: i32 = 90;

/// How many days before the end of the term operators are reminded.
pub const REMINDER_DAYS: [u32; 2] = [7, 2];

/// The last day of the regular term.
pub fn regular_due_on(received_at: Timestamp) -> Date {
    days_after(received_at, TERM_DAYS)
}

/// The last day that an extension may name.
pub fn latest_extension(received_at: Timestamp) -> Date {
    days_after(received_at, EXTENDED_DAYS)
}

fn days_after(at: Timestamp, days: i32) -> Date {
    date_in_copenhagen(at).checked_add(Span::new().days(days)).unwrap_or(Date::MAX)
}

/// The first instant after a day in Copenhagen.
pub fn end_of(day: Date) -> Timestamp {
    let next = day.checked_add(Span::new().days(1)).unwrap_or(Date::MAX);
    next.to_zoned(copenhagen()).map_or(Timestamp::MAX, |start| start.timestamp())
}

/// What the clock of a request says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    /// By when the student must have heard that it was received.
    pub acknowledge_by: Timestamp,
    /// The last day on which it must be done.
    pub due_on: Date,
    /// The next instant at which something is late; absent when nothing is owed.
    pub next: Option<Timestamp>,
    /// What is wrong now.
    pub alert: Option<Alert>,
}

/// What the operators are to be told of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alert {
    /// The student has not heard within 48 hours.
    Unacknowledged,
    /// At most so many days are left; one of [`REMINDER_DAYS`].
    DueSoon(u32),
    /// The term is over.
    Overdue,
}

/// What the clock of a request says at an instant.
pub fn clock(request: &RightsRequest, now: Timestamp) -> Clock {
    let acknowledge_by = request
        .received_at
        .checked_add(SignedDuration::from_hours(ACKNOWLEDGE_HOURS))
        .unwrap_or(Timestamp::MAX);
    let due_on = request.due_on();
    let end = end_of(due_on);
    let next = match request.status {
        Status::Received => Some(acknowledge_by.min(end)),
        Status::Acknowledged | Status::Confirmed => Some(end),
        Status::Fulfilled | Status::Refused | Status::Lifted => None,
    };
    let alert = next.and_then(|_| {
        if end <= now {
            Some(Alert::Overdue)
        } else if request.status == Status::Received && acknowledge_by <= now {
            Some(Alert::Unacknowledged)
        } else {
            due_soon(due_on, now)
        }
    });
    Clock { acknowledge_by, due_on, next, alert }
}

/// The closest reminder whose day has come.
fn due_soon(due_on: Date, now: Timestamp) -> Option<Alert> {
    let today = date_in_copenhagen(now);
    REMINDER_DAYS
        .into_iter()
        .rev()
        .find(|days| {
            let from = due_on.checked_sub(Span::new().days(i64::from(*days))).unwrap_or(Date::MIN);
            from <= today
        })
        .map(Alert::DueSoon)
}
