//! An export of everything that is stored of an institution (D6): one run that writes files, and what
//! is known of them.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::erasure::Erasure;
use crate::{ContactId, ExportId, InstitutionId};

/// Days that an export is kept.
pub const KEPT_DAYS: i64 = 30;

/// What the state machine and its task are told: ids, nothing else (D10).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportRef {
    /// The institution.
    pub institution: InstitutionId,
    /// The export; also the execution's name.
    pub export: ExportId,
}

/// Where an export is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExportStatus {
    /// Asked for, or being written.
    Running,
    /// Every file is there.
    Ready,
    /// It stopped before its end; another one may be asked for.
    Failed,
    /// Its files are deleted.
    Expired,
}

/// Why an export stopped before its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExportFailure {
    /// Something of the institution is being erased: what goes must not be in an export.
    Erasure,
    /// Something broke on our side.
    Internal,
}

/// How far the writing has come: the part, and the key after which it goes on. Ids only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportPlace {
    /// The part of the institution that is being written.
    pub part: String,
    /// The last key that was written; absent at the beginning of a part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// How many pages of the part were written.
    #[serde(default)]
    pub pages: u32,
}

/// An export of an institution.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstitutionExport {
    /// Its id.
    pub id: ExportId,
    /// Where it is.
    pub status: ExportStatus,
    /// Counts the changes: each is made under the condition that there was none in between.
    pub version: u32,
    /// Who asked for it.
    pub requested_by: ContactId,
    /// When it was asked for.
    pub requested_at: Timestamp,
    /// The first instant at which its files must not exist.
    pub expires_at: Timestamp,
    /// How far it has come; absent before it began and after its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<ExportPlace>,
    /// When it was ready, stopped or deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// Why it stopped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<ExportFailure>,
}

/// A file of an export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportFile {
    /// Its name within the export.
    pub name: String,
    /// How many items it holds.
    pub items: u64,
    /// How long it is.
    pub bytes: u64,
    /// Its SHA-256, hexadecimal.
    pub sha256: String,
}

impl InstitutionExport {
    /// An export that is asked for.
    pub fn requested(id: ExportId, by: ContactId, now: Timestamp) -> Self {
        let kept = SignedDuration::from_hours(24 * KEPT_DAYS);
        Self {
            id,
            status: ExportStatus::Running,
            version: 0,
            requested_by: by,
            requested_at: now,
            expires_at: now.checked_add(kept).unwrap_or(Timestamp::MAX),
            place: None,
            ended_at: None,
            failure: None,
        }
    }

    /// The same further on.
    #[must_use]
    pub fn at(mut self, place: ExportPlace) -> Self {
        self.place = Some(place);
        self.version += 1;
        self
    }

    /// The same at its end.
    #[must_use]
    pub fn ended(mut self, status: ExportStatus, now: Timestamp) -> Self {
        self.status = status;
        self.place = None;
        self.ended_at = Some(now);
        self.version += 1;
        self
    }

    /// Whether its files may be read.
    pub fn is_readable(&self, now: Timestamp) -> bool {
        self.status == ExportStatus::Ready && now < self.expires_at
    }

    /// Whether something that may be in it is being erased, or was since it was asked for.
    pub fn is_outdated(&self, erasures: &[Erasure]) -> bool {
        erasures.iter().any(|erasure| erasure.completed_at.is_none_or(|at| at > self.requested_at))
    }
}
