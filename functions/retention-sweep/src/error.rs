//! Why a sweep failed.

use runtime::StepError;

/// A failed sweep, or a failed part of one. The texts hold no personal data.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A date was given for a real sweep: what is not due today must not be deleted.
    #[error("as_of is for dry runs only: a sweep deletes what is due today")]
    AsOfWithoutDryRun,
    /// The table or the bucket failed.
    #[error("a store failed")]
    Store(#[from] store::Error),
    /// The bucket kept objects that it was asked to delete.
    #[error("the bucket deleted none of the objects it was asked to")]
    ObjectsKept,
    /// The user pool failed.
    #[error("the user pool failed")]
    Accounts(#[from] accounts::Error),
    /// SES failed, or did not do what it was asked.
    #[error("the suppression list failed")]
    Suppression(#[from] suppression::Error),
    /// Step Functions failed.
    #[error("Step Functions failed to {operation} ({code})")]
    Executions {
        /// What it was asked.
        operation: &'static str,
        /// Its error code, or the kind of transport failure.
        code: String,
    },
    /// So many executions of one erasure have stopped that no name is free.
    #[error("{tries} executions of this erasure have stopped")]
    NoFreeName {
        /// How many names were tried.
        tries: u32,
    },
    /// The audit trail of an institution is not what it was.
    #[error("the audit trail is broken at entry {sequence}")]
    AuditBroken {
        /// The number of the entry that is missing or wrong.
        sequence: u64,
    },
    /// A part of the sweep failed or was not reached; the rest is done.
    #[error(
        "{cohorts} cohorts and {unassigned} unassigned questionnaires and {institutions} institutions failed; out of time: {out_of_time}"
    )]
    Incomplete {
        /// Cohorts whose erasure could not be started.
        cohorts: u64,
        /// Questionnaires that could not be deleted.
        unassigned: u64,
        /// Institutions of which something could not be deleted.
        institutions: u64,
        /// Whether some questionnaires were not reached.
        out_of_time: bool,
    },
}

impl From<Error> for StepError {
    fn from(error: Error) -> Self {
        let name = match error {
            Error::AsOfWithoutDryRun => "Refused",
            Error::Incomplete { .. } => "Incomplete",
            _ => "Failed",
        };
        Self::new(name, error.to_string())
    }
}
