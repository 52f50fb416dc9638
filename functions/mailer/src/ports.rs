//! What the mailer needs of the world: the store's records, a post office and its own queue.
//!
//! The traits exist so that every turn of the outbox can be tested, crashes included; each has one
//! implementation in production.

use aws_sdk_sqs::error::ProvideErrorMetadata as _;
use domain::breach::Breach;
use domain::cohort::Cohort;
use domain::contact::Contact;
use domain::formation::{Formation, Group};
use domain::institution::Institution;
use domain::mailing::Mailing;
use domain::message::{AskedNow, ExpectedNow, Message, MessageRef, MessageStatus};
use domain::rights::RightsRequest;
use domain::student::Student;
use domain::subprocessor::Notice;
use domain::{
    BreachId, ContactId, FormationId, InstitutionId, MailingId, MessageId, NoticeId,
    RightsRequestId, SectionId, StudentId,
};
use jiff::Timestamp;
use jiff::civil::Date;
use mail::transport::SendOutcome;
use mail::{Outgoing, SesTransport};
use store::{MessagePlace, Scope, Store};

/// How a message changes when it is known how a send ended.
#[derive(Debug, Clone, Copy)]
pub struct Move<'a> {
    /// It is changed only if it is in one of these states.
    pub from: &'a [MessageStatus],
    /// The state it gets.
    pub to: MessageStatus,
    /// When that became known.
    pub at: Timestamp,
    /// SES's id of the mail.
    pub ses_id: Option<&'a str>,
    /// Why it will not be sent.
    pub failure: Option<&'a str>,
}

/// The records that a mail is made of, and the outbox.
#[expect(async_fn_in_trait, reason = "used within this crate, on one thread")]
pub trait Records {
    /// The message.
    async fn message(
        &self,
        place: &MessagePlace,
        id: &MessageId,
    ) -> Result<Option<Message>, store::Error>;
    /// Claims the message if it is still as `seen`; of two callers one succeeds.
    async fn claim(
        &self,
        place: &MessagePlace,
        seen: &Message,
        now: Timestamp,
        lease_until: Timestamp,
    ) -> Result<Option<Message>, store::Error>;
    /// Changes the message's state under a condition; tells whether it held.
    async fn shift(
        &self,
        place: &MessagePlace,
        id: &MessageId,
        to: Move<'_>,
    ) -> Result<bool, store::Error>;
    /// The institution.
    async fn institution(&self, id: &InstitutionId) -> Result<Option<Institution>, store::Error>;
    /// The cohort, unless its data counts as gone.
    async fn cohort(&self, scope: &Scope, today: Date) -> Result<Option<Cohort>, store::Error>;
    /// The formation.
    async fn formation(
        &self,
        scope: &Scope,
        id: &FormationId,
    ) -> Result<Option<Formation>, store::Error>;
    /// The group.
    async fn group(
        &self,
        scope: &Scope,
        formation: &FormationId,
        section: &SectionId,
        number: u32,
    ) -> Result<Option<Group>, store::Error>;
    /// A request of a student.
    async fn rights_request(
        &self,
        scope: &Scope,
        id: &RightsRequestId,
    ) -> Result<Option<RightsRequest>, store::Error>;
    /// The student.
    async fn student(&self, scope: &Scope, id: &StudentId)
    -> Result<Option<Student>, store::Error>;
    /// What is known of somebody who is to be reminded.
    async fn expected(&self, scope: &Scope, id: &StudentId) -> Result<ExpectedNow, store::Error>;
    /// What is known of somebody who is asked for the evaluation.
    async fn asked(
        &self,
        scope: &Scope,
        cohort: &Cohort,
        student: &Student,
    ) -> Result<AskedNow, store::Error>;
    /// What a contact wrote.
    async fn mailing(&self, scope: &Scope, id: &MailingId)
    -> Result<Option<Mailing>, store::Error>;
    /// A contact.
    async fn contact(&self, id: &ContactId) -> Result<Option<Contact>, store::Error>;
    /// A breach in an institution's register.
    async fn breach(
        &self,
        institution: &InstitutionId,
        id: &BreachId,
    ) -> Result<Option<Breach>, store::Error>;
    /// A notice of a new sub-processor.
    async fn notice(
        &self,
        institution: &InstitutionId,
        id: &NoticeId,
    ) -> Result<Option<Notice>, store::Error>;
}

/// Whoever takes mails.
#[expect(async_fn_in_trait, reason = "used within this crate, on one thread")]
pub trait Post {
    /// Hands the mail over, once.
    async fn send(&self, outgoing: &Outgoing<'_>) -> SendOutcome;
}

/// The mailer's own queue.
#[expect(async_fn_in_trait, reason = "used within this crate, on one thread")]
pub trait Queue {
    /// Puts an id back, to be delivered after `seconds` (900 at most, SQS).
    async fn put_back(&self, reference: &MessageRef, seconds: i32) -> Result<(), QueueError>;
}

impl Records for Store {
    async fn message(
        &self,
        place: &MessagePlace,
        id: &MessageId,
    ) -> Result<Option<Message>, store::Error> {
        Self::message(self, place, id).await
    }

    async fn claim(
        &self,
        place: &MessagePlace,
        seen: &Message,
        now: Timestamp,
        lease_until: Timestamp,
    ) -> Result<Option<Message>, store::Error> {
        self.claim_message(place, seen, now, lease_until).await
    }

    async fn shift(
        &self,
        place: &MessagePlace,
        id: &MessageId,
        to: Move<'_>,
    ) -> Result<bool, store::Error> {
        self.move_message(place, id, to.from, to.to, to.at, to.ses_id, to.failure).await
    }

    async fn institution(&self, id: &InstitutionId) -> Result<Option<Institution>, store::Error> {
        Self::institution(self, id).await
    }

    async fn cohort(&self, scope: &Scope, today: Date) -> Result<Option<Cohort>, store::Error> {
        Self::cohort(self, scope, today).await
    }

    async fn formation(
        &self,
        scope: &Scope,
        id: &FormationId,
    ) -> Result<Option<Formation>, store::Error> {
        Self::formation(self, scope, id).await
    }

    async fn group(
        &self,
        scope: &Scope,
        formation: &FormationId,
        section: &SectionId,
        number: u32,
    ) -> Result<Option<Group>, store::Error> {
        Self::group(self, scope, formation, section, number).await
    }

    async fn rights_request(
        &self,
        scope: &Scope,
        id: &RightsRequestId,
    ) -> Result<Option<RightsRequest>, store::Error> {
        Self::rights_request(self, scope, id).await
    }

    async fn student(
        &self,
        scope: &Scope,
        id: &StudentId,
    ) -> Result<Option<Student>, store::Error> {
        Self::student(self, scope, id).await
    }

    async fn expected(&self, scope: &Scope, id: &StudentId) -> Result<ExpectedNow, store::Error> {
        Self::expected_now(self, scope, id).await
    }

    async fn asked(
        &self,
        scope: &Scope,
        cohort: &Cohort,
        student: &Student,
    ) -> Result<AskedNow, store::Error> {
        self.asked_now(scope, cohort, student).await
    }

    async fn mailing(
        &self,
        scope: &Scope,
        id: &MailingId,
    ) -> Result<Option<Mailing>, store::Error> {
        Self::mailing(self, scope, id).await
    }

    async fn contact(&self, id: &ContactId) -> Result<Option<Contact>, store::Error> {
        Self::contact(self, id).await
    }

    async fn breach(
        &self,
        institution: &InstitutionId,
        id: &BreachId,
    ) -> Result<Option<Breach>, store::Error> {
        Self::breach(self, institution, id).await
    }

    async fn notice(
        &self,
        institution: &InstitutionId,
        id: &NoticeId,
    ) -> Result<Option<Notice>, store::Error> {
        Self::notice(self, institution, id).await
    }
}

impl Post for SesTransport {
    async fn send(&self, outgoing: &Outgoing<'_>) -> SendOutcome {
        Self::send(self, outgoing).await
    }
}

/// The queue at SQS.
#[derive(Debug, Clone)]
pub struct ResendQueue {
    client: aws_sdk_sqs::Client,
    url: String,
}

/// The id could not be put back; the delivery is left unacknowledged instead.
#[derive(Debug, thiserror::Error)]
#[error("putting an id back into the queue failed ({code})")]
pub struct QueueError {
    /// AWS's error code.
    pub code: String,
}

impl ResendQueue {
    /// Binds a client to the queue.
    pub fn new(client: aws_sdk_sqs::Client, url: impl Into<String>) -> Self {
        Self { client, url: url.into() }
    }
}

impl Queue for ResendQueue {
    async fn put_back(&self, reference: &MessageRef, seconds: i32) -> Result<(), QueueError> {
        let body = serde_json::to_string(reference)
            .map_err(|_| QueueError { code: "unwritable".into() })?;
        self.client
            .send_message()
            .queue_url(&self.url)
            .message_body(body)
            .delay_seconds(seconds)
            .send()
            .await
            .map_err(|error| QueueError { code: error.code().unwrap_or("transport").to_owned() })?;
        Ok(())
    }
}
