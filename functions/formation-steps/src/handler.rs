//! The handler: looks whether the formation is still to go on, then does the step.

use domain::cohort::Cohort;
use domain::formation::{FailureCode, Formation};
use jiff::Timestamp;
use runtime::StepError;
use runtime::clock::today;
use serde_json::Value;
use store::Scope;

use crate::error::Error;
use crate::task::{Aftermath, Asked, Mails, Step, Task};
use crate::{Deps, announce, approval, commit, fail, mailing, publish, repair, snapshot, solve};

/// A formation under way, as it is when a task begins.
#[derive(Debug, Clone)]
pub struct UnderWay {
    /// The cohort's ids.
    pub scope: Scope,
    /// The cohort.
    pub cohort: Cohort,
    /// The formation.
    pub formation: Formation,
    /// When the task began.
    pub now: Timestamp,
}

/// Does what is asked.
pub async fn handle(deps: &Deps, asked: Asked) -> Result<Value, StepError> {
    match asked {
        Asked::Formation(task) => formation(deps, task).await,
        Asked::Erasure(Aftermath::Repair { institution, cohort, erasure }) => {
            let scope = Scope::new(institution, cohort);
            let repaired = Box::pin(repair::run(deps, &scope, &erasure)).await;
            repaired.map_err(|error| {
                runtime::telemetry::log_error("repair", &error);
                error.into()
            })
        }
        Asked::Mailing(task) => {
            let (step, done) = match task {
                Mails::Address(of) => ("address", Box::pin(mailing::address(deps, &of)).await),
                Mails::Stop(of) => ("stop", Box::pin(mailing::stop(deps, &of)).await),
            };
            done.map_err(|error| {
                runtime::telemetry::log_error(step, &error);
                error.into()
            })
        }
    }
}

/// Does one task. The answer goes into the execution's state: ids and counts only.
async fn formation(deps: &Deps, task: Task) -> Result<Value, StepError> {
    let (step, formation) = (task.step.name(), task.of.formation.clone());
    // On the heap: the steps' futures are large and nested deeply.
    match Box::pin(done(deps, task)).await {
        Ok(answer) => {
            tracing::info!(step, formation = formation.as_str(), "step.done");
            Ok(answer)
        }
        Err(error) => {
            tracing::warn!(step, formation = formation.as_str(), "step.failed");
            runtime::telemetry::log_error(step, &error);
            Err(error.into())
        }
    }
}

async fn done(deps: &Deps, task: Task) -> Result<Value, Error> {
    if let Step::Fail { error } = &task.step {
        return fail::run(deps, &task.scope(), &task.of.formation, error).await;
    }
    let on = under_way(deps, &task).await?;
    match &task.step {
        Step::Snapshot => Box::pin(snapshot::run(deps, &on)).await,
        Step::Solve { section } => Box::pin(solve::run(deps, &on, section)).await,
        Step::Commit => Box::pin(commit::run(deps, &on)).await,
        Step::RequestApproval { task_token } => {
            Box::pin(approval::run(deps, &on, task_token)).await
        }
        Step::Publish => Box::pin(publish::run(deps, &on)).await,
        Step::Announce => Box::pin(announce::run(deps, &on)).await,
        Step::Fail { .. } => unreachable!("handled above"),
    }
}

/// Reads cohort and formation, and refuses to go on when the cohort's data is due, being erased or
/// gone (D2). Publish and announce also come after the end that they are part of.
async fn under_way(deps: &Deps, task: &Task) -> Result<UnderWay, Error> {
    let now = (deps.clock)();
    let scope = task.scope();
    let gone = || Error::failed(FailureCode::CohortGone, "");
    let cohort = deps.store.cohort(&scope, today(now)).await?.ok_or_else(gone)?;
    let formation = deps.store.formation(&scope, &task.of.formation).await?.ok_or_else(gone)?;
    let may_have_ended = matches!(task.step, Step::Publish | Step::Announce);
    if formation.status.has_ended() && !may_have_ended {
        return Err(Error::Ended(formation.status));
    }
    Ok(UnderWay { scope, cohort, formation, now })
}
