//! `sign-in-gate`: keeps whoever has no account out of the user pool (P2, P4).
//!
//! Cognito makes an account for everybody whom an identity provider vouches for, with their address in it, whether
//! or not they are anybody's contact; who may not sign up by a form does so by signing in. It asks this function
//! before it makes one. Only the accounts that operators make are made; who has one signs in through the provider
//! once an operator has linked the two, and Cognito does not ask then.
//!
//! The function has no rights and keeps nothing. Its answer follows from the event, so it may be asked any number of
//! times; when it does not answer, Cognito makes no account.

pub mod config;

use runtime::Metric;
use serde_json::Value;

/// Operators make an account.
const BY_OPERATORS: &str = "PreSignUp_AdminCreateUser";

/// Somebody without an account. Cognito shows the text to them, in its own frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("No account belongs to this sign-in. Ask whoever runs UniHelper at your institution.")]
pub struct Stranger;

/// Answers Cognito's question before an account is made (its event is sent back as it came). Nothing of the event
/// is logged: it holds an address.
pub fn decide(event: Value) -> Result<Value, Stranger> {
    if event["triggerSource"] == BY_OPERATORS {
        return Ok(event);
    }
    runtime::count(Metric::AccessRejected, 1);
    tracing::warn!("sign_in.stranger");
    Err(Stranger)
}
