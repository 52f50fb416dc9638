//! What became of a mailing's mails (M3), and sending a mail to one student once more.
//!
//! Safe to repeat: the message by which a mail is sent once more has an id that follows from the first one's, and
//! is created once; so of any number of requests one mail comes. Who wants a third sends the second once more.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use domain::message::{About, AskedNow, Message, MessageStatus};
use domain::{CohortId, MailingId, MessageId};
use serde::Serialize;
use store::{MessagePlace, MessagesOf};
use utoipa::ToSchema;

use super::mailings::named;
use super::messages::{MessageView, Whom, counted, obstacle, page_of, status};
use crate::caller::{Caller, Coordinator};
use crate::page::{PageParams, Paged};
use crate::params::{NoParams, OfCohort, OfMailing, Params, PathIds};
use crate::portal::Portal;
use crate::problem::{Always, Conflicts, Missing, Problem, accepted, tagged};
use crate::words;

/// How far a mailing has come.
#[derive(Serialize, ToSchema)]
pub(crate) struct MailingProgress {
    /// Where the mailing is: while it is `sending`, mails are still being made.
    status: words::MailingStatus,
    /// How many mails were made.
    #[schema(example = 118)]
    total: u32,
    /// How many students it was not to be sent to, because they are restricted or object.
    #[schema(example = 1)]
    left_out: u32,
    /// The mails by status; every status is there.
    #[schema(example = json!({
        "queued": 0, "claimed": 0, "unknown": 0, "accepted": 2, "delivered": 114, "bounced": 1,
        "complained": 0, "failed": 1,
    }))]
    statuses: BTreeMap<&'static str, u32>,
}

/// The mails of a mailing
///
/// One per student, with how far it got, and one more for each time that it was sent once more. They come while
/// the mailing is being sent. Looking at this list is recorded in the audit trail.
#[utoipa::path(
    get, path = "/api/cohorts/{cohort}/mailings/{mailing}/messages", operation_id = "listMailingMessages", tag = "mail",
    extensions(("x-role" = json!("viewer"))),
    params(
        OfMailing,
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
    let (cohort, mailing) = (ids.id::<CohortId>("cohort")?, ids.id::<MailingId>("mailing")?);
    let asked = params.page(&[
        "mailing_messages",
        caller.institution.as_str(),
        cohort.as_str(),
        mailing.as_str(),
        status.map_or("", MessageStatus::as_str),
    ]);
    params.finish()?;
    let (scope, cohort) = portal.cohort(&caller, &ids).await?;
    let mailing = named(&portal, &scope, &ids).await?;
    let wanted = |message: &Message| message.about.mailing() == Some(&mailing.id);
    page_of(&portal, &caller, (&scope, &cohort), asked, status, wanted).await
}

/// How many mails of a mailing are where
///
/// Counts per status, without names: cheap enough to be asked every few seconds while mails go out.
#[utoipa::path(
    get, path = "/api/cohorts/{cohort}/mailings/{mailing}/messages/summary", operation_id = "summariseMailing", tag = "mail",
    extensions(("x-role" = json!("viewer"))),
    params(
        OfMailing,
    ),
    responses(
        (status = 200, description = "The counts.", body = MailingProgress,
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
    let mailing = named(&portal, &scope, &ids).await?;
    let statuses = counted(&portal, &scope, MessagesOf::Mailing(&mailing.id)).await?;
    let progress = MailingProgress {
        status: mailing.status.into(),
        total: statuses.values().sum(),
        left_out: mailing.left_out,
        statuses,
    };
    tagged(&headers, &progress)
}

/// Send a mail once more
///
/// To its one student, as another message; what it tells is made anew. Asked again, the same message is answered,
/// so it needs no `Idempotency-Key`. Not while the first may still arrive (on its way, or
/// `accepted` less than six hours ago), and not to a student who is
/// restricted, objects, is gone or whose address gets no further mail, nor to one who was reminded and has
/// answered since, is on the roster no more or could not answer in time, nor to one who was asked for the evaluation and has
/// answered it since or is in no published group any more: then the answer is 409 with the member
/// `obstacle`. The request, refused or not, is recorded in the audit trail.
#[utoipa::path(
    post, path = "/api/cohorts/{cohort}/messages/{message}/resend", operation_id = "resendMessage", tag = "mail",
    extensions(("x-role" = json!("coordinator"))),
    params(
        OfCohort,
        ("message" = String, Path, description = "The mail.", example = "msg_1f3870be274f6c49b3e31a0c6728957f"),
    ),
    responses((status = 202, description = "It is on its way.", body = MessageView,
        headers(("Location" = String, description = "Where the cohort is."))), Always, Missing, Conflicts),
)]
pub(crate) async fn resend(
    State(portal): State<Portal>,
    Coordinator(caller): Coordinator,
    ids: PathIds,
    _: NoParams,
) -> Result<Response, Problem> {
    const ACTION: &str = "messages.resend";
    let (scope, cohort) = portal.cohort(&caller, &ids).await?;
    if cohort.archived_at.is_some() {
        return Err(Problem::Archived);
    }
    let place = MessagePlace::from(&scope);
    let id = ids.id::<MessageId>("message")?;
    let first = portal.store.message(&place, &id).await?.ok_or(Problem::NotFound)?;
    let (mut record, mut entry) = (None, None);
    if let Some(student) = first.about.student() {
        if matches!(first.about, About::Reminder { .. }) {
            entry = portal.store.expected_student(&scope, student).await?;
        }
        // The record last: who answers in between has answered.
        record = portal.store.student_even_if_gone(&scope, student).await?;
    }
    let asked = match (&first.about, &record) {
        (About::Evaluation { .. }, Some(student)) => {
            portal.store.asked_now(&scope, &cohort, student).await?
        }
        _ => AskedNow::default(),
    };
    let whom = Whom {
        student: record.as_ref().filter(|student| student.erasure.is_none()),
        has_record: record.is_some(),
        entry: entry.as_ref().filter(|entry| record.is_none() && entry.erasure.is_none()),
        asked,
    };
    if let Some(obstacle) = obstacle(&first, &cohort, whom, caller.now) {
        let refusal = Problem::NotSentAgain { obstacle };
        portal.record_refused(&caller, Some(&scope.cohort), ACTION, refusal.word()).await?;
        return Err(refusal);
    }
    let more = first.once_more(caller.now);
    let about: Vec<String> = first
        .about
        .student()
        .map(ToString::to_string)
        .into_iter()
        .chain([more.id.to_string()])
        .collect();
    portal.record_about(&caller, Some(&scope.cohort), ACTION, &about).await?;
    outbox::put_one(&portal.store, &portal.mails, &place, &more).await?;
    portal.store.note_resent(&place, &id, caller.now).await?;
    let shown = portal.store.message(&place, &more.id).await?.unwrap_or(more);
    let view = MessageView::of(shown, &cohort, whom, caller.now);
    accepted(&format!("/api/cohorts/{}", scope.cohort), &view)
}
