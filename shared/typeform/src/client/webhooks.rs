//! The Webhooks API: one webhook per form and tag.
//!
//! Source: <https://www.typeform.com/developers/webhooks/reference/create-or-update-webhook/>.

use reqwest::Method;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};

use super::{ClientError, TypeformClient, responses::checked_id};

/// A webhook as Typeform keeps it. Its secret is dropped from the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// Our name for it.
    pub tag: String,
    /// Where deliveries go.
    pub url: String,
    /// Whether deliveries are sent. Typeform switches it off by itself after a 404, a 410 or lasting
    /// failure, and tells nobody.
    pub enabled: bool,
}

/// What a webhook should be.
#[derive(Debug, Clone)]
pub struct WebhookSettings {
    /// Where deliveries go; https.
    pub url: String,
    /// Whether deliveries are sent.
    pub enabled: bool,
    /// The secret to sign with.
    pub secret: SecretString,
    /// Whether unfinished responses are delivered, too.
    pub partial: bool,
}

impl TypeformClient {
    /// The form's webhook with this tag, if there is one.
    pub async fn webhook(&self, form_id: &str, tag: &str) -> Result<Option<Webhook>, ClientError> {
        match self.http.send(Method::GET, self.webhook_address(form_id, tag)?, None).await {
            Ok(answer) => webhook(&answer).map(Some),
            Err(ClientError::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Creates the webhook or replaces what it is; safe to repeat.
    pub async fn put_webhook(
        &self,
        form_id: &str,
        tag: &str,
        settings: &WebhookSettings,
    ) -> Result<Webhook, ClientError> {
        let body = json!({
            "url": settings.url,
            "enabled": settings.enabled,
            "secret": settings.secret.expose_secret(),
            "event_types": { "form_response": true, "form_response_partial": settings.partial },
        });
        let answer =
            self.http.send(Method::PUT, self.webhook_address(form_id, tag)?, Some(&body)).await?;
        webhook(&answer)
    }

    /// Deletes the webhook; whether there was one.
    pub async fn delete_webhook(&self, form_id: &str, tag: &str) -> Result<bool, ClientError> {
        match self.http.send(Method::DELETE, self.webhook_address(form_id, tag)?, None).await {
            Ok(_) => Ok(true),
            Err(ClientError::NotFound) => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn webhook_address(&self, form_id: &str, tag: &str) -> Result<url::Url, ClientError> {
        checked_id(form_id)?;
        checked_id(tag)?;
        Ok(self.address(&["forms", form_id, "webhooks", tag]))
    }
}

fn webhook(answer: &Value) -> Result<Webhook, ClientError> {
    let text = |key: &str| answer.get(key).and_then(Value::as_str).map(str::to_owned);
    let read = || {
        Some(Webhook {
            tag: text("tag")?,
            url: text("url")?,
            enabled: answer.get("enabled")?.as_bool()?,
        })
    };
    read().ok_or(ClientError::UnexpectedAnswer { expected: "a webhook" })
}
