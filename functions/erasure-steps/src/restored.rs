//! After a restore: what the ledger says was erased is due again before anybody reads it (D3).
//!
//! Point-in-time recovery restores to a table of its own, which nothing serves yet. There, every
//! cohort whose keyed hash stands in the ledger is given today as its deletion date: from that on it
//! is out of every reader's sight, and the next sweep erases and certifies it again.
//!
//! Safe to run twice and to die in the middle: a cohort that is due already is left as it is.

use domain::erasure::Subject;
use domain::{CohortId, InstitutionId, retention};
use runtime::{StepError, clock};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::{Scope, Term};

use crate::task::Task;
use crate::{Error, Systems};

/// What the function is asked: a task of the state machine, or by an operator to prepare a restored
/// table.
#[derive(Debug, Clone)]
pub enum Request {
    /// `{"step": .., ..}`
    Task(Box<Task>),
    /// `{"restored": {"table": ..}}`
    Restored(Restored),
}

/// A table that was restored.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Restored {
    /// Its name: the application's table's name and `-restored`, and whatever tells it from others.
    pub table: String,
}

/// What was found and done in it: ids and counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reapplied {
    /// Cohorts that hold data.
    pub examined: u64,
    /// Those that the ledger says were erased: due from now on.
    pub due_again: Vec<Cohort>,
}

/// A cohort that was erased and restored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cohort {
    /// Its institution.
    pub institution: InstitutionId,
    /// The cohort.
    pub cohort: CohortId,
}

impl Request {
    /// Reads a request; by its keys, so that an error is about the kind that was meant.
    pub fn parse(event: Value) -> Result<Self, StepError> {
        let read = match event {
            Value::Object(mut members)
                if members.len() == 1 && members.contains_key("restored") =>
            {
                let restored = members.remove("restored").unwrap_or_default();
                serde_json::from_value(restored).map(Self::Restored)
            }
            event => serde_json::from_value(event).map(|task| Self::Task(Box::new(task))),
        };
        // Events hold ids only, so the message may say what it met.
        read.map_err(|error| StepError::new(StepError::PERMANENT, error.to_string()))
    }
}

/// Makes what was erased due again in a restored table.
pub async fn reapply(systems: &Systems, restored: &Restored) -> Result<Reapplied, Error> {
    let store = systems.store.restored(&restored.table).ok_or(Error::NotRestored)?;
    let today = clock::today((systems.clock)());
    let mut done = Reapplied { examined: 0, due_again: Vec::new() };
    for scope in store.with_data().await? {
        done.examined += 1;
        let Some(cohort) = store.cohort_even_if_gone(&scope).await? else { continue };
        let subject = Subject::Cohort { cohort: scope.cohort.clone() };
        if systems.ledger.erased_at(&scope.institution, &subject).await?.is_none() {
            continue;
        }
        let unseen = cohort.erasure.is_some() || retention::is_due(cohort.delete_on, today);
        let term = Term { delete_on: today, was: cohort.delete_on };
        if !unseen && !store.extend_retention(&scope, None, term).await? {
            return Err(Error::Changed);
        }
        let Scope { institution, cohort } = scope;
        done.due_again.push(Cohort { institution, cohort });
    }
    tracing::info!(
        examined = done.examined,
        due_again = done.due_again.len(),
        "restored.reapplied"
    );
    Ok(done)
}
