//! The outbox (M3, M4): one record per mail, claimed before it is sent.

use std::collections::BTreeMap;

use domain::message::{Message, MessageStatus};
use domain::student_page::Visit;
use domain::{FormationId, MailingId, MessageId};
use jiff::Timestamp;

use crate::item::{Cursor, Page, decode, number, string, text};
use crate::update::Change;
use crate::{Error, MessagePlace, Scope, Store, keys};

/// Which messages are counted.
#[derive(Debug, Clone, Copy)]
pub enum MessagesOf<'a> {
    /// Those that tell of a formation's groups.
    Formation(&'a FormationId),
    /// Those of a mailing.
    Mailing(&'a MailingId),
}

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

    /// How many of a formation's or a mailing's messages are in which state; states without messages are absent.
    pub async fn count_messages(
        &self,
        scope: &Scope,
        of: MessagesOf<'_>,
    ) -> Result<BTreeMap<&'static str, u32>, Error> {
        let pk = keys::cohort_partition(scope);
        let (attribute, id) = match of {
            MessagesOf::Formation(id) => ("formation", id.as_str()),
            MessagesOf::Mailing(id) => ("mailing", id.as_str()),
        };
        let names = [attribute, "status"];
        let mut counts = BTreeMap::new();
        for item in self.attributes("count_messages", &pk, keys::MESSAGE, &names).await? {
            if text(&item, attribute) != Some(id) {
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

    /// Notes that a message was sent once more. For the eye alone: what keeps it from being sent twice is the
    /// other message's id.
    pub async fn note_resent(
        &self,
        place: &MessagePlace,
        id: &MessageId,
        at: Timestamp,
    ) -> Result<bool, Error> {
        let change = Change::of(&keys::message(place, id))
            .set_first("resent_at", string(at.to_string()))
            .when("attribute_exists(pk)");
        self.change("note_resent", change).await
    }

    /// Notes that a message's link to the student's page was used, and until when the page is open, unless it was
    /// used before: of two that use it at once one opens the page.
    pub async fn open_page(
        &self,
        place: &MessagePlace,
        id: &MessageId,
        visit: Visit,
    ) -> Result<bool, Error> {
        let change = Change::of(&keys::message(place, id))
            .set("opened_at", string(visit.opened_at.to_string()))
            .set("open_until", string(visit.until.to_string()))
            .when("attribute_exists(pk) AND attribute_not_exists(opened_at)");
        self.change("open_page", change).await
    }

    /// Closes the page that a message's link has opened.
    pub async fn close_page(
        &self,
        place: &MessagePlace,
        id: &MessageId,
        at: Timestamp,
    ) -> Result<bool, Error> {
        let change = Change::of(&keys::message(place, id))
            .set("open_until", string(at.to_string()))
            .when("attribute_exists(opened_at)");
        self.change("close_page", change).await
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
