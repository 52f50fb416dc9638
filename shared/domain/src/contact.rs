//! Contacts: who may see and steer what (P2).

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{ContactId, Email, InstitutionId, PersonName};

/// What a contact may do; each role may do all that the one before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Reads.
    Viewer,
    /// Reads, starts and approves formations.
    Coordinator,
    /// Processor staff: also sees what belongs to no institution yet.
    Operator,
}

/// A contact. The token says who it is; everything they may do stands here, read on every request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// The identity provider's subject.
    pub id: ContactId,
    /// The institution they act for.
    pub institution: InstitutionId,
    /// What they may do.
    pub role: Role,
    /// Their name.
    pub name: PersonName,
    /// Their address.
    pub email: Email,
    /// Whether they may act at all; a revoked contact is refused at once.
    pub active: bool,
    /// The last day on which they used the service, or were onboarded: two years later they go (D1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_active_on: Option<Date>,
}
