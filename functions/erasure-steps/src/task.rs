//! What the state machine asks and what it is answered: ids, counts and times (D10).

use std::collections::BTreeMap;

use domain::erasure::{ErasureRef, Subject};
use domain::{CaseReference, CohortId, ErasureId, InstitutionId, StudentId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::Scope;

/// One task of the state machine.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Told")]
pub struct Task {
    /// Which step.
    pub step: Step,
    /// The institution.
    pub institution: InstitutionId,
    /// The cohort; absent where the institution itself goes.
    pub cohort: Option<CohortId>,
    /// The student, where one person goes and not the cohort.
    pub student: Option<StudentId>,
    /// The erasure.
    pub erasure: ErasureId,
    /// The answer that came before: of this step, then it goes on from there; of another, then it
    /// starts afresh. `certify` is told what `verify` found.
    pub after: Option<Progress>,
    /// When this execution began; a step gives up a day later. Without it: now.
    pub since: Option<Timestamp>,
    /// For `fail`: what was caught.
    pub error: Option<Caught>,
    /// For `fail`: what the execution is about; the subject may be one of an institution's cohorts.
    pub whole: Option<ErasureRef>,
    /// For `form_gone`: where the operator wrote down what they saw.
    pub reference: Option<CaseReference>,
}

/// [`Task`] as the machine tells it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Told {
    step: Step,
    subject: ErasureRef,
    #[serde(default)]
    after: Option<Progress>,
    #[serde(default)]
    since: Option<Timestamp>,
    #[serde(default)]
    error: Option<Caught>,
    #[serde(default)]
    whole: Option<ErasureRef>,
    #[serde(default)]
    reference: Option<CaseReference>,
}

impl TryFrom<Told> for Task {
    type Error = &'static str;

    fn try_from(told: Told) -> Result<Self, Self::Error> {
        let Told { step, subject, after, since, error, whole, reference } = told;
        let ErasureRef { institution, subject, erasure } = subject;
        let (cohort, student) = match subject {
            Subject::Person { cohort, student } => (Some(cohort), Some(student)),
            Subject::Cohort { cohort } => (Some(cohort), None),
            Subject::Institution => (None, None),
        };
        let task = Self {
            step,
            institution,
            cohort,
            student,
            erasure,
            after,
            since,
            error,
            whole,
            reference,
        };
        let of_cohorts = task.step == Step::FormGone;
        let of_institutions = task.step == Step::NextCohort;
        match task.cohort {
            Some(_) if of_institutions => Err("a cohort has no cohorts"),
            None if of_cohorts => Err("an institution has no form"),
            _ => Ok(task),
        }
    }
}

impl Task {
    /// The cohort's keys; none where the institution itself goes.
    pub fn scope(&self) -> Option<Scope> {
        self.cohort.clone().map(|cohort| Scope::new(self.institution.clone(), cohort))
    }

    /// What goes.
    pub fn subject(&self) -> Subject {
        match (self.cohort.clone(), self.student.clone()) {
            (Some(cohort), Some(student)) => Subject::Person { cohort, student },
            (Some(cohort), None) => Subject::Cohort { cohort },
            (None, _) => Subject::Institution,
        }
    }

    /// Where this step stands, if its last answer was "not done".
    pub fn unfinished(&self) -> Option<&Progress> {
        self.after.as_ref().filter(|after| after.step == self.step && !after.done)
    }

    /// Whether the step starts afresh.
    pub fn is_fresh(&self) -> bool {
        self.unfinished().is_none()
    }
}

/// The steps, in the order in which they run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Marks the cohort: from here on nobody sees its data.
    Begin,
    /// Of an institution: names the next cohort that the machine is to erase.
    NextCohort,
    /// Deletes the questionnaires at Typeform.
    Typeform,
    /// Takes the students' addresses off SES's suppression list.
    Suppressions,
    /// Deletes every version of every object.
    Objects,
    /// Deletes the items; last, because the steps before need addresses.
    Items,
    /// Reads everything back.
    Verify,
    /// Writes the ledger entry and the certificate.
    Certify,
    /// Notes why the erasure stopped.
    Fail,
    /// Notes an operator's word that the form is gone at Typeform. No step of the machine: an operator
    /// asks for it, and the next sweep goes on.
    FormGone,
}

/// What a step answers, and what the machine hands to the next call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Progress {
    /// The step that answered.
    pub step: Step,
    /// Whether the machine may go on.
    pub done: bool,
    /// How often the step has answered "not done" in a row.
    #[serde(default)]
    pub round: u32,
    /// How long the machine should wait before it asks again, in seconds.
    #[serde(default)]
    pub wait_seconds: u32,
    /// Suppressions: where to go on, the last student that was seen to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<StudentId>,
    /// Verify: what is still there, per system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_over: Option<BTreeMap<String, u64>>,
    /// Verify: when everything had been read back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified_at: Option<Timestamp>,
    /// Next cohort: which it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<ErasureRef>,
    /// Next cohort: when its turn came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
}

impl Progress {
    /// The step is done.
    pub fn done(step: Step) -> Self {
        Self { done: true, ..Self::not_done(step, 0) }
    }

    /// The step is to be called again after some seconds.
    pub fn not_done(step: Step, wait_seconds: u32) -> Self {
        Self {
            step,
            done: false,
            round: 0,
            wait_seconds,
            cursor: None,
            left_over: None,
            verified_at: None,
            subject: None,
            since: None,
        }
    }
}

/// An error as Step Functions hands it over. Only the name is looked at.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Caught {
    /// The error's fixed name.
    pub error: String,
}
