//! What lies with institutions and not with their cohorts: contacts, correspondence, and whether the
//! institution itself is due. One module for each; one that fails does not stop the others.

use domain::deactivation::Deactivation;
use domain::erasure::{ErasureRef, ErasureStatus, Subject};
use domain::{InstitutionId, retention};
use jiff::civil::Date;
use runtime::telemetry::log_error;
use store::Scope;

use crate::answer::{Deactivated, Inactive};
use crate::{Error, Systems, contacts, correspondence, executions, seals};

/// What was found, and how many institutions failed.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) contacts: Vec<Inactive>,
    pub(crate) correspondence_count: u64,
    pub(crate) institutions: Vec<Deactivated>,
    pub(crate) failed: u64,
}

/// Goes through all institutions.
pub(crate) async fn sweep(systems: &Systems, as_of: Date, dry_run: bool) -> Result<Outcome, Error> {
    let mut outcome = Outcome::default();
    for institution in systems.store.institutions().await? {
        if let Err(error) = one(systems, &institution, as_of, dry_run, &mut outcome).await {
            tracing::error!(institution = institution.as_str(), "sweep.institution_failed");
            log_error("institution", &error);
            outcome.failed += 1;
        }
        if dry_run {
            continue;
        }
        if let Err(error) = seals::seal(systems, &institution).await {
            tracing::error!(institution = institution.as_str(), "sweep.seal_failed");
            log_error("seal", &error);
            outcome.failed += 1;
        }
    }
    Ok(outcome)
}

async fn one(
    systems: &Systems,
    institution: &InstitutionId,
    as_of: Date,
    dry_run: bool,
    outcome: &mut Outcome,
) -> Result<(), Error> {
    let deactivation = systems.store.deactivation(institution).await?;
    if let Some(noted) = deactivation.filter(Deactivation::is_in_force)
        && retention::is_due(noted.erase_on, as_of)
    {
        let institution = institution.clone();
        outcome.institutions.push(Deactivated { institution, erase_on: noted.erase_on });
    }
    if !dry_run {
        resume(systems, institution).await?;
    }
    let letters = correspondence::of(systems, institution, as_of, dry_run).await?;
    outcome.correspondence_count += letters;
    contacts::of(systems, institution, as_of, dry_run, &mut outcome.contacts).await
}

/// Goes on with the erasures of persons that were asked for or begun and have not been completed. One whose
/// cohort is being erased goes with it. Safe to run twice: one that runs is left alone.
async fn resume(systems: &Systems, institution: &InstitutionId) -> Result<(), Error> {
    let mut failed = None;
    for erasure in systems.store.erasures(institution).await? {
        let open = erasure.status != ErasureStatus::Completed;
        let Some(subject @ Subject::Person { .. }) = erasure.subject().filter(|_| open) else {
            continue;
        };
        if let Some(cohort) = subject.cohort() {
            let scope = Scope::new(institution.clone(), cohort.clone());
            let cohort = systems.store.cohort_even_if_gone(&scope).await?;
            if cohort.is_none_or(|cohort| cohort.erasure.is_some()) {
                continue;
            }
        }
        let told = ErasureRef { institution: institution.clone(), subject, erasure: erasure.id };
        if let Err(error) = executions::start(systems, &told).await {
            tracing::error!(erasure = told.erasure.as_str(), "sweep.start_failed");
            log_error("start", &error);
            failed = Some(error);
        }
    }
    failed.map_or(Ok(()), Err)
}
