//! What lies with institutions and not with their cohorts: contacts, correspondence, and whether the
//! institution itself is due. One module for each; one that fails does not stop the others.

use domain::deactivation::Deactivation;
use domain::{InstitutionId, retention};
use jiff::civil::Date;
use runtime::telemetry::log_error;

use crate::answer::{Deactivated, Inactive};
use crate::{Error, Systems, contacts, correspondence};

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
    let letters = correspondence::of(systems, institution, as_of, dry_run).await?;
    outcome.correspondence_count += letters;
    contacts::of(systems, institution, as_of, dry_run, &mut outcome.contacts).await
}
