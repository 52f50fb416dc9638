//! The handler: each source of requests.

use domain::FormationId;
use domain::formation::{Formation, FormationStatus, PlannedRound, RequestedBy};
use futures::StreamExt;
use jiff::Timestamp;
use runtime::StepError;
use runtime::clock::{Clock, today};
use store::{Scope, Store};

use crate::answer::{Answer, Refusal, Sweep};
use crate::executions::Executions;
use crate::request::{self, Request};
use crate::start::{Error, Outcome, formation, mend, start};

/// How many cohorts are started at once.
const PARALLEL: usize = 8;

/// What the handler works with.
#[derive(Debug, Clone)]
pub struct Deps {
    /// The table.
    pub store: Store,
    /// The state machine.
    pub executions: Executions,
    /// The time.
    pub clock: Clock,
}

/// Answers a request. `request_id` is Lambda's, the same for a retried invocation.
pub async fn handle(deps: &Deps, request: Request, request_id: &str) -> Result<Answer, StepError> {
    let now = (deps.clock)();
    let asked = match request {
        Request::Deadline {} => return sweep(deps, now).await.map(Answer::Swept),
        Request::Redrive { institution, cohort, formation } => {
            again(deps, &Scope::new(institution, cohort), &formation, now).await
        }
        Request::Contact {
            institution,
            cohort,
            contact,
            idempotency_key,
            replace,
            kind,
            around,
            rounds,
        } => {
            let id = match idempotency_key {
                Some(key) => key.formation(&cohort, &format!("contact:{contact}")),
                None => request::formation_of_invocation(&cohort, request_id),
            };
            let scope = Scope::new(institution, cohort);
            let wanted = formation(id, RequestedBy::Contact(contact), replace, now);
            ask(deps, &scope, planning(Formation { kind, around, ..wanted }, rounds)).await
        }
        Request::Operator { institution, cohort, idempotency_key, replace } => {
            let id = match idempotency_key {
                Some(key) => key.formation(&cohort, "operator"),
                None => request::formation_of_invocation(&cohort, request_id),
            };
            let wanted = formation(id, RequestedBy::Operator, replace, now);
            ask(deps, &Scope::new(institution, cohort), wanted).await
        }
    };
    asked.map_err(|error| {
        runtime::telemetry::log_error("start", &error);
        error.into()
    })
}

async fn ask(deps: &Deps, scope: &Scope, wanted: Formation) -> Result<Answer, Error> {
    Ok(match start(&deps.store, &deps.executions, scope, &wanted, None).await? {
        Outcome::Started => Answer::Accepted { formation: wanted.id, started: true },
        Outcome::Known => Answer::Accepted { formation: wanted.id, started: false },
        Outcome::Busy(active) => refused(Refusal::Busy, Some(active)),
        Outcome::Published(published) => refused(Refusal::Published, Some(published)),
        Outcome::Moved => refused(Refusal::Moved, None),
        Outcome::NoCohort => refused(Refusal::NoCohort, None),
    })
}

/// The formation as the first round of a plan, if so many rounds are planned at once.
fn planning(wanted: Formation, rounds: Option<u32>) -> Formation {
    let plan = rounds.map(|rounds| PlannedRound { formation: wanted.id.clone(), round: 1, rounds });
    Formation { plan, ..wanted }
}

/// Runs a failed formation again, under a new id (see [`Request::Redrive`]). One that is stuck is
/// mended first, so this also frees a cohort whose execution died.
async fn again(
    deps: &Deps,
    scope: &Scope,
    failed: &FormationId,
    now: Timestamp,
) -> Result<Answer, Error> {
    if deps.store.cohort(scope, today(now)).await?.is_none() {
        return Ok(refused(Refusal::NoCohort, None));
    }
    let Some(known) = deps.store.formation(scope, failed).await? else {
        return Ok(refused(Refusal::NoFormation, None));
    };
    let mut status = known.status;
    if !status.has_ended() && mend(&deps.store, &deps.executions, scope, failed, now).await? {
        let known = deps.store.formation(scope, failed).await?;
        status = known.map_or(status, |known| known.status);
    }
    match status {
        FormationStatus::Failed => {
            let id = request::formation_again(&scope.cohort, failed);
            let rounds = known.plans();
            let wanted = formation(id, RequestedBy::Operator, known.replaces, now);
            let wanted = Formation { kind: known.kind, around: known.around, ..wanted };
            ask(deps, scope, planning(wanted, rounds)).await
        }
        status if status.has_ended() => Ok(refused(Refusal::NotFailed, Some(failed.clone()))),
        _ => Ok(refused(Refusal::Busy, Some(failed.clone()))),
    }
}

fn refused(refused: Refusal, formation: Option<FormationId>) -> Answer {
    Answer::Refused { refused, formation }
}

/// Starts the formation of each cohort past its deadline. A cohort that fails is logged and left
/// for the next run; the others are started all the same, and the run as a whole then fails, so
/// that the alarm on the function's errors sees it.
async fn sweep(deps: &Deps, now: Timestamp) -> Result<Sweep, StepError> {
    let due = deps.store.past_deadline(now).await.map_err(|error| {
        runtime::telemetry::log_error("past_deadline", &error);
        StepError::from(Error::from(error))
    })?;
    let mut swept = Sweep { due: u32::try_from(due.len()).unwrap_or(u32::MAX), ..Sweep::default() };
    let mut failed = 0_u32;
    let mut outcomes = futures::stream::iter(&due)
        .map(|scope| async move { (scope, past_deadline(deps, scope, now).await) })
        .buffer_unordered(PARALLEL);
    while let Some((scope, outcome)) = outcomes.next().await {
        match outcome {
            Ok(Past::Started) => swept.started += 1,
            Ok(Past::Busy) => swept.busy += 1,
            Ok(Past::Settled) => swept.settled += 1,
            Err(error) => {
                failed += 1;
                tracing::warn!(
                    institution = scope.institution.as_str(),
                    cohort = scope.cohort.as_str(),
                    "deadline.failed"
                );
                runtime::telemetry::log_error("deadline", &error);
            }
        }
    }
    if failed > 0 {
        let cause = format!("{failed} of {} formations could not be started", due.len());
        return Err(StepError::new(StepError::TRANSIENT, cause));
    }
    Ok(swept)
}

/// What became of a cohort on the list of deadlines.
enum Past {
    Started,
    Busy,
    Settled,
}

/// Safe to run again at any point: the formation's id follows from cohort and deadline, and the
/// cohort leaves the list only after its execution was accepted. A deadline moved meanwhile starts
/// nothing and stays listed: recording and leaving the list both ask that it is still the one read.
async fn past_deadline(deps: &Deps, scope: &Scope, now: Timestamp) -> Result<Past, Error> {
    let Some(cohort) = deps.store.cohort(scope, today(now)).await? else {
        if deps.store.is_out_of_reach(&scope.institution).await? {
            // It may come back: then its deadline still counts.
            return Ok(Past::Busy);
        }
        if let Some(gone) = deps.store.cohort_even_if_gone(scope).await? {
            deps.store.deadline_done(scope, gone.settings.deadline).await?;
        }
        return Ok(Past::Settled);
    };
    let deadline = cohort.settings.deadline;
    // The list lags behind the cohort's record for a moment after a publication.
    if cohort.published_formation.is_some() {
        deps.store.deadline_done(scope, deadline).await?;
        return Ok(Past::Settled);
    }
    if deadline > now {
        // Moved after the list was written; the new time counts.
        return Ok(Past::Busy);
    }
    let id = FormationId::for_deadline(&scope.cohort, deadline);
    let wanted = formation(id, RequestedBy::Deadline, None, now);
    let past = match start(&deps.store, &deps.executions, scope, &wanted, Some(deadline)).await? {
        Outcome::Busy(_) | Outcome::Moved => return Ok(Past::Busy),
        Outcome::Started => Past::Started,
        Outcome::Known | Outcome::Published(_) | Outcome::NoCohort => Past::Settled,
    };
    deps.store.deadline_done(scope, deadline).await?;
    Ok(past)
}
