//! Requests of students who make use of their rights (D4): how they are noted and seen. Their steps are
//! in `rights_steps.rs`, what they come to in `rights_fulfil.rs`.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use domain::rights::{self, RightsRequest};
use domain::{ContactId, RightsRequestId, StudentId};
use jiff::Timestamp;
use store::Scope;

use crate::body::Body;
use crate::caller::{Caller, Operator};
use crate::params::{NoParams, OfCohort, Params, PathIds};
use crate::portal::Portal;
use crate::problem::{Always, Missing, Problem, accepted};
use crate::routes::rights_taking::{heard, read};
use crate::routes::rights_views::{NewRequest, RequestList, RequestView};

/// The longest idempotency key, in characters.
const LONGEST_KEY: usize = 128;

/// Requests of a cohort's students
///
/// All that were noted, the one that is due first at the top. Looking is recorded in the audit trail.
#[utoipa::path(
    get, path = "/api/cohorts/{cohort}/rights", operation_id = "listRightsRequests", tag = "rights",
    extensions(("x-role" = json!("operator"))),
    params(OfCohort),
    responses((status = 200, description = "The requests.", body = RequestList), Always, Missing),
)]
pub(crate) async fn list(
    State(portal): State<Portal>,
    Operator(caller): Operator,
    ids: PathIds,
    _: NoParams,
) -> Result<Json<RequestList>, Problem> {
    let (scope, _) = portal.cohort(&caller, &ids).await?;
    let mut requests = settled(&portal, &scope).await?;
    requests.sort_by_key(|request| (!request.status.is_open(), request.due_on()));
    let about: Vec<String> = requests.iter().map(|request| request.id.to_string()).collect();
    portal.record_about(&caller, Some(&scope.cohort), "rights.list", &about).await?;
    let items = requests.into_iter().map(|request| RequestView::of(request, caller.now));
    Ok(Json(RequestList { items: items.collect() }))
}

/// A cohort's requests; those whose erasure is certified end here.
pub(crate) async fn settled(portal: &Portal, scope: &Scope) -> Result<Vec<RightsRequest>, Problem> {
    let requests = portal.store.rights_requests(scope).await?;
    let mut settled = Vec::with_capacity(requests.len());
    for request in requests {
        settled.push(portal.store.settle_erasure(scope, request).await?);
    }
    Ok(settled)
}

/// One request
///
/// Where it is and what its clock says. Looking is recorded in the audit trail.
#[utoipa::path(
    get, path = "/api/cohorts/{cohort}/rights/{request}", operation_id = "getRightsRequest", tag = "rights",
    extensions(("x-role" = json!("operator"))),
    params(
        OfCohort,
        ("request" = String, Path, description = "The request.", example = "rrq_0192f0c1a2b37c4d8e5f60718293a4b5"),
    ),
    responses((status = 200, description = "The request.", body = RequestView), Always, Missing),
)]
pub(crate) async fn show(
    State(portal): State<Portal>,
    Operator(caller): Operator,
    ids: PathIds,
    _: NoParams,
) -> Result<Json<RequestView>, Problem> {
    let (scope, _, request) = read(&portal, &caller, &ids).await?;
    let about = [request.student.to_string(), request.id.to_string()];
    portal.record_about(&caller, Some(&scope.cohort), "rights.show", &about).await?;
    Ok(Json(RequestView::of(request, caller.now)))
}

/// Note a request
///
/// The clock runs from `received_at`: 48 hours until the student must have heard, 30 days until it must
/// be done. A request that is repeated with the same `Idempotency-Key` notes nothing new. What is noted,
/// or refused, is recorded in the audit trail.
#[utoipa::path(
    post, path = "/api/cohorts/{cohort}/rights", operation_id = "noteRightsRequest", tag = "rights",
    extensions(("x-role" = json!("operator"))),
    params(
        OfCohort,
        ("Idempotency-Key" = Option<String>, Header,
            description = "Any text of the caller's choice, 1 to 128 printable ASCII characters; one per request of a student.",
            example = "3b9a1f0e-7d52-4c1a-8e6f-2a4b6c8d0e1f"),
    ),
    request_body(content = NewRequest, example = json!({
        "kind": "restriction", "student": "stu_5b1e0f7c2a9d4e3f8b6a7c5d4e3f2a1b",
        "received_at": "2026-09-10T07:00:00Z", "channel": "email",
    })),
    responses((status = 202, description = "It is noted.", body = RequestView,
        headers(("Location" = String, description = "Where it is found."))), Always, Missing),
)]
pub(crate) async fn note(
    State(portal): State<Portal>,
    Operator(caller): Operator,
    ids: PathIds,
    mut params: Params,
    body: Result<Body, Problem>,
) -> Result<Response, Problem> {
    let (scope, _) = portal.cohort(&caller, &ids).await?;
    let fits = |key: &str| {
        (1..=LONGEST_KEY).contains(&key.len())
            && key.bytes().all(|b| b.is_ascii_graphic() || b == b' ')
    };
    let key = params.header("idempotency-key", fits, "must be 1 to 128 printable ASCII characters");
    let action = "rights.note";
    let asked = params.finish().and(body).and_then(|body| new_request(body, &caller));
    let (kind, student, received_at, channel) =
        heard(&portal, &caller, &scope, action, asked).await?;
    if portal.store.student(&scope, &student).await?.is_none() {
        return heard(&portal, &caller, &scope, action, Err(Problem::NotFound)).await;
    }
    let about = [student.to_string()];
    portal.record_about(&caller, Some(&scope.cohort), action, &about).await?;
    let key = key.unwrap_or_else(|| caller.request.clone());
    let id = RightsRequestId::for_request(&scope.cohort, &key);
    let noted = (caller.contact.id.clone(), caller.now);
    let request = RightsRequest::noted(id.clone(), kind, student, (received_at, channel), noted);
    portal.store.create_rights_request(&scope, &request).await?;
    let stands = portal.store.rights_request(&scope, &id).await?.ok_or(Problem::Unavailable)?;
    let location = format!("/api/cohorts/{}/rights/{id}", scope.cohort);
    accepted(&location, &RequestView::of(stands, caller.now))
}

type New = (rights::Kind, StudentId, Timestamp, rights::Channel);

fn new_request(mut body: Body, caller: &Caller) -> Result<New, Problem> {
    let kind = body.one_of("kind", &rights::Kind::ALL, rights::Kind::as_str);
    let channel = body.one_of("channel", &rights::Channel::NOTED, rights::Channel::as_str);
    let student: Option<StudentId> = body.parsed("student");
    let received_at: Option<Timestamp> = body.parsed("received_at");
    if received_at.is_some_and(|at| at > caller.now) {
        body.refuse("received_at", "must not lie in the future");
    }
    body.finish()?;
    match (kind, student, received_at, channel) {
        (Some(kind), Some(student), Some(at), Some(channel)) => Ok((kind, student, at, channel)),
        _ => Err(Problem::Internal),
    }
}

/// Who noted a request, as the views show it.
pub(crate) type NotedBy = ContactId;
