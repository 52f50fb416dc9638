//! The outbox: one record per mail, and the states it passes (M3, M4).

mod about;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{CohortId, InstitutionId, MessageId};

pub use about::{About, AskedNow, ExpectedNow, MessageKind, RightsStep};

/// How long after SES took a mail nobody expects yet to be told what became of it. Most of these events come
/// within seconds; where a server puts a mail off, they come within hours.
const UNTOLD: SignedDuration = SignedDuration::from_hours(6);

/// What the mail queue carries: ids, nothing else (D10).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageRef {
    /// The institution.
    pub institution: InstitutionId,
    /// The cohort of the student who gets it; absent when the institution itself gets it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cohort: Option<CohortId>,
    /// The message.
    pub message: MessageId,
}

/// One mail. Holds no address and no body: both are read when the mail is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Its id, derived from what it is about.
    pub id: MessageId,
    /// What it tells.
    #[serde(flatten)]
    pub about: About,
    /// Where it is.
    pub status: MessageStatus,
    /// When the status last changed.
    pub status_at: Timestamp,
    /// How often a send was begun.
    #[serde(default)]
    pub attempts: u32,
    /// Until when a claim holds; afterwards the outcome counts as unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lease_until: Option<Timestamp>,
    /// SES's id, once it accepted the mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ses_id: Option<String>,
    /// Why it was not sent, as a short fixed word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
    /// How often a mail about the same had been sent to the student before, on a contact's word.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub again: u32,
    /// When a contact had it sent once more, as a message of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resent_at: Option<Timestamp>,
    /// When its link to the student's page was used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opened_at: Option<Timestamp>,
    /// Until when the page that it opened stays open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open_until: Option<Timestamp>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

impl Message {
    /// Whether it may still arrive: it is under way, or SES took it and has not had the time to tell what became
    /// of it. Sending it once more could be one copy too many (M4).
    pub fn may_still_arrive(&self, now: Timestamp) -> bool {
        let untold =
            self.status == MessageStatus::Accepted && now.duration_since(self.status_at) < UNTOLD;
        untold || self.status.is_under_way()
    }

    /// The message by which this one is sent once more. It is one and the same however often it is asked for,
    /// so nothing is sent twice by asking twice; who wants a third sends the second once more.
    #[must_use]
    pub fn once_more(&self, at: Timestamp) -> Self {
        let again = self.again + 1;
        let id = MessageId::derive(&[self.id.as_str(), "again", &again.to_string()]);
        Self { id, again, ..Self::queued(self.about.clone(), at) }
    }

    /// A mail that waits to be sent.
    pub fn queued(about: About, at: Timestamp) -> Self {
        Self {
            id: MessageId::of(&about),
            about,
            status: MessageStatus::Queued,
            status_at: at,
            attempts: 0,
            lease_until: None,
            ses_id: None,
            failure: None,
            again: 0,
            resent_at: None,
            opened_at: None,
            open_until: None,
        }
    }
}

/// The states of a message.
///
/// ```text
/// queued -> claimed -> accepted -> delivered | bounced | complained
///              |  \-> failed (refused by SES, or suppressed)
///              \----> unknown (lease ran out) -> accepted (an event came) | claimed (none came in time)
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageStatus {
    /// Waits to be sent.
    Queued,
    /// A mailer is sending it.
    Claimed,
    /// A mailer began to send it and nobody knows how that ended.
    Unknown,
    /// SES took it.
    Accepted,
    /// The recipient's server took it.
    Delivered,
    /// The recipient's server refused it.
    Bounced,
    /// The recipient marked it as unwanted.
    Complained,
    /// It will not be sent; `failure` says why.
    Failed,
}

impl MessageStatus {
    /// All states.
    pub const ALL: [Self; 8] = [
        Self::Queued,
        Self::Claimed,
        Self::Unknown,
        Self::Accepted,
        Self::Delivered,
        Self::Bounced,
        Self::Complained,
        Self::Failed,
    ];

    /// The state as it stands in tables and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Claimed => "claimed",
            Self::Unknown => "unknown",
            Self::Accepted => "accepted",
            Self::Delivered => "delivered",
            Self::Bounced => "bounced",
            Self::Complained => "complained",
            Self::Failed => "failed",
        }
    }

    /// Whether it is still to be sent, or nobody knows yet whether it was.
    pub fn is_under_way(self) -> bool {
        matches!(self, Self::Queued | Self::Claimed | Self::Unknown)
    }

    /// Whether an event that says `to` may change this state.
    ///
    /// Events come more than once and in any order (SES to SNS to SQS), so a state only moves
    /// towards what is known last: a complaint after a delivery counts, a late delivery after a
    /// bounce or complaint does not.
    pub fn may_become(self, to: Self) -> bool {
        self.rank() < to.rank()
    }

    fn rank(self) -> u8 {
        match self {
            Self::Queued => 0,
            Self::Claimed | Self::Unknown => 1,
            Self::Accepted => 2,
            Self::Failed => 3,
            Self::Delivered => 4,
            Self::Bounced => 5,
            Self::Complained => 6,
        }
    }
}

#[cfg(test)]
mod tests;
