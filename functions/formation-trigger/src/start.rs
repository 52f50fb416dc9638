//! The start of one formation, and the mending of one that got stuck.
//!
//! What can go wrong between record and execution, and what then happens:
//!
//! | found | mended by |
//! |---|---|
//! | record, no execution (the process died between the two) | the execution is started |
//! | record, execution over (aborted, timed out, its last step failed) | the record is failed, the cohort is free |
//! | record, execution runs | nothing: the cohort is busy |
//!
//! Two starts at once: the record's transaction lets one through, the execution's name the same one.

use domain::FormationId;
use domain::formation::{
    Failure, FailureCode, Formation, FormationRef, FormationStatus, RequestedBy,
};
use domain::ids::keyed_hash;
use jiff::Timestamp;
use runtime::clock::today;
use runtime::{Metric, StepError, count};
use store::{Scope, StartedFormation, Store, Transition};

use crate::executions::{Begun, Execution, Executions, Unavailable};

/// A start that could not be done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The table.
    #[error("the formation cannot be recorded")]
    Store(#[from] store::Error),
    /// Step Functions.
    #[error("the execution cannot be started or read")]
    Executions(#[from] Unavailable),
}

impl From<Error> for StepError {
    fn from(error: Error) -> Self {
        let name = match &error {
            Error::Store(store) if !store.is_transient() => Self::PERMANENT,
            _ => Self::TRANSIENT,
        };
        Self::new(name, error.to_string())
    }
}

/// How the request for a formation ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It was started now.
    Started,
    /// It had been asked for before; if it was recorded only, its execution runs now.
    Known,
    /// Another formation of the cohort runs.
    Busy(FormationId),
    /// The cohort has published groups that the request does not name.
    Published(FormationId),
    /// The cohort is not there, due for deletion or being erased.
    NoCohort,
    /// The deadline was moved meanwhile; or the groups to begin from have changed since they were seen, or
    /// cannot be begun from.
    Moved,
}

/// A new formation's record. The seed follows from the id (G4): the same formation is always
/// searched the same way, and nobody can pick a seed. It has 53 bits, so that every reader of
/// JSON keeps it exactly.
pub fn formation(
    id: FormationId,
    requested_by: RequestedBy,
    replaces: Option<FormationId>,
    now: Timestamp,
) -> Formation {
    let hash = keyed_hash(b"seed", &[id.as_str()]);
    let seed = u64::from_str_radix(&hash[..16], 16).expect("a hash is hexadecimal") >> 11;
    Formation {
        id,
        status: FormationStatus::Running,
        requested_by,
        requested_at: now,
        replaces,
        kind: domain::formation::Kind::Initial,
        around: None,
        plan: None,
        seed,
        ended_at: None,
        engine: None,
        sections: std::collections::BTreeMap::default(),
        failure: None,
        task_token: None,
        decision: None,
        board: domain::formation::BoardMarks::default(),
    }
}

/// Records a formation and starts its execution; what a `deadline` asks for only while that is the
/// cohort's.
pub async fn start(
    store: &Store,
    executions: &Executions,
    scope: &Scope,
    wanted: &Formation,
    deadline: Option<Timestamp>,
) -> Result<Outcome, Error> {
    let now = wanted.requested_at;
    if store.cohort(scope, today(now)).await?.is_none() {
        return Ok(Outcome::NoCohort);
    }
    let mended_once = [false, true];
    for mended in mended_once {
        match store.start_formation(scope, wanted, deadline).await? {
            StartedFormation::New => {
                executions.start(&named(scope, &wanted.id)).await?;
                count(Metric::FormationsStarted, 1);
                tracing::info!(
                    institution = scope.institution.as_str(),
                    cohort = scope.cohort.as_str(),
                    formation = wanted.id.as_str(),
                    "formation.started"
                );
                return Ok(Outcome::Started);
            }
            StartedFormation::Already(known) => {
                if !known.status.has_ended()
                    && executions.start(&named(scope, &known.id)).await? == Begun::Before
                {
                    mend(store, executions, scope, &known.id, now).await?;
                }
                return Ok(Outcome::Known);
            }
            StartedFormation::NoCohort => return Ok(Outcome::NoCohort),
            StartedFormation::Published(published) => return Ok(Outcome::Published(published)),
            StartedFormation::Moved => return Ok(Outcome::Moved),
            StartedFormation::Busy(active) => {
                if mended || !mend(store, executions, scope, &active, now).await? {
                    return Ok(Outcome::Busy(active));
                }
            }
        }
    }
    unreachable!("the second round returns")
}

/// Looks after an active formation; tells whether the cohort is free now.
pub async fn mend(
    store: &Store,
    executions: &Executions,
    scope: &Scope,
    active: &FormationId,
    now: Timestamp,
) -> Result<bool, Error> {
    match executions.look(active).await? {
        Execution::Runs => Ok(false),
        Execution::Missing => {
            // What runs under this name has these ids as its input, so a second start of the same
            // moment starts nothing.
            executions.start(&named(scope, active)).await?;
            tracing::warn!(formation = active.as_str(), "formation.start_resumed");
            Ok(false)
        }
        Execution::Over => {
            // The condition on the record keeps one that ended properly meanwhile as it is.
            let failure =
                Failure::new(FailureCode::Internal, "the execution ended without a result");
            if store.fail_formation(scope, active, now, &failure).await? == Transition::Done {
                count(Metric::FormationsFailed, 1);
                tracing::warn!(formation = active.as_str(), "formation.found_dead");
            }
            Ok(true)
        }
    }
}

fn named(scope: &Scope, formation: &FormationId) -> FormationRef {
    FormationRef {
        institution: scope.institution.clone(),
        cohort: scope.cohort.clone(),
        formation: formation.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn g4_the_seed_follows_from_the_id_and_survives_json() {
        let of = |id| {
            let id = FormationId::parse(id).unwrap();
            formation(id, RequestedBy::Deadline, None, Timestamp::UNIX_EPOCH).seed
        };
        assert_eq!(of("for_a"), of("for_a"));
        assert_ne!(of("for_a"), of("for_b"));
        assert!(of("for_a") < 1 << 53);
    }
}
