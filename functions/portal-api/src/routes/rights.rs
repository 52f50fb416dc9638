//! Requests of students who make use of their rights (D4): noted, acknowledged, done or refused.
//!
//! Each step is a change of one request under the condition that nothing changed it since it was
//! read, and then a mail about it. Asking for a step again answers 409 and changes nothing, but puts
//! a mail on its way that a call which died had only recorded.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use domain::cohort::Cohort;
use domain::message::{About, Message, RightsStep};
use domain::rights::{self, Refusal, RightsRequest, Status};
use domain::student::Student;
use domain::{ContactId, PersonName, RightsRequestId, SectionId, StudentId, StudentNumber};
use jiff::Timestamp;
use store::{MessagePlace, Scope};

use crate::body::Body;
use crate::caller::{Caller, Operator};
use crate::params::{NoParams, ParameterProblem, Params, PathIds};
use crate::portal::Portal;
use crate::problem::{Always, Conflicts, Missing, Problem, accepted};
use crate::routes::rights_views::{
    Correction, Later, NewRequest, NoBody, Refusing, RequestList, RequestView,
};

/// The longest idempotency key and the longest reason, in characters.
const LONGEST_KEY: usize = 128;
const LONGEST_REASON: usize = 1000;

/// Requests of a cohort's students
///
/// All that were noted, the one that is due first at the top. Looking is recorded in the audit trail.
#[utoipa::path(
    get, path = "/api/cohorts/{cohort}/rights", operation_id = "listRightsRequests", tag = "rights",
    extensions(("x-role" = json!("operator"))),
    params(("cohort" = String, Path, description = "The cohort.", example = "coh_0192f0c1a2b37c4d8e5f60718293a4b5")),
    responses((status = 200, description = "The requests.", body = RequestList), Always, Missing),
)]
pub(crate) async fn list(
    State(portal): State<Portal>,
    Operator(caller): Operator,
    ids: PathIds,
    _: NoParams,
) -> Result<Json<RequestList>, Problem> {
    let (scope, _) = portal.cohort(&caller, &ids).await?;
    let mut requests = portal.store.rights_requests(&scope).await?;
    requests.sort_by_key(|request| (!request.status.is_open(), request.due_on()));
    let about: Vec<String> = requests.iter().map(|request| request.id.to_string()).collect();
    portal.record_about(&caller, Some(&scope.cohort), "rights.list", &about).await?;
    let items = requests.into_iter().map(|request| RequestView::of(request, caller.now));
    Ok(Json(RequestList { items: items.collect() }))
}

/// One request
///
/// Where it is and what its clock says. Looking is recorded in the audit trail.
#[utoipa::path(
    get, path = "/api/cohorts/{cohort}/rights/{request}", operation_id = "getRightsRequest", tag = "rights",
    extensions(("x-role" = json!("operator"))),
    params(
        ("cohort" = String, Path, description = "The cohort.", example = "coh_0192f0c1a2b37c4d8e5f60718293a4b5"),
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
        ("cohort" = String, Path, description = "The cohort.", example = "coh_0192f0c1a2b37c4d8e5f60718293a4b5"),
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
    let channel = body.one_of("channel", &rights::Channel::ALL, rights::Channel::as_str);
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

macro_rules! step_route {
    ($(#[$doc:meta])* $name:ident, $path:literal, $operation:literal, $content:ty, $example:tt, $said:literal, $run:expr) => {
        $(#[$doc])*
        #[utoipa::path(
            post, path = $path, operation_id = $operation, tag = "rights",
            extensions(("x-role" = json!("operator"))),
            params(
                ("cohort" = String, Path, description = "The cohort.", example = "coh_0192f0c1a2b37c4d8e5f60718293a4b5"),
                ("request" = String, Path, description = "The request.", example = "rrq_0192f0c1a2b37c4d8e5f60718293a4b5"),
            ),
            request_body(content = $content, example = json!($example)),
            responses((status = 200, description = $said, body = RequestView), Always, Missing, Conflicts),
        )]
        pub(crate) async fn $name(
            State(portal): State<Portal>,
            Operator(caller): Operator,
            ids: PathIds,
            _: NoParams,
            body: Result<Body, Problem>,
        ) -> Result<Json<RequestView>, Problem> {
            let (scope, cohort, request) = read(&portal, &caller, &ids).await?;
            let action = concat!("rights.", stringify!($name));
            let run: fn(Body, &RightsRequest, &Caller) -> Result<Next, Problem> = $run;
            let next = body.and_then(|body| run(body, &request, &caller));
            let next = heard(&portal, &caller, &scope, action, next).await;
            take(&portal, &caller, (&scope, &cohort), request, action, next).await
        }
    };
}

step_route!(
    /// Acknowledge a request
    ///
    /// Mails the student that it was received, with a one-time link that confirms it. The step, refused or not,
    /// is recorded in the audit trail.
    acknowledge, "/api/cohorts/{cohort}/rights/{request}/acknowledge", "acknowledgeRightsRequest", NoBody, {},
    "The student is told.", |body, request, caller| {
        body.finish()?;
        Next::told(request.clone().acknowledge(nonce(), caller.now), RightsStep::Received)
    }
);
step_route!(
    /// Send the link again
    ///
    /// Earlier links of the request are void from now on. The step, refused or not,
    /// is recorded in the audit trail.
    renew_link, "/api/cohorts/{cohort}/rights/{request}/link", "renewRightsLink", NoBody, {},
    "A new link is on its way.", |body, request, caller| {
        body.finish()?;
        Next::told(request.clone().renew_link(nonce(), caller.now), RightsStep::Received)
    }
);
step_route!(
    /// Extend a request
    ///
    /// Once, before the 30 days are over, to at most 90 days after it was received. The student is
    /// told the reason. The step, refused or not,
    /// is recorded in the audit trail.
    extend, "/api/cohorts/{cohort}/rights/{request}/extend", "extendRightsRequest", Later,
    { "until": "2026-11-20", "reason": "Answers lie in several stores." },
    "The student is told.", |mut body, request, caller| {
        let (until, reason) = (body.date("until"), body.text("reason", LONGEST_REASON));
        body.finish()?;
        let until = until.ok_or(Problem::Internal)?;
        Next::told(request.clone().extend(until, reason, caller.now), RightsStep::Extended)
    }
);
step_route!(
    /// Refuse a request
    ///
    /// The student is told the reason and where to complain. The step, refused or not,
    /// is recorded in the audit trail.
    refuse, "/api/cohorts/{cohort}/rights/{request}/refuse", "refuseRightsRequest", Refusing,
    { "ground": "not_identified", "reason": "The link was not used." },
    "The student is told.", |mut body, request, caller| {
        let ground = body.one_of("ground", &rights::Ground::ALL, rights::Ground::as_str);
        let reason = body.text("reason", LONGEST_REASON);
        body.finish()?;
        let refusal = Refusal { ground: ground.ok_or(Problem::Internal)?, reason };
        Next::told(request.clone().refuse(refusal, caller.now), RightsStep::Refused)
    }
);
step_route!(
    /// Fulfil a restriction or an objection
    ///
    /// From now on the student is in no formation and gets no mails about groups; what is stored stays.
    /// A restriction may be set before the student has confirmed it, because it only protects. The step, refused or not,
    /// is recorded in the audit trail.
    restrict, "/api/cohorts/{cohort}/rights/{request}/restrict", "restrictForRightsRequest", NoBody, {},
    "It is in force and the student is told.", |body, request, caller| {
        body.finish()?;
        let change = match request.kind {
            rights::Kind::Restriction => Change::Restricted(Some(caller.now)),
            rights::Kind::Objection => Change::Objected(Some(caller.now)),
            _ => return Err(Problem::WrongKind),
        };
        Next::with(request.clone().fulfil(caller.now), RightsStep::Done, change)
    }
);
step_route!(
    /// Lift a restriction or an objection
    ///
    /// The student is told. The step, refused or not,
    /// is recorded in the audit trail.
    lift, "/api/cohorts/{cohort}/rights/{request}/lift", "liftForRightsRequest", NoBody, {},
    "It has ended.", |body, request, caller| {
        body.finish()?;
        let change = match request.kind {
            rights::Kind::Restriction => Change::Restricted(None),
            rights::Kind::Objection => Change::Objected(None),
            _ => return Err(Problem::WrongKind),
        };
        Next::with(request.clone().lift(caller.now), RightsStep::Lifted, change)
    }
);
step_route!(
    /// Fulfil a rectification
    ///
    /// At least one of name, student number and section. The trail and the student's mail name what
    /// was changed, not from what to what. The step, refused or not,
    /// is recorded in the audit trail.
    rectify, "/api/cohorts/{cohort}/rights/{request}/rectify", "rectifyForRightsRequest", Correction,
    { "name": "Freja Lund" },
    "It is corrected and the student is told.", |mut body, request, caller| {
        let name = body.optional_text("name", 200).map(|text| PersonName::new(&text));
        let number = body.optional_text("number", 50).map(|text| StudentNumber::new(&text));
        let section: Option<SectionId> = body.optional("section");
        if name.is_none() && number.is_none() && section.is_none() {
            body.refuse("name", "at least one of name, number and section must be given");
        }
        body.finish()?;
        if request.kind != rights::Kind::Rectification {
            return Err(Problem::WrongKind);
        }
        let changed = [("name", name.is_some()), ("number", number.is_some()), ("section", section.is_some())];
        let next = request.clone().fulfil(caller.now).map(|mut next| {
            next.changed = changed.into_iter().filter(|(_, is)| *is).map(|(name, _)| name.to_owned()).collect();
            next
        });
        Next::with(next, RightsStep::Done, Change::Rectified { name, number, section })
    }
);

/// What becomes of the student.
enum Change {
    Nothing,
    Restricted(Option<Timestamp>),
    Objected(Option<Timestamp>),
    Rectified {
        name: Option<PersonName>,
        number: Option<StudentNumber>,
        section: Option<SectionId>,
    },
}

/// The request after a step, what becomes of the student, and what they are told.
struct Next {
    request: RightsRequest,
    step: RightsStep,
    change: Change,
}

impl Next {
    fn told(
        next: Result<RightsRequest, rights::Refused>,
        step: RightsStep,
    ) -> Result<Self, Problem> {
        Self::with(next, step, Change::Nothing)
    }

    fn with(
        next: Result<RightsRequest, rights::Refused>,
        step: RightsStep,
        change: Change,
    ) -> Result<Self, Problem> {
        Ok(Self { request: next.map_err(Problem::StepRefused)?, step, change })
    }
}

/// Random; what it is hashed with to a link's token is secret.
fn nonce() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}

async fn read(
    portal: &Portal,
    caller: &Caller,
    ids: &PathIds,
) -> Result<(Scope, Cohort, RightsRequest), Problem> {
    let (scope, cohort) = portal.cohort(caller, ids).await?;
    let id: RightsRequestId = ids.id("request")?;
    let request = portal.store.rights_request(&scope, &id).await?.ok_or(Problem::NotFound)?;
    Ok((scope, cohort, request))
}

/// Records a refused attempt before it is answered.
async fn heard<T>(
    portal: &Portal,
    caller: &Caller,
    scope: &Scope,
    action: &str,
    asked: Result<T, Problem>,
) -> Result<T, Problem> {
    if let Err(problem) = &asked {
        portal.record_refused(caller, Some(&scope.cohort), action, problem.word()).await?;
    }
    asked
}

async fn take(
    portal: &Portal,
    caller: &Caller,
    (scope, cohort): (&Scope, &Cohort),
    was: RightsRequest,
    action: &str,
    next: Result<Next, Problem>,
) -> Result<Json<RequestView>, Problem> {
    let Next { request, step, change } = match next {
        Ok(next) => next,
        Err(problem) => {
            // A call that died may have left the mail of the last step behind.
            if let (Problem::StepRefused(_), Some(step)) = (&problem, last_step(&was)) {
                tell(portal, caller, scope, &was, step).await?;
            }
            return Err(problem);
        }
    };
    let student = match change {
        Change::Nothing => None,
        change => {
            let changed = changed(portal, (scope, cohort), &was.student, change).await;
            Some(heard(portal, caller, scope, action, changed).await?)
        }
    };
    let about = [was.student.to_string(), was.id.to_string()];
    portal.record_about(caller, Some(&scope.cohort), action, &about).await?;
    let student = student.as_ref().map(|(before, after)| (before, after));
    if !portal.store.take_rights_step(scope, &was, &request, student).await? {
        // Another operator, the student's link or a new answer was quicker: the next try reads anew.
        return Err(Problem::Unavailable);
    }
    tell(portal, caller, scope, &request, step).await?;
    Ok(Json(RequestView::of(request, caller.now)))
}

/// The mail that the present state calls for.
fn last_step(request: &RightsRequest) -> Option<RightsStep> {
    match request.status {
        Status::Received => None,
        Status::Acknowledged => Some(RightsStep::Received),
        Status::Confirmed => Some(RightsStep::Verified),
        Status::Fulfilled => Some(RightsStep::Done),
        Status::Refused => Some(RightsStep::Refused),
        Status::Lifted => Some(RightsStep::Lifted),
    }
}

async fn tell(
    portal: &Portal,
    caller: &Caller,
    scope: &Scope,
    request: &RightsRequest,
    step: RightsStep,
) -> Result<(), Problem> {
    let number = request.link.as_ref().map_or(0, |link| link.number);
    let number = if step == RightsStep::Received { number } else { 0 };
    let (student, id) = (request.student.clone(), request.id.clone());
    let about = About::Rights { student, request: id, step, number };
    let place = MessagePlace::from(scope);
    let message = Message::queued(about, caller.now);
    outbox::put_one(&portal.store, &portal.mails, &place, &message).await.map_err(|error| {
        runtime::telemetry::log_error("outbox", &error);
        Problem::Unavailable
    })?;
    Ok(())
}

/// The student as they are and as they become.
async fn changed(
    portal: &Portal,
    (scope, cohort): (&Scope, &Cohort),
    id: &StudentId,
    change: Change,
) -> Result<(Student, Student), Problem> {
    let was = portal.store.student(scope, id).await?.ok_or(Problem::NotFound)?;
    let mut is = was.clone();
    if let Change::Rectified { section: Some(section), .. } = &change
        && !cohort.settings.sections.iter().any(|known| known.id == *section)
    {
        let problem = ParameterProblem::body("section", "is not a section of this cohort");
        return Err(Problem::Parameters(vec![problem]));
    }
    match change {
        Change::Nothing => {}
        Change::Restricted(since) => is.restricted = since,
        Change::Objected(since) => is.objected = since,
        Change::Rectified { name, number, section } => {
            is.name = name.unwrap_or(is.name);
            is.number = number.or(is.number);
            is.section = section.unwrap_or(is.section);
        }
    }
    Ok((was, is))
}

/// Who noted a request, as the views show it.
pub(crate) type NotedBy = ContactId;
