//! One sweep.

use domain::ErasureId;
use domain::erasure::{ErasureRef, ErasureStatus, Subject};
use domain::retention;
use jiff::civil::Date;
use runtime::telemetry::log_error;
use runtime::{Metric, StepError, clock, count};
use serde::Deserialize;
use store::Scope;

use crate::{Answer, Cohort, Error, State, Systems, executions, institutions, unassigned};

/// Who asks for a sweep, and of what kind.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "source", rename_all = "snake_case", deny_unknown_fields)]
pub enum Sweep {
    /// The schedule.
    Daily {},
    /// An operator, who says whether anything is to be changed.
    Operator {
        /// Only list what would go.
        dry_run: bool,
        /// List what would go on this day; for dry runs only.
        #[serde(default)]
        as_of: Option<Date>,
    },
}

/// Starts what is due today, or lists what would be due on a day.
pub async fn sweep(systems: &Systems, request: Sweep) -> Result<Answer, StepError> {
    run(systems, &request).await.map_err(|error| {
        log_error("sweep", &error);
        error.into()
    })
}

async fn run(systems: &Systems, request: &Sweep) -> Result<Answer, Error> {
    let today = clock::today((systems.clock)());
    let (dry_run, as_of) = match request {
        Sweep::Operator { dry_run: true, as_of } => (true, as_of.unwrap_or(today)),
        Sweep::Daily {} | Sweep::Operator { dry_run: false, as_of: None } => (false, today),
        Sweep::Operator { dry_run: false, as_of: Some(_) } => return Err(Error::AsOfWithoutDryRun),
    };
    let mut cohorts = Vec::new();
    let mut failed = 0;
    for scope in systems.store.due(as_of).await? {
        match one(systems, &scope, as_of, dry_run).await {
            Ok(found) => cohorts.extend(found),
            Err(error) => {
                tracing::error!(cohort = scope.cohort.as_str(), "sweep.cohort_failed");
                log_error("cohort", &error);
                failed += 1;
            }
        }
    }
    failed += cohorts.iter().filter(|cohort| cohort.state == State::Failed).count() as u64;
    let questionnaires = unassigned::sweep(systems, as_of, dry_run).await?;
    let others = institutions::sweep(systems, as_of, dry_run).await?;
    let answer = Answer {
        dry_run,
        as_of,
        cohorts,
        unassigned_count: questionnaires.count,
        unassigned: questionnaires.listed,
        contacts: others.contacts,
        correspondence_count: others.correspondence_count,
        institutions: others.institutions,
    };
    if dry_run {
        return Ok(answer);
    }
    count(Metric::CohortsDue, answer.cohorts.len() as u64);
    count(Metric::UnassignedDeleted, answer.unassigned_count);
    count(Metric::ContactsErased, answer.contacts.len() as u64);
    count(Metric::CorrespondenceDeleted, answer.correspondence_count);
    tracing::info!(
        cohorts = answer.cohorts.len(),
        unassigned = answer.unassigned_count,
        "sweep.done"
    );
    if failed + questionnaires.failed + others.failed > 0 || questionnaires.out_of_time {
        return Err(Error::Incomplete {
            cohorts: failed,
            unassigned: questionnaires.failed,
            institutions: others.failed,
            out_of_time: questionnaires.out_of_time,
        });
    }
    Ok(answer)
}

/// One cohort of the index. The index may lag behind, so the cohort's record decides: nothing is
/// answered for one that is not due any more or was erased a moment ago.
async fn one(
    systems: &Systems,
    scope: &Scope,
    as_of: Date,
    dry_run: bool,
) -> Result<Option<Cohort>, Error> {
    let Some(cohort) = systems.store.cohort_even_if_gone(scope).await? else { return Ok(None) };
    let delete_on = cohort.delete_on;
    if !retention::is_due(delete_on, as_of) {
        return Ok(None);
    }
    let begun = cohort.erasure;
    let erasure =
        begun.clone().unwrap_or_else(|| ErasureId::for_due_cohort(&scope.cohort, delete_on));
    if begun.is_some() {
        let record = systems.store.erasure(&scope.institution, &erasure).await?;
        if record.is_some_and(|record| record.status == ErasureStatus::Completed) {
            return Ok(None);
        }
    }
    let Scope { institution, cohort } = scope.clone();
    let mut found = Cohort { institution, cohort, delete_on, erasure, state: State::Due };
    if !dry_run {
        found.state = start(systems, &found).await;
    }
    Ok(Some(found))
}

async fn start(systems: &Systems, due: &Cohort) -> State {
    let erasure = ErasureRef {
        institution: due.institution.clone(),
        subject: Subject::Cohort { cohort: due.cohort.clone() },
        erasure: due.erasure.clone(),
    };
    executions::start(systems, &erasure).await.unwrap_or_else(|error| {
        tracing::error!(erasure = due.erasure.as_str(), "sweep.start_failed");
        log_error("start", &error);
        State::Failed
    })
}
