//! Why a task of an export failed.

use runtime::StepError;

/// A failed task. The texts hold no personal data.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The tables or the bucket failed.
    #[error("a store failed")]
    Store(#[from] store::Error),
    /// Nobody asked for this export.
    #[error("the export is not known")]
    Unknown,
    /// Another task moved the export on.
    #[error("another task is at work")]
    Moved,
    /// The record names a part that there is not.
    #[error("the export stands at a part that there is not")]
    NoSuchPart,
    /// Something could not be written as JSON.
    #[error("a file could not be made")]
    Unwritable,
}

impl From<Error> for StepError {
    fn from(error: Error) -> Self {
        let transient = match &error {
            Error::Store(error) => error.is_transient(),
            Error::Moved => true,
            Error::Unknown | Error::NoSuchPart | Error::Unwritable => false,
        };
        let name = if transient { StepError::TRANSIENT } else { StepError::PERMANENT };
        Self::new(name, error.to_string())
    }
}
