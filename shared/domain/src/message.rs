//! The outbox: one record per mail and student, and the states it passes (M3, M4).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{CohortId, FormationId, InstitutionId, MessageId, SectionId, StudentId};

/// What the mail queue carries: ids, nothing else (D10).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageRef {
    /// The institution.
    pub institution: InstitutionId,
    /// The cohort.
    pub cohort: CohortId,
    /// The message.
    pub message: MessageId,
}

/// Which mail it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageKind {
    /// The student's group (M1).
    Group,
}

impl MessageKind {
    /// The kind as it stands in ids and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Group => "group",
        }
    }
}

/// One mail to one student. Holds no address and no body: both are read when the mail is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Its id, derived from formation, student and kind.
    pub id: MessageId,
    /// Which mail it is.
    pub kind: MessageKind,
    /// Who gets it.
    pub student: StudentId,
    /// The formation it tells of.
    pub formation: FormationId,
    /// The student's section.
    pub section: SectionId,
    /// The student's group within section and formation.
    pub group: u32,
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
mod tests {
    use super::MessageStatus::{Accepted, Bounced, Complained, Delivered, Unknown};

    #[test]
    fn m5_events_in_any_order_end_in_the_same_state() {
        let run = |events: &[super::MessageStatus]| {
            events.iter().fold(Unknown, |now, to| if now.may_become(*to) { *to } else { now })
        };
        assert_eq!(run(&[Accepted, Delivered, Complained]), Complained);
        assert_eq!(run(&[Complained, Accepted, Delivered]), Complained);
        assert_eq!(run(&[Delivered, Accepted]), Delivered);
        assert_eq!(run(&[Delivered, Bounced, Delivered]), Bounced);
    }
}
