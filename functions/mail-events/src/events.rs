//! The handler: a batch of events.

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};
use domain::message::{About, MessageRef, MessageStatus};
use domain::student::Suppression;
use mail::{EventError, EventKind, MailEvent, Notification};
use runtime::clock::{Clock, today};
use runtime::{Metric, count};
use store::{Invocation, MessagePlace, Trail};

use crate::records::Records;

/// Everything that the handler needs.
#[derive(Debug)]
pub struct MailEvents<R> {
    /// The outbox.
    pub records: R,
    /// The time.
    pub clock: Clock,
}

/// An event that has to come again.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The body is no event of SES.
    #[error(transparent)]
    Event(#[from] EventError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// What an event means for a message.
struct Meaning {
    /// The state it brings, when it brings one.
    to: Option<MessageStatus>,
    /// What is counted when the state is new.
    metric: Metric,
    /// Why the address gets no further mail.
    suppression: Option<Suppression>,
    /// Why it was not sent.
    failure: Option<&'static str>,
}

impl Meaning {
    fn of(kind: &EventKind) -> Self {
        let (to, metric) = match kind {
            // A delay tells that SES has the mail, as a send does.
            EventKind::Send | EventKind::DeliveryDelay => {
                (Some(MessageStatus::Accepted), Metric::MailsAccepted)
            }
            EventKind::Delivery => (Some(MessageStatus::Delivered), Metric::MailsDelivered),
            EventKind::Bounce { .. } => (Some(MessageStatus::Bounced), Metric::MailsBounced),
            EventKind::Complaint => (Some(MessageStatus::Complained), Metric::MailsComplained),
            EventKind::Reject | EventKind::RenderingFailure => {
                (Some(MessageStatus::Failed), Metric::MailsFailed)
            }
            EventKind::Other(_) => (None, Metric::MailEventsIgnored),
        };
        let suppression = match kind {
            EventKind::Bounce { permanent: true } => Some(Suppression::Bounced),
            EventKind::Complaint => Some(Suppression::Complained),
            _ => None,
        };
        let failure = match kind {
            EventKind::Reject => Some("rejected"),
            EventKind::RenderingFailure => Some("rendering_failure"),
            _ => None,
        };
        Self { to, metric, suppression, failure }
    }
}

/// Handles each event alone; only those that failed by a fault come again. The audit trail comes
/// first: a batch that cannot be noted comes again whole.
pub async fn handle<R: Records, T: Trail>(
    events: &MailEvents<R>,
    trail: &T,
    batch: SqsEvent,
    request: &str,
) -> Result<SqsBatchResponse, Error> {
    let named: Vec<_> = batch.records.iter().filter_map(message_of).collect();
    let at = (events.clock)();
    let invocation = Invocation { function: "mail-events", action: "mails.note", request, at };
    // Boxed: the future holds the layers of several requests to DynamoDB.
    Box::pin(invocation.note(trail, &named)).await?;
    runtime::batch::process(batch, async |record: &SqsMessage| {
        match mail::events::parse(record.body.as_deref().unwrap_or_default())? {
            // Boxed: the future holds the layers of several requests to DynamoDB.
            Notification::Ours(event) => Box::pin(events.take(&event)).await,
            Notification::Foreign => {
                count(Metric::MailEventsIgnored, 1);
                Ok(())
            }
        }
    })
    .await
}

/// The message that an event is about, if it is one of ours.
fn message_of(record: &SqsMessage) -> Option<MessageRef> {
    match mail::events::parse(record.body.as_deref().unwrap_or_default()).ok()? {
        Notification::Ours(event) => Some(event.tags),
        Notification::Foreign => None,
    }
}

impl<R: Records> MailEvents<R> {
    /// Safe to run twice and in any order, see the crate's documentation. The suppression comes
    /// first and does not depend on the move: a crash in between loses neither.
    async fn take(&self, event: &MailEvent) -> Result<(), Error> {
        let place = MessagePlace::from(&event.tags);
        let scope = place.scope();
        let id = &event.tags.message;
        let there = match &scope {
            Some(scope) => self.records.is_there(scope, today((self.clock)())).await?,
            None => true,
        };
        let message = if there { self.records.message(&place, id).await? } else { None };
        let Some(message) = message else {
            // Erased meanwhile; events of its mails may come days later.
            count(Metric::MailEventsTooLate, 1);
            return Ok(());
        };
        let meaning = Meaning::of(&event.kind);
        // A mail to an institution suppresses nobody: its message says that it came back.
        if let (Some(why), Some(scope), Some(student)) =
            (meaning.suppression, &scope, message.about.student())
        {
            let has_record = self.records.suppress(scope, student, why, event.sent_at).await?;
            // Who was reminded has no record, unless they have answered since: then that is the one that counts.
            // Intake looks at the roster after it made a record; so, for one made meanwhile, the record is looked
            // for again.
            if !has_record && matches!(message.about, About::Reminder { .. }) {
                self.records.suppress_expected(scope, student, why).await?;
                self.records.suppress(scope, student, why, event.sent_at).await?;
            }
        }
        let Some(to) = meaning.to else {
            count(meaning.metric, 1);
            return Ok(());
        };
        let from = before(to);
        let moved = self.records.shift(&place, event, &from, to, meaning.failure).await?;
        if moved {
            count(meaning.metric, 1);
            tracing::info!(message_id = id.as_str(), status = to.as_str(), "mail.event");
        }
        Ok(())
    }
}

/// The states that may become `to`.
fn before(to: MessageStatus) -> Vec<MessageStatus> {
    MessageStatus::ALL.into_iter().filter(|from| from.may_become(to)).collect()
}
