//! Puts mails into the outbox and their ids into the queue (M4), for every function that has
//! something to tell.
//!
//! [`put`] records first and queues then, so no queued id lacks its record. A message's id follows
//! from what it is about and it is created once; only messages that still wait are queued again, and
//! the mailer claims a message before it sends it. So all of it may run any number of times, and a
//! run that died between record and queue is made up for by the next.

mod queue;

use domain::message::{Message, MessageRef, MessageStatus};
use futures::{StreamExt, TryStreamExt};
use store::{MessagePlace, Store};

pub use queue::{BATCH, MailQueue, QueueError};

/// How many records are created at once; a cohort of 20,000 then takes well under a minute.
const RECORDS_AT_ONCE: usize = 32;

/// How many batches are queued at once.
const BATCHES_AT_ONCE: usize = 8;

/// Some mails are not on their way; trying again makes up for it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The table.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The queue.
    #[error(transparent)]
    Queue(#[from] QueueError),
}

/// Records each message and queues those that wait to be sent; answers how many these are.
pub async fn put(
    store: &Store,
    queue: &MailQueue,
    place: &MessagePlace,
    messages: &[Message],
) -> Result<usize, Error> {
    let waiting: Vec<MessageRef> = futures::stream::iter(messages)
        .map(|message| record(store, place, message))
        .buffer_unordered(RECORDS_AT_ONCE)
        .try_filter_map(async |waiting| Ok(waiting))
        .try_collect()
        .await?;
    futures::stream::iter(waiting.chunks(BATCH))
        .map(|batch| queue.send(batch))
        .buffer_unordered(BATCHES_AT_ONCE)
        .try_collect::<()>()
        .await?;
    Ok(waiting.len())
}

/// Records and queues one message, if it still waits to be sent.
pub async fn put_one(
    store: &Store,
    queue: &MailQueue,
    place: &MessagePlace,
    message: &Message,
) -> Result<(), Error> {
    if let Some(waiting) = record(store, place, message).await? {
        queue.send(&[waiting]).await?;
    }
    Ok(())
}

/// Creates a message's record; answers it if it is still to be sent.
async fn record(
    store: &Store,
    place: &MessagePlace,
    message: &Message,
) -> Result<Option<MessageRef>, store::Error> {
    let new = store.create_message(place, message).await?;
    let waits = new || {
        let known = store.message(place, &message.id).await?;
        known.is_some_and(|known| known.status == MessageStatus::Queued)
    };
    Ok(waits.then(|| place.reference(&message.id)))
}
