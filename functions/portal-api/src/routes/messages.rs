//! The mails of a formation (M3).

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use domain::cohort::Cohort;
use domain::message::{About, AskedNow, ExpectedNow, Message, MessageStatus};
use domain::roster::Entry;
use domain::student::Student;
use domain::{CohortId, Email, FormationId, MessageId, PersonName, SectionId, StudentId};
use jiff::Timestamp;
use serde::Serialize;
use store::{MessagesOf, Scope, keys};
use utoipa::ToSchema;

use crate::caller::Caller;
use crate::page::{Asked, PageParams, Paged};
use crate::params::{NoParams, OfFormation, Params, PathIds};
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
    /// The student's name; absent when the student has not answered or has left the cohort.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "Freja Lund")]
    name: Option<PersonName>,
    /// Where it goes: of who has not answered, the roster's address; absent when they have left the cohort or are on
    /// the roster no more.
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
    /// How often a mail about the same had been sent to the student before, on a contact's word.
    #[schema(example = 0)]
    again: u32,
    /// When a contact had it sent once more, as another message.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "2026-09-08T08:00:00Z")]
    resent_at: Option<Timestamp>,
    /// Why it cannot be sent once more, as a fixed word; absent when it can.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "under_way")]
    obstacle: Option<&'static str>,
}

/// Why a mail cannot be sent to its student once more, as a fixed word: one that may still arrive would become
/// two (M4), and the same stands in its way as in that of the first.
pub(super) fn obstacle(
    message: &Message,
    cohort: &Cohort,
    whom: Whom<'_>,
    now: Timestamp,
) -> Option<&'static str> {
    if !message.about.can_be_sent_again() {
        return Some("kind");
    }
    if message.may_still_arrive(now) {
        return Some("under_way");
    }
    match message.about {
        About::Reminder { .. } => {}
        About::Evaluation { .. } => {
            let why = message.about.obstacle(cohort, whom.student);
            return why.or_else(|| About::obstacle_to_evaluation(cohort, whom.asked, now));
        }
        _ => return message.about.obstacle(cohort, whom.student),
    }
    let expected = ExpectedNow { has_answered: whom.has_record, entry: whom.entry.cloned() };
    About::obstacle_to_reminder(cohort, &expected, now)
}

/// What is known of whoever a mail goes to.
#[derive(Clone, Copy, Default)]
pub(super) struct Whom<'a> {
    /// The record, unless the student is being erased.
    pub(super) student: Option<&'a Student>,
    /// Whether there is one, also of who is being erased.
    pub(super) has_record: bool,
    /// What the roster says of who has none.
    pub(super) entry: Option<&'a Entry>,
    /// What is known of who is asked for the evaluation; of others nothing is read.
    pub(super) asked: AskedNow,
}

impl MessageView {
    pub(super) fn of(message: Message, cohort: &Cohort, whom: Whom<'_>, now: Timestamp) -> Self {
        let kind = message.about.kind().into();
        let obstacle = obstacle(&message, cohort, whom, now);
        let student_id = message.about.student().cloned();
        let (section, group) = match message.about {
            About::Group { section, group, .. } | About::GroupChanged { section, group, .. } => {
                (Some(section), Some(group))
            }
            About::Rights { .. }
            | About::Mailing { .. }
            | About::Reminder { .. }
            | About::Evaluation { .. }
            | About::Trial { .. }
            | About::Breach { .. }
            | About::Subprocessor { .. }
            | About::Page { .. } => (None, None),
        };
        Self {
            id: message.id,
            kind,
            student: student_id,
            name: whom.student.map(|student| student.name.clone()),
            email: whom
                .student
                .map(|student| &student.email)
                .or(whom.entry.map(|entry| &entry.email))
                .cloned(),
            section,
            group,
            status: message.status.into(),
            status_at: message.status_at,
            attempts: message.attempts,
            failure: message.failure,
            again: message.again,
            resent_at: message.resent_at,
            obstacle,
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
        OfFormation,
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
    let (scope, cohort) = portal.cohort(&caller, &ids).await?;
    let formation = portal.formation(&scope, &ids).await?;
    let wanted = |message: &Message| message.about.formation() == Some(&formation.id);
    page_of(&portal, &caller, (&scope, &cohort), asked, status, wanted).await
}

/// One page of the mails that are wanted.
pub(super) async fn page_of(
    portal: &Portal,
    caller: &Caller,
    (scope, cohort): (&Scope, &Cohort),
    asked: Asked,
    status: Option<MessageStatus>,
    wanted: impl Fn(&Message) -> bool,
) -> Result<Json<Paged<MessageView>>, Problem> {
    let store = &portal.store;
    let read = |from: Option<store::Cursor>| async move {
        store.messages(&scope.into(), from.as_ref(), None).await
    };
    let keep =
        |message: &Message| wanted(message) && status.is_none_or(|status| message.status == status);
    let place = |message: &Message| keys::message(&scope.into(), &message.id).sk;
    let (messages, next) = asked.gather(read, keep, place).await?;
    let students = messages.iter().filter_map(|message| message.about.student());
    let students = store.students_by_id_even_if_gone(scope, students).await?;
    let reminders = messages.iter().filter(|mail| matches!(mail.about, About::Reminder { .. }));
    let waiting = reminders.filter_map(|mail| mail.about.student());
    let waiting = waiting.filter(|id| !students.contains_key(id)).collect();
    let entries = store.expected_by_id(scope, &waiting).await?;
    let asks = |mail: &Message| matches!(mail.about, About::Evaluation { .. });
    let asked = if messages.iter().any(asks) {
        store.asked(scope, cohort).await?
    } else {
        store::Asked::default()
    };

    let shown: Vec<String> =
        messages.iter().filter_map(|mail| mail.about.student()).map(ToString::to_string).collect();
    portal.record_about(caller, Some(&scope.cohort), "messages.list", &shown).await?;
    let items = messages.into_iter().map(|message| {
        let id = message.about.student();
        let record = id.and_then(|id| students.get(id));
        let whom = Whom {
            student: record.filter(|student| student.erasure.is_none()),
            has_record: record.is_some(),
            entry: id.and_then(|id| entries.get(id)),
            asked: id.map(|id| asked.now(id)).unwrap_or_default(),
        };
        MessageView::of(message, cohort, whom, caller.now)
    });
    Ok(Json(Paged { items: items.collect(), next }))
}

pub(super) fn status(params: &mut Params) -> Option<MessageStatus> {
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
        OfFormation,
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
    let statuses = counted(&portal, &scope, MessagesOf::Formation(&formation.id)).await?;
    tagged(&headers, &MessageSummary { total: statuses.values().sum(), statuses })
}

/// How many of these are where; every status is there.
pub(super) async fn counted(
    portal: &Portal,
    scope: &Scope,
    of: MessagesOf<'_>,
) -> Result<BTreeMap<&'static str, u32>, Problem> {
    let mut statuses = portal.store.count_messages(scope, of).await?;
    for status in MessageStatus::ALL {
        statuses.entry(status.as_str()).or_default();
    }
    Ok(statuses)
}
