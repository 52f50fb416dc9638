//! Deactivation: the end of an agreement, from which on an institution's data is out of everybody's
//! reach until it is erased on the agreed day (D6).

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{CaseReference, ErasureId};

/// A written instruction of an institution to deactivate it. Names nobody; it outlives the data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deactivation {
    /// Where the written instruction is filed.
    pub reference: CaseReference,
    /// The date of the instruction.
    pub given_on: Date,
    /// The day on which everything is erased.
    pub erase_on: Date,
    /// When it was noted; since then the data is out of reach.
    pub noted_at: Timestamp,
    /// The instruction that ended it before that day, if there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Reactivation>,
    /// The erasure that goes by it, once it was asked for: from then on it cannot be taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erasure: Option<ErasureId>,
}

/// A written instruction to take a deactivation back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reactivation {
    /// Where the written instruction is filed.
    pub reference: CaseReference,
    /// The date of the instruction.
    pub given_on: Date,
    /// When it was noted.
    pub noted_at: Timestamp,
}

impl Deactivation {
    /// Whether the institution's data is out of reach by it.
    pub fn is_in_force(&self) -> bool {
        self.ended.is_none()
    }
}
