//! The decision about groups that await it (G6).
//!
//! The decision is written to the formation first, under the condition that there is none and that the board is
//! as the contact saw it; then the state machine is told. So of two contacts one decides, nobody decides about
//! groups that somebody changed meanwhile, and a call that broke off between the two steps is completed by making
//! it again: the decision is found, and the machine is told once more.

use aws_sdk_sfn::error::ProvideErrorMetadata as _;
use axum::extract::State;
use axum::response::Response;
use domain::FormationId;
use domain::formation::{Decision, Formation, FormationStatus, Verdict};
use serde::Serialize;
use store::Scope;
use utoipa::ToSchema;

use crate::caller::{Caller, Coordinator};
use crate::params::{OfFormation, Params, PathIds};
use crate::portal::Portal;
use crate::problem::{Always, Conflicts, Missing, Problem, Versioned, accepted};
use crate::routes::board::is_open;
use crate::routes::formations::location;
use crate::words;

/// The error that tells the state machine of a rejection.
const REJECTED: &str = "Rejected";

/// What Step Functions says of a token that it does not wait for any more.
const PAST: [&str; 2] = ["TaskTimedOut", "TaskDoesNotExist"];

/// A decision that was taken.
#[derive(Serialize, ToSchema)]
pub(crate) struct Decided {
    /// The formation.
    #[schema(value_type = String, example = "for_0192f0c1a2b37c4d8e5f60718293a4b5")]
    formation: FormationId,
    /// Which way.
    verdict: words::Verdict,
}

/// Approve groups
///
/// Lets a formation that awaits approval go on: its groups are published, and students get their
/// mail where that was agreed. Groups that somebody changed since the version named are not approved.
/// Approving again changes nothing and answers the same. The decision is recorded in the audit trail.
#[utoipa::path(
    post, path = "/api/cohorts/{cohort}/formations/{formation}/approve", operation_id = "approveFormation", tag = "formations",
    extensions(("x-role" = json!("coordinator"))),
    params(
        OfFormation,
        ("If-Match" = String, Header, description = "The version of the board that is decided about, `board_version` of the formation.", example = "\"0\""),
    ),
    responses(
        (status = 202, description = "The groups will be published.", body = Decided,
            headers(("Location" = String, description = "Where to watch the formation."))),
        Always, Missing, Conflicts, Versioned,
    ),
)]
pub(crate) async fn approve(
    State(portal): State<Portal>,
    Coordinator(caller): Coordinator,
    ids: PathIds,
    params: Params,
) -> Result<Response, Problem> {
    decide(&portal, &caller, &ids, params, Verdict::Approved).await
}

/// Reject groups
///
/// Ends a formation that awaits approval: its groups are never published and another formation can
/// be started. Rejecting again changes nothing and answers the same. The decision is recorded in the
/// audit trail.
#[utoipa::path(
    post, path = "/api/cohorts/{cohort}/formations/{formation}/reject", operation_id = "rejectFormation", tag = "formations",
    extensions(("x-role" = json!("coordinator"))),
    params(
        OfFormation,
        ("If-Match" = String, Header, description = "The version of the board that is decided about, `board_version` of the formation.", example = "\"0\""),
    ),
    responses(
        (status = 202, description = "The groups will not be published.", body = Decided,
            headers(("Location" = String, description = "Where to watch the formation."))),
        Always, Missing, Conflicts, Versioned,
    ),
)]
pub(crate) async fn reject(
    State(portal): State<Portal>,
    Coordinator(caller): Coordinator,
    ids: PathIds,
    params: Params,
) -> Result<Response, Problem> {
    decide(&portal, &caller, &ids, params, Verdict::Rejected).await
}

async fn decide(
    portal: &Portal,
    caller: &Caller,
    ids: &PathIds,
    mut params: Params,
    verdict: Verdict,
) -> Result<Response, Problem> {
    // What is not there is nowhere, whatever else is wrong.
    let (scope, _) = portal.cohort(caller, ids).await?;
    let mut formation = portal.formation(&scope, ids).await?;
    let seen = params.version();
    params.finish()?;
    let seen = seen.ok_or(Problem::Internal)?;
    if is_open(&formation) {
        same_board(&formation, seen)?;
        let action = match verdict {
            Verdict::Approved => "formations.approve",
            Verdict::Rejected => "formations.reject",
        };
        let students: u32 = formation.sections.values().map(|section| section.students).sum();
        let entry = caller.entry(Some(&scope.cohort), action).touching(students as usize);
        portal.append(caller, entry.about([&formation.id])).await?;
        let decision = Decision { verdict, by: caller.contact.id.clone(), at: caller.now };
        portal.store.decide_formation(&scope, &formation.id, &decision, seen).await?;
        // Read again, whether or not it was ours that was noted.
        formation = portal.formation(&scope, ids).await?;
        if is_open(&formation) {
            same_board(&formation, seen)?;
        }
    }
    stands(&formation, verdict)?;
    if formation.status == FormationStatus::AwaitingApproval {
        tell(portal, &scope, &formation, verdict).await?;
    }
    let location = location(&scope.cohort, &formation.id);
    accepted(&location, &Decided { formation: formation.id, verdict: verdict.into() })
}

/// Whether the groups are as whoever decides about them saw them.
fn same_board(formation: &Formation, seen: u32) -> Result<(), Problem> {
    let version = formation.board.version;
    if seen == version { Ok(()) } else { Err(Problem::Stale { version }) }
}

/// Whether the formation's decision is this one and the formation did not fail all the same.
fn stands(formation: &Formation, verdict: Verdict) -> Result<(), Problem> {
    match &formation.decision {
        Some(_) if formation.status == FormationStatus::Failed => {
            Err(Problem::NotAwaiting { status: formation.status })
        }
        Some(decision) if decision.verdict == verdict => Ok(()),
        Some(decision) => Err(Problem::Decided { verdict: decision.verdict }),
        None => Err(Problem::NotAwaiting { status: formation.status }),
    }
}

/// Tells the state machine. A token that it does not wait for any more was used by an earlier call
/// (or its time was up, which the formation's status will say).
pub(crate) async fn tell(
    portal: &Portal,
    scope: &Scope,
    formation: &Formation,
    verdict: Verdict,
) -> Result<(), Problem> {
    let Some(token) = formation.task_token.as_deref() else {
        tracing::error!(operation = "decide", cohort = %scope.cohort, "a formation awaits approval without a token");
        return Err(Problem::Internal);
    };
    let refused = match verdict {
        Verdict::Approved => {
            let sent = portal.machines.send_task_success().task_token(token);
            let sent = sent.output(r#"{"verdict":"approved"}"#).send().await;
            sent.err().map(|error| error.code().map(str::to_owned))
        }
        Verdict::Rejected => {
            let sent = portal.machines.send_task_failure().task_token(token);
            let sent = sent.error(REJECTED).cause("A contact rejected the groups.").send().await;
            sent.err().map(|error| error.code().map(str::to_owned))
        }
    };
    let Some(code) = refused else { return Ok(()) };
    let code = code.as_deref().unwrap_or("transport");
    if PAST.contains(&code) {
        return Ok(());
    }
    tracing::error!(operation = "decide", error = code, "failed");
    Err(Problem::Unavailable)
}
