//! What the function needs of the store. A trait, so that any order of events can be tested; the
//! store is its one implementation in production.

use domain::message::{Message, MessageStatus};
use domain::student::Suppression;
use domain::{MessageId, StudentId};
use jiff::Timestamp;
use jiff::civil::Date;
use mail::MailEvent;
use store::{MessagePlace, Scope, Store};

/// The outbox, and the students whose addresses may be suppressed.
#[expect(async_fn_in_trait, reason = "used within this crate, on one thread")]
pub trait Records {
    /// Whether the cohort's data still counts.
    async fn is_there(&self, scope: &Scope, today: Date) -> Result<bool, store::Error>;
    /// The message.
    async fn message(
        &self,
        place: &MessagePlace,
        id: &MessageId,
    ) -> Result<Option<Message>, store::Error>;
    /// Moves the event's message to a state, if it is in one of the states `from`; tells whether it was.
    async fn shift(
        &self,
        place: &MessagePlace,
        event: &MailEvent,
        from: &[MessageStatus],
        to: MessageStatus,
        failure: Option<&str>,
    ) -> Result<bool, store::Error>;
    /// Notes that no further mail goes to the student's address, because of a mail sent then; tells whether there
    /// is a record of the student.
    async fn suppress(
        &self,
        scope: &Scope,
        id: &StudentId,
        why: Suppression,
        sent_at: Timestamp,
    ) -> Result<bool, store::Error>;
    /// Notes the same at the address that the roster has.
    async fn suppress_expected(
        &self,
        scope: &Scope,
        id: &StudentId,
        why: Suppression,
    ) -> Result<(), store::Error>;
}

impl Records for Store {
    async fn is_there(&self, scope: &Scope, today: Date) -> Result<bool, store::Error> {
        Ok(self.cohort(scope, today).await?.is_some())
    }

    async fn message(
        &self,
        place: &MessagePlace,
        id: &MessageId,
    ) -> Result<Option<Message>, store::Error> {
        Self::message(self, place, id).await
    }

    async fn shift(
        &self,
        place: &MessagePlace,
        event: &MailEvent,
        from: &[MessageStatus],
        to: MessageStatus,
        failure: Option<&str>,
    ) -> Result<bool, store::Error> {
        let ses_id = Some(event.ses_id.as_str());
        self.move_message(place, &event.tags.message, from, to, event.at, ses_id, failure).await
    }

    async fn suppress(
        &self,
        scope: &Scope,
        id: &StudentId,
        why: Suppression,
        sent_at: Timestamp,
    ) -> Result<bool, store::Error> {
        Self::suppress(self, scope, id, why, sent_at).await
    }

    async fn suppress_expected(
        &self,
        scope: &Scope,
        id: &StudentId,
        why: Suppression,
    ) -> Result<(), store::Error> {
        Self::suppress_expected(self, scope, id, why).await.map(drop)
    }
}
