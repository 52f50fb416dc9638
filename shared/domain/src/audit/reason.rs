//! Why somebody of the processor looks at a person's data or changes it.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::cpr;

/// The longest reason, in characters.
pub const LONGEST_REASON: usize = 500;

/// A reason: one line of 1 to [`LONGEST_REASON`] characters. It stays in the trail when the data it is
/// about is erased, so it must name nobody; what is surely personal (an address, a CPR number) is
/// refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Reason(String);

/// Why a text is no reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReasonError {
    /// Empty, too long, or not one line.
    #[error("must be a text of one line with 1 to {LONGEST_REASON} characters")]
    Form,
    /// It names somebody.
    #[error("must name nobody: refer to the case instead")]
    Personal,
}

impl Reason {
    /// Parses a reason; space around it is dropped.
    pub fn parse(text: &str) -> Result<Self, ReasonError> {
        let text = text.trim();
        let length = text.chars().count();
        if length == 0 || length > LONGEST_REASON || text.contains(char::is_control) {
            return Err(ReasonError::Form);
        }
        if text.contains('@') || cpr::mask(text).1 > 0 {
            return Err(ReasonError::Personal);
        }
        Ok(Self(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Reason {
    type Err = ReasonError;
    fn from_str(text: &str) -> Result<Self, ReasonError> {
        Self::parse(text)
    }
}

impl TryFrom<String> for Reason {
    type Error = ReasonError;
    fn try_from(text: String) -> Result<Self, ReasonError> {
        Self::parse(&text)
    }
}

impl From<Reason> for String {
    fn from(reason: Reason) -> Self {
        reason.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d5_a_reason_is_one_line_that_names_nobody() {
        for text in ["Rights request 2026-417", " sag 12, ændring ", &"x".repeat(LONGEST_REASON)] {
            assert_eq!(Reason::parse(text).unwrap().as_str(), text.trim());
        }
        for text in ["", "  ", "two\nlines", &"x".repeat(LONGEST_REASON + 1)] {
            assert_eq!(Reason::parse(text), Err(ReasonError::Form), "{text:?}");
        }
        for text in ["mail from freja@example.edu", "CPR 010203-1234 asks"] {
            assert_eq!(Reason::parse(text), Err(ReasonError::Personal), "{text:?}");
        }
    }
}
