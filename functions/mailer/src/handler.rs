//! The handler: a batch of ids from the queue.

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};
use domain::message::MessageRef;
use jiff::Timestamp;
use store::{Invocation, Trail};

use crate::deliver::{Error, Mailer};
use crate::ports::{Post, Queue, Records};

/// Handles each delivery alone; only those that failed by a fault come again.
///
/// Safe to run twice: the record in the outbox decides what a delivery still has to do. The audit
/// trail comes first: a batch that cannot be noted comes again whole.
/// `deadline` is when Lambda ends the invocation; what cannot be sent by then goes back to the queue.
pub async fn handle<R: Records, P: Post, Q: Queue, T: Trail>(
    mailer: &Mailer<R, P, Q>,
    trail: &T,
    event: SqsEvent,
    request: &str,
    deadline: Timestamp,
) -> Result<SqsBatchResponse, Error> {
    let named: Vec<_> = event.records.iter().filter_map(|record| reference(record).ok()).collect();
    let at = (mailer.clock)();
    let invocation = Invocation { function: "mailer", action: "mails.send", request, at };
    Box::pin(invocation.note(trail, &named)).await?;
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
