//! What requests for the data itself come to (D4): the data for the operator who answers, and the
//! erasure of the person.
//!
//! **Erasure.** The student is told before it begins, because the address is among what goes: the call
//! notes that the letter is due, records and queues it, and begins once it is out. A call that finds it
//! waiting answers so and is made again; each part is a change under the condition that nothing changed
//! the request since it was read, and what was done before is found done. The erasure bears the
//! request's id as its reference: a call that died between its start and its note finds it by that.

use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use domain::erasure::{ErasureReason, Subject};
use domain::message::{MessageStatus, RightsStep};
use domain::rights::{Kind, RightsRequest, Status};
use domain::{CaseReference, ErasureId};
use handover::{Ask, Sources};
use jiff::SignedDuration;
use store::{MessagePlace, Scope};

use crate::body::Body;
use crate::caller::{Caller, Operator};
use crate::erasing;
use crate::params::{NoParams, OfCohort, PathIds};
use crate::portal::Portal;
use crate::problem::{Always, Conflicts, Missing, Problem, accepted};
use crate::routes::rights_taking::{heard, letter, read, tell};
use crate::routes::rights_views::{NoBody, RequestView};

/// How long a call waits for the letter, and how often it looks.
const LOOKS: u32 = 6;
const PAUSE: Duration = Duration::from_millis(500);

/// After this the letter is waited for no more: somebody asked for the erasure and has a right to it.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(24);

/// Everything that is stored of the student
///
/// An archive with a README in the cohort's language, everything as JSON and a table per store. Only of a
/// request for access or portability that the student has confirmed. It is made for this answer and kept
/// nowhere. It, refused or not, is recorded in the audit trail.
#[utoipa::path(
    get, path = "/api/cohorts/{cohort}/rights/{request}/export", operation_id = "exportForRightsRequest", tag = "rights",
    extensions(("x-role" = json!("operator"))),
    params(
        OfCohort,
        ("request" = String, Path, description = "The request.", example = "rrq_0192f0c1a2b37c4d8e5f60718293a4b5"),
    ),
    responses(
        (status = 200, description = "The archive.", body = Vec<u8>, content_type = "application/zip",
            headers(("Content-Disposition" = String, description = "A name for the file; it names nobody."))),
        Always, Missing, Conflicts,
    ),
)]
pub(crate) async fn export(
    State(portal): State<Portal>,
    Operator(caller): Operator,
    ids: PathIds,
    _: NoParams,
) -> Result<Response, Problem> {
    const ACTION: &str = "rights.export";
    let (scope, cohort, request) = read(&portal, &caller, &ids).await?;
    let allowed = if request.kind.exports() {
        request.shows_data().map_err(Problem::StepRefused)
    } else {
        Err(Problem::WrongKind)
    };
    let student = match allowed {
        Ok(()) => portal.store.student(&scope, &request.student).await?.ok_or(Problem::NotFound),
        Err(problem) => Err(problem),
    };
    let student = heard(&portal, &caller, &scope, ACTION, student).await?;
    let about = [student.id.to_string(), request.id.to_string()];
    portal.record_about(&caller, Some(&scope.cohort), ACTION, &about).await?;
    let key = portal.identity().await?;
    let from =
        Sources { store: &portal.store, objects: &portal.objects, audit: &portal.audit, key };
    let ask = Ask {
        scope: &scope,
        cohort: &cohort,
        student: &student,
        request: &request.id,
        now: caller.now,
    };
    let files = handover::gather(from, &ask).await?.files(&cohort)?;
    let archive = handover::archive(&files)?;
    let name = HeaderValue::from_str(&format!("attachment; filename=\"{}.zip\"", request.id));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/zip")),
        (header::CONTENT_DISPOSITION, name.map_err(|_| Problem::Internal)?),
    ];
    Ok((headers, archive).into_response())
}

/// Fulfil an erasure
///
/// Mails the student that the erasure begins, as nothing can be written after it, and begins it. While the
/// letter waits to be sent the answer names no `erasure`: make the same call again in a moment. The request
/// is fulfilled when the erasure has its certificate. The step, refused or not,
/// is recorded in the audit trail.
#[utoipa::path(
    post, path = "/api/cohorts/{cohort}/rights/{request}/erase", operation_id = "eraseForRightsRequest", tag = "rights",
    extensions(("x-role" = json!("operator"))),
    params(
        OfCohort,
        ("request" = String, Path, description = "The request.", example = "rrq_0192f0c1a2b37c4d8e5f60718293a4b5"),
    ),
    request_body(content = NoBody, example = json!({})),
    responses((status = 202, description = "The student is told, or the erasure runs or has run.", body = RequestView,
        headers(("Location" = String, description = "Where the request is found."))), Always, Missing, Conflicts),
)]
pub(crate) async fn erase(
    State(portal): State<Portal>,
    Operator(caller): Operator,
    ids: PathIds,
    _: NoParams,
    body: Result<Body, Problem>,
) -> Result<Response, Problem> {
    const ACTION: &str = "rights.erase";
    let (scope, _, request) = read(&portal, &caller, &ids).await?;
    let asked = body.and_then(Body::finish).and_then(|()| allowed(&request));
    heard(&portal, &caller, &scope, ACTION, asked).await?;
    let about = [request.student.to_string(), request.id.to_string()];
    portal.record_about(&caller, Some(&scope.cohort), ACTION, &about).await?;
    let request = go_on(&portal, &caller, &scope, request).await?;
    let location = format!("/api/cohorts/{}/rights/{}", scope.cohort, request.id);
    accepted(&location, &RequestView::of(request, caller.now))
}

/// Whether the erasure may begin, or has begun.
fn allowed(request: &RightsRequest) -> Result<(), Problem> {
    if request.kind != Kind::Erasure {
        return Err(Problem::WrongKind);
    }
    if request.status == Status::Fulfilled {
        return Ok(());
    }
    request.may_be_fulfilled().map_err(Problem::StepRefused)
}

/// Takes the request as far as it goes now.
async fn go_on(
    portal: &Portal,
    caller: &Caller,
    scope: &Scope,
    mut request: RightsRequest,
) -> Result<RightsRequest, Problem> {
    if request.erasure.is_some() {
        return Ok(request);
    }
    if request.erasure_told_at.is_none() {
        let told = request.clone().announce_erasure(caller.now).map_err(Problem::StepRefused)?;
        request = moved(portal, scope, &request, told).await?;
    }
    let id = if portal.store.student(scope, &request.student).await?.is_some() {
        tell(portal, caller, scope, &request, RightsStep::Erasing).await?;
        if !is_out(portal, caller, scope, &request).await? {
            return Ok(request);
        }
        let subject =
            Subject::Person { cohort: scope.cohort.clone(), student: request.student.clone() };
        let reference = CaseReference::parse(request.id.as_str()).map_err(|_| Problem::Internal)?;
        erasing::start(portal, caller, subject, ErasureReason::PersonAsked, reference, None).await?
    } else {
        begun(portal, scope, &request).await?.ok_or(Problem::NotFound)?
    };
    let erasing = request.clone().erasing(id).map_err(Problem::StepRefused)?;
    let request = moved(portal, scope, &request, erasing).await?;
    Ok(portal.store.settle_erasure(scope, request).await?)
}

async fn moved(
    portal: &Portal,
    scope: &Scope,
    was: &RightsRequest,
    is: RightsRequest,
) -> Result<RightsRequest, Problem> {
    // Another operator was quicker: the next try reads anew.
    let moved = portal.store.move_rights_request(scope, was, &is).await?;
    if moved { Ok(is) } else { Err(Problem::Unavailable) }
}

/// Whether the letter needs the address no more: it was handed over, or nobody can be reached by it.
async fn is_out(
    portal: &Portal,
    caller: &Caller,
    scope: &Scope,
    request: &RightsRequest,
) -> Result<bool, Problem> {
    let (place, id) = (MessagePlace::from(scope), letter(request, RightsStep::Erasing));
    let waits_since = request.erasure_told_at.unwrap_or(caller.now);
    if caller.now.duration_since(waits_since) >= LONGEST_WAIT {
        return Ok(true);
    }
    for look in 0..LOOKS {
        if look > 0 {
            tokio::time::sleep(PAUSE).await;
        }
        let message = portal.store.message(&place, &id).await?;
        let waits = message.is_none_or(|message| {
            matches!(
                message.status,
                MessageStatus::Queued | MessageStatus::Claimed | MessageStatus::Unknown
            )
        });
        if !waits {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The erasure that a call which died had started.
async fn begun(
    portal: &Portal,
    scope: &Scope,
    request: &RightsRequest,
) -> Result<Option<ErasureId>, Problem> {
    let erasures = portal.store.erasures(&scope.institution).await?;
    let ours = erasures.into_iter().find(|erasure| {
        erasure.reference.as_ref().is_some_and(|it| it.as_str() == request.id.as_str())
    });
    Ok(ours.map(|erasure| erasure.id))
}
