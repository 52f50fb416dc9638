//! The mails that were sent, as students would find them.

use anyhow::Result;
use serde::Deserialize;
use serde_json::Value;

use super::Service;

/// A mail that SES accepted.
#[derive(Clone, Deserialize)]
pub struct Mail {
    /// SES's id.
    #[serde(rename = "MessageId")]
    pub id: String,
    /// Sender.
    #[serde(rename = "Source")]
    pub from: String,
    /// Recipients.
    #[serde(rename = "To")]
    pub to: Vec<String>,
    /// Subject.
    #[serde(rename = "Subject")]
    pub subject: String,
    /// The text part.
    #[serde(rename = "BodyText")]
    pub text: String,
    /// The HTML part.
    #[serde(rename = "BodyHtml")]
    pub html: Option<String>,
}

impl Service {
    /// All mails that were sent since the stack started.
    pub async fn mails(&self) -> Result<Vec<Mail>> {
        let url = format!("{}/_ministack/ses/messages", self.emulator().endpoint());
        let answer: Value = self.http.get(url).send().await?.error_for_status()?.json().await?;
        // By account; the stack has one.
        let accounts = answer["messages"].as_object().into_iter().flatten();
        let lists = accounts.map(|(_, list)| serde_json::from_value::<Vec<Mail>>(list.clone()));
        Ok(lists.collect::<Result<Vec<_>, _>>()?.concat())
    }

    /// Tags, reply addresses and attachments of all mails, which the other list lacks.
    pub async fn mail_details(&self) -> Result<Vec<Value>> {
        let answer =
            self.emulator().rest("ses", reqwest::Method::GET, "/v2/email/_mails", None).await?;
        Ok(answer["mails"].as_array().cloned().unwrap_or_default())
    }

    /// Whether SES would not send to an address.
    pub async fn is_suppressed(&self, address: &str) -> Result<bool> {
        let path = "/v2/email/suppression/addresses";
        let answer = self.emulator().rest("ses", reqwest::Method::GET, path, None).await?;
        let list = answer["SuppressedDestinationSummaries"].as_array().cloned().unwrap_or_default();
        Ok(list.iter().any(|entry| entry["EmailAddress"] == address.to_lowercase()))
    }
}
