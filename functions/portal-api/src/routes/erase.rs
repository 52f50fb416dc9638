//! Erasing a person or the institution on request (D4, D6).
//!
//! Safe to repeat: the second call answers with the erasure that the first one started.

use axum::extract::State;
use axum::response::Response;
use domain::erasure::{ErasureReason, Subject};
use domain::{CaseReference, CohortId, ErasureId, StudentId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::body::Body;
use crate::caller::{Caller, Operator};
use crate::erasing;
use crate::params::{NoParams, PathIds};
use crate::portal::Portal;
use crate::problem::{Always, Missing, Problem, accepted};

/// An erasure that was started.
#[derive(Serialize, ToSchema)]
pub(crate) struct Erasing {
    /// The erasure.
    #[schema(value_type = String, example = "era_0192f0c1a2b37c4d8e5f60718293a4b5")]
    erasure: ErasureId,
}

/// The request to erase somebody or something.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; its members are taken one by one")]
pub(crate) struct ErasureRequest {
    /// The case in which it is written down who asked and how: a number that names nobody.
    #[schema(example = "2027-031")]
    reference: String,
    /// The id of what is to be erased, once more: the student's, or the institution's.
    #[schema(example = "stu_0192f0c1a2b37c4d8e5f60718293a4b5")]
    confirm: String,
    /// Why. For a person `person_asked` (where it is left out) or `controller_instructed`; for the
    /// institution `agreement_ended` (where it is left out) or `controller_instructed`.
    #[schema(example = "person_asked")]
    reason: Option<String>,
}

/// Erase a person
///
/// Deletes everything of one student, here and at the sub-processors, and ends in a certificate. From
/// now on nobody sees the student; the groups that are left are repaired. Asked again, the same
/// erasure is answered. The request, refused or not, is recorded in the audit trail.
#[utoipa::path(
    post, path = "/api/cohorts/{cohort}/students/{student}/erasure", operation_id = "erasePerson", tag = "deletion",
    extensions(("x-role" = json!("operator"))),
    params(
        ("cohort" = String, Path, description = "The cohort.", example = "coh_0192f0c1a2b37c4d8e5f60718293a4b5"),
        ("student" = String, Path, description = "The student.", example = "stu_0192f0c1a2b37c4d8e5f60718293a4b5"),
    ),
    request_body(content = ErasureRequest, example = json!({
        "reference": "2027-031", "confirm": "stu_0192f0c1a2b37c4d8e5f60718293a4b5",
    })),
    responses(
        (status = 202, description = "The erasure runs, or has run.", body = Erasing,
            headers(("Location" = String, description = "Where its certificate will be."))),
        Always, Missing,
    ),
)]
pub(crate) async fn person(
    State(portal): State<Portal>,
    Operator(caller): Operator,
    ids: PathIds,
    _: NoParams,
    body: Result<Body, Problem>,
) -> Result<Response, Problem> {
    let (scope, _) = portal.cohort(&caller, &ids).await?;
    let cohort = scope.cohort;
    let started = async {
        let student = ids.id::<StudentId>("student")?;
        let reasons = [
            ("person_asked", ErasureReason::PersonAsked),
            ("controller_instructed", ErasureReason::ControllerInstructed),
        ];
        let (reason, reference) = read(body?, student.as_str(), &reasons)?;
        let subject = Subject::Person { cohort: cohort.clone(), student };
        erasing::start(&portal, &caller, subject, reason, reference).await
    };
    answer(&portal, &caller, Some(&cohort), "person.erase", started.await).await
}

/// Erase the institution
///
/// Deletes everything of the institution at the end of the agreement: all cohorts, the contacts with
/// their sign-ins, and what was written to it. From now on nobody of it has access. Certificates, the
/// deletion ledger and the audit trail stay. Asked again, the same erasure is answered. The request,
/// refused or not, is recorded in the audit trail.
#[utoipa::path(
    post, path = "/api/institution/erasure", operation_id = "eraseInstitution", tag = "deletion",
    extensions(("x-role" = json!("operator"))),
    request_body(content = ErasureRequest, example = json!({
        "reference": "2027-200", "confirm": "ins_0192f0c1a2b37c4d8e5f60718293a4b5",
    })),
    responses(
        (status = 202, description = "The erasure runs, or has run.", body = Erasing,
            headers(("Location" = String, description = "Where its certificate will be."))),
        Always,
    ),
)]
pub(crate) async fn institution(
    State(portal): State<Portal>,
    Operator(caller): Operator,
    _: NoParams,
    body: Result<Body, Problem>,
) -> Result<Response, Problem> {
    let started = async {
        let reasons = [
            ("agreement_ended", ErasureReason::AgreementEnded),
            ("controller_instructed", ErasureReason::ControllerInstructed),
        ];
        let (reason, reference) = read(body?, caller.institution.as_str(), &reasons)?;
        erasing::start(&portal, &caller, Subject::Institution, reason, reference).await
    };
    answer(&portal, &caller, None, "institution.erase", started.await).await
}

/// Reason and reference of a body that confirms what it asks for.
fn read(
    mut body: Body,
    confirmed: &str,
    reasons: &[(&str, ErasureReason)],
) -> Result<(ErasureReason, CaseReference), Problem> {
    let reference = body.parsed("reference");
    body.confirmation("confirm", confirmed);
    let reason = body.word("reason", reasons);
    body.finish()?;
    reason.zip(reference).ok_or(Problem::Internal)
}

/// The answer; a refusal is recorded before it is given.
async fn answer(
    portal: &Portal,
    caller: &Caller,
    cohort: Option<&CohortId>,
    action: &str,
    started: Result<ErasureId, Problem>,
) -> Result<Response, Problem> {
    match started {
        Ok(erasure) => {
            let location = format!("/api/erasures/{erasure}/certificate");
            accepted(&location, &Erasing { erasure })
        }
        Err(refusal) => {
            portal.record_refused(caller, cohort, action, refusal.word()).await?;
            Err(refusal)
        }
    }
}
