//! Erasure: one run that deletes a person, a cohort or an institution, and the certificate that tells
//! of it (D2, D6).

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{CaseReference, CohortId, ContactId, ErasureId, InstitutionId, StudentId};

/// Whose data goes, within an institution.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// One student of a cohort.
    Person {
        /// The cohort.
        cohort: CohortId,
        /// The student.
        student: StudentId,
    },
    /// A cohort.
    Cohort {
        /// The cohort.
        cohort: CohortId,
    },
    /// The institution itself: all its cohorts, its contacts and what was written to it.
    Institution,
}

impl Subject {
    /// How much it is.
    pub fn scope(&self) -> ErasureScope {
        match self {
            Self::Person { .. } => ErasureScope::Person,
            Self::Cohort { .. } => ErasureScope::Cohort,
            Self::Institution => ErasureScope::Institution,
        }
    }

    /// The cohort, unless it is the institution.
    pub fn cohort(&self) -> Option<&CohortId> {
        match self {
            Self::Person { cohort, .. } | Self::Cohort { cohort } => Some(cohort),
            Self::Institution => None,
        }
    }

    /// The student, if it is one.
    pub fn student(&self) -> Option<&StudentId> {
        match self {
            Self::Person { student, .. } => Some(student),
            Self::Cohort { .. } | Self::Institution => None,
        }
    }
}

/// How much an erasure deletes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErasureScope {
    /// One student.
    Person,
    /// A cohort.
    #[default]
    Cohort,
    /// An institution.
    Institution,
}

/// What the erasure state machine and its tasks are told: ids, nothing else (D10).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "ErasureIds", into = "ErasureIds")]
pub struct ErasureRef {
    /// The institution.
    pub institution: InstitutionId,
    /// What of it goes.
    pub subject: Subject,
    /// The erasure; also the execution's name.
    pub erasure: ErasureId,
}

/// [`ErasureRef`] as it is written. An id that is none is an error, never a larger subject.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ErasureIds {
    institution: InstitutionId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cohort: Option<CohortId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    student: Option<StudentId>,
    erasure: ErasureId,
}

impl TryFrom<ErasureIds> for ErasureRef {
    type Error = &'static str;

    fn try_from(ids: ErasureIds) -> Result<Self, Self::Error> {
        let subject = match (ids.cohort, ids.student) {
            (Some(cohort), Some(student)) => Subject::Person { cohort, student },
            (Some(cohort), None) => Subject::Cohort { cohort },
            (None, None) => Subject::Institution,
            (None, Some(_)) => return Err("a student without a cohort"),
        };
        Ok(Self { institution: ids.institution, subject, erasure: ids.erasure })
    }
}

impl From<ErasureRef> for ErasureIds {
    fn from(erasure: ErasureRef) -> Self {
        let (cohort, student) = (erasure.subject.cohort(), erasure.subject.student());
        Self {
            cohort: cohort.cloned(),
            student: student.cloned(),
            institution: erasure.institution,
            erasure: erasure.erasure,
        }
    }
}

/// The record of an erasure. Holds no personal data; it outlives what it deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erasure {
    /// Its id.
    pub id: ErasureId,
    /// How much goes.
    #[serde(default)]
    pub scope: ErasureScope,
    /// The cohort that goes, or of which somebody goes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cohort: Option<CohortId>,
    /// The student who goes, until the erasure is completed: the id is a keyed hash of an address and
    /// goes with the rest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub student: Option<StudentId>,
    /// Where it is.
    pub status: ErasureStatus,
    /// Why it was started.
    pub reason: ErasureReason,
    /// The case in which it is written down who asked and how; absent where the term ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<CaseReference>,
    /// The written instruction that it goes by, for an institution; until it is completed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instruction: Option<Instruction>,
    /// The operator who asked for it; absent where the term ended, and once their institution is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requested_by: Option<ContactId>,
    /// When it was asked for; absent where the term ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requested_at: Option<Timestamp>,
    /// The date on which the data was due; absent where it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delete_on: Option<Date>,
    /// The controller's instruction that had extended the term, if there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extended_by: Option<CaseReference>,
    /// When it was started, or asked for while it has not started.
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
    /// Up to which of the cohort's items they are in the counts: they are deleted in their order, and those up to
    /// here are not counted again when a step is repeated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub items_counted: Option<String>,
    /// The operator's word that the form is gone at Typeform.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form_gone: Option<FormGone>,
    /// Why it stopped, as a short fixed word; it is resumed by the next sweep.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}

/// Who of the controller instructed an erasure, and when. Its reference stands with the erasure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Instruction {
    /// Name and function. Personal data: it goes when the erasure is completed.
    pub given_by: String,
    /// The date of the instruction.
    pub given_on: Date,
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
    /// Asked for, not begun.
    Requested,
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
    /// The person asked for it (D4).
    PersonAsked,
    /// The controller instructed it.
    ControllerInstructed,
    /// The agreement with the institution ended (D6).
    AgreementEnded,
    /// It was erased before, and a restore brought it back (D3).
    Restored,
}

/// What the controller can download as proof of deletion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// The erasure.
    pub erasure: ErasureId,
    /// The controller.
    pub institution: InstitutionId,
    /// How much is gone.
    #[serde(default)]
    pub scope: ErasureScope,
    /// The cohort that is gone, or of which somebody is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cohort: Option<CohortId>,
    /// Why it was erased.
    pub reason: ErasureReason,
    /// The case in which it is written down who asked and how; for a person it is what tells the
    /// controller who it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<CaseReference>,
    /// When it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requested_at: Option<Timestamp>,
    /// The date on which the data was due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delete_on: Option<Date>,
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
    /// The key of the ledger entry that lets a restore erase it again (D3).
    pub ledger_entry: String,
    /// For an institution: the erasures of its cohorts, each with a certificate of its own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cohorts: Vec<ErasureId>,
}

impl Erasure {
    /// What goes; nothing for a person whose erasure is completed.
    pub fn subject(&self) -> Option<Subject> {
        match (self.scope, self.cohort.clone(), self.student.clone()) {
            (ErasureScope::Person, Some(cohort), Some(student)) => {
                Some(Subject::Person { cohort, student })
            }
            (ErasureScope::Cohort, Some(cohort), _) => Some(Subject::Cohort { cohort }),
            (ErasureScope::Institution, ..) => Some(Subject::Institution),
            _ => None,
        }
    }

    /// A request that nobody has begun yet.
    pub fn requested(
        id: ErasureId,
        subject: &Subject,
        reason: ErasureReason,
        reference: CaseReference,
        by: Option<ContactId>,
        at: Timestamp,
    ) -> Self {
        Self {
            status: ErasureStatus::Requested,
            reference: Some(reference),
            requested_by: by,
            requested_at: Some(at),
            ..Self::new(id, subject, reason, at)
        }
    }

    /// One that begins because the data of a cohort is due.
    pub fn due(id: ErasureId, cohort: CohortId, delete_on: Date, at: Timestamp) -> Self {
        let subject = Subject::Cohort { cohort };
        Self {
            delete_on: Some(delete_on),
            ..Self::new(id, &subject, ErasureReason::RetentionEnded, at)
        }
    }

    fn new(id: ErasureId, subject: &Subject, reason: ErasureReason, at: Timestamp) -> Self {
        Self {
            id,
            scope: subject.scope(),
            cohort: subject.cohort().cloned(),
            student: subject.student().cloned(),
            status: ErasureStatus::Running,
            reason,
            reference: None,
            instruction: None,
            requested_by: None,
            requested_at: None,
            delete_on: None,
            extended_by: None,
            started_at: at,
            completed_at: None,
            deleted: BTreeMap::new(),
            suppressions_counted: None,
            items_counted: None,
            form_gone: None,
            failure: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(value: serde_json::Value) -> Result<ErasureRef, serde_json::Error> {
        serde_json::from_value(value)
    }

    #[test]
    fn d6_what_goes_is_told_by_the_ids_and_nothing_is_taken_for_more_than_was_said() {
        let person = json!({ "institution": "ins_1", "cohort": "coh_1", "student": "stu_1", "erasure": "era_1" });
        let cohort = json!({ "institution": "ins_1", "cohort": "coh_1", "erasure": "era_1" });
        let institution = json!({ "institution": "ins_1", "erasure": "era_1" });
        let scopes = [ErasureScope::Person, ErasureScope::Cohort, ErasureScope::Institution];
        for (value, scope) in [person, cohort, institution].into_iter().zip(scopes) {
            let parsed = read(value.clone()).unwrap();
            assert_eq!(parsed.subject.scope(), scope);
            assert_eq!(serde_json::to_value(parsed).unwrap(), value);
        }
        for bad in [
            json!({ "institution": "ins_1", "cohort": "stu_1", "erasure": "era_1" }),
            json!({ "institution": "ins_1", "cohort": "coh_1", "student": 7, "erasure": "era_1" }),
            json!({ "institution": "ins_1", "student": "stu_1", "erasure": "era_1" }),
            json!({ "institution": "ins_1", "cohorts": "coh_1", "erasure": "era_1" }),
        ] {
            assert!(read(bad.clone()).is_err(), "{bad}");
        }
    }

    #[test]
    fn d2_records_written_before_there_were_scopes_are_of_cohorts() {
        let old = json!({
            "id": "era_1", "cohort": "coh_1", "status": "completed", "reason": "retention_ended",
            "delete_on": "2027-05-07", "started_at": "2027-05-07T02:00:00Z",
        });
        let old: Erasure = serde_json::from_value(old).unwrap();
        let cohort = CohortId::parse("coh_1").unwrap();
        assert_eq!(old.subject(), Some(Subject::Cohort { cohort }));
    }
}
