//! Erasure: one run that deletes a cohort, and the certificate that tells of it (D2).

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{CaseReference, CohortId, ErasureId, InstitutionId, StudentId};

/// What the erasure state machine and its tasks are told: ids, nothing else (D10).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErasureRef {
    /// The institution.
    pub institution: InstitutionId,
    /// The cohort.
    pub cohort: CohortId,
    /// The erasure; also the execution's name.
    pub erasure: ErasureId,
}

/// The record of an erasure. Holds no personal data; it outlives what it deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erasure {
    /// Its id.
    pub id: ErasureId,
    /// The cohort that goes.
    pub cohort: CohortId,
    /// Where it is.
    pub status: ErasureStatus,
    /// Why it was started.
    pub reason: ErasureReason,
    /// The date on which the data was due.
    pub delete_on: Date,
    /// The controller's instruction that had extended the term, if there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extended_by: Option<CaseReference>,
    /// When it was started.
    pub started_at: Timestamp,
    /// When the certificate was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completed_at: Option<Timestamp>,
    /// How many things were deleted so far, per system and kind (`objects`, `responses`, ...).
    #[serde(default)]
    pub deleted: BTreeMap<String, u64>,
    /// The last student whose suppression entries are in the counts: entries of students up to here
    /// are not counted again when a step is repeated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suppressions_counted: Option<StudentId>,
    /// The operator's word that the form is gone at Typeform.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form_gone: Option<FormGone>,
    /// Why it stopped, as a short fixed word; it is resumed by the next sweep.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}

/// An operator's word that Typeform has a cohort's form no more, nor its responses. Typeform's
/// answer alone does not say so: a token of another account is told the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormGone {
    /// Where it is written down who looked and what they saw.
    pub reference: CaseReference,
    /// When it was said.
    pub at: Timestamp,
}

/// Where an erasure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErasureStatus {
    /// At work.
    Running,
    /// Stopped before its end; the next sweep goes on with it.
    Failed,
    /// Done, verified and certified.
    Completed,
}

/// Why an erasure was started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErasureReason {
    /// The retention term ended (D1).
    RetentionEnded,
}

/// What the controller can download as proof of deletion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// The erasure.
    pub erasure: ErasureId,
    /// The controller.
    pub institution: InstitutionId,
    /// The cohort that is gone.
    pub cohort: CohortId,
    /// Why it was erased.
    pub reason: ErasureReason,
    /// The date on which the data was due.
    pub delete_on: Date,
    /// The controller's instruction that had extended the term, if there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extended_by: Option<CaseReference>,
    /// When the erasure began.
    pub started_at: Timestamp,
    /// When everything had been read back and found gone.
    pub verified_at: Timestamp,
    /// How many things were deleted, per system and kind.
    pub deleted: BTreeMap<String, u64>,
    /// The systems that were read back after the deletion, each with what was left: zero.
    pub left_over: BTreeMap<String, u64>,
    /// Where Typeform is not among these systems: why it could not be read back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form_gone: Option<FormGone>,
    /// The key of the ledger entry that lets a restore erase the cohort again (D3).
    pub ledger_entry: String,
}
