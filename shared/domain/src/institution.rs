//! The institution: a university, the data controller, the tenant.

use serde::{Deserialize, Serialize};

use crate::{Email, ErasureId, InstitutionId};

/// A language that mails and the portal speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Danish.
    Da,
    /// English.
    En,
}

/// A tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Institution {
    /// Its id.
    pub id: InstitutionId,
    /// Its name as mails show it.
    pub name: String,
    /// Where students' answers to mails go.
    pub reply_to: Email,
    /// The erasure that was asked for; from then on no reader sees anything of the institution (D6).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erasure: Option<ErasureId>,
}
