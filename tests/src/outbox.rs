//! Mails of a cohort: the outbox's records and what SES was handed.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use dev::sample::cohort::now;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{Cohort, World, wait_for};

/// A mail that SES accepted, with everything that is known of it.
pub struct Sent {
    /// The address.
    pub to: String,
    /// The message's id, from its tag.
    pub message: String,
    /// Tags, reply addresses and attachments.
    pub details: Value,
    /// The subject, the sender and both bodies.
    pub mail: dev::service::Mail,
}

impl World {
    /// The mails of a cohort, by the tag that each carries.
    pub async fn mails(&self, cohort: &Cohort) -> Result<Vec<Sent>> {
        let details = self.service.mail_details().await?;
        let mails = self.service.mails().await?;
        let mut mails: BTreeMap<String, _> =
            mails.into_iter().map(|mail| (mail.id.clone(), mail)).collect();
        let ours = details
            .into_iter()
            .filter(|mail| mail["tags"]["cohort"] == cohort.settings.id.as_str());
        ours.map(|details| {
            let id = details["message_id"].as_str().context("a mail has an id")?;
            let mail = mails.remove(id).context("a mail stands in both lists")?;
            let to = details["to"][0].as_str().context("a mail has a recipient")?.to_owned();
            let message = details["tags"]["message"].as_str().context("a mail has a tag")?;
            Ok(Sent { to, message: message.to_owned(), details: details.clone(), mail })
        })
        .collect()
    }

    /// Tells the service what became of a mail, as SES does through the topic.
    pub async fn tell_of_mail(&self, cohort: &Cohort, message: &str, kind: &str) -> Result<()> {
        self.tell_of_mail_sent(cohort, message, kind, now()).await
    }

    /// The same of a mail that was sent at a time.
    pub async fn tell_of_mail_sent(
        &self,
        cohort: &Cohort,
        message: &str,
        kind: &str,
        sent_at: Timestamp,
    ) -> Result<()> {
        let at = now().to_string();
        let tags = json!({
            "institution": [cohort.scope.institution],
            "cohort": [cohort.scope.cohort],
            "message": [message],
        });
        let mail = json!({
            "timestamp": sent_at, "messageId": format!("ses-{message}"), "tags": tags,
            "source": "groups@example.edu", "destination": ["somebody@example.edu"],
        });
        let mut event = json!({ "eventType": kind, "mail": mail });
        event[kind.to_lowercase()] = json!({ "timestamp": at, "bounceType": "Permanent" });
        self.publish_mail_event(&event).await
    }
}

impl Cohort {
    /// The ids of the cohort's messages with their status.
    pub async fn statuses(&self) -> Result<BTreeMap<String, String>> {
        let text = |item: &Value, name: &str| item[name]["S"].as_str().map(str::to_owned);
        let items = self.items(keys::MESSAGE).await?;
        items
            .iter()
            .map(|item| {
                Ok((text(item, "id").context("id")?, text(item, "status").context("status")?))
            })
            .collect()
    }

    /// Waits until `count` messages have reached an end that no further event changes by itself.
    pub async fn await_mails(&self, count: usize) -> Result<BTreeMap<String, String>> {
        let ends = ["delivered", "bounced", "complained", "failed"];
        wait_for("the mails", async || {
            let statuses = self.statuses().await?;
            let ended = statuses.values().filter(|status| ends.contains(&status.as_str())).count();
            Ok((ended >= count).then_some(statuses))
        })
        .await
    }

    /// Waits until a message has a status.
    pub async fn await_message(&self, message: &str, status: &str) -> Result<()> {
        wait_for(status, async || {
            Ok((self.statuses().await?.get(message).map(String::as_str) == Some(status))
                .then_some(()))
        })
        .await
    }

    /// What the mail queue carries for a message.
    pub fn reference(&self, message: &str) -> Value {
        json!({
            "institution": self.scope.institution,
            "cohort": self.scope.cohort,
            "message": message,
        })
    }
}
