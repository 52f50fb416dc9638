//! Responses that could not be mapped; kept until the mapping is mended or the data is due (Q4).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{FormId, ResponseToken};

/// A response that could not be mapped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quarantined {
    /// Typeform's token, or what [`ResponseToken::for_body`] makes where none could be read: the key.
    pub token: ResponseToken,
    /// The form it was sent for, unless the payload does not say in a way that can be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<FormId>,
    /// Why it could not be mapped.
    pub reason: QuarantineReason,
    /// When it was submitted, unless the payload does not say in a way that can be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub submitted_at: Option<Timestamp>,
    /// When it reached us.
    pub received_at: Timestamp,
    /// How many CPR numbers were masked in it (Q6).
    #[serde(default)]
    pub masked: u32,
}

/// Why a response could not be mapped. Never holds what was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuarantineReason {
    /// No cohort uses the form.
    UnknownForm,
    /// It claims to be a response and lacks what every response has: Typeform changed its payload.
    Unreadable,
    /// There is no answer where the cohort expects the e-mail address.
    MissingEmail,
    /// There is an answer, but mail cannot be sent to it.
    InvalidEmail,
    /// There is no answer where the cohort expects the section.
    MissingSection,
    /// The answer means none of the cohort's sections.
    UnknownSection,
}

impl QuarantineReason {
    /// The reason as it stands in tables, metrics and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UnknownForm => "unknown_form",
            Self::Unreadable => "unreadable",
            Self::MissingEmail => "missing_email",
            Self::InvalidEmail => "invalid_email",
            Self::MissingSection => "missing_section",
            Self::UnknownSection => "unknown_section",
        }
    }
}
