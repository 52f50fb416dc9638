//! Erasing a person or the institution on request (D4, D6).
//!
//! Safe to repeat: the second call answers with the erasure that the first one started.

use axum::extract::State;
use axum::response::Response;
use domain::erasure::{ErasureReason, Instruction, Subject};
use domain::{CaseReference, CohortId, ErasureId, StudentId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::body::Body;
use crate::caller::{Caller, Operator};
use crate::erasing;
use crate::params::{NoParams, OfCohort, Params, PathIds};
use crate::portal::Portal;
use crate::problem::{Always, Conflicts, Missing, Problem, accepted};

/// The longest idempotency key and the longest name, in characters.
const LONGEST_KEY: usize = 128;
const LONGEST_NAME: usize = 200;

/// An erasure that was started.
#[derive(Serialize, ToSchema)]
pub(crate) struct Erasing {
    /// The erasure.
    #[schema(value_type = String, example = "era_0192f0c1a2b37c4d8e5f60718293a4b5")]
    erasure: ErasureId,
}

/// The request to erase a person.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; its members are taken one by one")]
pub(crate) struct ErasureRequest {
    /// The case in which it is written down who asked and how: a number that names nobody.
    #[schema(example = "2027-031")]
    reference: String,
    /// The student's id once more.
    #[schema(example = "stu_0192f0c1a2b37c4d8e5f60718293a4b5")]
    confirm: String,
    /// Why: `person_asked` (where it is left out) or `controller_instructed`.
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
        OfCohort,
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
        let mut body = body?;
        let read = read(&mut body, student.as_str(), &reasons);
        body.finish()?;
        let (reason, reference) = read.ok_or(Problem::Internal)?;
        let subject = Subject::Person { cohort: cohort.clone(), student };
        erasing::start(&portal, &caller, subject, reason, reference, None).await
    };
    answer(&portal, &caller, Some(&cohort), "person.erase", started.await).await
}

/// The written instruction to erase the institution.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; its members are taken one by one")]
pub(crate) struct InstitutionErasureRequest {
    /// Where the written instruction is filed: a number that names nobody.
    #[schema(example = "2027-512")]
    reference: String,
    /// Who of the institution gave it: name and function. It goes when the erasure is completed.
    #[schema(example = "Karen Holm, study director", min_length = 1, max_length = 200)]
    given_by: String,
    /// The date of the instruction.
    #[schema(example = "2026-08-15", format = Date)]
    given_on: String,
    /// The institution's id once more.
    #[schema(example = "ins_0192f0c1a2b37c4d8e5f60718293a4b5")]
    confirm: String,
    /// Why: `agreement_ended` (where it is left out) or `controller_instructed`.
    #[schema(example = "agreement_ended")]
    reason: Option<String>,
}

/// Erase the institution
///
/// Deletes everything of the institution before its day, here and at the sub-processors: its cohorts one
/// after the other, each with a certificate of its own, then contacts, letters and its record, which ends
/// in one more certificate. Its registers, its audit trail and the certificates stay for their own terms,
/// and operators' access does, so that the certificates can be handed over. It must be deactivated before;
/// otherwise the answer is 409 with the problem `institution-active`. It cannot be taken back. Whatever the
/// `Idempotency-Key`, there is one erasure of one deactivation, and asked again it is answered. The request,
/// refused or not, is recorded in the audit trail.
#[utoipa::path(
    post, path = "/api/institution/erasure", operation_id = "eraseInstitution", tag = "deletion",
    extensions(("x-role" = json!("operator"))),
    params(("Idempotency-Key" = Option<String>, Header,
        description = "Any text of the caller's own, at most 128 characters; a repeated request names it again.",
        example = "9a0e4ef2")),
    request_body(content = InstitutionErasureRequest, example = json!({
        "reference": "2027-512", "given_by": "Karen Holm, study director", "given_on": "2026-08-15",
        "confirm": "ins_0192f0c1a2b37c4d8e5f60718293a4b5",
    })),
    responses(
        (status = 202, description = "The erasure runs, or has run.", body = Erasing,
            headers(("Location" = String, description = "Where its certificate will be."))),
        Always, Conflicts,
    ),
)]
pub(crate) async fn institution(
    State(portal): State<Portal>,
    Operator(caller): Operator,
    mut params: Params,
    body: Result<Body, Problem>,
) -> Result<Response, Problem> {
    let fits = |key: &str| {
        (1..=LONGEST_KEY).contains(&key.len())
            && key.bytes().all(|b| b.is_ascii_graphic() || b == b' ')
    };
    params.header("idempotency-key", fits, "must be 1 to 128 printable ASCII characters");
    let asked = params.finish().and(body);
    let started = async {
        let mut body = asked?;
        let reasons = [
            ("agreement_ended", ErasureReason::AgreementEnded),
            ("controller_instructed", ErasureReason::ControllerInstructed),
        ];
        let read = read(&mut body, caller.institution.as_str(), &reasons);
        let given_by = body.text("given_by", LONGEST_NAME);
        let given_on = body.date("given_on");
        if given_on.is_some_and(|given_on| given_on > caller.today()) {
            body.refuse("given_on", "must not lie in the future");
        }
        body.finish()?;
        let (Some((reason, reference)), Some(given_on)) = (read, given_on) else {
            return Err(Problem::Internal);
        };
        if caller.deactivation.is_none() {
            return Err(Problem::NotDeactivated);
        }
        let instruction = Some(Instruction { given_by, given_on });
        let subject = Subject::Institution;
        erasing::start(&portal, &caller, subject, reason, reference, instruction).await
    };
    answer(&portal, &caller, None, "institution.erase", started.await).await
}

/// Reason and reference of a body that confirms what it asks for.
fn read(
    body: &mut Body,
    confirmed: &str,
    reasons: &[(&str, ErasureReason)],
) -> Option<(ErasureReason, CaseReference)> {
    let reference = body.parsed("reference");
    body.confirmation("confirm", confirmed);
    body.word("reason", reasons).zip(reference)
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
