//! The audit trail: who read or changed which personal data, when and why (D5).

mod chain;
mod reason;
mod walk;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{CohortId, ContactId, InstitutionId, StudentId};

pub use chain::{Head, Link};
pub use reason::{LONGEST_REASON, Reason, ReasonError};
pub use walk::{Broken, Flaw, Walk};

/// How many ids an entry names at most; `subjects` counts all. Work on more is work on a whole cohort,
/// whose records say who was in it.
pub const MOST_IDS: usize = 1000;

/// One entry. Holds ids only; the reason is a text that must name nobody.
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
    /// What, as a fixed word such as `students.list`; method and route of an attempt that was refused
    /// before it came to that.
    pub action: String,
    /// The request or execution it happened in.
    pub request: String,
    /// How many people's data it touched.
    pub subjects: u32,
    /// Ids of the people, requests or formations it touched, at most [`MOST_IDS`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ids: Vec<String>,
    /// Why, in the words of who did it; an operator must give a reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// Whether it was let through. Entries are written before the act, so that none is without one.
    #[serde(default)]
    pub outcome: Outcome,
    /// The word of the problem with which it was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

/// Who did something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// A contact or operator, by the id of their record.
    Contact(ContactId),
    /// A job, by the name of its function.
    Job(String),
    /// A student, on their own page.
    Student(StudentId),
}

/// Whether an act was let through.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It was.
    #[default]
    Done,
    /// It was not: nothing was shown and nothing changed.
    Refused,
}

impl AuditEntry {
    /// An entry of somebody's act on nobody's data in particular.
    pub fn new(
        institution: &InstitutionId,
        at: Timestamp,
        actor: Actor,
        action: &str,
        request: &str,
    ) -> Self {
        Self {
            institution: institution.clone(),
            cohort: None,
            at,
            actor,
            action: action.to_owned(),
            request: request.to_owned(),
            subjects: 0,
            ids: Vec::new(),
            reason: None,
            outcome: Outcome::Done,
            problem: None,
        }
    }

    /// An entry of a job, by the name of its function and the id of its execution or invocation.
    pub fn of_job(
        institution: &InstitutionId,
        at: Timestamp,
        function: &str,
        action: &str,
        request: &str,
    ) -> Self {
        Self::new(institution, at, Actor::Job(function.to_owned()), action, request)
    }

    /// The cohort whose data it was.
    #[must_use]
    pub fn in_cohort(self, cohort: Option<&CohortId>) -> Self {
        Self { cohort: cohort.cloned(), ..self }
    }

    /// How many people's data it touched.
    #[must_use]
    pub fn touching(self, subjects: usize) -> Self {
        Self { subjects: u32::try_from(subjects).unwrap_or(u32::MAX), ..self }
    }

    /// Whose data it touched, or what else the ids name.
    #[must_use]
    pub fn about<I>(mut self, ids: I) -> Self
    where
        I: IntoIterator,
        I::Item: ToString,
    {
        self.ids = ids.into_iter().take(MOST_IDS).map(|id| id.to_string()).collect();
        self
    }

    /// Why.
    #[must_use]
    pub fn because(self, reason: Option<&Reason>) -> Self {
        Self { reason: reason.cloned(), ..self }
    }

    /// The attempt was refused with this problem.
    #[must_use]
    pub fn refused(self, problem: &str) -> Self {
        Self { outcome: Outcome::Refused, problem: Some(problem.to_owned()), ..self }
    }
}
