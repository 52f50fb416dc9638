//! Mailings: what a contact writes to a cohort, a section or a group (M2), and how far its sending has come.
//!
//! The text is plain: paragraphs and links, no markup. It is correspondence and stands in one place, the
//! mailing's record in the cohort's partition, where it goes with the cohort (M6); everything else names it by
//! its id. To whom it goes is a list of recipients ([`Audience`]) that is read when it is sent, so another kind
//! of mailing is another list.

mod plan;
mod text;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::cohort::Cohort;
use crate::ids::keyed_hash;
use crate::institution::Language;
use crate::message::About;
use crate::roster::Attendee;
use crate::student::{Student, Suppression};
use crate::{CohortId, ContactId, FormationId, MailingId, SectionId, StudentId};

pub use plan::{LATEST, Missed, Plan};
pub use text::{LONGEST_BODY, LONGEST_SUBJECT, MailText, TextFault};

/// To whom a mailing goes. Who is restricted, objects, is being erased or gets no mail any more is left out of
/// each of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "to", rename_all = "snake_case")]
pub enum Audience {
    /// Everybody who has answered.
    Cohort,
    /// Those of a section.
    Section {
        /// The section.
        section: SectionId,
    },
    /// A group of the published formation, as it is when the mailing is sent.
    Group {
        /// The formation.
        formation: FormationId,
        /// The section.
        section: SectionId,
        /// The group within section and formation.
        group: u32,
    },
    /// Who is on the roster and has not answered: everybody, or those of a section. They have no record, only
    /// the roster's entry.
    NotAnswered {
        /// The section, if it goes to those of one alone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        section: Option<SectionId>,
    },
    /// Who is in a published group, as they are when the mailing is sent, and has not answered the evaluation:
    /// everybody, or those of a section.
    NotEvaluated {
        /// The section, if it goes to those of one alone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        section: Option<SectionId>,
    },
}

impl Audience {
    /// What a mail to one of them is about.
    pub fn about(&self, student: StudentId, mailing: MailingId) -> About {
        match self {
            Self::Cohort | Self::Section { .. } | Self::Group { .. } => {
                About::Mailing { student, mailing }
            }
            Self::NotAnswered { .. } => About::Reminder { student, mailing },
            Self::NotEvaluated { .. } => About::Evaluation { student, mailing },
        }
    }

    /// Why nothing goes to them now, as a fixed word; nothing stands in the way otherwise. One rule for whoever
    /// confirms a mailing and for whoever makes its mails.
    pub fn obstacle(&self, cohort: &Cohort, now: Timestamp) -> Option<&'static str> {
        if !cohort.settings.mail_agreed {
            return Some("mail_not_agreed");
        }
        match self {
            Self::Cohort | Self::Section { .. } => None,
            Self::Group { formation, .. } => {
                (cohort.published_formation.as_ref() != Some(formation)).then_some("superseded")
            }
            Self::NotAnswered { .. } => {
                (now >= cohort.settings.deadline).then_some("deadline_passed")
            }
            Self::NotEvaluated { .. } if cohort.settings.evaluation.is_none() => {
                Some("no_evaluation")
            }
            Self::NotEvaluated { .. } => {
                cohort.published_formation.is_none().then_some("not_published")
            }
        }
    }
}

/// Somebody to whom a mailing goes, if they may get it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// The student: of the record, or of somebody who has not answered, the id that an answer would lead to.
    pub student: StudentId,
    /// Whether mails about groups go to them: neither restricted nor objecting.
    pub takes_part: bool,
    /// Why no further mail goes to the address.
    pub suppressed: Option<Suppression>,
}

impl From<Student> for Recipient {
    fn from(student: Student) -> Self {
        let takes_part = student.takes_part();
        Self { student: student.id, takes_part, suppressed: student.suppressed }
    }
}

impl From<Attendee> for Recipient {
    fn from(one: Attendee) -> Self {
        Self { student: one.id, takes_part: true, suppressed: one.suppressed }
    }
}

/// What it says, in the languages in which it was written; one of them is the cohort's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Texts {
    /// Danish.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub da: Option<MailText>,
    /// English.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub en: Option<MailText>,
}

impl Texts {
    /// The text in a language.
    pub fn get(&self, language: Language) -> Option<&MailText> {
        match language {
            Language::Da => self.da.as_ref(),
            Language::En => self.en.as_ref(),
        }
    }
}

/// Where a mailing is.
///
/// ```text
/// draft <-> planned (a plan is taken back, or comes to nothing)
/// draft, planned -> sending -> sent
///                      |-> stopped (-> sending, when it is sent again from where it stopped)
///                      |      |-> closed
///                      '---------^ (when it stands still)
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailingStatus {
    /// It can be changed; nobody got it.
    Draft,
    /// It was confirmed and goes at a time that is to come; nobody got it.
    Planned,
    /// It was confirmed, and mails are being put into the outbox.
    Sending,
    /// Every mail is in the outbox.
    Sent,
    /// Not all mails could be put into the outbox.
    Stopped,
    /// It stopped, and a contact decided that no more of it goes out.
    Closed,
}

impl MailingStatus {
    /// The status as it stands in tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Planned => "planned",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Stopped => "stopped",
            Self::Closed => "closed",
        }
    }
}

/// The one confirmation by which a mailing is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmation {
    /// Who confirmed.
    pub by: ContactId,
    /// When its sending began by it: at once, or at the time that was planned.
    pub at: Timestamp,
    /// A hash of the idempotency key of the last request that began its sending: the same request again is told from another one.
    pub key: String,
}

/// A mailing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mailing {
    /// Its id.
    pub id: MailingId,
    /// Counts every change of the record: each is made from the one before.
    pub version: u32,
    /// To whom it goes.
    pub audience: Audience,
    /// What it says.
    pub texts: Texts,
    /// Where it is.
    pub status: MailingStatus,
    /// Who wrote it first.
    pub created_by: ContactId,
    /// When it was written.
    pub created_at: Timestamp,
    /// When a contact last changed it, or when its sending began or ended.
    pub changed_at: Timestamp,
    /// When it is to go, while that is to come; afterwards when it was to, if it went by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<Plan>,
    /// The last plan that came to nothing, until the draft is changed, planned anew or sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missed: Option<Missed>,
    /// Who sent it, when it was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed: Option<Confirmation>,
    /// How often its sending was begun: each time is an execution with a name of its own.
    #[serde(default)]
    pub runs: u32,
    /// How far the list of recipients was read; opaque, absent at its beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// How many mails were put into the outbox.
    #[serde(default)]
    pub recipients: u32,
    /// How many students it was not to be sent to.
    #[serde(default)]
    pub left_out: u32,
    /// Why it stopped, as a fixed word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}

impl Mailing {
    /// A draft.
    pub fn draft(
        id: MailingId,
        audience: Audience,
        texts: Texts,
        by: ContactId,
        at: Timestamp,
    ) -> Self {
        Self {
            id,
            version: 1,
            audience,
            texts,
            status: MailingStatus::Draft,
            created_by: by,
            created_at: at,
            changed_at: at,
            plan: None,
            missed: None,
            confirmed: None,
            runs: 0,
            place: None,
            recipients: 0,
            left_out: 0,
            failure: None,
        }
    }

    /// The draft with another text or other recipients. It is planned no more: what goes is what was confirmed.
    #[must_use]
    pub fn changed(&self, audience: Audience, texts: Texts, at: Timestamp) -> Self {
        Self { audience, texts, missed: None, ..self.taken_back(at) }
    }

    /// The mailing on its way, confirmed under a key, or again from where it stopped: who confirmed it first, and
    /// when, stays. A plan that is still to come is overtaken by it.
    #[must_use]
    pub fn confirmed(&self, by: ContactId, key: String, at: Timestamp) -> Self {
        Self {
            plan: self.plan.clone().filter(|_| self.status != MailingStatus::Planned),
            missed: None,
            status: MailingStatus::Sending,
            version: self.version + 1,
            runs: self.runs + 1,
            changed_at: at,
            confirmed: Some(match &self.confirmed {
                Some(first) => Confirmation { key, ..first.clone() },
                None => Confirmation { by, at, key },
            }),
            failure: None,
            ..self.clone()
        }
    }

    /// The mailing after some more recipients were read; `place` is where the list goes on, absent at its end.
    #[must_use]
    pub fn advanced(
        &self,
        place: Option<String>,
        recipients: u32,
        left_out: u32,
        at: Timestamp,
    ) -> Self {
        let status = if place.is_none() { MailingStatus::Sent } else { MailingStatus::Sending };
        Self {
            status,
            version: self.version + 1,
            changed_at: at,
            place,
            recipients: self.recipients + recipients,
            left_out: self.left_out + left_out,
            ..self.clone()
        }
    }

    /// The mailing when it cannot go on, for a reason that is a fixed word.
    #[must_use]
    pub fn stopped(&self, why: &str, at: Timestamp) -> Self {
        Self {
            status: MailingStatus::Stopped,
            version: self.version + 1,
            changed_at: at,
            failure: Some(why.to_owned()),
            ..self.clone()
        }
    }

    /// The mailing that stopped when no more of it is to go out. How far it came stays.
    #[must_use]
    pub fn closed(&self, at: Timestamp) -> Self {
        Self {
            status: MailingStatus::Closed,
            version: self.version + 1,
            changed_at: at,
            ..self.clone()
        }
    }

    /// The name of the execution that sends it.
    pub fn execution(&self) -> String {
        format!("{}-{}", self.id, self.runs)
    }
}

/// Which mailing, for the machine that sends it: ids and nothing else (D10).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailingRef {
    /// The institution.
    pub institution: crate::InstitutionId,
    /// The cohort.
    pub cohort: CohortId,
    /// The mailing.
    pub mailing: MailingId,
}

impl MailingId {
    /// The id of the mailing that was written under an idempotency key: asking twice makes one.
    pub fn for_request(cohort: &CohortId, idempotency_key: &str) -> Self {
        let hash = keyed_hash(b"mailing", &["request", cohort.as_str(), idempotency_key]);
        Self::parse(format!("mlg_{}", &hash[..32])).expect("a prefix and 32 digits are an id")
    }

    /// What stands for an idempotency key that something was asked for under.
    pub fn key_hash(&self, idempotency_key: &str) -> String {
        keyed_hash(b"mailing", &["key", self.as_str(), idempotency_key])[..32].to_owned()
    }
}
