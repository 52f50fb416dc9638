//! What a sweep answers: ids, dates and counts.

use domain::{CohortId, ErasureId, InstitutionId, ResponseToken};
use jiff::civil::Date;
use serde::Serialize;

/// What was done, or in a dry run what would be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// Whether nothing was changed.
    pub dry_run: bool,
    /// The day the sweep went by.
    pub as_of: Date,
    /// The cohorts that are due.
    pub cohorts: Vec<Cohort>,
    /// Unassigned questionnaires that were deleted, or in a dry run are due.
    pub unassigned_count: u64,
    /// In a dry run: these questionnaires, at most [`LISTED`] of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unassigned: Vec<Unassigned>,
}

/// Most questionnaires that a dry run lists: an answer must stay below 6 MB.
pub(crate) const LISTED: usize = 1000;

/// A cohort that is due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cohort {
    /// Its institution.
    pub institution: InstitutionId,
    /// The cohort.
    pub cohort: CohortId,
    /// The day since which its data must not exist.
    pub delete_on: Date,
    /// The erasure.
    pub erasure: ErasureId,
    /// What became of it.
    pub state: State,
}

/// What became of a due cohort.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// A dry run found it.
    Due,
    /// Its erasure was started, or started anew.
    Started,
    /// Its erasure runs; it was left alone.
    Running,
    /// Its erasure could not be started; the log says why.
    Failed,
}

/// A questionnaire of a form that no cohort uses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unassigned {
    /// Typeform's id of it.
    pub response: ResponseToken,
    /// The first day on which it must not exist.
    pub delete_on: Date,
}
