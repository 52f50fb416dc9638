//! The handler: a batch of ids from the queue.

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};
use domain::message::MessageRef;
use jiff::Timestamp;

use crate::deliver::{Error, Mailer};
use crate::ports::{Post, Queue, Records};

/// Handles each delivery alone; only those that failed by a fault come again.
///
/// Safe to run twice: the record in the outbox decides what a delivery still has to do.
/// `deadline` is when Lambda ends the invocation; what cannot be sent by then goes back to the queue.
pub async fn handle<R: Records, P: Post, Q: Queue>(
    mailer: &Mailer<R, P, Q>,
    event: SqsEvent,
    deadline: Timestamp,
) -> Result<SqsBatchResponse, Error> {
    runtime::batch::process(event, async |record: &SqsMessage| {
        let reference = reference(record)?;
        // Boxed: the future holds a mail, several clients' requests and the SDK's layers.
        Box::pin(mailer.deliver(&reference, deadline)).await
    })
    .await
}

fn reference(record: &SqsMessage) -> Result<MessageRef, Error> {
    let body = record.body.as_deref().unwrap_or_default();
    // The parser's text could repeat the body; the dead-letter queue keeps it for whoever looks.
    serde_json::from_str(body).map_err(|_| Error::Body)
}
