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
    /// Where it went before the address was put right (D4); the first is what the id was derived from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub former: Vec<Email>,
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

    /// All addresses that are or were the student's: what an erasure lifts suppressions of, and what
    /// questionnaires that could not be read may name.
    pub fn addresses(&self) -> impl Iterator<Item = &Email> {
        std::iter::once(&self.email).chain(&self.former)
    }

    /// From now on mail goes to another address. What was bounced by the former does not count
    /// against it; who complained gets no mail there either.
    pub fn reach_at(&mut self, email: Email) {
        let former = std::mem::replace(&mut self.email, email);
        if former.normalised() != self.email.normalised() {
            self.former.retain(|known| known.normalised() != self.email.normalised());
            self.former.push(former);
            self.suppressed = self.suppressed.filter(|why| *why == Suppression::Complained);
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn student() -> Student {
        let item = serde_json::json!({
            "id": "stu_1", "email": "Ida@example.edu", "name": "Ida", "section": "a",
            "response": "t", "submitted_at": "2026-09-01T07:31:05Z",
        });
        serde_json::from_value(item).expect("a student")
    }

    fn to(text: &str) -> Email {
        Email::parse(text).expect("an address")
    }

    #[test]
    fn d4_every_address_a_student_had_stays_known_once() {
        let mut student = student();
        student.suppressed = Some(Suppression::Bounced);
        student.reach_at(to("ida@EXAMPLE.edu"));
        assert_eq!((student.email.as_str(), student.former.len()), ("ida@EXAMPLE.edu", 0));
        assert_eq!(student.suppressed, Some(Suppression::Bounced), "the same mailbox");
        student.reach_at(to("new@example.edu"));
        assert_eq!(student.suppressed, None);
        student.suppressed = Some(Suppression::Complained);
        student.reach_at(to("Ida@example.edu"));
        student.reach_at(to("newer@example.edu"));
        assert_eq!(student.suppressed, Some(Suppression::Complained));
        let all: Vec<&str> = student.addresses().map(Email::as_str).collect();
        assert_eq!(all, ["newer@example.edu", "new@example.edu", "Ida@example.edu"]);
    }
}
