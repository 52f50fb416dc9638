//! How a step of a student's request is taken (D4).
//!
//! Each step is a change of one request under the condition that nothing changed it since it was
//! read, and then a mail about it. Asking for a step again answers 409 and changes nothing, but puts
//! a mail on its way that a call which died had only recorded.

use axum::Json;
use domain::cohort::Cohort;
use domain::message::{About, Message, RightsStep};
use domain::rights::{self, RightsRequest, Status};
use domain::student::{Response, Student};
use domain::{Email, MessageId, PersonName, RightsRequestId, SectionId, StudentNumber};
use jiff::Timestamp;
use serde_json::{Map, Value};
use store::{MessagePlace, Scope};

use crate::caller::Caller;
use crate::params::{ParameterProblem, PathIds};
use crate::portal::Portal;
use crate::problem::Problem;
use crate::routes::rights_answers::corrected;
use crate::routes::rights_views::RequestView;

/// What becomes of the student.
pub(crate) enum Change {
    Nothing,
    Restricted(Option<Timestamp>),
    Objected(Option<Timestamp>),
    Rectified {
        name: Option<PersonName>,
        email: Option<Email>,
        number: Option<StudentNumber>,
        section: Option<SectionId>,
        answers: Map<String, Value>,
    },
}

/// The student as they are and as they become, and the corrected questionnaire if there is one.
struct Changed {
    was: Student,
    is: Student,
    response: Option<Response>,
}

/// The request after a step, what becomes of the student, and what they are told.
pub(crate) struct Next {
    pub(crate) request: RightsRequest,
    step: RightsStep,
    change: Change,
}

impl Next {
    pub(crate) fn told(
        next: Result<RightsRequest, rights::Refused>,
        step: RightsStep,
    ) -> Result<Self, Problem> {
        Self::with(next, step, Change::Nothing)
    }

    pub(crate) fn with(
        next: Result<RightsRequest, rights::Refused>,
        step: RightsStep,
        change: Change,
    ) -> Result<Self, Problem> {
        Ok(Self { request: next.map_err(Problem::StepRefused)?, step, change })
    }
}

/// Random; what it is hashed with to a link's token is secret.
pub(crate) fn nonce() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}

pub(crate) async fn read(
    portal: &Portal,
    caller: &Caller,
    ids: &PathIds,
) -> Result<(Scope, Cohort, RightsRequest), Problem> {
    let (scope, cohort) = portal.cohort(caller, ids).await?;
    let id: RightsRequestId = ids.id("request")?;
    let request = portal.store.rights_request(&scope, &id).await?.ok_or(Problem::NotFound)?;
    let request = portal.store.settle_erasure(&scope, request).await?;
    Ok((scope, cohort, request))
}

/// Records a refused attempt before it is answered.
pub(crate) async fn heard<T>(
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

pub(crate) async fn take(
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
    let changed = match change {
        Change::Nothing => None,
        change => {
            let changed = changed(portal, caller, (scope, cohort), &was, change).await;
            Some(heard(portal, caller, scope, action, changed).await?)
        }
    };
    let about = [was.student.to_string(), was.id.to_string()];
    portal.record_about(caller, Some(&scope.cohort), action, &about).await?;
    let student = changed.as_ref().map(|it| (&it.was, &it.is, it.response.as_ref()));
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

/// What the mail of a step is about. A link that is sent again is another mail.
fn about(request: &RightsRequest, step: RightsStep) -> About {
    let link = match step {
        RightsStep::Received => request.link.as_ref(),
        RightsStep::Done => request.download.as_ref(),
        _ => None,
    };
    let number = link.map_or(0, |link| link.number);
    About::Rights { student: request.student.clone(), request: request.id.clone(), step, number }
}

/// The mail that tells of a step.
pub(crate) fn letter(request: &RightsRequest, step: RightsStep) -> MessageId {
    MessageId::of(&about(request, step))
}

pub(crate) async fn tell(
    portal: &Portal,
    caller: &Caller,
    scope: &Scope,
    request: &RightsRequest,
    step: RightsStep,
) -> Result<(), Problem> {
    let message = Message::queued(about(request, step), caller.now);
    let place = MessagePlace::from(scope);
    outbox::put_one(&portal.store, &portal.mails, &place, &message).await.map_err(|error| {
        runtime::telemetry::log_error("outbox", &error);
        Problem::Unavailable
    })?;
    Ok(())
}

/// What a change makes of the student.
async fn changed(
    portal: &Portal,
    caller: &Caller,
    (scope, cohort): (&Scope, &Cohort),
    request: &RightsRequest,
    change: Change,
) -> Result<Changed, Problem> {
    let was = portal.store.student(scope, &request.student).await?.ok_or(Problem::NotFound)?;
    let mut is = was.clone();
    if let Change::Rectified { section: Some(section), .. } = &change
        && !cohort.settings.sections.iter().any(|known| known.id == *section)
    {
        let problem = ParameterProblem::body("section", "is not a section of this cohort");
        return Err(Problem::Parameters(vec![problem]));
    }
    let mut response = None;
    match change {
        Change::Nothing => {}
        Change::Restricted(since) => is.restricted = since,
        Change::Objected(since) => is.objected = since,
        Change::Rectified { name, email, number, section, answers } => {
            if let Some(email) = email {
                let theirs = portal.store.students_at(scope, &email).await?;
                if theirs.iter().any(|other| *other != is.id) {
                    let problem = ParameterProblem::body("email", "is another student's address");
                    return Err(Problem::Parameters(vec![problem]));
                }
                is.reach_at(email);
            }
            is.name = name.unwrap_or(is.name);
            is.number = number.or(is.number);
            is.section = section.unwrap_or(is.section);
            if !answers.is_empty() {
                let before = portal.store.response(scope, &was.response).await?;
                let before = before.ok_or(Problem::Unavailable)?;
                let corrected = corrected(cohort, &before, &is, answers, &request.id, caller.now)?;
                is.response = corrected.token.clone();
                is.submitted_at = corrected.submitted_at;
                response = Some(corrected);
            }
        }
    }
    Ok(Changed { was, is, response })
}
