//! Lets the formation wait for a contact (G6).
//!
//! Safe to run twice: a second run brings a new token, which replaces the old one. If a contact has
//! decided between the two, their word went to the old token and was lost; the step then ends with
//! the decision as an error that the machine knows.

use serde_json::{Value, json};
use store::Transition;

use crate::Deps;
use crate::error::Error;
use crate::handler::UnderWay;
use crate::task::TaskToken;

/// Runs the step; the machine waits for the token, not for this answer.
pub async fn run(deps: &Deps, on: &UnderWay, token: &TaskToken) -> Result<Value, Error> {
    if let Some(decision) = &on.formation.decision {
        return Err(Error::Decided(decision.verdict));
    }
    match deps.store.await_approval(&on.scope, &on.formation.id, &token.0).await? {
        Transition::Done => Ok(json!({})),
        Transition::Past => Err(Error::Ended(on.formation.status)),
    }
}
