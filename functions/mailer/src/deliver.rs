//! One delivery of one id: what the outbox says is still to be done.

use domain::message::{Message, MessageRef, MessageStatus};
use jiff::{SignedDuration, Timestamp};
use mail::transport::{NotSent, Refusal, SendOutcome};
use mail::{Outgoing, RenderError};
use runtime::clock::Clock;
use runtime::{Metric, count};
use store::MessagePlace;

use crate::compose::{Composed, Letter, Links, compose};
use crate::pace::Pacer;
use crate::ports::{Move, Post, Queue, QueueError, Records};

/// How long a claim holds. Longer than an invocation may last (60 s in the template), so that a
/// claim whose lease ran out belongs to nobody who still works.
pub const LEASE: SignedDuration = SignedDuration::from_secs(90);

/// What a send may take beside its wait: one request to SES ([`mail::transport::SEND_TIMEOUT`]), and
/// five seconds to read the records and to note the end.
pub const SEND_TIME: SignedDuration = SignedDuration::from_secs(15);

/// How often a send may be begun before an unknown outcome is left at that: when no event settles
/// it time after time, the events do not reach us and each try may be one more copy.
pub const MOST_ATTEMPTS: u32 = 5;

/// The longest delay that SQS offers, in seconds.
const LONGEST_DELAY: i64 = 900;

/// Seconds until a send that met the rate limit is tried again.
const RATE_DELAY: i64 = 10;

use MessageStatus::{Accepted, Claimed, Failed, Queued, Unknown};

/// Everything that a delivery needs.
#[derive(Debug)]
pub struct Mailer<R, P, Q> {
    /// The outbox and what mails are made of.
    pub records: R,
    /// SES.
    pub post: P,
    /// The function's own queue.
    pub queue: Q,
    /// What links in mails are made of.
    pub links: Links,
    /// The rate.
    pub pacer: Pacer,
    /// The time.
    pub clock: Clock,
    /// How long events may take to settle an unknown outcome.
    pub settle: SignedDuration,
}

/// A delivery that has to come again.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The body does not name a message.
    #[error("the body is not a reference to a message")]
    Body,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The mail could not be rendered.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// The id could not be put back.
    #[error(transparent)]
    Queue(#[from] QueueError),
    /// SES takes no mail for a reason that lies with the account or the way to it, not the mail.
    #[error("no mail can be sent now ({0})")]
    NoPost(&'static str),
}

impl<R: Records, P: Post, Q: Queue> Mailer<R, P, Q> {
    /// Does what the message's record asks for.
    ///
    /// Safe to run twice, also at the same time: sending needs a claim, a claim needs the record to
    /// be as it was read, and every other change is conditional on the state.
    pub async fn deliver(&self, reference: &MessageRef, deadline: Timestamp) -> Result<(), Error> {
        let place = MessagePlace::from(reference);
        let Some(message) = self.records.message(&place, &reference.message).await? else {
            // Erased, or never recorded: there is nobody to write to.
            return Ok(());
        };
        let now = (self.clock)();
        match message.status {
            Queued => self.send(&place, reference, message, deadline).await,
            Claimed => match message.lease_until.map(|until| until.duration_since(now)) {
                Some(left) if left.is_positive() => self.wait(reference, left).await,
                _ => self.in_doubt(&place, reference, now).await,
            },
            Unknown => {
                let left = self.settle - now.duration_since(message.status_at);
                if left.is_positive() {
                    self.wait(reference, left).await
                } else if message.attempts >= MOST_ATTEMPTS {
                    self.fail(&place, reference, &[Unknown], "outcome_unknown").await
                } else {
                    self.send(&place, reference, message, deadline).await
                }
            }
            _ => Ok(()),
        }
    }

    async fn send(
        &self,
        place: &MessagePlace,
        reference: &MessageRef,
        message: Message,
        deadline: Timestamp,
    ) -> Result<(), Error> {
        let pause = SignedDuration::try_from(self.pacer.wait_time()).unwrap_or(SignedDuration::MAX);
        if deadline.duration_since((self.clock)()) < pause.saturating_add(SEND_TIME) {
            return self.wait(reference, pause).await;
        }
        self.pacer.wait().await;
        let letter =
            match compose(&self.records, place, &message, &self.links, (self.clock)()).await? {
                Composed::Letter(letter) => letter,
                Composed::NotToBeSent(why) => {
                    return self.fail(place, reference, &[message.status], why).await;
                }
            };
        let now = (self.clock)();
        let claim = self.records.claim(place, &message, now, now + LEASE).await?;
        let Some(claimed) = claim else {
            // Another delivery of the same id got it, or an event came in between.
            return Ok(());
        };
        let outcome = self.hand_over(reference, &letter).await;
        tracing::info!(
            message_id = reference.message.as_str(),
            attempts = claimed.attempts,
            outcome = word(&outcome),
            "mail.handed_over"
        );
        self.note(place, reference, outcome).await
    }

    async fn hand_over(&self, reference: &MessageRef, letter: &Letter) -> SendOutcome {
        let outgoing = Outgoing {
            reference,
            to: &letter.to,
            institution: letter.institution.as_ref().map(|institution| mail::Institution {
                name: &institution.name,
                reply_to: &institution.reply_to,
            }),
            mail: &letter.mail,
        };
        self.post.send(&outgoing).await
    }

    /// Records how a send ended. If this fails, the claim's lease runs out and the outcome counts
    /// as unknown.
    async fn note(
        &self,
        place: &MessagePlace,
        reference: &MessageRef,
        outcome: SendOutcome,
    ) -> Result<(), Error> {
        let now = (self.clock)();
        match outcome {
            SendOutcome::Accepted(id) => {
                // Not moved means that an event was quicker and already said as much or more.
                let to = Move { ses_id: Some(&id), ..moved(&[Claimed, Unknown], Accepted, now) };
                if self.records.shift(place, &reference.message, to).await? {
                    count(Metric::MailsAccepted, 1);
                }
                Ok(())
            }
            SendOutcome::NotSent(why) => {
                self.requeue(place, reference, now).await?;
                match why {
                    NotSent::Rate => {
                        self.wait(reference, SignedDuration::from_secs(RATE_DELAY)).await
                    }
                    NotSent::Quota => {
                        self.wait(reference, SignedDuration::from_secs(LONGEST_DELAY)).await
                    }
                    NotSent::Unreachable => Err(Error::NoPost("unreachable")),
                    NotSent::Denied => Err(Error::NoPost("denied")),
                }
            }
            SendOutcome::Refused(refusal) if is_about_the_account(refusal) => {
                self.requeue(place, reference, now).await?;
                Err(Error::NoPost(refusal.as_str()))
            }
            SendOutcome::Refused(refusal) => {
                self.fail(place, reference, &[Claimed], refusal.as_str()).await
            }
            SendOutcome::Unknown(_) => self.in_doubt(place, reference, now).await,
        }
    }

    /// Nothing was sent: the message is as it was before the claim.
    async fn requeue(
        &self,
        place: &MessagePlace,
        reference: &MessageRef,
        now: Timestamp,
    ) -> Result<(), Error> {
        let to = moved(&[Claimed], Queued, now);
        self.records.shift(place, &reference.message, to).await?;
        Ok(())
    }

    /// A send was begun and nobody knows how it ended: events get their time to tell.
    async fn in_doubt(
        &self,
        place: &MessagePlace,
        reference: &MessageRef,
        now: Timestamp,
    ) -> Result<(), Error> {
        let to = moved(&[Claimed], Unknown, now);
        if self.records.shift(place, &reference.message, to).await? {
            count(Metric::MailsUnknown, 1);
            self.wait(reference, self.settle).await?;
        }
        Ok(())
    }

    /// The message will not be sent.
    async fn fail(
        &self,
        place: &MessagePlace,
        reference: &MessageRef,
        from: &[MessageStatus],
        why: &'static str,
    ) -> Result<(), Error> {
        let to = Move { failure: Some(why), ..moved(from, Failed, (self.clock)()) };
        if self.records.shift(place, &reference.message, to).await? {
            count(Metric::MailsFailed, 1);
            tracing::warn!(message_id = reference.message.as_str(), reason = why, "mail.failed");
        }
        Ok(())
    }

    /// Puts the id back; the record decides again when it is delivered.
    async fn wait(&self, reference: &MessageRef, time: SignedDuration) -> Result<(), Error> {
        let seconds = time.as_secs().saturating_add(1).clamp(1, LONGEST_DELAY);
        let seconds = i32::try_from(seconds).unwrap_or(1);
        self.queue.put_back(reference, seconds).await?;
        Ok(())
    }
}

fn moved(from: &[MessageStatus], to: MessageStatus, at: Timestamp) -> Move<'_> {
    Move { from, to, at, ses_id: None, failure: None }
}

/// Refusals that meet every mail until somebody mends the account or the set-up. The message stays
/// queued; its id ends in the dead-letter queue, which alarms, and is redriven after the repair.
fn is_about_the_account(refusal: Refusal) -> bool {
    match refusal {
        Refusal::AccountSuspended
        | Refusal::SendingPaused
        | Refusal::MailFromDomainNotVerified
        | Refusal::NotFound => true,
        Refusal::MessageRejected | Refusal::BadRequest | Refusal::Unbuildable => false,
    }
}

fn word(outcome: &SendOutcome) -> &'static str {
    match outcome {
        SendOutcome::Accepted(_) => "accepted",
        SendOutcome::NotSent(_) => "not_sent",
        SendOutcome::Refused(refusal) => refusal.as_str(),
        SendOutcome::Unknown(_) => "unknown",
    }
}
