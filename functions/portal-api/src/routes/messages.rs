//! The mails of a formation (M3).

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use domain::message::{About, Message, MessageStatus};
use domain::student::Student;
use domain::{CohortId, Email, FormationId, MessageId, PersonName, SectionId, StudentId};
use jiff::Timestamp;
use serde::Serialize;
use store::keys;
use utoipa::ToSchema;

use crate::caller::Caller;
use crate::page::{PageParams, Paged};
use crate::params::{NoParams, Params, PathIds};
use crate::portal::Portal;
use crate::problem::{Always, Missing, Problem, tagged};
use crate::words;

/// One mail.
#[derive(Serialize, ToSchema)]
#[schema(as = Message)]
pub(crate) struct MessageView {
    /// Its id.
    #[schema(value_type = String, example = "msg_1f3870be274f6c49b3e31a0c6728957f")]
    id: MessageId,
    /// Which mail it is.
    kind: words::MessageKind,
    /// Who gets it; absent in a mail to the institution.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "stu_5b1e0f7c2a9d4e3f8b6a7c5d4e3f2a1b")]
    student: Option<StudentId>,
    /// The student's name; absent when the student has left the cohort.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "Freja Lund")]
    name: Option<PersonName>,
    /// Where it goes; absent when the student has left the cohort.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "freja.lund@example.edu")]
    email: Option<Email>,
    /// The student's section, where the mail tells of a group.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "hold-1")]
    section: Option<SectionId>,
    /// The student's group within section and formation, where the mail tells of a group.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 3)]
    group: Option<u32>,
    /// Where it is.
    status: words::MessageStatus,
    /// When the status last changed.
    #[schema(example = "2026-09-07T10:04:40Z")]
    status_at: Timestamp,
    /// How often a send was begun.
    #[schema(example = 1)]
    attempts: u32,
    /// Why it was not sent, as a fixed word.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "suppressed")]
    failure: Option<String>,
}

impl MessageView {
    fn of(message: Message, student: Option<&Student>) -> Self {
        let kind = message.about.kind().into();
        let student_id = message.about.student().cloned();
        let (section, group) = match message.about {
            About::Group { section, group, .. } | About::GroupChanged { section, group, .. } => {
                (Some(section), Some(group))
            }
            About::Rights { .. } | About::Breach { .. } | About::Subprocessor { .. } => {
                (None, None)
            }
        };
        Self {
            id: message.id,
            kind,
            student: student_id,
            name: student.map(|student| student.name.clone()),
            email: student.map(|student| student.email.clone()),
            section,
            group,
            status: message.status.into(),
            status_at: message.status_at,
            attempts: message.attempts,
            failure: message.failure,
        }
    }
}

/// How many mails of a formation are where.
#[derive(Serialize, ToSchema)]
pub(crate) struct MessageSummary {
    /// All of them.
    #[schema(example = 118)]
    total: u32,
    /// By status; every status is there.
    #[schema(example = json!({
        "queued": 0, "claimed": 0, "unknown": 0, "accepted": 2, "delivered": 114, "bounced": 1,
        "complained": 0, "failed": 1,
    }))]
    statuses: BTreeMap<&'static str, u32>,
}

/// The mails of a formation
///
/// One per student, with how far it got, and one more for each change of the group since. Empty while the groups are not published, and where the
/// institution has not agreed to mail. Looking at this list is recorded in the audit trail.
#[utoipa::path(
    get, path = "/api/cohorts/{cohort}/formations/{formation}/messages", operation_id = "listMessages", tag = "mail",
    extensions(("x-role" = json!("viewer"))),
    params(
        ("cohort" = String, Path, description = "The cohort.", example = "coh_0192f0c1a2b37c4d8e5f60718293a4b5"),
        ("formation" = String, Path, description = "The formation.", example = "for_0192f0c1a2b37c4d8e5f60718293a4b5"),
        ("status" = Option<words::MessageStatus>, Query, description = "Only the mails with this status.", example = "bounced"),
        PageParams,
    ),
    responses((status = 200, description = "The mails.", body = Paged<MessageView>), Always, Missing),
)]
pub(crate) async fn list(
    State(portal): State<Portal>,
    caller: Caller,
    ids: PathIds,
    mut params: Params,
) -> Result<Json<Paged<MessageView>>, Problem> {
    let status = status(&mut params);
    let (cohort, formation) = (ids.id::<CohortId>("cohort")?, ids.id::<FormationId>("formation")?);
    let asked = params.page(&[
        "messages",
        caller.institution.as_str(),
        cohort.as_str(),
        formation.as_str(),
        status.map_or("", MessageStatus::as_str),
    ]);
    params.finish()?;
    let (scope, _) = portal.cohort(&caller, &ids).await?;
    let formation = portal.formation(&scope, &ids).await?;

    let (store, scope) = (&portal.store, &scope);
    let read = |from: Option<store::Cursor>| async move {
        store.messages(&scope.into(), from.as_ref(), None).await
    };
    let keep = |message: &Message| {
        message.about.formation() == Some(&formation.id)
            && status.is_none_or(|status| message.status == status)
    };
    let place = |message: &Message| keys::message(&scope.into(), &message.id).sk;
    let (messages, next) = asked.gather(read, keep, place).await?;
    let students = messages.iter().filter_map(|message| message.about.student());
    let students = store.students_by_id(scope, students).await?;

    let shown: Vec<String> =
        messages.iter().filter_map(|mail| mail.about.student()).map(ToString::to_string).collect();
    portal.record_about(&caller, Some(&scope.cohort), "messages.list", &shown).await?;
    let items = messages.into_iter().map(|message| {
        let student = message.about.student().and_then(|id| students.get(id));
        MessageView::of(message, student)
    });
    Ok(Json(Paged { items: items.collect(), next }))
}

fn status(params: &mut Params) -> Option<MessageStatus> {
    let word = params.text("status")?;
    let known = MessageStatus::ALL.into_iter().find(|status| status.as_str() == word);
    if known.is_none() {
        let all = MessageStatus::ALL.map(MessageStatus::as_str).join(", ");
        params.refuse("status", format!("must be one of {all}"));
    }
    known
}

/// How many mails are where
///
/// Counts per status, without names: cheap enough to be asked every few seconds while mails go out.
#[utoipa::path(
    get, path = "/api/cohorts/{cohort}/formations/{formation}/messages/summary", operation_id = "summariseMessages", tag = "mail",
    extensions(("x-role" = json!("viewer"))),
    params(
        ("cohort" = String, Path, description = "The cohort.", example = "coh_0192f0c1a2b37c4d8e5f60718293a4b5"),
        ("formation" = String, Path, description = "The formation.", example = "for_0192f0c1a2b37c4d8e5f60718293a4b5"),
    ),
    responses(
        (status = 200, description = "The counts.", body = MessageSummary,
            headers(("ETag" = String, description = "Send it as If-None-Match to ask for changes only."))),
        (status = 304, description = "Not changed since the ETag sent as If-None-Match."),
        Always, Missing,
    ),
)]
pub(crate) async fn summary(
    State(portal): State<Portal>,
    caller: Caller,
    ids: PathIds,
    _: NoParams,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (scope, _) = portal.cohort(&caller, &ids).await?;
    let formation = portal.formation(&scope, &ids).await?;
    let mut statuses = portal.store.count_messages(&scope, &formation.id).await?;
    for status in MessageStatus::ALL {
        statuses.entry(status.as_str()).or_default();
    }
    tagged(&headers, &MessageSummary { total: statuses.values().sum(), statuses })
}
