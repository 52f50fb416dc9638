//! Reading what SES reports about a mail, as a configuration set publishes it through SNS to SQS.
//!
//! Source: Amazon SES Developer Guide, "Contents of event data that Amazon SES publishes to Amazon
//! SNS". Both forms of delivery are read: raw, where the body is SES's record, and enveloped, where
//! the record is a string in SNS's `Message`.
//!
//! Records carry addresses and subjects. Nothing of that is kept: the tags say which message it is.

use domain::message::MessageRef;
use domain::{CohortId, InstitutionId, MessageId};
use jiff::Timestamp;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The tag that carries the institution's id.
pub const TAG_INSTITUTION: &str = "institution";
/// The tag that carries the cohort's id; mails to an institution itself have none.
pub const TAG_COHORT: &str = "cohort";
/// The tag that carries the message's id.
pub const TAG_MESSAGE: &str = "message";

/// What one body of the queue turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notification {
    /// An event of one of our messages.
    Ours(MailEvent),
    /// An event of a mail that somebody else sent, or the note with which SES tries a topic out:
    /// nothing to do.
    Foreign,
}

/// Something that happened to a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailEvent {
    /// What happened.
    pub kind: EventKind,
    /// When SES took the mail.
    pub sent_at: Timestamp,
    /// SES's id of the mail.
    pub ses_id: String,
    /// When it happened.
    pub at: Timestamp,
    /// Which message it was.
    pub tags: MessageRef,
}

/// What happened to a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventKind {
    /// SES accepted it and will try to deliver it.
    Send,
    /// The recipient's server took it.
    Delivery,
    /// It came back.
    Bounce {
        /// Whether the address will not work later either.
        permanent: bool,
    },
    /// The recipient marked it as unwanted.
    Complaint,
    /// SES accepted it and then found it unfit to be sent (a virus).
    Reject,
    /// The recipient's server does not take it for now; SES goes on trying.
    DeliveryDelay,
    /// A template of SES could not be filled; we use none.
    RenderingFailure,
    /// Anything else, by SES's name of it.
    Other(String),
}

/// Why a body is no event. Says nothing of its contents.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EventError {
    /// It is not JSON.
    #[error("the body is not JSON")]
    NotJson,
    /// It is JSON of another shape.
    #[error("the body is not an event of SES: {0} is missing or of another type")]
    Shape(&'static str),
}

/// Reads one body of the queue.
pub fn parse(body: &str) -> Result<Notification, EventError> {
    if is_trial(body) {
        return Ok(Notification::Foreign);
    }
    let envelope: Envelope = serde_json::from_str(body).map_err(|e| error(&e, "Message"))?;
    match envelope.message {
        None => record(body),
        Some(message) if is_trial(&message) => Ok(Notification::Foreign),
        Some(message) => record(&message),
    }
}

/// What SES publishes in plain text when an event destination is set up.
fn is_trial(body: &str) -> bool {
    body.starts_with("Successfully validated SNS topic")
}

fn record(text: &str) -> Result<Notification, EventError> {
    let record: Record = serde_json::from_str(text).map_err(|e| error(&e, "eventType or mail"))?;
    let Some(tags) = tags(&record.mail.tags) else { return Ok(Notification::Foreign) };
    let part = |part: &Option<Part>| part.clone().unwrap_or_default();
    let (kind, happened) = match record.event_type.as_str() {
        "Send" => (EventKind::Send, None),
        "Delivery" => (EventKind::Delivery, part(&record.delivery).timestamp),
        "Bounce" => {
            let bounce = record.bounce.ok_or(EventError::Shape("bounce"))?;
            let permanent = bounce.bounce_type.as_deref() == Some("Permanent");
            (EventKind::Bounce { permanent }, bounce.timestamp)
        }
        "Complaint" => {
            let complaint = part(&record.complaint);
            // A recipient took a mail out of the junk folder: the opposite of a complaint.
            let kind = match complaint.complaint_feedback_type.as_deref() {
                Some("not-spam") => EventKind::Other("Complaint not-spam".into()),
                _ => EventKind::Complaint,
            };
            (kind, complaint.timestamp)
        }
        "Reject" => (EventKind::Reject, None),
        "DeliveryDelay" => (EventKind::DeliveryDelay, part(&record.delivery_delay).timestamp),
        "Rendering Failure" => (EventKind::RenderingFailure, None),
        other => (EventKind::Other(other.chars().take(64).collect()), None),
    };
    let at = happened.unwrap_or(record.mail.timestamp);
    let sent_at = record.mail.timestamp;
    Ok(Notification::Ours(MailEvent { kind, sent_at, ses_id: record.mail.message_id, at, tags }))
}

/// Our tags, when all are there and hold what we put into them.
fn tags(tags: &BTreeMap<String, Vec<String>>) -> Option<MessageRef> {
    let one = |name: &str| match tags.get(name).map(Vec::as_slice) {
        Some([value]) => Some(value.clone()),
        _ => None,
    };
    let cohort = if tags.contains_key(TAG_COHORT) {
        Some(CohortId::parse(one(TAG_COHORT)?).ok()?)
    } else {
        None
    };
    Some(MessageRef {
        institution: InstitutionId::parse(one(TAG_INSTITUTION)?).ok()?,
        cohort,
        message: MessageId::parse(one(TAG_MESSAGE)?).ok()?,
    })
}

/// The parser's own text may repeat what it read, so it is not passed on.
fn error(error: &serde_json::Error, part: &'static str) -> EventError {
    if error.is_data() { EventError::Shape(part) } else { EventError::NotJson }
}

#[derive(Deserialize)]
struct Envelope {
    #[serde(rename = "Message", default)]
    message: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    event_type: String,
    mail: Mail,
    #[serde(default)]
    bounce: Option<Part>,
    #[serde(default)]
    complaint: Option<Part>,
    #[serde(default)]
    delivery: Option<Part>,
    #[serde(default)]
    delivery_delay: Option<Part>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Mail {
    timestamp: Timestamp,
    message_id: String,
    #[serde(default)]
    tags: BTreeMap<String, Vec<String>>,
}

/// The fields that are read of an event's own part; recipients are not among them.
#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Part {
    #[serde(default)]
    timestamp: Option<Timestamp>,
    #[serde(default)]
    bounce_type: Option<String>,
    #[serde(default)]
    complaint_feedback_type: Option<String>,
}

#[cfg(test)]
mod tests;
