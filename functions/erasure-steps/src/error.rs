//! Why a step failed, and the fixed names that the state machine and the record know it by.

use std::collections::BTreeMap;

use runtime::StepError;
use typeform::client::ClientError;

/// A failed step. The texts end up in the execution's history: no personal data.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It is not there, its data is not due, or another erasure has it.
    #[error("the data is not due, or another erasure has it")]
    NotDue,
    /// The cohort is not marked with this erasure, so nothing may be deleted.
    #[error("nothing is marked with this erasure; it has not begun")]
    NotBegun,
    /// The table, the bucket or the ledger failed.
    #[error("a store failed")]
    Store(#[from] store::Error),
    /// S3 kept objects that it was asked to delete.
    #[error("the bucket deleted none of the objects it was asked to")]
    ObjectsKept,
    /// SES failed, or did not do what it was asked.
    #[error("the suppression list failed")]
    Suppression(#[from] suppression::Error),
    /// The user pool failed.
    #[error("the user pool failed")]
    Accounts(#[from] accounts::Error),
    /// The user pool still has an account after it was deleted.
    #[error("the user pool still has an account after it was deleted")]
    AccountKept,
    /// Typeform failed.
    #[error("Typeform failed")]
    Typeform(#[from] ClientError),
    /// Typeform does not know the form of a cohort whose questionnaires came from it.
    #[error("Typeform does not know the form, and no operator has said that it is gone")]
    FormMissing,
    /// An operator's word needs a reference.
    #[error("the word that a form is gone needs the reference of its case")]
    NoReference,
    /// The table is none that was restored from the application's.
    #[error("the table's name is not the application's table's with `-restored` behind it")]
    NotRestored,
    /// The ledger recognises nothing.
    #[error(
        "nothing in the ledger was recorded under this key: put the key and the ledger that belong together in place; if nothing was ever erased, say `nothing_erased`"
    )]
    ForeignLedger,
    /// Somebody writes to a restored table that nobody should use yet.
    #[error("the restored table changed meanwhile")]
    Changed,
    /// After several passes there is still something left.
    #[error("there is something left after several passes: {left_over:?}")]
    LeftOver {
        /// How much, per system.
        left_over: BTreeMap<String, u64>,
    },
    /// The step went on for too long.
    #[error("the step was not done after {rounds} rounds and {hours} hours")]
    GaveUp {
        /// How often it was called.
        rounds: u32,
        /// How long the execution has run.
        hours: i64,
    },
    /// Certification was asked for without a verification that found nothing.
    #[error("nothing is certified that was not verified before")]
    Unverified,
}

/// The names under which errors are caught, and what the record says of each. The runbook explains
/// the words.
const WORDS: &[(&str, &str)] = &[
    (StepError::TRANSIENT, "unavailable"),
    ("WrongTypeformRegion", "wrong_typeform_region"),
    ("TypeformRefused", "typeform_refused"),
    ("FormMissing", "typeform_form_missing"),
    ("LeftOver", "left_over"),
    ("GaveUp", "gave_up"),
    ("NotDue", "not_due"),
    ("States.Timeout", "timed_out"),
    ("Sandbox.Timedout", "timed_out"),
];

impl Error {
    /// The fixed name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::NotDue => "NotDue",
            Self::LeftOver { .. } => "LeftOver",
            Self::FormMissing => "FormMissing",
            Self::GaveUp { .. } => "GaveUp",
            Self::Store(error) if error.is_transient() => StepError::TRANSIENT,
            Self::Changed
            | Self::ObjectsKept
            | Self::Accounts(_)
            | Self::AccountKept
            | Self::Suppression(_) => StepError::TRANSIENT,
            Self::Typeform(error) => match error {
                ClientError::WrongRegion { .. } | ClientError::RegionUnknown => {
                    "WrongTypeformRegion"
                }
                ClientError::Unauthorized { .. } => "TypeformRefused",
                error if error.is_transient() => StepError::TRANSIENT,
                _ => StepError::PERMANENT,
            },
            Self::NotBegun
            | Self::NoReference
            | Self::NotRestored
            | Self::ForeignLedger
            | Self::Store(_)
            | Self::Unverified => StepError::PERMANENT,
        }
    }

    /// What the record says of an error with this name.
    pub fn word(name: &str) -> &'static str {
        WORDS.iter().find(|(known, _)| *known == name).map_or("internal", |(_, word)| word)
    }
}

impl From<Error> for StepError {
    fn from(error: Error) -> Self {
        // The chain tells which store or which answer it was; none of these texts holds contents.
        let mut cause = error.to_string();
        let mut source = std::error::Error::source(&error);
        while let Some(inner) = source {
            cause.push_str(": ");
            cause.push_str(&inner.to_string());
            source = inner.source();
        }
        Self::new(error.name(), cause)
    }
}
