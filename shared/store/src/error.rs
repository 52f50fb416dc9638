//! What can go wrong between us and the stores.

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

/// A failed operation. The texts name operations and kinds of items, never keys or contents.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The store did not do it; trying again later may help.
    #[error("{operation} failed ({code})")]
    Unavailable {
        /// The access pattern.
        operation: &'static str,
        /// AWS's error code, or what kind of transport failure it was.
        code: String,
        /// The SDK's own error.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// An item or object does not have the form that this version writes.
    #[error("a stored {kind} cannot be read")]
    Corrupt {
        /// The kind of item.
        kind: &'static str,
    },
    /// The condition of a write does not hold, though nothing should have kept it from holding.
    #[error("{operation} was refused")]
    Refused {
        /// The access pattern.
        operation: &'static str,
    },
    /// A value cannot be written.
    #[error("a {kind} cannot be written")]
    Unwritable {
        /// The kind of item.
        kind: &'static str,
    },
}

impl Error {
    #[expect(clippy::needless_pass_by_value, reason = "fits `map_err`")]
    pub(crate) fn unavailable<E, R>(operation: &'static str, error: SdkError<E, R>) -> Self
    where
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
        R: std::fmt::Debug + Send + Sync + 'static,
    {
        let code = match &error {
            SdkError::ServiceError(service) => service.err().code().unwrap_or("unknown").to_owned(),
            SdkError::TimeoutError(_) => "timeout".to_owned(),
            SdkError::DispatchFailure(_) => "dispatch".to_owned(),
            _ => "other".to_owned(),
        };
        // The service's message may quote keys; only the code is kept for texts, and the chain
        // stops at an error without contents.
        Self::Unavailable { operation, code: code.clone(), source: Box::new(Opaque(code)) }
    }

    /// Whether another try may succeed.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Unavailable { .. })
    }
}

/// Stands in for an SDK error whose text could hold item contents.
#[derive(Debug, thiserror::Error)]
#[error("AWS answered {0}")]
struct Opaque(String);
