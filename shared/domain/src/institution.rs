//! The institution: a university, the data controller, the tenant.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Email, ErasureId, FormId, InstitutionId};

/// A language that mails and the portal speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Danish.
    Da,
    /// English.
    En,
}

/// A tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Institution {
    /// Its id.
    pub id: InstitutionId,
    /// Its name as mails show it.
    pub name: String,
    /// Where students' answers to mails go.
    pub reply_to: Email,
    /// The erasure that was asked for; from then on no reader sees anything of the institution (D6).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erasure: Option<ErasureId>,
    /// Where the institution is told of breaches and of new sub-processors (D7, D8); a function's
    /// address that somebody reads every day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub privacy_contact: Option<Email>,
    /// The language of letters to the institution.
    #[serde(default = "danish")]
    pub language: Language,
    /// When it was onboarded, and so which sub-processors it agreed to when it signed (D8). Set by the
    /// service; unknown of institutions from before it was noted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub onboarded_at: Option<Timestamp>,
    /// Whether the agreement says that students may be mailed their group (M1): then its contacts may switch
    /// that on for cohorts that they set up.
    #[serde(default)]
    pub mail_agreed: bool,
    /// The questionnaires at Typeform that were made for it: its contacts may set up cohorts with these and no
    /// others, so that nobody takes in the answers to another institution's.
    #[serde(default)]
    pub forms: Vec<FormId>,
}

fn danish() -> Language {
    Language::Da
}

impl Institution {
    /// Where letters about data protection go: the privacy contact, or else where answers to mails go.
    pub fn privacy_address(&self) -> &Email {
        self.privacy_contact.as_ref().unwrap_or(&self.reply_to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn institution(more: &serde_json::Value) -> Institution {
        let mut value = serde_json::json!({
            "id": "ins_a", "name": "Example University", "reply_to": "study@example.edu",
        });
        value.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn d7_letters_about_data_protection_go_to_their_own_address_if_there_is_one() {
        let without = institution(&serde_json::json!({}));
        assert_eq!(without.privacy_address().as_str(), "study@example.edu");
        assert_eq!(without.language, Language::Da);
        let with = serde_json::json!({"privacy_contact": "dpo@example.edu", "language": "en"});
        let with = institution(&with);
        assert_eq!(with.privacy_address().as_str(), "dpo@example.edu");
        assert_eq!(with.language, Language::En);
    }
}
