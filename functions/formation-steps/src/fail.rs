//! Writes down how a formation ended that did not get to its publication (G3).
//!
//! Safe to run twice: one transaction ends the formation and frees its cohort, once. A formation
//! that was published after all (its answer was lost) stays published; the machine is told so.

use domain::FormationId;
use domain::formation::{Failure, FailureCode, FormationStatus};
use runtime::{Metric, count};
use serde::Deserialize;
use serde_json::{Value, json};
use store::{Scope, Transition};

use crate::Deps;
use crate::error::{Error, name_of};
use crate::task::Caught;

/// The error that a contact's no arrives as.
pub const REJECTED: &str = "Rejected";

/// The error that the machine gives when nobody decided in time.
pub const APPROVAL_EXPIRED: &str = "ApprovalExpired";

/// Runs the step; answers the status that the formation ended with, and whether the fault is ours.
/// Only then does the execution fail and alarm: a reason that a contact can act on stands in the
/// portal and is no fault.
pub async fn run(
    deps: &Deps,
    scope: &Scope,
    id: &FormationId,
    error: &Caught,
) -> Result<Value, Error> {
    let now = (deps.clock)();
    let (transition, ended, ours) = if error.error == REJECTED {
        let transition = deps.store.reject_formation(scope, id, now).await?;
        (transition, FormationStatus::Rejected, false)
    } else {
        let failure = failure(error);
        let transition = deps.store.fail_formation(scope, id, now, &failure).await?;
        tracing::warn!(formation = id.as_str(), code = name_of(failure.code), "formation.failed");
        (transition, FormationStatus::Failed, is_ours(failure.code))
    };
    let (ended, ours) = match transition {
        Transition::Done => {
            if ended == FormationStatus::Failed {
                count(Metric::FormationsFailed, 1);
            }
            (ended, ours)
        }
        // Ended before, by this task whose answer was lost or otherwise: what stands there counts.
        Transition::Past => match deps.store.formation(scope, id).await? {
            Some(known) => (known.status, known.failure.is_some_and(|it| is_ours(it.code))),
            None => (FormationStatus::Failed, ours),
        },
    };
    Ok(json!({ "status": ended.as_str(), "ours": ours }))
}

/// Whether somebody who runs the service has to look.
fn is_ours(code: FailureCode) -> bool {
    code == FailureCode::Internal
}

/// A Lambda function's error as it stands in a cause.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FunctionError {
    error_message: String,
}

/// The reason that a caught error stands for. What is not one of ours is `Internal`, and its text
/// is dropped: nobody vouches for what it holds.
pub fn failure(error: &Caught) -> Failure {
    if error.error == APPROVAL_EXPIRED {
        return Failure::new(FailureCode::ApprovalExpired, "");
    }
    serde_json::from_str::<FunctionError>(&error.cause)
        .ok()
        .and_then(|function| serde_json::from_str::<Failure>(&function.error_message).ok())
        .filter(|failure| name_of(failure.code) == error.error)
        .unwrap_or_else(|| Failure::new(FailureCode::Internal, ""))
}
