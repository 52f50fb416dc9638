//! Errors of the tasks and the names they leave with.
//!
//! | name | meaning | the machine |
//! |---|---|---|
//! | `Transient` | a store or queue did not answer, or the cohort changed meanwhile | tries again |
//! | `Permanent` | something of ours is broken or missing | fails the formation |
//! | `Ended` | the formation has ended meanwhile | stops |
//! | `Approved`, `Rejected` | a contact decided before the task (tried again) asked | goes on, or ends |
//! | `NotApproved` | groups that need approval have none | fails the formation |
//! | `NoStudents`, `TooFewStudents`, `ImpossibleSizes`, `MustRulesConflict`, `InvalidCriteria`, `CohortGone` | the formation cannot be done; the message is a [`Failure`] as JSON | fails the formation with this reason |

use domain::formation::{Failure, FailureCode, FormationStatus, Verdict};
use outbox::QueueError;
use runtime::StepError;

/// A task that could not be done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Table or bucket.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The queue.
    #[error(transparent)]
    Queue(#[from] QueueError),
    /// The formation cannot be done, for a reason that a contact can act on.
    #[error("the formation cannot be done: {}", name_of(.0.code))]
    Failed(Box<Failure>),
    /// The formation has ended meanwhile.
    #[error("the formation has ended: {}", .0.as_str())]
    Ended(FormationStatus),
    /// A contact has decided already.
    #[error("a contact has decided")]
    Decided(Verdict),
    /// The cohort changed between reading and writing.
    #[error("the cohort has changed meanwhile")]
    Moved,
    /// The groups need approval and have none.
    #[error("the groups are not approved")]
    NotApproved,
    /// Something that an earlier task wrote is not there.
    #[error("the {0} is missing")]
    Missing(&'static str),
}

impl Error {
    /// A failure of the whole formation.
    pub fn failed(code: FailureCode, detail: impl Into<String>) -> Self {
        Self::Failed(Box::new(Failure::new(code, detail)))
    }
}

/// The name under which a failure travels.
pub fn name_of(code: FailureCode) -> &'static str {
    match code {
        FailureCode::NoStudents => "NoStudents",
        FailureCode::TooFewStudents => "TooFewStudents",
        FailureCode::ImpossibleSizes => "ImpossibleSizes",
        FailureCode::MustRulesConflict => "MustRulesConflict",
        FailureCode::InvalidCriteria => "InvalidCriteria",
        FailureCode::ApprovalExpired => "ApprovalExpired",
        FailureCode::CohortGone => "CohortGone",
        FailureCode::Internal => "Internal",
    }
}

impl From<outbox::Error> for Error {
    fn from(error: outbox::Error) -> Self {
        match error {
            outbox::Error::Store(error) => Self::Store(error),
            outbox::Error::Queue(error) => Self::Queue(error),
        }
    }
}

impl From<Error> for StepError {
    fn from(error: Error) -> Self {
        let name = match &error {
            Error::Store(store) if store.is_transient() => Self::TRANSIENT,
            Error::Queue(_) | Error::Moved => Self::TRANSIENT,
            Error::Store(_) | Error::Missing(_) => Self::PERMANENT,
            Error::Failed(failure) => {
                let cause = serde_json::to_string(failure).unwrap_or_default();
                return Self::new(name_of(failure.code), cause);
            }
            Error::Ended(_) => "Ended",
            Error::Decided(Verdict::Approved) => "Approved",
            Error::Decided(Verdict::Rejected) => "Rejected",
            Error::NotApproved => "NotApproved",
        };
        Self::new(name, error.to_string())
    }
}
