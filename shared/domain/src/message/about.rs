//! What a mail tells, and when it may not be sent.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::cohort::Cohort;
use crate::mailing::Audience;
use crate::roster::Entry;
use crate::student::{Student, Suppression};
use crate::{
    BreachId, ContactId, ErasureId, FormationId, MailingId, MessageId, NoticeId, RightsRequestId,
    SectionId, StudentId,
};

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
    /// What a contact wrote (M2).
    Mailing {
        /// Who gets it.
        student: StudentId,
        /// The mailing, which holds the text.
        mailing: MailingId,
    },
    /// What a contact wrote to somebody who is expected and has not answered (M2).
    Reminder {
        /// Who gets it: the roster has the address under this id, to which an answer from it would lead.
        student: StudentId,
        /// The mailing, which holds the text.
        mailing: MailingId,
    },
    /// What a contact wrote to somebody who has not answered the evaluation, with their own link to it (M2).
    /// The link is made with the mail and is nowhere else.
    Evaluation {
        /// Who gets it.
        student: StudentId,
        /// The mailing, which holds the text.
        mailing: MailingId,
    },
    /// The same to a contact who wants to see it before it is sent (M3).
    Trial {
        /// Who gets it.
        contact: ContactId,
        /// The mailing. Not named as in the mails to students, so that nobody counts it with them.
        trial_of: MailingId,
        /// A hash of the idempotency key it was asked for under: each time it is meant it is another mail.
        asked: String,
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
    /// Another link to the student's page, which the student asked for (D4).
    Page {
        /// Who gets it.
        student: StudentId,
        /// The day on which it was asked for. Others of the same day follow from it
        /// ([`Message::once_more`]), so that no two are sent where one serves.
        day: Timestamp,
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
    /// What a contact wrote (M2).
    Mailing,
    /// What a contact wrote to who has not answered (M2).
    Reminder,
    /// What a contact wrote to who has not answered the evaluation (M2).
    Evaluation,
    /// The same to a contact, before it is sent (M3).
    Trial,
    /// A breach (D7).
    Breach,
    /// A change of the register of sub-processors (D8).
    Subprocessor,
    /// Another link to the student's page (D4).
    Page,
}

impl About {
    /// Which mail it is.
    pub fn kind(&self) -> MessageKind {
        match self {
            Self::Group { .. } => MessageKind::Group,
            Self::GroupChanged { .. } => MessageKind::GroupChanged,
            Self::Rights { .. } => MessageKind::Rights,
            Self::Mailing { .. } => MessageKind::Mailing,
            Self::Reminder { .. } => MessageKind::Reminder,
            Self::Evaluation { .. } => MessageKind::Evaluation,
            Self::Trial { .. } => MessageKind::Trial,
            Self::Breach { .. } => MessageKind::Breach,
            Self::Subprocessor { .. } => MessageKind::Subprocessor,
            Self::Page { .. } => MessageKind::Page,
        }
    }

    /// The student who gets it; absent when the institution or a contact does.
    pub fn student(&self) -> Option<&StudentId> {
        match self {
            Self::Group { student, .. }
            | Self::GroupChanged { student, .. }
            | Self::Evaluation { student, .. }
            | Self::Mailing { student, .. }
            | Self::Page { student, .. }
            | Self::Reminder { student, .. }
            | Self::Rights { student, .. } => Some(student),
            Self::Trial { .. } | Self::Breach { .. } | Self::Subprocessor { .. } => None,
        }
    }

    /// The mailing that its recipient belongs to; a contact's trial of it does not.
    pub fn mailing(&self) -> Option<&MailingId> {
        match self {
            Self::Mailing { mailing, .. }
            | Self::Reminder { mailing, .. }
            | Self::Evaluation { mailing, .. } => Some(mailing),
            _ => None,
        }
    }

    /// The formation whose groups it tells of.
    pub fn formation(&self) -> Option<&FormationId> {
        match self {
            Self::Group { formation, .. } | Self::GroupChanged { formation, .. } => Some(formation),
            Self::Rights { .. }
            | Self::Mailing { .. }
            | Self::Reminder { .. }
            | Self::Evaluation { .. }
            | Self::Trial { .. }
            | Self::Breach { .. }
            | Self::Subprocessor { .. }
            | Self::Page { .. } => None,
        }
    }

    /// Whether it is sent only where the institution has agreed to mail (M1). The others answer a
    /// duty: of the processor towards the student (D4) or towards the institution (D7, D8).
    pub fn needs_agreement(&self) -> bool {
        matches!(
            self,
            Self::Group { .. }
                | Self::GroupChanged { .. }
                | Self::Mailing { .. }
                | Self::Reminder { .. }
                | Self::Evaluation { .. }
                | Self::Trial { .. }
        )
    }

    /// Why no mail about this goes to the student now, as a fixed word; nothing stands in its way otherwise.
    ///
    /// One rule for whoever makes mails and for whoever is asked to send one again: a mail that needs the
    /// institution's agreement is not sent without it, groups that others have replaced are not told of, and
    /// none goes to an address that gets no further mail, but for an answer that is owed in spite of a complaint.
    pub fn obstacle(&self, cohort: &Cohort, student: Option<&Student>) -> Option<&'static str> {
        if self.needs_agreement() && !cohort.settings.mail_agreed {
            return Some("mail_not_agreed");
        }
        if self.formation().is_some() && cohort.published_formation.as_ref() != self.formation() {
            return Some("superseded");
        }
        let Some(student) = student else { return Some("student_missing") };
        if student.suppressed.is_some_and(|why| !self.goes_in_spite_of(why)) {
            return Some("suppressed");
        }
        (self.needs_agreement() && !student.takes_part()).then_some("restricted")
    }

    /// Why no reminder goes to somebody now, as a fixed word; nothing stands in its way otherwise.
    ///
    /// As [`About::obstacle`], for who has no record: whoever has answered meanwhile, is on the roster no more
    /// or is being erased gets none, and after the deadline nobody does.
    pub fn obstacle_to_reminder(
        cohort: &Cohort,
        expected: &ExpectedNow,
        now: Timestamp,
    ) -> Option<&'static str> {
        let all = Audience::NotAnswered { section: None };
        if let Some(why) = all.obstacle(cohort, now) {
            return Some(why);
        }
        if expected.has_answered {
            return Some("answered");
        }
        let entry = expected.entry.as_ref().filter(|entry| entry.erasure.is_none());
        let Some(entry) = entry else { return Some("not_expected") };
        entry.suppressed.is_some().then_some("suppressed")
    }

    /// Why nobody is asked for the evaluation now, or this student is not, as a fixed word; nothing stands in the
    /// way otherwise.
    ///
    /// As [`About::obstacle`], which is asked first; whoever has answered it meanwhile, or is in no published
    /// group any more, is not asked.
    pub fn obstacle_to_evaluation(
        cohort: &Cohort,
        asked: AskedNow,
        now: Timestamp,
    ) -> Option<&'static str> {
        if let Some(why) = (Audience::NotEvaluated { section: None }).obstacle(cohort, now) {
            return Some(why);
        }
        if asked.has_answered {
            return Some("answered");
        }
        (!asked.in_group).then_some("not_in_group")
    }

    /// Whether a contact may have it sent to its student once more. Steps of requests have links of their own
    /// that are renewed, and the others go to no student.
    pub fn can_be_sent_again(&self) -> bool {
        matches!(
            self,
            Self::Group { .. }
                | Self::GroupChanged { .. }
                | Self::Mailing { .. }
                | Self::Reminder { .. }
                | Self::Evaluation { .. }
        )
    }

    /// Whether it still goes to an address that gets no further mail for this reason.
    ///
    /// A mailbox that does not exist gets nothing. Whoever marked a mail as unwanted gets no further
    /// mail about groups, but an answer to a request of their own is owed all the same (D4).
    pub fn goes_in_spite_of(&self, why: Suppression) -> bool {
        match why {
            Suppression::Bounced => false,
            Suppression::Complained => matches!(self, Self::Rights { .. } | Self::Page { .. }),
        }
    }
}

/// What is known now of somebody to whom a reminder goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpectedNow {
    /// Whether there is a record under the id: they have answered, or are being erased.
    pub has_answered: bool,
    /// What the roster that counts says of them.
    pub entry: Option<Entry>,
}

/// What is known now of somebody who is asked for the evaluation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AskedNow {
    /// Whether they are in a group that is published now.
    pub in_group: bool,
    /// Whether they have answered it.
    pub has_answered: bool,
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
            About::Mailing { student, mailing } => {
                Self::derive(&[mailing.as_str(), student.as_str(), "mailing"])
            }
            About::Reminder { student, mailing } => {
                Self::derive(&[mailing.as_str(), student.as_str(), "reminder"])
            }
            About::Evaluation { student, mailing } => {
                Self::derive(&[mailing.as_str(), student.as_str(), "evaluation"])
            }
            About::Trial { contact, trial_of, asked } => {
                Self::derive(&[trial_of.as_str(), contact.as_str(), "trial", asked])
            }
            About::Breach { breach, number } => {
                Self::derive(&[breach.as_str(), "breach", &number.to_string()])
            }
            About::Subprocessor { notice } => Self::derive(&[notice.as_str(), "subprocessor"]),
            About::Page { student, day } => {
                Self::derive(&[student.as_str(), "page", &day.to_string()])
            }
        }
    }
}
