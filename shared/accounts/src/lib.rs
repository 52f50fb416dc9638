//! Accounts of contacts in the user pool, as those see them who delete them (D1, D6).

use aws_sdk_cognitoidentityprovider::Client;
use aws_sdk_cognitoidentityprovider::error::{ProvideErrorMetadata, SdkError};
use domain::Email;

/// The user pool.
#[derive(Debug, Clone)]
pub struct Accounts {
    client: Client,
    pool: String,
}

/// The user pool failed. The text never names whose account it was about.
#[derive(Debug, thiserror::Error)]
#[error("the user pool failed to {operation} ({code})")]
pub struct Error {
    /// What it was asked.
    pub operation: &'static str,
    /// Its error code, or the kind of transport failure.
    pub code: String,
}

impl Accounts {
    /// Binds a client to a pool.
    pub fn new(client: Client, pool: impl Into<String>) -> Self {
        Self { client, pool: pool.into() }
    }

    /// Deletes the account with this address, if it is there: nobody signs in with it any more. Tells
    /// whether it was.
    pub async fn remove(&self, email: &Email) -> Result<bool, Error> {
        let asked = self.client.admin_delete_user().user_pool_id(&self.pool);
        let outcome = asked.username(email.normalised()).send().await;
        found("delete an account", outcome.map(drop))
    }

    /// Whether there is an account with this address.
    pub async fn is_there(&self, email: &Email) -> Result<bool, Error> {
        let asked = self.client.admin_get_user().user_pool_id(&self.pool);
        let outcome = asked.username(email.normalised()).send().await;
        found("look up an account", outcome.map(drop))
    }
}

/// Whether there was an account.
fn found<E, R>(operation: &'static str, outcome: Result<(), SdkError<E, R>>) -> Result<bool, Error>
where
    E: ProvideErrorMetadata,
{
    let Err(error) = outcome else { return Ok(true) };
    let code = runtime::aws::code(&error);
    if code == "UserNotFoundException" {
        return Ok(false);
    }
    Err(Error { operation, code: code.to_owned() })
}
