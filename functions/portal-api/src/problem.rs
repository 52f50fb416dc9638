//! Refusals as problem documents (RFC 9457). Status codes exist here alone: `told` has the table of them with
//! their words; `documented` says in the API's document what each route may refuse with.

use std::any::Any;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::FormationId;
use domain::breach;
use domain::contact::Role;
use domain::erasure::ErasureStatus;
use domain::export::ExportStatus;
use domain::formation::{FormationStatus, Verdict};
use domain::rights::Refused;
use serde::Serialize;
use utoipa::ToSchema;

mod documented;
mod told;

pub(crate) use documented::{Always, Conflicts, Missing, Versioned, components};

use crate::params::ParameterProblem;
use crate::words;

/// The media type of problem documents.
const MEDIA_TYPE: &str = "application/problem+json";
/// Seconds after which another try makes sense.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("2");

/// Why a request was refused.
#[derive(Debug)]
pub(crate) enum Problem {
    /// Nobody, or no access token for the portal.
    Unauthenticated,
    /// No active contact has this subject.
    NotAContact,
    /// The institution's agreement has ended; its data is out of reach.
    Deactivated,
    /// The institution's agreement has not ended, so it is not erased as a whole.
    NotDeactivated,
    /// The contact's role does not suffice.
    RoleTooLow { needed: Role },
    /// Not there, not theirs, or gone: these cannot be told apart.
    NotFound,
    /// The path exists, the method does not.
    MethodNotAllowed,
    /// Parameters are wrong; all of them are named.
    Parameters(Vec<ParameterProblem>),
    /// An operator asks for personal data and does not say why.
    ReasonRequired,
    /// Another formation of the cohort runs.
    Busy { formation: Option<FormationId> },
    /// The cohort has published groups, and the request does not say that they are to be replaced.
    Published { formation: Option<FormationId> },
    /// The cohort was put away.
    Archived,
    /// The institution has not agreed to mail.
    MailNotAgreed,
    /// The mailing is on its way or was sent, so it is not changed and not sent again.
    MailingSent,
    /// The mailing has not stopped, so it is not closed.
    MailingNotStopped,
    /// The mailing was not written in the cohort's language.
    MailLanguage,
    /// The mailing goes to a group that others have replaced.
    GroupReplaced,
    /// Who has not answered is reminded only before the deadline.
    DeadlinePassed,
    /// The cohort has no evaluation that anybody could be asked for.
    NoEvaluation,
    /// No groups are published, whose members could be asked.
    NotPublished,
    /// The mail cannot be sent to its student once more, for this reason.
    NotSentAgain { obstacle: &'static str },
    /// The answers that groups were formed from are not there any more, or do not fit.
    NoAnswers,
    /// A change of groups by hand that cannot be made.
    Board(grouping::Refusal),
    /// Another cohort uses the questionnaire.
    FormTaken,
    /// The idempotency key was used for something else.
    KeyUsed,
    /// The formation does not await a decision.
    NotAwaiting { status: FormationStatus },
    /// Another contact decided the other way.
    Decided { verdict: Verdict },
    /// The formation has no groups to show.
    NoGroups { status: FormationStatus },
    /// Another round of the plan is the one to be published next, or none of it is.
    RoundNotNext,
    /// The erasure has not come to its end.
    NoCertificate { status: ErasureStatus },
    /// Something of the institution is being erased, or was since the export.
    ErasureRuns,
    /// The export has no files to fetch.
    ExportNotReady { status: ExportStatus },
    /// The request of a student is not of the kind that the step is for.
    WrongKind,
    /// The request of a student cannot take the step.
    StepRefused(Refused),
    /// The entry was changed since the version that the request names.
    Stale { version: u32 },
    /// The breach cannot go on as asked.
    Breach(breach::Refused),
    /// The breach is not closed, so there is no certificate of it.
    BreachOpen,
    /// The sub-processor is in use.
    NoticeOver,
    /// The institution objected before, with another reason.
    Objected,
    /// A store or service did not do its part; another try may succeed.
    Unavailable,
    /// Something broke on our side.
    Internal,
}

/// A problem document. `type` is stable and for programs; `title` and `detail` are for people.
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct Document {
    /// Which kind of problem: `urn:unihelper:problem:` and a word.
    #[serde(rename = "type")]
    #[schema(example = "urn:unihelper:problem:busy")]
    kind: String,
    /// The kind in words.
    #[schema(example = "Groups are being formed")]
    title: &'static str,
    /// The HTTP status.
    #[schema(example = 409)]
    status: u16,
    /// What to do about it.
    #[schema(example = "Wait until the formation named here has ended, then start another.")]
    detail: &'static str,
    /// What is wrong with which parameter, on `parameters`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<ParameterProblem>,
    /// The formation in the way, on `busy`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "for_0192f0c1a2b37c4d8e5f60718293a4b5")]
    formation: Option<FormationId>,
    /// Where the formation is, on `not-awaiting-approval` and `no-groups`.
    #[serde(skip_serializing_if = "Option::is_none")]
    formation_status: Option<words::FormationStatus>,
    /// What was decided, on `already-decided`.
    #[serde(skip_serializing_if = "Option::is_none")]
    verdict: Option<words::Verdict>,
    /// Where the erasure is, on `no-certificate`.
    #[serde(skip_serializing_if = "Option::is_none")]
    erasure_status: Option<words::ErasureStatus>,
    /// Where the export is, on `export-not-ready`.
    #[serde(skip_serializing_if = "Option::is_none")]
    export_status: Option<words::ExportStatus>,
    /// What stands in the way of sending a mail once more, on `not-sent-again`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "suppressed")]
    obstacle: Option<&'static str>,
    /// The version of the entry now, on `stale`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 4)]
    version: Option<u32>,
    /// The role that is needed, on `role-too-low`.
    #[serde(skip_serializing_if = "Option::is_none")]
    needed_role: Option<words::Role>,
}

impl Problem {
    /// The word that tells which problem it is.
    pub(crate) fn word(&self) -> &'static str {
        self.describe().1
    }

    fn document(self) -> (StatusCode, Document) {
        let (status, word, title, detail) = self.describe();
        let mut document = Document {
            kind: format!("urn:unihelper:problem:{word}"),
            title,
            status: status.as_u16(),
            detail,
            errors: Vec::new(),
            formation: None,
            formation_status: None,
            verdict: None,
            erasure_status: None,
            export_status: None,
            obstacle: None,
            version: None,
            needed_role: None,
        };
        match self {
            Self::Parameters(errors) => document.errors = errors,
            Self::Busy { formation } | Self::Published { formation } => {
                document.formation = formation;
            }
            Self::NotAwaiting { status } | Self::NoGroups { status } => {
                document.formation_status = Some(status.into());
            }
            Self::NotSentAgain { obstacle } => document.obstacle = Some(obstacle),
            Self::Decided { verdict } => document.verdict = Some(verdict.into()),
            Self::NoCertificate { status } => document.erasure_status = Some(status.into()),
            Self::ExportNotReady { status } => document.export_status = Some(status.into()),
            Self::Stale { version } => document.version = Some(version),
            Self::Breach(breach::Refused::Open(open)) => {
                let open = open.into_iter().map(breach::Question::as_str);
                document.errors =
                    open.map(|name| ParameterProblem::body(name, "has no answer")).collect();
            }
            Self::RoleTooLow { needed } => document.needed_role = Some(needed.into()),
            _ => {}
        }
        (status, document)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let word = Word(self.word());
        let (status, document) = self.document();
        let body = serde_json::to_vec(&document).unwrap_or_default();
        let mut response = (status, body).into_response();
        response.extensions_mut().insert(word);
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, RETRY_AFTER);
        }
        response
    }
}

impl From<breach::Refused> for Problem {
    fn from(refused: breach::Refused) -> Self {
        Self::Breach(refused)
    }
}

impl From<store::Error> for Problem {
    /// Logs the error, whose texts hold no personal data; none of it leaves.
    fn from(error: store::Error) -> Self {
        runtime::telemetry::log_error("store", &error);
        if error.is_transient() { Self::Unavailable } else { Self::Internal }
    }
}

impl From<handover::Error> for Problem {
    /// The same: its texts hold no personal data either.
    fn from(error: handover::Error) -> Self {
        runtime::telemetry::log_error("handover", &error);
        match error {
            handover::Error::Store(error) if error.is_transient() => Self::Unavailable,
            _ => Self::Internal,
        }
    }
}

impl From<outbox::Error> for Problem {
    /// The same. A record that was not queued is made up for when the request is made again.
    fn from(error: outbox::Error) -> Self {
        match error {
            outbox::Error::Store(error) => error.into(),
            outbox::Error::Queue(error) => {
                runtime::telemetry::log_error("outbox", &error);
                Self::Unavailable
            }
        }
    }
}

/// The answer after a handler panicked. What it said stays out of answer and log: it might quote data.
pub(crate) fn after_panic(_: Box<dyn Any + Send>) -> Response<Body> {
    tracing::error!(operation = "handler", "panicked");
    Problem::Internal.into_response()
}

/// The word of the problem that an answer tells of, for the audit trail.
#[derive(Clone, Copy)]
struct Word(&'static str);

/// The word of the problem if the answer refuses what was asked; an unknown method asks nothing, and
/// what broke on our side is no refusal.
pub(crate) fn refusal(response: &Response) -> Option<&'static str> {
    let status = response.status();
    let refused = status.is_client_error() && status != StatusCode::METHOD_NOT_ALLOWED;
    response.extensions().get::<Word>().filter(|_| refused).map(|word| word.0)
}

/// Whether an answer means that somebody was refused access (P4).
pub(crate) fn is_refusal(status: StatusCode) -> bool {
    status == StatusCode::UNAUTHORIZED || status == StatusCode::FORBIDDEN
}

/// The answer to something that was begun: where to watch it, and what it is.
pub(crate) fn accepted(location: &str, body: &impl Serialize) -> Result<Response, Problem> {
    let location = HeaderValue::from_str(location).map_err(|_| Problem::Internal)?;
    let body = axum::Json(serde_json::to_value(body).map_err(|_| Problem::Internal)?);
    Ok((StatusCode::ACCEPTED, [(header::LOCATION, location)], body).into_response())
}

/// What was made, and where it is from now on.
pub(crate) fn created(location: &str, mut response: Response) -> Result<Response, Problem> {
    let location = HeaderValue::from_str(location).map_err(|_| Problem::Internal)?;
    *response.status_mut() = StatusCode::CREATED;
    response.headers_mut().insert(header::LOCATION, location);
    Ok(response)
}

/// One resource, with the version that a change has to name as its `ETag`.
pub(crate) fn versioned(version: u32, body: &impl Serialize) -> Result<Response, Problem> {
    let tag = HeaderValue::from_str(&format!("\"{version}\"")).map_err(|_| Problem::Internal)?;
    Ok(([(header::ETAG, tag)], axum::Json(body)).into_response())
}

/// One resource with its `ETag`, or 304 when the caller has it already.
pub(crate) fn tagged(asked: &HeaderMap, body: &impl Serialize) -> Result<Response, Problem> {
    let text = serde_json::to_string(body).map_err(|_| Problem::Internal)?;
    let tag = format!("\"{}\"", &domain::ids::keyed_hash(b"etag", &[&text])[..32]);
    let known = asked.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let fresh = known.is_some_and(|known| runtime::web::names(known, &tag));
    let tag = HeaderValue::from_str(&tag).map_err(|_| Problem::Internal)?;
    if fresh {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response());
    }
    let kind = HeaderValue::from_static("application/json");
    Ok(([(header::ETAG, tag), (header::CONTENT_TYPE, kind)], text).into_response())
}
