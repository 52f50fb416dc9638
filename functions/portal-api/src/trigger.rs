//! The call of the function that starts formations.

use aws_sdk_lambda::error::ProvideErrorMetadata as _;
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::InvocationType;
use domain::FormationId;
use domain::formation::{Around, Kind};
use serde::{Deserialize, Serialize};
use store::Scope;

use crate::caller::Caller;
use crate::portal::Portal;
use crate::problem::Problem;

/// What the trigger is told.
#[derive(Serialize)]
struct Order<'a> {
    source: &'static str,
    institution: &'a str,
    cohort: &'a str,
    contact: &'a str,
    idempotency_key: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    replace: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<Kind>,
    #[serde(skip_serializing_if = "Option::is_none")]
    around: Option<&'a Around>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rounds: Option<u32>,
}

/// What is wanted of a formation.
#[derive(Clone, Copy)]
pub(crate) struct Wish<'a> {
    /// The formation whose published groups it is to replace.
    pub(crate) replace: Option<&'a FormationId>,
    /// What is wanted of its groups, if it is more than that they fit the criteria.
    pub(crate) kind: Option<Kind>,
    /// The groups that it begins from, if it does not form everybody anew.
    pub(crate) around: Option<&'a Around>,
    /// How many rounds are planned at once, if it is more than one.
    pub(crate) rounds: Option<u32>,
}

/// What the trigger answers.
#[derive(Deserialize)]
#[serde(untagged)]
enum Answer {
    Started { formation: FormationId, started: bool },
    Refused { refused: Refusal, formation: Option<FormationId> },
}

/// Why the trigger started nothing.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Refusal {
    Busy,
    Published,
    Moved,
    NoCohort,
}

/// How the request for a formation ended.
pub(crate) enum Outcome {
    /// It runs, or ran under the same key before.
    Started { formation: FormationId, started: bool },
    /// Another formation of the cohort runs.
    Busy { formation: Option<FormationId> },
    /// The cohort has published groups that the request does not name.
    Published { formation: Option<FormationId> },
    /// The groups to begin from have changed since they were seen, or cannot be begun from.
    Moved,
    /// The cohort went meanwhile.
    NoCohort,
}

/// Asks for a formation. The SDK may send the invocation twice, so there is always a key: the
/// caller's, else the id of the request.
pub(crate) async fn trigger(
    portal: &Portal,
    caller: &Caller,
    scope: &Scope,
    key: Option<&str>,
    wish: Wish<'_>,
) -> Result<Outcome, Problem> {
    let order = Order {
        source: "contact",
        institution: scope.institution.as_str(),
        cohort: scope.cohort.as_str(),
        contact: caller.contact.id.as_str(),
        idempotency_key: key.unwrap_or(&caller.request),
        replace: wish.replace.map(FormationId::as_str),
        kind: wish.kind,
        around: wish.around,
        rounds: wish.rounds,
    };
    let order = serde_json::to_vec(&order).map_err(|_| Problem::Internal)?;
    let answer = portal
        .functions
        .invoke()
        .function_name(&portal.formation_trigger)
        .invocation_type(InvocationType::RequestResponse)
        .payload(Blob::new(order))
        .send()
        .await
        .map_err(|error| unavailable(error.code()))?;
    if let Some(error) = answer.function_error() {
        return Err(unavailable(Some(error)));
    }
    let payload = answer.payload().map(Blob::as_ref).unwrap_or_default();
    let Ok(answer) = serde_json::from_slice::<Answer>(payload) else {
        tracing::error!(operation = "trigger", "the answer cannot be read");
        return Err(Problem::Internal);
    };
    Ok(match answer {
        Answer::Started { formation, started } => Outcome::Started { formation, started },
        Answer::Refused { refused: Refusal::Busy, formation } => Outcome::Busy { formation },
        Answer::Refused { refused: Refusal::Published, formation } => {
            Outcome::Published { formation }
        }
        Answer::Refused { refused: Refusal::Moved, .. } => Outcome::Moved,
        Answer::Refused { refused: Refusal::NoCohort, .. } => Outcome::NoCohort,
    })
}

fn unavailable(code: Option<&str>) -> Problem {
    tracing::error!(operation = "trigger", error = code.unwrap_or("transport"), "failed");
    Problem::Unavailable
}
