//! The outbox: one record per mail, and the states it passes (M3, M4).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::student::Suppression;
use crate::{
    BreachId, CohortId, ErasureId, FormationId, InstitutionId, MessageId, NoticeId,
    RightsRequestId, SectionId, StudentId,
};

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

/// What a mail tells, by ids: with them whoever makes it finds everything else.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum About {
    /// A student's group (M1).
    Group {
        /// Who gets it.
        student: StudentId,
        /// The formation it tells of.
        formation: FormationId,
        /// The student's section.
        section: SectionId,
        /// The student's group within section and formation.
        group: u32,
    },
    /// A student's group is no longer what the last mail said (D2).
    GroupChanged {
        /// Who gets it.
        student: StudentId,
        /// The formation it tells of.
        formation: FormationId,
        /// The student's section.
        section: SectionId,
        /// The student's group within section and formation.
        group: u32,
        /// The run that changed it: a group may change more than once, and each change is told.
        erasure: ErasureId,
    },
    /// A step of a student's request (D4).
    Rights {
        /// Who gets it: whoever made the request.
        student: StudentId,
        /// The request.
        request: RightsRequestId,
        /// The step it tells of.
        step: RightsStep,
        /// Which link the mail carries, if it carries one: a link may be sent again.
        #[serde(default)]
        number: u32,
    },
    /// A breach of which the institution is told (D7).
    Breach {
        /// The breach.
        breach: BreachId,
        /// Which notice of it, from 1: what becomes known later is told later.
        number: u32,
    },
    /// A change of the register of sub-processors of which the institution is told (D8).
    Subprocessor {
        /// The notice.
        notice: NoticeId,
    },
}

/// The steps of a student's request of which the student gets a mail (D4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RightsStep {
    /// It was received; the mail asks for a confirmation of who it is.
    Received,
    /// It was confirmed.
    Verified,
    /// It takes longer than a month.
    Extended,
    /// It was done.
    Done,
    /// The data is erased from now on; nothing can be written after it.
    Erasing,
    /// It was refused.
    Refused,
    /// A restriction or an objection has ended.
    Lifted,
}

impl RightsStep {
    /// The step as it stands in ids.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Verified => "verified",
            Self::Extended => "extended",
            Self::Done => "done",
            Self::Erasing => "erasing",
            Self::Refused => "refused",
            Self::Lifted => "lifted",
        }
    }
}

/// Which mail it is, without what it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageKind {
    /// The student's group (M1).
    Group,
    /// The student's group has changed (D2).
    GroupChanged,
    /// A step of a student's request (D4).
    Rights,
    /// A breach (D7).
    Breach,
    /// A change of the register of sub-processors (D8).
    Subprocessor,
}

impl About {
    /// Which mail it is.
    pub fn kind(&self) -> MessageKind {
        match self {
            Self::Group { .. } => MessageKind::Group,
            Self::GroupChanged { .. } => MessageKind::GroupChanged,
            Self::Rights { .. } => MessageKind::Rights,
            Self::Breach { .. } => MessageKind::Breach,
            Self::Subprocessor { .. } => MessageKind::Subprocessor,
        }
    }

    /// The student who gets it; absent when the institution does.
    pub fn student(&self) -> Option<&StudentId> {
        match self {
            Self::Group { student, .. }
            | Self::GroupChanged { student, .. }
            | Self::Rights { student, .. } => Some(student),
            Self::Breach { .. } | Self::Subprocessor { .. } => None,
        }
    }

    /// The formation whose groups it tells of.
    pub fn formation(&self) -> Option<&FormationId> {
        match self {
            Self::Group { formation, .. } | Self::GroupChanged { formation, .. } => Some(formation),
            Self::Rights { .. } | Self::Breach { .. } | Self::Subprocessor { .. } => None,
        }
    }

    /// Whether it is sent only where the institution has agreed to mail (M1). The others answer a
    /// duty: of the processor towards the student (D4) or towards the institution (D7, D8).
    pub fn needs_agreement(&self) -> bool {
        matches!(self, Self::Group { .. } | Self::GroupChanged { .. })
    }

    /// Whether it still goes to an address that gets no further mail for this reason.
    ///
    /// A mailbox that does not exist gets nothing. Whoever marked a mail as unwanted gets no further
    /// mail about groups, but an answer to a request of their own is owed all the same (D4).
    pub fn goes_in_spite_of(&self, why: Suppression) -> bool {
        match why {
            Suppression::Bounced => false,
            Suppression::Complained => matches!(self, Self::Rights { .. }),
        }
    }
}

impl MessageId {
    /// The id of the mail about this: the same however often it is announced.
    pub fn of(about: &About) -> Self {
        match about {
            About::Group { student, formation, .. } => {
                Self::derive(&[formation.as_str(), student.as_str(), "group"])
            }
            About::GroupChanged { student, formation, erasure, .. } => Self::derive(&[
                formation.as_str(),
                student.as_str(),
                "group_changed",
                erasure.as_str(),
            ]),
            About::Rights { student, request, step, number } => Self::derive(&[
                request.as_str(),
                student.as_str(),
                "rights",
                step.as_str(),
                &number.to_string(),
            ]),
            About::Breach { breach, number } => {
                Self::derive(&[breach.as_str(), "breach", &number.to_string()])
            }
            About::Subprocessor { notice } => Self::derive(&[notice.as_str(), "subprocessor"]),
        }
    }
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
}

impl Message {
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
