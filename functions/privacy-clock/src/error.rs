//! Why a look at the duties failed.

use runtime::StepError;

/// A failed look, or a failed part of one. The texts hold no personal data.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The table or the bucket failed.
    #[error("a store failed")]
    Store(#[from] store::Error),
    /// The bucket kept objects that it was asked to delete.
    #[error("the bucket kept objects it was asked to delete")]
    ObjectsKept,
    /// The index names a duty that no module knows.
    #[error("nobody knows what the duty \"{kind}\" is")]
    UnknownDuty {
        /// What it is called.
        kind: String,
    },
    /// Some duties failed; the rest was looked at.
    #[error("{duties} duties could not be looked at")]
    Incomplete {
        /// How many.
        duties: u64,
    },
}

impl From<Error> for StepError {
    fn from(error: Error) -> Self {
        let name = match error {
            Error::Incomplete { .. } => "Incomplete",
            _ => "Failed",
        };
        Self::new(name, error.to_string())
    }
}
