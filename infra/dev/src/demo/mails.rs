//! Waiting for mails to reach their end.

use anyhow::Result;
use domain::cohort::Settings;
use keys::Scope;

use super::wait_for;
use crate::service::Service;

/// Seconds that a mailing may take: the account's rate of 14 a second is kept here too.
const LIMIT: u64 = 900;

/// Waits until all messages of a cohort are delivered, bounced, complained of or failed.
pub async fn await_messages(service: &Service, settings: &Settings, count: usize) -> Result<()> {
    let scope = Scope::new(settings.institution.clone(), settings.id.clone());
    wait_for("the mails", LIMIT, async || {
        let items = service.partition(&keys::cohort_partition(&scope)).await?;
        let ended = items
            .iter()
            .filter(|item| item["sk"]["S"].as_str().is_some_and(|sk| sk.starts_with(keys::MESSAGE)))
            .filter(|item| {
                ["delivered", "bounced", "complained", "failed"]
                    .map(Some)
                    .contains(&item["status"]["S"].as_str())
            })
            .count();
        Ok((ended >= count).then_some(()))
    })
    .await
}
