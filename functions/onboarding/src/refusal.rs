//! Why a request is refused, by the fixed names that the caller sees as `errorType`.

use runtime::StepError;

/// The request cannot be understood, or asks for what cannot be.
pub fn bad_request(cause: impl Into<String>) -> StepError {
    StepError::new("BadRequest", cause)
}

/// Something else is there under the same id, form or address.
pub fn conflict(cause: impl Into<String>) -> StepError {
    StepError::new("Conflict", cause)
}

/// What the request refers to is not there.
pub fn not_found(cause: impl Into<String>) -> StepError {
    StepError::new("NotFound", cause)
}

/// What the request refers to is due for deletion, being erased, or erased.
pub fn gone(cause: impl Into<String>) -> StepError {
    StepError::new("Gone", cause)
}

/// The stores failed.
pub fn store(error: &store::Error) -> StepError {
    runtime::telemetry::log_error("onboarding", error);
    let name = if error.is_transient() { StepError::TRANSIENT } else { StepError::PERMANENT };
    StepError::new(name, "the store failed; the same request can be sent again")
}
