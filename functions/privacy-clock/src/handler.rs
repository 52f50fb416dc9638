//! One look at all duties.

use jiff::{SignedDuration, Timestamp};
use runtime::telemetry::log_error;
use runtime::{Metric, StepError, count};
use serde::{Deserialize, Serialize};
use store::keys::Duty;

use crate::{Error, Systems, exports, rights};

/// How far ahead the index is read: the earliest reminder comes seven days before the last day, whose
/// end is one day later; a day in autumn has 25 hours.
const AHEAD: SignedDuration = SignedDuration::from_hours(8 * 24 + 1);

/// Who asks for a look.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "source", rename_all = "snake_case", deny_unknown_fields)]
pub enum Tick {
    /// The schedule.
    Hourly {},
    /// An operator, after something was mended.
    Operator {},
}

/// What was found, in numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// Duties that were looked at.
    pub duties: u64,
    /// Reminders of requests that were due: a first time each.
    pub rights_due_soon: u64,
    /// Requests that are late.
    pub rights_overdue: u64,
    /// Exports of institutions that were deleted.
    pub exports_deleted: u64,
    /// Links to students' data that ended.
    pub links_ended: u64,
}

/// Looks at every duty that is due or comes close.
pub async fn tick(systems: &Systems, _: Tick) -> Result<Answer, StepError> {
    run(systems).await.map_err(|error| {
        log_error("tick", &error);
        error.into()
    })
}

async fn run(systems: &Systems) -> Result<Answer, Error> {
    let now = (systems.clock)();
    let mut answer = Answer::default();
    let mut failed = 0;
    for duty in systems.store.duties(now.checked_add(AHEAD).unwrap_or(now)).await? {
        answer.duties += 1;
        if let Err(error) = one(systems, &duty, now, &mut answer).await {
            tracing::error!(duty = duty.kind, id = duty.id, "clock.duty_failed");
            log_error("duty", &error);
            failed += 1;
        }
    }
    count(Metric::RightsDueSoon, answer.rights_due_soon);
    count(Metric::RightsOverdue, answer.rights_overdue);
    count(Metric::ExportsDeleted, answer.exports_deleted);
    tracing::info!(duties = answer.duties, "clock.done");
    if failed > 0 { Err(Error::Incomplete { duties: failed }) } else { Ok(answer) }
}

/// One duty, by the module of its kind.
async fn one(
    systems: &Systems,
    duty: &Duty,
    now: Timestamp,
    answer: &mut Answer,
) -> Result<(), Error> {
    match duty.kind.as_str() {
        "rights" => rights::look(systems, duty, now, answer).await,
        "export" => exports::look(systems, duty, now, answer).await,
        "institution-export" => exports::look_at_institution(systems, duty, now, answer).await,
        kind => Err(Error::UnknownDuty { kind: kind.to_owned() }),
    }
}
