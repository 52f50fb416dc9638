//! What lies with institutions and not with their cohorts: contacts, correspondence, and the institution
//! itself when its agreed day has come. One module for each; one that fails does not stop the others.

use domain::deactivation::Deactivation;
use domain::erasure::{ErasureRef, ErasureStatus, Subject};
use domain::{ErasureId, InstitutionId, retention};
use jiff::civil::Date;
use runtime::telemetry::log_error;
use store::Scope;

use crate::answer::{Deactivated, Inactive, State};
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
        && (noted.erasure.is_some() || retention::is_due(noted.erase_on, as_of))
    {
        // Persons go with it; operators stay, whose two years are counted below.
        outcome.institutions.extend(whole(systems, institution, noted, dry_run).await?);
    } else if !dry_run {
        resume(systems, institution).await?;
    }
    let letters = correspondence::of(systems, institution, as_of, dry_run).await?;
    outcome.correspondence_count += letters;
    contacts::of(systems, institution, as_of, dry_run, &mut outcome.contacts).await
}

/// Starts the erasure of an institution whose agreed day has come or whose erasure was asked for, or goes
/// on with it; nothing once it is completed. Safe to run twice: the erasure's id follows from the
/// deactivation, and one that runs is left alone.
async fn whole(
    systems: &Systems,
    institution: &InstitutionId,
    noted: Deactivation,
    dry_run: bool,
) -> Result<Option<Deactivated>, Error> {
    let Deactivation { erase_on, noted_at, erasure, .. } = noted;
    let erasure = erasure.unwrap_or_else(|| ErasureId::for_institution(institution, noted_at));
    let record = systems.store.erasure(institution, &erasure).await?;
    if record.is_some_and(|record| record.status == ErasureStatus::Completed) {
        return Ok(None);
    }
    let institution = institution.clone();
    let mut found = Deactivated { institution, erase_on, erasure, state: State::Due };
    if !dry_run {
        let told = ErasureRef {
            institution: found.institution.clone(),
            subject: Subject::Institution,
            erasure: found.erasure.clone(),
        };
        found.state = executions::start(systems, &told).await?;
    }
    Ok(Some(found))
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
