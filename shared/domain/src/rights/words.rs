//! The words of a request: which right, how it came, where it is.

use serde::{Deserialize, Serialize};

/// Which right is made use of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A copy of everything that is held (article 15).
    Access,
    /// The same in a form that machines read (article 20).
    Portability,
    /// Putting right what is wrong (article 16).
    Rectification,
    /// Deletion (article 17).
    Erasure,
    /// Storing and nothing more (article 18).
    Restriction,
    /// No part in the formation of groups (article 21).
    Objection,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 6] = [
        Self::Access,
        Self::Portability,
        Self::Rectification,
        Self::Erasure,
        Self::Restriction,
        Self::Objection,
    ];

    /// The kind as it stands in tables and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Portability => "portability",
            Self::Rectification => "rectification",
            Self::Erasure => "erasure",
            Self::Restriction => "restriction",
            Self::Objection => "objection",
        }
    }

    /// Whether it is fulfilled by handing the data over.
    pub fn exports(self) -> bool {
        matches!(self, Self::Access | Self::Portability)
    }

    /// Whether it may be fulfilled before the student has confirmed it. Article 18 protects while
    /// something is still being looked into, and whoever asks for it wrongly harms nobody: it is lifted.
    pub fn protects(self) -> bool {
        self == Self::Restriction
    }
}

/// How a request reached the processor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// A mail of the student.
    Email,
    /// A letter.
    Letter,
    /// By telephone.
    Phone,
    /// The institution passed it on.
    Institution,
    /// The student, on the page that a link in a mail opens.
    StudentPage,
}

impl Channel {
    /// Those by which somebody hears of a request and notes it.
    pub const NOTED: [Self; 4] = [Self::Email, Self::Letter, Self::Phone, Self::Institution];

    /// The channel as it stands in tables and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Letter => "letter",
            Self::Phone => "phone",
            Self::Institution => "institution",
            Self::StudentPage => "student_page",
        }
    }
}

/// Where a request is.
///
/// ```text
/// received -> acknowledged -> confirmed -> fulfilled [-> lifted, restriction and objection]
///     \______________\____________\-----> refused
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It was noted; the student has heard nothing yet.
    Received,
    /// The student was told, with a link that confirms it.
    Acknowledged,
    /// The student has confirmed it by the link.
    Confirmed,
    /// It was done.
    Fulfilled,
    /// It was refused, with a reason.
    Refused,
    /// A restriction or an objection that was in force has ended.
    Lifted,
}

impl Status {
    /// All states.
    pub const ALL: [Self; 6] = [
        Self::Received,
        Self::Acknowledged,
        Self::Confirmed,
        Self::Fulfilled,
        Self::Refused,
        Self::Lifted,
    ];

    /// The state as it stands in tables and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Acknowledged => "acknowledged",
            Self::Confirmed => "confirmed",
            Self::Fulfilled => "fulfilled",
            Self::Refused => "refused",
            Self::Lifted => "lifted",
        }
    }

    /// Whether the clock runs.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Received | Self::Acknowledged | Self::Confirmed)
    }
}
