//! A student of a cohort and the responses they sent.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::profile::Profile;
use crate::{Email, ErasureId, PersonName, ResponseToken, SectionId, StudentId, StudentNumber};

/// A student, as the latest accepted response (or later the roster) describes them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Student {
    /// The id within the cohort.
    pub id: StudentId,
    /// Where mail goes.
    pub email: Email,
    /// The name as written.
    pub name: PersonName,
    /// The student number, where the questionnaire asks for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<StudentNumber>,
    /// The section.
    pub section: SectionId,
    /// The response that counts: the one submitted last (Q2).
    pub response: ResponseToken,
    /// When that response was submitted.
    pub submitted_at: Timestamp,
    /// Why no further mail goes to the address (M5).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suppressed: Option<Suppression>,
    /// The erasure that was asked for; from then on no reader sees the student (D4).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erasure: Option<ErasureId>,
    /// Since when the data may be stored and nothing more (D4; article 18 of the GDPR).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restricted: Option<Timestamp>,
    /// Since when the student objects to being put into groups (D4; article 21 of the GDPR).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub objected: Option<Timestamp>,
}

impl Student {
    /// Whether the student is put into groups and gets mails about them.
    pub fn takes_part(&self) -> bool {
        self.restricted.is_none() && self.objected.is_none()
    }
}

/// Why an address gets no further mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Suppression {
    /// The mailbox does not exist (permanent bounce).
    Bounced,
    /// The recipient marked a mail as unwanted.
    Complained,
}

/// One accepted questionnaire.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Response {
    /// Typeform's token: the key.
    pub token: ResponseToken,
    /// Who answered.
    pub student: StudentId,
    /// The section that was answered.
    pub section: SectionId,
    /// When it was submitted.
    pub submitted_at: Timestamp,
    /// When it reached us.
    pub received_at: Timestamp,
    /// The mapped answers.
    pub profile: Profile,
    /// How many CPR numbers were masked in it (Q6).
    #[serde(default)]
    pub masked: u32,
}
