//! Puts one message per student into the outbox and the queue (M1, M4).
//!
//! Safe to run twice: a message's id follows from formation, student and kind, and it is created
//! once; only messages that still wait are queued again, and the mailer claims a message before it
//! sends it. Records come before the queue, so no queued id lacks its record.

use domain::MessageId;
use domain::formation::FormationStatus;
use domain::message::{Message, MessageKind, MessageRef, MessageStatus};
use futures::{StreamExt, TryStreamExt};
use serde_json::{Value, json};

use crate::Deps;
use crate::deps::BATCH;
use crate::error::Error;
use crate::handler::UnderWay;

/// How many records are created at once; a cohort of 20,000 then takes well under a minute.
const RECORDS_AT_ONCE: usize = 32;

/// How many batches are queued at once.
const BATCHES_AT_ONCE: usize = 8;

/// Runs the step; answers how many messages were queued.
pub async fn run(deps: &Deps, on: &UnderWay) -> Result<Value, Error> {
    let formation = &on.formation;
    if formation.status != FormationStatus::Published {
        return Err(Error::Ended(formation.status));
    }
    // Groups that others have replaced since are not worth a mail.
    let current = on.cohort.published_formation.as_ref() == Some(&formation.id);
    if !on.cohort.settings.mail_agreed || !current {
        tracing::info!(agreed = on.cohort.settings.mail_agreed, current, "announce.skipped");
        return Ok(json!({ "messages": 0 }));
    }
    let groups = deps.store.all_groups(&on.scope, &formation.id).await?;
    let messages: Vec<Message> = groups
        .iter()
        .flat_map(|group| group.members.iter().map(move |student| (group, student)))
        .map(|(group, student)| Message {
            id: MessageId::derive(&formation.id, student, MessageKind::Group.as_str()),
            kind: MessageKind::Group,
            student: student.clone(),
            formation: formation.id.clone(),
            section: group.section.clone(),
            group: group.number,
            status: MessageStatus::Queued,
            status_at: on.now,
            attempts: 0,
            lease_until: None,
            ses_id: None,
            failure: None,
        })
        .collect();
    let waiting: Vec<MessageRef> = futures::stream::iter(&messages)
        .map(|message| outbox(deps, on, message))
        .buffer_unordered(RECORDS_AT_ONCE)
        .try_filter_map(async |waiting| Ok(waiting))
        .try_collect()
        .await?;
    futures::stream::iter(waiting.chunks(BATCH))
        .map(|batch| deps.queue.send(batch))
        .buffer_unordered(BATCHES_AT_ONCE)
        .try_collect::<()>()
        .await?;
    tracing::info!(messages = messages.len(), queued = waiting.len(), "announce.queued");
    Ok(json!({ "messages": waiting.len() }))
}

/// Creates a message's record; answers it if it is still to be sent.
async fn outbox(
    deps: &Deps,
    on: &UnderWay,
    message: &Message,
) -> Result<Option<MessageRef>, Error> {
    let new = deps.store.create_message(&on.scope, message).await?;
    let waits = new || {
        let known = deps.store.message(&on.scope, &message.id).await?;
        known.is_some_and(|known| known.status == MessageStatus::Queued)
    };
    Ok(waits.then(|| MessageRef {
        institution: on.scope.institution.clone(),
        cohort: on.scope.cohort.clone(),
        message: message.id.clone(),
    }))
}
