//! The audit trail: who read or changed which personal data, when and why (D5).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{CohortId, ContactId, InstitutionId};

/// One entry. Holds ids only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// Whose data it was.
    pub institution: InstitutionId,
    /// The cohort, when it was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cohort: Option<CohortId>,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: Actor,
    /// What, as a fixed word such as `students.list`.
    pub action: String,
    /// The request or execution it happened in.
    pub request: String,
    /// How many people's data it touched.
    pub subjects: u32,
}

/// Who did something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// A contact or operator, by the id of their record.
    Contact(ContactId),
    /// A job, by the name of its function.
    Job(String),
}
