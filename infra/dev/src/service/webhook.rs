//! What Typeform does: keep a response and post it, signed, to the webhook.

use anyhow::Result;
use serde_json::Value;

use super::Service;
use crate::sample::Submission;

/// How often a delivery is tried.
const DELIVERIES: u64 = 6;

/// How the webhook answered.
#[derive(Debug, Clone)]
pub struct Delivered {
    /// The HTTP status.
    pub status: u16,
    /// The JSON body, or null.
    pub body: Value,
}

impl Delivered {
    /// The outcome that a 2xx answer tells of.
    pub fn outcome(&self) -> &str {
        self.body["outcome"].as_str().unwrap_or_default()
    }
}

impl Service {
    /// Where questionnaires are posted.
    pub fn webhook_url(&self) -> Result<String> {
        Ok(format!("{}/webhooks/typeform", self.stack.http()?))
    }

    /// Submits a questionnaire: Typeform keeps it, then delivers it.
    pub async fn submit(&self, submission: &Submission<'_>) -> Result<Delivered> {
        let payload = submission.payload();
        self.keep_at_typeform(submission.settings.form.as_str(), &payload).await?;
        self.deliver(serde_json::to_vec(&payload)?).await
    }

    /// Delivers a body with its right signature; what is answered 429 or 503 comes again, as from
    /// Typeform, only sooner.
    pub async fn deliver(&self, body: Vec<u8>) -> Result<Delivered> {
        let signature = typeform::signature::sign(&self.stack.webhook_secret, &body);
        let mut tries = 1;
        loop {
            let answer = self.post(body.clone(), Some(&signature)).await?;
            if ![429, 503].contains(&answer.status) || tries == DELIVERIES {
                return Ok(answer);
            }
            tokio::time::sleep(std::time::Duration::from_secs(tries)).await;
            tries += 1;
        }
    }

    /// Posts a body with any signature or none.
    pub async fn post(&self, body: Vec<u8>, signature: Option<&str>) -> Result<Delivered> {
        let mut request = self
            .http
            .post(self.webhook_url()?)
            .header("content-type", "application/json")
            .body(body);
        if let Some(signature) = signature {
            request = request.header("typeform-signature", signature);
        }
        let answer = request.send().await?;
        let status = answer.status().as_u16();
        Ok(Delivered { status, body: answer.json().await.unwrap_or(Value::Null) })
    }
}
