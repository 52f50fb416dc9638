//! Secrets, read once when a process starts.

use aws_sdk_secretsmanager::Client;
use secrecy::SecretString;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// A secret could not be read. Never says what was in it.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// Secrets Manager did not hand it over.
    #[error("a secret cannot be fetched")]
    Unavailable(#[source] Box<aws_sdk_secretsmanager::Error>),
    /// It is not in the expected form.
    #[error("a secret is not in the expected form")]
    Form,
}

/// The secrets that Typeform may sign with now: the current one first.
#[derive(Debug, Deserialize)]
pub struct WebhookSecrets {
    /// At least one; more while a rotation is under way.
    pub secrets: Vec<SecretString>,
}

/// The key that students' addresses are hashed under.
#[derive(Debug, Deserialize)]
pub struct IdentitySecret {
    /// The key.
    pub identity: SecretString,
}

/// The key of the deletion ledger.
#[derive(Debug, Deserialize)]
pub struct LedgerSecret {
    /// The key.
    pub ledger: SecretString,
}

/// The token for Typeform's API.
#[derive(Debug, Deserialize)]
pub struct TypeformSecret {
    /// The token.
    pub token: SecretString,
}

/// Reads a JSON secret.
pub async fn read<T: DeserializeOwned>(client: &Client, arn: &str) -> Result<T, SecretError> {
    let answer = client
        .get_secret_value()
        .secret_id(arn)
        .send()
        .await
        .map_err(|error| SecretError::Unavailable(Box::new(error.into())))?;
    serde_json::from_str(answer.secret_string().unwrap_or_default()).map_err(|_| SecretError::Form)
}
