//! Seeing a mailing as students will, trying it out, and the one confirmation by which it is sent (M2, M3).
//!
//! Safe to repeat: a mailing is confirmed once, by a conditional write that comes before the machine that sends
//! it is started; the execution's name follows from the mailing and the confirmation, and whoever asks again
//! starts it if it was not. A message's id follows from mailing and student, so no run sends anything twice. A
//! trial's id follows from its idempotency key.

use aws_sdk_sfn::error::ProvideErrorMetadata as _;
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use domain::cohort::Cohort;
use domain::mailing::{Mailing, MailingRef, MailingStatus};
use domain::message::{About, Message};
use domain::{MailingId, MessageId};
use jiff::{SignedDuration, Timestamp};
use mail::{Addressed, MailingMail, Purpose};
use serde::Serialize;
use store::Scope;
use utoipa::ToSchema;

use super::mailings::{location, may_be_mailed, named, stale};
use crate::caller::{Caller, Coordinator};
use crate::mailing_views::{MailingPreview, MailingView};
use crate::params::{NoParams, OfMailing, Params, PathIds};
use crate::portal::Portal;
use crate::problem::{Always, Conflicts, Missing, Problem, Versioned, accepted};

/// How many recipients are counted at once: all that there may be. Who has not answered is known by both lists read
/// whole, so each page would read them anew; students come in pages of the table's own size whatever is asked for.
#[expect(clippy::cast_possible_truncation, clippy::cast_possible_wrap, reason = "it is 20,000")]
const PAGE: i32 = domain::roster::LONGEST as i32;

/// How long a mailing may stand still on its way before a confirmation begins another run of it. A run that goes
/// on after all does no harm: both make the same messages.
const STALLED: SignedDuration = SignedDuration::from_mins(15);

/// See a mailing as students will
///
/// The mail exactly as it will be made, but for the name in the greeting, which is the caller's, and how many it
/// goes to as things are now. Who has not answered is greeted without a name. In a mail about the evaluation stands an example of a link, by which nobody can answer. The request is recorded in the audit trail.
#[utoipa::path(
    get, path = "/api/cohorts/{cohort}/mailings/{mailing}/preview", operation_id = "previewMailing", tag = "mail",
    extensions(("x-role" = json!("coordinator"))),
    params(
        OfMailing,
    ),
    responses((status = 200, description = "The mail.", body = MailingPreview), Always, Missing, Conflicts),
)]
pub(crate) async fn preview(
    State(portal): State<Portal>,
    Coordinator(caller): Coordinator,
    ids: PathIds,
    _: NoParams,
) -> Result<Json<MailingPreview>, Problem> {
    let (scope, cohort) = portal.cohort(&caller, &ids).await?;
    let mailing = named(&portal, &scope, &ids).await?;
    let institution = portal.store.institution(&caller.institution).await?;
    let institution = institution.ok_or(Problem::NotFound)?;
    let about = [mailing.id.to_string()];
    portal.record_about(&caller, Some(&scope.cohort), "mailings.preview", &about).await?;
    let language = cohort.settings.language;
    let purpose =
        Purpose::of(&mailing.audience, &cohort.settings, portal.forms, Addressed::default());
    let mail = MailingMail {
        language,
        institution: &institution.name,
        reply_to: &institution.reply_to,
        cohort: cohort.settings.name.get(language),
        purpose: purpose.ok_or(Problem::NoEvaluation)?,
        recipient: Some(&caller.contact.name),
        texts: &mailing.texts,
        delete_on: cohort.delete_on,
        trial: false,
    };
    let mail = mail.render().ok_or(Problem::MailLanguage)?.map_err(|_| Problem::Internal)?;
    let from = format!("{} via UniHelper", institution.name);
    let reply_to = institution.reply_to.as_str().to_owned();
    let mut preview = MailingPreview::of(&mailing, mail, from, reply_to);
    let mut after = None;
    loop {
        let page = portal.store.recipients(&scope, &mailing.audience, after.as_ref(), PAGE).await?;
        for recipient in &page.items {
            if recipient.takes_part {
                preview.recipients += 1;
                preview.suppressed += u32::from(recipient.suppressed.is_some());
            } else {
                preview.left_out += 1;
            }
        }
        after = page.next;
        if after.is_none() {
            return Ok(Json(preview));
        }
    }
}

/// A trial that is on its way.
#[derive(Serialize, ToSchema)]
pub(crate) struct MailingTrial {
    /// The message.
    #[schema(value_type = String, example = "msg_1f3870be274f6c49b3e31a0c6728957f")]
    message: MessageId,
    /// Where it goes: the caller's own address.
    #[schema(example = "karen.holm@example.edu")]
    to: String,
}

/// Send a mailing to oneself
///
/// The mail as students will get it, with a subject that says that it is a trial, to the address of the caller
/// and to nobody else. The same request again with the same `Idempotency-Key` sends nothing more. The request is
/// recorded in the audit trail.
#[utoipa::path(
    post, path = "/api/cohorts/{cohort}/mailings/{mailing}/trial", operation_id = "tryMailing", tag = "mail",
    extensions(("x-role" = json!("coordinator"))),
    params(
        OfMailing,
        ("Idempotency-Key" = String, Header,
            description = "Any text of the caller's choice, 1 to 128 printable ASCII characters; one per trial.",
            example = "3b9a1f0e-7d52-4c1a-8e6f-2a4b6c8d0e1f"),
    ),
    responses((status = 202, description = "It is on its way.", body = MailingTrial,
        headers(("Location" = String, description = "Where the mailing is."))), Always, Missing, Conflicts),
)]
pub(crate) async fn attempt(
    State(portal): State<Portal>,
    Coordinator(caller): Coordinator,
    ids: PathIds,
    mut params: Params,
) -> Result<Response, Problem> {
    let (scope, cohort) = portal.cohort(&caller, &ids).await?;
    let mailing = named(&portal, &scope, &ids).await?;
    let key = params.required_key();
    params.finish()?;
    may_be_mailed(&cohort)?;
    let asked = mailing.id.key_hash(&key.ok_or(Problem::Internal)?);
    let contact = caller.contact.id.clone();
    let about = About::Trial { contact, trial_of: mailing.id.clone(), asked };
    let message = Message::queued(about, caller.now);
    let ids = [mailing.id.to_string(), message.id.to_string()];
    portal.record_about(&caller, Some(&scope.cohort), "mailings.try", &ids).await?;
    outbox::put_one(&portal.store, &portal.mails, &(&scope).into(), &message).await?;
    let to = caller.contact.email.as_str().to_owned();
    accepted(&location(&scope, &mailing), &MailingTrial { message: message.id, to })
}

/// Send a mailing
///
/// To all its recipients, once: this is the confirmation, and it cannot be taken back. One that is planned goes at
/// once instead. `If-Match` names the
/// version that was seen in the preview. The same request again, or another while the mailing is on its way,
/// sends nothing twice; a mailing that has stopped goes on from where it stopped. Not where the institution has
/// not agreed to mail, and not to those who have not answered once the deadline has passed, nor about an evaluation while no groups are published. The request is recorded in the audit trail.
#[utoipa::path(
    post, path = "/api/cohorts/{cohort}/mailings/{mailing}/send", operation_id = "sendMailing", tag = "mail",
    extensions(("x-role" = json!("coordinator"))),
    params(
        OfMailing,
        ("If-Match" = String, Header, description = "The version that is to be sent.", example = "\"3\""),
        ("Idempotency-Key" = String, Header,
            description = "Any text of the caller's choice, 1 to 128 printable ASCII characters; one per confirmation.",
            example = "3b9a1f0e-7d52-4c1a-8e6f-2a4b6c8d0e1f"),
    ),
    responses((status = 202, description = "It is on its way.", body = MailingView,
        headers(("Location" = String, description = "Where it is."))), Always, Missing, Conflicts, Versioned),
)]
pub(crate) async fn send(
    State(portal): State<Portal>,
    Coordinator(caller): Coordinator,
    ids: PathIds,
    mut params: Params,
) -> Result<Response, Problem> {
    let (scope, cohort) = portal.cohort(&caller, &ids).await?;
    let mailing = named(&portal, &scope, &ids).await?;
    let (key, seen) = (params.required_key(), params.version());
    params.finish()?;
    let key = mailing.id.key_hash(&key.ok_or(Problem::Internal)?);
    let sending = on_its_way(&portal, &caller, (&scope, &cohort), mailing, &key, seen).await?;
    if sending.status == MailingStatus::Sending {
        execute(&portal, &scope, &sending).await?;
    }
    accepted(&location(&scope, &sending), &MailingView::whole(&sending, &cohort))
}

/// The mailing, confirmed now or before.
async fn on_its_way(
    portal: &Portal,
    caller: &Caller,
    (scope, cohort): (&Scope, &Cohort),
    mailing: Mailing,
    key: &str,
    seen: Option<u32>,
) -> Result<Mailing, Problem> {
    let again = is_same(&mailing, key);
    match mailing.status {
        MailingStatus::Sent if again => return Ok(mailing),
        MailingStatus::Sent | MailingStatus::Closed => return Err(Problem::MailingSent),
        MailingStatus::Sending if !stands_still(&mailing, caller.now) => return Ok(mailing),
        MailingStatus::Draft
        | MailingStatus::Planned
        | MailingStatus::Sending
        | MailingStatus::Stopped => {}
    }
    let on_its_way = mailing.status == MailingStatus::Sending;
    if !on_its_way && seen != Some(mailing.version) {
        return Err(Problem::Stale { version: mailing.version });
    }
    may_be_sent(&mailing, cohort, caller.now)?;
    let about = [mailing.id.to_string()];
    portal.record_about(caller, Some(&scope.cohort), "mailings.send", &about).await?;
    let confirmed = mailing.confirmed(caller.contact.id.clone(), key.to_owned(), caller.now);
    if portal.store.move_mailing(scope, &mailing, &confirmed).await? {
        return Ok(confirmed);
    }
    // Somebody was quicker: the same request, or a change.
    let now = portal.store.mailing(scope, &mailing.id).await?;
    match now.filter(|now| is_same(now, key)) {
        Some(now) => Ok(now),
        None => Err(stale(portal, scope, &mailing.id).await),
    }
}

/// Whether a mailing may be sent at a moment: now, or when it is planned for.
pub(super) fn may_be_sent(
    mailing: &Mailing,
    cohort: &Cohort,
    moment: Timestamp,
) -> Result<(), Problem> {
    Err(match mailing.obstacle(cohort, moment) {
        None => return Ok(()),
        Some("archived") => Problem::Archived,
        Some("mail_not_agreed") => Problem::MailNotAgreed,
        Some("mail_language") => Problem::MailLanguage,
        Some("deadline_passed") => Problem::DeadlinePassed,
        Some("no_evaluation") => Problem::NoEvaluation,
        Some("not_published") => Problem::NotPublished,
        Some(_) => Problem::GroupReplaced,
    })
}

/// Whether nothing of a mailing on its way has moved for so long that its run is gone.
pub(super) fn stands_still(mailing: &Mailing, now: Timestamp) -> bool {
    mailing.status == MailingStatus::Sending && now.duration_since(mailing.changed_at) >= STALLED
}

fn is_same(mailing: &Mailing, key: &str) -> bool {
    mailing.confirmed.as_ref().is_some_and(|confirmed| confirmed.key == key)
}

async fn execute(portal: &Portal, scope: &Scope, mailing: &Mailing) -> Result<(), Problem> {
    let told = MailingRef {
        institution: scope.institution.clone(),
        cohort: scope.cohort.clone(),
        mailing: MailingId::clone(&mailing.id),
    };
    let told = serde_json::to_string(&told).map_err(|_| Problem::Internal)?;
    let started = portal.machines.start_execution().state_machine_arn(&portal.mailing_machine);
    let started = started.name(mailing.execution()).input(told).send().await;
    let Err(error) = started else { return Ok(()) };
    let code = error.code().unwrap_or("transport");
    if code == "ExecutionAlreadyExists" {
        return Ok(());
    }
    tracing::error!(operation = "mailing", error = code, "failed");
    Err(Problem::Unavailable)
}
