//! One task: what may run, which step it is, and when to give up.

use domain::erasure::Erasure;
use jiff::Timestamp;
use runtime::{StepError, telemetry};
use serde_json::Value;
use store::Scope;

use crate::restored::{Request, check, reapply};
use crate::steps::{self, Subject};
use crate::task::{Progress, Step, Task};
use crate::{Error, Systems};

/// How often a step may answer "not done" in a row. With the nine events that a round leaves in the
/// execution's history this stays below the limit of 25,000 events in all steps together.
const MAX_ROUNDS: u32 = 400;

/// How long an execution may go on: the next day's sweep starts another.
const MAX_HOURS: i64 = 24;

/// Answers a request of the state machine or of an operator.
pub async fn answer(systems: &Systems, request: Request) -> Result<Value, StepError> {
    let told = match request {
        Request::Task(task) => serde_json::to_value(handle(systems, *task).await?),
        Request::Restored(restored) => {
            let done = reapply(systems, &restored).await;
            let done = done.inspect_err(|error| telemetry::log_error("restored", error))?;
            serde_json::to_value(done)
        }
        Request::Check(restored) => {
            let found = check(systems, &restored).await;
            let found = found.inspect_err(|error| telemetry::log_error("restore_check", error))?;
            serde_json::to_value(found)
        }
    };
    told.map_err(|error| StepError::new(StepError::PERMANENT, error.to_string()))
}

/// Runs one task.
pub async fn handle(systems: &Systems, task: Task) -> Result<Progress, StepError> {
    let outcome = run(systems, &task).await;
    match &outcome {
        Ok(progress) => tracing_progress(&task, progress),
        Err(error) => telemetry::log_error(steps::name(task.step), error),
    }
    outcome.map_err(StepError::from)
}

async fn run(systems: &Systems, task: &Task) -> Result<Progress, Error> {
    let progress = match (task.step, task.scope()) {
        (Step::Fail, _) => return steps::fail(systems, task).await,
        (_, None) => steps::institution::run(systems, task).await?,
        (Step::Begin, Some(scope)) => steps::begin(systems, task, scope).await?,
        (_, Some(scope)) => {
            let mut subject = begun(systems, task, scope).await?;
            match task.step {
                Step::Typeform => steps::typeform(systems, task, &mut subject).await?,
                Step::Suppressions => steps::suppressions(systems, task, &mut subject).await?,
                Step::Objects => steps::objects(systems, task, &mut subject).await?,
                Step::Items => steps::items(systems, task, &mut subject).await?,
                Step::FormGone => steps::form_gone(systems, task, &subject).await?,
                Step::Verify => steps::verify(systems, task, &subject).await?,
                _ => steps::certify(systems, task, &subject).await?,
            }
        }
    };
    if progress.done {
        return Ok(progress);
    }
    let round = task.unfinished().map_or(0, |before| before.round) + 1;
    let hours = running_for(task, (systems.clock)()).as_hours();
    if round > MAX_ROUNDS || hours >= MAX_HOURS {
        return Err(Error::GaveUp { rounds: round, hours });
    }
    Ok(Progress { round, ..progress })
}

/// The cohort and the record, if the cohort or the person is marked with this erasure.
async fn begun(systems: &Systems, task: &Task, scope: Scope) -> Result<Subject, Error> {
    let cohort = systems.store.cohort_even_if_gone(&scope).await?;
    let person = task.student.clone();
    let cohort = match &person {
        // The mark is under a hash of the student's id and goes only with the cohort.
        Some(student) => {
            let mark = systems.store.erased_student(&scope, student).await?;
            cohort.filter(|_| mark.is_some_and(|mark| mark.erasure == task.erasure))
        }
        None => cohort.filter(|cohort| cohort.erasure.as_ref() == Some(&task.erasure)),
    };
    let erasure: Option<Erasure> = systems.store.erasure(&task.institution, &task.erasure).await?;
    match (cohort, erasure) {
        // A person may answer anew once the erasure is completed: only the end may then run again.
        (Some(_), Some(erasure))
            if person.is_some() && erasure.completed_at.is_some() && task.step != Step::Certify =>
        {
            Err(Error::NotBegun)
        }
        (Some(cohort), Some(erasure)) => Ok(Subject { scope, cohort, erasure, person }),
        _ => Err(Error::NotBegun),
    }
}

/// How long the execution has been running.
pub(crate) fn running_for(task: &Task, now: Timestamp) -> jiff::SignedDuration {
    now.duration_since(task.since.unwrap_or(now))
}

fn tracing_progress(task: &Task, progress: &Progress) {
    tracing::info!(
        step = steps::name(task.step),
        cohort = task.cohort.as_ref().map(domain::CohortId::as_str),
        erasure = task.erasure.as_str(),
        done = progress.done,
        round = progress.round,
        "erasure.step"
    );
}
