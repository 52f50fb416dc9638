//! Puts the mails of a mailing into the outbox and the queue, as many at a time as are read at once (M2, M4).
//!
//! The list of recipients is read page by page, and the mailing's record says how far: a mailing to 20,000
//! students takes as little memory as one to twenty. A page makes the same messages however often it is read,
//! because a message's id follows from mailing and student, and the place moves last, on the condition that
//! nobody moved it. So a run that died anywhere is simply run again, two runs at once send nothing twice, and
//! one for a mailing that was erased, stopped or sent finds nothing to do.

use domain::audit::AuditEntry;
use domain::mailing::{Mailing, MailingRef, MailingStatus, Recipient};
use domain::message::{About, Message};
use runtime::clock::today;
use serde_json::{Value, json};
use store::{Cursor, Scope};

use crate::Deps;
use crate::error::Error;

/// How many students are read at once, at most.
const PAGE: i32 = 1000;

/// Addresses one page; answers whether it was the last.
pub async fn address(deps: &Deps, of: &MailingRef) -> Result<Value, Error> {
    let now = (deps.clock)();
    let scope = Scope::new(of.institution.clone(), of.cohort.clone());
    let done = || Ok(json!({ "done": true, "messages": 0 }));
    // What is due, erased or gone has no recipients any more.
    let Some(cohort) = deps.store.cohort(&scope, today(now)).await? else { return done() };
    let Some(mailing) = deps.store.mailing(&scope, &of.mailing).await? else { return done() };
    if mailing.status != MailingStatus::Sending {
        return done();
    }
    if let Some(why) = mailing.audience.obstacle(&cohort, now) {
        deps.store.move_mailing(&scope, &mailing, &mailing.stopped(why, now)).await?;
        return done();
    }
    let from = mailing.place.clone().map(Cursor);
    let page = deps.store.recipients(&scope, &mailing.audience, from.as_ref(), PAGE).await?;
    let (mails, left_out) = mails(&mailing, &page.items);
    let messages: Vec<Message> =
        mails.into_iter().map(|about| Message::queued(about, now)).collect();
    note(deps, &scope, &mailing, &messages).await?;
    let queued = outbox::put(&deps.store, &deps.queue, &(&scope).into(), &messages).await?;
    let next = page.next.map(|next| next.0);
    let last = next.is_none();
    let advanced = mailing.advanced(next, count(messages.len()), left_out, now);
    // Not moved: somebody else did this page, so the record says where to go on.
    let moved = deps.store.move_mailing(&scope, &mailing, &advanced).await?;
    tracing::info!(
        mailing = mailing.id.as_str(),
        messages = messages.len(),
        queued,
        "mailing.page"
    );
    Ok(json!({ "done": moved && last, "messages": queued }))
}

/// Notes that the mailing could not be sent to everybody. A second call finds it stopped, and one that
/// has been taken up again since, or sent, is not what failed.
pub async fn stop(deps: &Deps, of: &MailingRef) -> Result<Value, Error> {
    let now = (deps.clock)();
    let scope = Scope::new(of.institution.clone(), of.cohort.clone());
    let mailing = deps.store.mailing(&scope, &of.mailing).await?;
    if let Some(mailing) = mailing.filter(|mailing| mailing.status == MailingStatus::Sending) {
        let stopped = mailing.stopped("internal", now);
        if !deps.store.move_mailing(&scope, &mailing, &stopped).await? {
            return Err(Error::Moved);
        }
    }
    Ok(json!({}))
}

/// The mails to those who take part, and how many do not. An address that gets no further mail has its
/// message all the same, so that the result says of everybody why.
fn mails(mailing: &Mailing, recipients: &[Recipient]) -> (Vec<About>, u32) {
    let to = recipients.iter().filter(|recipient| recipient.takes_part);
    let about = |to: &Recipient| mailing.audience.about(to.student.clone(), mailing.id.clone());
    let mails: Vec<About> = to.map(about).collect();
    let left_out = count(recipients.len() - mails.len());
    (mails, left_out)
}

/// Whom it is sent to, in the audit trail, once per page (D5).
async fn note(
    deps: &Deps,
    scope: &Scope,
    mailing: &Mailing,
    messages: &[Message],
) -> Result<(), Error> {
    let now = (deps.clock)();
    let id = mailing.id.as_str();
    let students = messages.iter().filter_map(|message| message.about.student());
    let entry =
        AuditEntry::of_job(&scope.institution, now, "formation-steps", "mailing.address", id)
            .in_cohort(Some(&scope.cohort))
            .touching(messages.len())
            .about(students);
    // A run that goes on where another stopped reads the page anew, and may find others there.
    let place = mailing.place.as_deref().unwrap_or_default();
    let page = format!("{id} {} {place}", mailing.runs);
    Ok(deps.audit.append(&entry, &page).await?)
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
