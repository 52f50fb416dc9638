//! What masking leaves alone because the service works with it and no respondent writes it: ids, refs
//! and times, each only where Typeform puts it and only in the shape that Typeform gives it.

use jiff::Timestamp;
use jiff::civil::DateTime;

/// The longest identifier of Typeform: a `ref` has fewer than 255 characters.
const LONGEST: usize = 255;

/// Where in a payload a member stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// The event itself.
    Event,
    /// `form_response`.
    Response,
    /// An item of its `answers`.
    Answer,
    /// Hidden fields: named by the form's author, filled in by whoever made the link.
    Hidden,
    /// What the form's author wrote: questions with ids and refs.
    Form,
    /// An answer's question or choice.
    Chosen,
    /// Everything else, known or not.
    Words,
}

impl Place {
    /// The place of the members of the object that stands here under a name.
    pub(crate) fn below(self, name: &str) -> Self {
        match (self, name) {
            (Self::Event, "") => Self::Event,
            (Self::Event, "form_response") => Self::Response,
            (Self::Response, "answers") => Self::Answer,
            (Self::Response, "hidden") => Self::Hidden,
            (Self::Response, "definition" | "ending") | (Self::Form, _) => Self::Form,
            (Self::Answer, "field" | "choice" | "choices") => Self::Chosen,
            _ => Self::Words,
        }
    }

    /// Whether a text under a name is spared here.
    pub(crate) fn spares(self, name: &str, text: &str) -> bool {
        match (self, name) {
            (Self::Event, "event_id")
            | (Self::Response, "form_id" | "token" | "response_id")
            | (Self::Form | Self::Chosen, "id" | "ref" | "ids" | "refs") => is_identifier(text),
            (Self::Response, "landed_at" | "submitted_at") => is_time(text),
            _ => false,
        }
    }
}

fn is_identifier(text: &str) -> bool {
    text.len() <= LONGEST
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}

fn is_time(text: &str) -> bool {
    text.parse::<Timestamp>().is_ok() || text.parse::<DateTime>().is_ok()
}
