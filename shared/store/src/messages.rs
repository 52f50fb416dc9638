//! The outbox (M3, M4): one record per mail, claimed before it is sent.

use std::collections::BTreeMap;

use domain::message::{Message, MessageStatus};
use domain::{FormationId, MessageId};
use jiff::Timestamp;

use crate::item::{Cursor, Page, decode, number, string, text};
use crate::update::Change;
use crate::{Error, MessagePlace, Scope, Store, keys};

impl Store {
    /// Records a mail to be sent; tells whether it was new.
    pub async fn create_message(
        &self,
        place: &MessagePlace,
        message: &Message,
    ) -> Result<bool, Error> {
        self.create("create_message", "message", &keys::message(place, &message.id), message).await
    }

    /// One message.
    pub async fn message(
        &self,
        place: &MessagePlace,
        id: &MessageId,
    ) -> Result<Option<Message>, Error> {
        self.get("message", "message", &keys::message(place, id)).await
    }

    /// One page of the messages of a cohort, or of those to the institution.
    pub async fn messages(
        &self,
        place: &MessagePlace,
        from: Option<&Cursor>,
        limit: Option<i32>,
    ) -> Result<Page<Message>, Error> {
        self.page("messages", "message", &place.partition(), keys::MESSAGE, from, limit).await
    }

    /// How many of a formation's messages are in which state; states without messages are absent.
    pub async fn count_messages(
        &self,
        scope: &Scope,
        formation: &FormationId,
    ) -> Result<BTreeMap<&'static str, u32>, Error> {
        let pk = keys::cohort_partition(scope);
        let names = ["formation", "status"];
        let mut counts = BTreeMap::new();
        for item in self.attributes("count_messages", &pk, keys::MESSAGE, &names).await? {
            if text(&item, "formation") != Some(formation.as_str()) {
                continue;
            }
            let status = text(&item, "status");
            let known = MessageStatus::ALL.into_iter().find(|known| Some(known.as_str()) == status);
            *counts
                .entry(known.ok_or(Error::Corrupt { kind: "message" })?.as_str())
                .or_default() += 1;
        }
        Ok(counts)
    }

    /// Claims a message for sending, if it is still as `seen`: of two mailers one gets it.
    ///
    /// The attempt counter is part of the condition, so a claim on an outdated reading fails even
    /// when the status is the same again.
    pub async fn claim_message(
        &self,
        place: &MessagePlace,
        seen: &Message,
        now: Timestamp,
        lease_until: Timestamp,
    ) -> Result<Option<Message>, Error> {
        let change = Change::of(&keys::message(place, &seen.id))
            .set("status", string(MessageStatus::Claimed.as_str()))
            .set("status_at", string(now.to_string()))
            .set("attempts", number(seen.attempts + 1))
            .set("lease_until", string(lease_until.to_string()))
            .when("#status = :seen AND attempts = :attempts")
            .value(":seen", string(seen.status.as_str()))
            .value(":attempts", number(seen.attempts));
        let item = self.change_returning("claim_message", change).await?;
        item.map(|item| decode("message", item)).transpose()
    }

    /// Moves a message to a state, if it is in one of the states `from`; tells whether it was.
    ///
    /// Used by whoever learns how a send ended; a second call finds the message moved and changes nothing.
    #[expect(clippy::too_many_arguments, reason = "one argument per attribute it sets")]
    pub async fn move_message(
        &self,
        place: &MessagePlace,
        id: &MessageId,
        from: &[MessageStatus],
        to: MessageStatus,
        at: Timestamp,
        ses_id: Option<&str>,
        failure: Option<&str>,
    ) -> Result<bool, Error> {
        let places: Vec<String> = (0..from.len()).map(|i| format!(":from_{i}")).collect();
        let mut change = Change::of(&keys::message(place, id))
            .set("status", string(to.as_str()))
            .set("status_at", string(at.to_string()))
            .set_some("ses_id", ses_id.map(string))
            .set_some("failure", failure.map(string))
            .remove(&["lease_until"])
            .when(&format!("#status IN ({})", places.join(", ")));
        for (place, status) in places.iter().zip(from) {
            change = change.value(place, string(status.as_str()));
        }
        self.change("move_message", change).await
    }
}
