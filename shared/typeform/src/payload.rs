//! A webhook delivery, parsed.
//!
//! The parser reads what Typeform sends in practice: answers in any order, an empty definition, choice
//! arrays of unequal length, no `ref`, no `landed_at`, contact blocks flattened into several answers,
//! answer types it does not know. It fails only on what makes a response impossible to keep apart from
//! others: no JSON, no token, no form, no time of submission.
//!
//! Sources: <https://www.typeform.com/developers/webhooks/example-payload/> and payloads seen in use.

mod answer;
mod definition;
mod error;
mod parse;

use std::{collections::BTreeMap, fmt};

use jiff::Timestamp;

pub use answer::{Answer, AnswerField, AnswerValue, Choice, Choices, Payment};
pub use definition::{ChoiceDefinition, Definition, FieldDefinition};
pub use error::PayloadError;
#[cfg(feature = "client")]
pub(crate) use parse::{is_identifier, response_from_item};

/// What Typeform writes as the time of submission of a response nobody has submitted.
pub const NOT_SUBMITTED: Timestamp = Timestamp::constant(-62_135_596_800, 0);

/// One webhook request.
#[derive(Clone, PartialEq)]
pub struct Delivery {
    /// The vendor's id of this event. A new one for each delivery of a real response; equal to the
    /// response's token for a test request. Absent in hand-made payloads.
    pub event_id: Option<String>,
    /// What happened. Only [`EventType::Complete`] is a submitted questionnaire.
    pub event_type: EventType,
    /// The response the event is about.
    pub response: Response,
}

impl Delivery {
    /// Parses the body of a webhook request. The signature must have been verified on the same bytes.
    pub fn parse(body: &[u8]) -> Result<Self, PayloadError> {
        parse::delivery(body)
    }
}

impl fmt::Debug for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delivery")
            .field("event_type", &self.event_type)
            .field("response", &self.response)
            .finish_non_exhaustive()
    }
}

/// `event_type` of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventType {
    /// `form_response`: the student submitted the questionnaire.
    Complete,
    /// `form_response_partial`: the student left before submitting. Never an answer.
    Partial,
    /// Anything else the vendor may add; empty if the payload names no type. Never an answer.
    Other(String),
}

impl EventType {
    pub(crate) fn from_name(name: &str) -> Self {
        match name {
            "form_response" => Self::Complete,
            "form_response_partial" => Self::Partial,
            other => Self::Other(other.to_owned()),
        }
    }
}

/// One respondent's answers to one form.
#[derive(Clone, PartialEq)]
pub struct Response {
    /// Typeform's id of the form; letters, digits, `_` and `-`.
    pub form_id: String,
    /// Typeform's id of the response, called `response_id` in its Responses API: the key of everything
    /// stored about it and of its deletion. Letters, digits, `_` and `-`.
    pub token: String,
    /// When the respondent opened the form, if the payload says so.
    pub landed_at: Option<Timestamp>,
    /// When the respondent submitted the form. [`NOT_SUBMITTED`] is possible for anything but
    /// [`EventType::Complete`].
    pub submitted_at: Timestamp,
    /// Hidden fields of the form's address. Numbers and booleans are written as text, nulls left out.
    pub hidden: BTreeMap<String, String>,
    /// The questions as they were when the response was given; often incomplete, at times empty.
    pub definition: Definition,
    /// The answers in the payload's order, which is not the order of the questions. Unanswered optional
    /// questions are absent.
    pub answers: Vec<Answer>,
}

impl Response {
    /// The first answer to the question with this `ref`.
    pub fn answer(&self, reference: &str) -> Option<&Answer> {
        self.answers.iter().find(|answer| answer.field.reference.as_deref() == Some(reference))
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("form_id", &self.form_id)
            .field("submitted_at", &self.submitted_at)
            .field("answers", &self.answers.len())
            .finish_non_exhaustive()
    }
}
