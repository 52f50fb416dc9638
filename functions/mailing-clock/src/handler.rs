//! The handler: one look at the list.

use futures::StreamExt;
use jiff::Timestamp;
use runtime::clock::Clock;
use runtime::telemetry::log_error;
use runtime::{Metric, StepError, count};
use serde::{Deserialize, Serialize};
use store::{Audit, Store};

use crate::due::{Error, Fate, one};
use crate::machine::Machine;

/// How many mailings are dealt with at once.
const PARALLEL: usize = 8;

/// What the handler works with.
#[derive(Debug, Clone)]
pub struct Deps {
    /// The table.
    pub store: Store,
    /// The audit trail.
    pub audit: Audit,
    /// The state machine.
    pub machine: Machine,
    /// The time.
    pub clock: Clock,
}

/// Who asks for a look.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "source", rename_all = "snake_case", deny_unknown_fields)]
pub enum Tick {
    /// The schedule.
    Minute {},
    /// An operator, after something was mended.
    Operator {},
}

/// What was found, in numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Mailings whose time has come.
    pub due: u32,
    /// Put on their way.
    pub started: u32,
    /// Not sent any more; each says why.
    pub missed: u32,
    /// Left as they are: changed meanwhile, or out of reach.
    pub left: u32,
}

/// Deals with each mailing whose time has come. One that fails is logged and left for the next run; the others go all
/// the same, and the run as a whole then fails, so that the alarm on the function's errors sees it.
pub async fn handle(deps: &Deps, _: Tick) -> Result<Answer, StepError> {
    let now = (deps.clock)();
    let due = deps.store.planned_by(now).await.map_err(|error| {
        log_error("planned_by", &error);
        StepError::from(Error::from(error))
    })?;
    let answer = all(deps, &due, now).await;
    // A metric costs for each hour in which it is written; this runs every minute.
    for (metric, number) in [
        (Metric::PlannedMailingsStarted, answer.started),
        (Metric::PlannedMailingsMissed, answer.missed),
    ] {
        if number > 0 {
            count(metric, number.into());
        }
    }
    let failed = answer.due - answer.started - answer.missed - answer.left;
    if failed > 0 {
        let cause = format!("{failed} of {} mailings could not be started", answer.due);
        return Err(StepError::new(StepError::TRANSIENT, cause));
    }
    Ok(answer)
}

async fn all(deps: &Deps, due: &[(store::Scope, domain::MailingId)], now: Timestamp) -> Answer {
    let number = u32::try_from(due.len()).unwrap_or(u32::MAX);
    let mut answer = Answer { due: number, ..Answer::default() };
    let mut fates = futures::stream::iter(due)
        .map(|(scope, id)| async move { (scope, id, one(deps, scope, id, now).await) })
        .buffer_unordered(PARALLEL);
    while let Some((scope, id, fate)) = fates.next().await {
        match fate {
            Ok(Fate::Started) => answer.started += 1,
            Ok(Fate::Missed) => answer.missed += 1,
            Ok(Fate::Left) => answer.left += 1,
            Err(error) => {
                tracing::warn!(
                    institution = scope.institution.as_str(),
                    cohort = scope.cohort.as_str(),
                    mailing = id.as_str(),
                    "mailing.start_failed"
                );
                log_error("mailing", &error);
            }
        }
    }
    answer
}
