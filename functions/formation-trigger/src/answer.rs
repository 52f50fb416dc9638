//! What the function answers.

use domain::FormationId;
use serde::{Deserialize, Serialize};

/// What came of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Answer {
    /// The formation exists.
    Accepted {
        /// Its id.
        formation: FormationId,
        /// Whether this request started it; false when an earlier one had.
        started: bool,
    },
    /// No formation was started.
    Refused {
        /// Why.
        refused: Refusal,
        /// The formation that stands in the way.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        formation: Option<FormationId>,
    },
    /// What the schedule's run did.
    Swept(Sweep),
}

/// Why no formation was started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// Another formation of the cohort runs or awaits approval.
    Busy,
    /// The cohort has published groups, and the request does not name them as what it replaces.
    Published,
    /// The groups to begin from have changed since they were seen, or cannot be begun from.
    Moved,
    /// The cohort is not there, due for deletion or being erased.
    NoCohort,
    /// The formation to run again is not there.
    NoFormation,
    /// The formation to run again has not failed.
    NotFailed,
}

/// Counts of cohorts past their deadline.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sweep {
    /// Found past their deadline.
    pub due: u32,
    /// Started now.
    pub started: u32,
    /// Left for the next run: another formation runs.
    pub busy: u32,
    /// Taken off the list without a start: formed before, or gone.
    pub settled: u32,
}
