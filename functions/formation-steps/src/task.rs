//! What the state machine asks for: a step, ids, nothing else (D10).

use domain::formation::FormationRef;
use domain::mailing::MailingRef;
use domain::{CohortId, ErasureId, InstitutionId, SectionId};
use serde::Deserialize;
use store::Scope;

/// One invocation: a task of a formation, what an erasure asks for, or a task of a mailing.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Asked {
    /// Of a formation.
    Formation(Task),
    /// Of an erasure.
    Erasure(Aftermath),
    /// Of a mailing.
    Mailing(Mails),
}

/// A task of a mailing.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum Mails {
    /// Put the mails to some more recipients into the outbox.
    Address(MailingRef),
    /// Write down that it did not come to its end.
    Stop(MailingRef),
}

/// What an erasure asks for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum Aftermath {
    /// Repair the groups that a person's erasure has left smaller.
    Repair {
        /// The institution.
        institution: InstitutionId,
        /// The cohort.
        cohort: CohortId,
        /// The erasure.
        erasure: ErasureId,
    },
}

/// One task of a formation.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Task {
    /// Which formation.
    #[serde(flatten)]
    pub of: FormationRef,
    /// What to do.
    #[serde(flatten)]
    pub step: Step,
}

impl Task {
    /// The cohort.
    pub fn scope(&self) -> Scope {
        Scope::new(self.of.institution.clone(), self.of.cohort.clone())
    }
}

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum Step {
    /// Decide who takes part with which answers, and write the solvers' inputs.
    Snapshot,
    /// Form the groups of one section.
    Solve {
        /// The section.
        section: SectionId,
    },
    /// Write the groups and what is known of them.
    Commit,
    /// Let the formation wait for a contact.
    RequestApproval {
        /// What the contact's decision is sent to.
        task_token: TaskToken,
    },
    /// Make the groups count.
    Publish,
    /// Put a message per student into the outbox and the queue.
    Announce,
    /// Write down why the formation failed.
    Fail {
        /// What the machine caught.
        error: Caught,
    },
}

impl Step {
    /// The step's name, as the machine gives it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Snapshot => "snapshot",
            Self::Solve { .. } => "solve",
            Self::Commit => "commit",
            Self::RequestApproval { .. } => "request_approval",
            Self::Publish => "publish",
            Self::Announce => "announce",
            Self::Fail { .. } => "fail",
        }
    }
}

/// The machine's token for a waiting task: who has it can approve. Not shown in logs.
#[derive(Clone, PartialEq, Eq, Deserialize)]
pub struct TaskToken(pub String);

impl std::fmt::Debug for TaskToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TaskToken(..)")
    }
}

/// An error as Step Functions hands it to a catcher.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Caught {
    /// Its name.
    pub error: String,
    /// For an error of a Lambda function: its answer, as a JSON text.
    #[serde(default)]
    pub cause: String,
}

/// Shows the name only: nobody vouches for what an unknown cause holds.
impl std::fmt::Debug for Caught {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Caught({})", self.error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d10_a_token_and_a_cause_are_not_shown() {
        let task: Task = serde_json::from_str(
            r#"{"step":"request_approval","institution":"ins_1","cohort":"coh_1","formation":"for_1","task_token":"secret"}"#,
        )
        .unwrap();
        assert!(!format!("{task:?}").contains("secret"));
        let task: Task = serde_json::from_str(
            r#"{"step":"fail","institution":"ins_1","cohort":"coh_1","formation":"for_1","error":{"Error":"X","Cause":"secret"}}"#,
        )
        .unwrap();
        assert!(!format!("{task:?}").contains("secret"));
    }
}
