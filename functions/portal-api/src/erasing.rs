//! Starts an erasure that somebody asked for (D4, D6).
//!
//! Safe to call any number of times: what goes is marked with its one erasure in the transaction that
//! records the request, so a second call meets the first one's. The execution is named after the
//! erasure, so it starts once; one that has stopped is taken up again by the daily sweep.

use std::collections::BTreeSet;

use aws_sdk_sfn::error::ProvideErrorMetadata as _;
use domain::erasure::{Erasure, ErasureReason, ErasureRef, ErasureStatus, Instruction, Subject};
use domain::{CaseReference, ErasureId, InstitutionId, StudentId};
use store::{RequestedErasure, Scope};

use crate::caller::Caller;
use crate::portal::Portal;
use crate::problem::Problem;

/// Records the request and starts the erasure. Nothing and nobody of the subject's id is
/// [`Problem::NotFound`]; the caller records the refused attempt. The audit entry of what is begun is
/// written here, before anything changes.
pub(crate) async fn start(
    portal: &Portal,
    caller: &Caller,
    subject: Subject,
    reason: ErasureReason,
    reference: CaseReference,
    instruction: Option<Instruction>,
) -> Result<ErasureId, Problem> {
    let institution = &caller.institution;
    let standing = portal.store.standing_erasure(institution, &subject).await?;
    let known = match &standing {
        Some(id) => portal.store.erasure(institution, id).await?,
        None => None,
    };
    let erasure = if let Some(known) = known {
        known
    } else {
        let id = id_of(portal, caller, &subject).await?;
        let action = match subject {
            Subject::Person { .. } => "person.erase.requested",
            Subject::Cohort { .. } => "cohort.erase.requested",
            Subject::Institution => "institution.erase.requested",
        };
        let about: Vec<String> = subject.student().map(ToString::to_string).into_iter().collect();
        portal.record_about(caller, subject.cohort(), action, &about).await?;
        let by = Some(caller.contact.id.clone());
        let asked = Erasure::requested(id, &subject, reason, reference, by, caller.now);
        let asked = Erasure { instruction, ..asked };
        let others = others(portal, institution, &subject).await?;
        match portal.store.request_erasure_at(institution, &asked, &others).await? {
            RequestedErasure::New => asked,
            RequestedErasure::Already(known) => known,
            RequestedErasure::Unknown => return Err(Problem::NotFound),
        }
    };
    if erasure.status != ErasureStatus::Completed {
        execute(portal, caller, subject, &erasure.id).await?;
    }
    Ok(erasure.id)
}

/// The ids that a person's other addresses lead to: an address that was put right is one under which the
/// institution may list them.
async fn others(
    portal: &Portal,
    institution: &InstitutionId,
    subject: &Subject,
) -> Result<Vec<StudentId>, Problem> {
    let Subject::Person { cohort, student } = subject else { return Ok(Vec::new()) };
    let scope = Scope::new(institution.clone(), cohort.clone());
    let key = portal.identity().await?;
    let addresses = portal.store.addresses(&scope, student).await?;
    let ids = addresses.iter().map(|address| StudentId::derive(key, cohort, address));
    let ids: BTreeSet<StudentId> = ids.filter(|id| id != student).collect();
    Ok(ids.into_iter().collect())
}

/// The id that follows from what is there.
async fn id_of(portal: &Portal, caller: &Caller, subject: &Subject) -> Result<ErasureId, Problem> {
    let institution = &caller.institution;
    match subject {
        Subject::Person { cohort, student } => {
            let scope = Scope::new(institution.clone(), cohort.clone());
            if let Some(known) = portal.store.student_even_if_gone(&scope, student).await? {
                return Ok(ErasureId::for_person(cohort, student, &known.response));
            }
            let expected = portal.store.expected_student(&scope, student).await?;
            expected.ok_or(Problem::NotFound)?;
            Ok(ErasureId::for_expected(cohort, student))
        }
        Subject::Cohort { cohort } => Ok(ErasureId::for_asked_cohort(cohort)),
        Subject::Institution => {
            let noted = caller.deactivation.as_ref().ok_or(Problem::NotDeactivated)?;
            Ok(ErasureId::for_institution(institution, noted.noted_at))
        }
    }
}

async fn execute(
    portal: &Portal,
    caller: &Caller,
    subject: Subject,
    id: &ErasureId,
) -> Result<(), Problem> {
    let institution = caller.institution.clone();
    let told = ErasureRef { institution, subject, erasure: id.clone() };
    let told = serde_json::to_string(&told).map_err(|_| Problem::Internal)?;
    let machine = &portal.erasure_machine;
    let started = portal.machines.start_execution().state_machine_arn(machine);
    let started = started.name(id.as_str()).input(told).send().await;
    let Err(error) = started else { return Ok(()) };
    let code = error.code().unwrap_or("transport");
    if code == "ExecutionAlreadyExists" {
        return Ok(());
    }
    tracing::error!(operation = "erase", error = code, "failed");
    Err(Problem::Unavailable)
}
