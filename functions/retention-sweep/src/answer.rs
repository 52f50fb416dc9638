//! What a sweep answers: ids, dates and counts.

use domain::{CohortId, ContactId, ErasureId, InstitutionId, ResponseToken};
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
    /// Contacts without activity for two years; in a dry run also those who soon will be.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub contacts: Vec<Inactive>,
    /// Letters to institutions that were deleted, or in a dry run are due.
    #[serde(skip_serializing_if = "is_zero")]
    pub correspondence_count: u64,
    /// Deactivated institutions whose agreed day has come.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub institutions: Vec<Deactivated>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// A contact without activity for two years.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Inactive {
    /// Their institution.
    pub institution: InstitutionId,
    /// The contact.
    pub contact: ContactId,
    /// The first day on which they must not exist.
    pub delete_on: Date,
    /// What became of them.
    pub state: InactiveState,
}

/// What became of a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum InactiveState {
    /// A dry run found that they will be due within a month.
    Soon,
    /// A dry run found them.
    Due,
    /// Access, account and record are gone.
    Erased,
}

/// A deactivated institution whose agreed day has come, or whose erasure was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Deactivated {
    /// The institution.
    pub institution: InstitutionId,
    /// The agreed day.
    pub erase_on: Date,
    /// The erasure.
    pub erasure: ErasureId,
    /// What became of it.
    pub state: State,
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

/// What became of a due cohort or institution.
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
