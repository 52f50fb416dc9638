//! The key under which addresses are hashed: fetched when it is first needed, as few requests need it.

use std::sync::Arc;

use domain::ids::IdentityKey;
use runtime::secrets::{self, IdentitySecret};
use secrecy::ExposeSecret as _;
use tokio::sync::OnceCell;

use crate::problem::Problem;

/// Where the key is, and the key once it was fetched.
#[derive(Debug, Clone)]
pub(crate) struct Identity {
    client: aws_sdk_secretsmanager::Client,
    arn: String,
    key: Arc<OnceCell<IdentityKey>>,
}

impl Identity {
    pub(crate) fn new(client: aws_sdk_secretsmanager::Client, arn: String) -> Self {
        Self { client, arn, key: Arc::default() }
    }

    /// The key. A failure to fetch it is forgotten, so the next request tries again.
    pub(crate) async fn key(&self) -> Result<IdentityKey, Problem> {
        let fetch = async || {
            let secret: IdentitySecret = secrets::read(&self.client, &self.arn).await?;
            Ok::<_, secrets::SecretError>(IdentityKey::new(
                secret.identity.expose_secret().as_bytes(),
            ))
        };
        let key = self.key.get_or_try_init(fetch).await.map_err(|error| {
            runtime::telemetry::log_error("identity_key", &error);
            Problem::Unavailable
        })?;
        Ok(key.clone())
    }
}
