//! Why a payload cannot be read.

/// Why a payload cannot be read as a response. No variant carries text of the payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PayloadError {
    /// The body is not JSON.
    #[error("the body is not JSON (line {line}, column {column})")]
    NotJson {
        /// Line of the first fault, from 1.
        line: usize,
        /// Column of the first fault, from 1.
        column: usize,
    },
    /// The body is JSON, but not an object.
    #[error("the body is not a JSON object")]
    NotAnObject,
    /// `form_response` is absent or not an object.
    #[error("form_response is missing or not an object")]
    MissingFormResponse,
    /// Neither `form_id` nor `definition.id` names the form.
    #[error("form_id is missing")]
    MissingFormId,
    /// The form's id has characters Typeform does not use, or is too long to be a key.
    #[error("form_id is not an identifier")]
    BadFormId,
    /// `token` (`response_id` in the Responses API) is absent or empty.
    #[error("token is missing")]
    MissingToken,
    /// The token has characters Typeform does not use, or is too long to be a key.
    #[error("token is not an identifier")]
    BadToken,
    /// A complete response without the time of its submission.
    #[error("submitted_at is missing")]
    MissingSubmittedAt,
    /// A complete response whose time of submission is no time.
    #[error("submitted_at is not a time")]
    BadSubmittedAt,
    /// `answers` is there but is not a list.
    #[error("answers is not a list")]
    AnswersNotAList,
}
