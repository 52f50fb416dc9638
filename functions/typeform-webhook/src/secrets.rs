//! The secrets that Typeform may sign with, kept for the life of the process and read again when a
//! signature fits none of them: a rotated secret works at once, and nobody has to restart anything.

use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_secretsmanager::Client;
use jiff::Timestamp;
use runtime::secrets::{self, SecretError, WebhookSecrets};
use secrecy::SecretString;
use typeform::signature::{self, SignatureError};

/// Seconds between two readings that wrong signatures can cause: forgers must not set the pace.
const PAUSE_SECONDS: i64 = 60;

/// The secrets.
#[derive(Debug)]
pub struct Secrets {
    client: Client,
    arn: String,
    held: Mutex<Option<Held>>,
}

#[derive(Debug, Clone)]
struct Held {
    secrets: Arc<[SecretString]>,
    read_at: Timestamp,
}

impl Secrets {
    /// Nothing is read yet.
    pub fn new(client: Client, arn: impl Into<String>) -> Self {
        Self { client, arn: arn.into(), held: Mutex::new(None) }
    }

    /// Verifies a signature. The outer error means that no secret could be read at all.
    pub async fn verify(
        &self,
        header: Option<&str>,
        body: &[u8],
        now: Timestamp,
    ) -> Result<Result<(), SignatureError>, SecretError> {
        let held = match self.held() {
            Some(held) => held,
            None => self.read(now).await?,
        };
        let verdict = signature::verify(header, body, &held.secrets);
        let is_old = now.as_second().saturating_sub(held.read_at.as_second()) >= PAUSE_SECONDS;
        if verdict != Err(SignatureError::Mismatch) || !is_old {
            return Ok(verdict);
        }
        match self.read(now).await {
            Ok(fresh) => Ok(signature::verify(header, body, &fresh.secrets)),
            Err(error) => {
                // Not knowing the newest secrets, nobody can say that the signature is wrong.
                runtime::telemetry::log_error("read_webhook_secrets", &error);
                Err(error)
            }
        }
    }

    /// Reads the secrets before the first delivery needs them.
    pub async fn warm_up(&self, now: Timestamp) -> Result<(), SecretError> {
        self.read(now).await.map(drop)
    }

    fn held(&self) -> Option<Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn read(&self, now: Timestamp) -> Result<Held, SecretError> {
        let read: WebhookSecrets = secrets::read(&self.client, &self.arn).await?;
        let held = Held { secrets: read.secrets.into(), read_at: now };
        *self.held.lock().unwrap_or_else(PoisonError::into_inner) = Some(held.clone());
        Ok(held)
    }
}
