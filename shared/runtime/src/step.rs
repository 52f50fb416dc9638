//! Errors of state-machine tasks: a fixed name that the machine retries or catches by.

use lambda_runtime::Diagnostic;

/// An error with the name that state machines know it by.
#[derive(Debug, thiserror::Error)]
#[error("{cause}")]
pub struct StepError {
    /// The fixed name, such as `Transient`.
    pub name: &'static str,
    /// What happened, without personal data; it ends up in the execution's history.
    pub cause: String,
}

impl StepError {
    /// The name of errors that another try may mend; the state machines retry it.
    pub const TRANSIENT: &'static str = "Transient";
    /// The name of errors that no other try mends.
    pub const PERMANENT: &'static str = "Permanent";

    /// An error with a name of its own.
    pub fn new(name: &'static str, cause: impl Into<String>) -> Self {
        Self { name, cause: cause.into() }
    }
}

impl From<StepError> for Diagnostic {
    fn from(error: StepError) -> Self {
        Self { error_type: error.name.to_owned(), error_message: error.cause }
    }
}
