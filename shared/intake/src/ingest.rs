//! A delivery: recognised, masked, mapped, stored once.
//!
//! **Safe to run twice.** The raw object is created only if its key is free, then the response is
//! created only if its token is new; both in this order, so that a response in the table always
//! has its raw object. A run that dies between the two is completed by the next delivery of the
//! same token. What the second of two equal deliveries finds is what the first one wrote.
//!
//! **Nothing signed is lost** of questionnaires. What claims to be a response and cannot be read as one is kept like a
//! questionnaire of an unknown form, under a key that its bytes decide.
//!
//! **A form is a questionnaire or an evaluation** by its claim; of an evaluation little is kept (`evaluate.rs`).
//!
//! **Nothing about a cohort is cached** between deliveries: a cohort that fell due or whose erasure
//! began a moment ago takes nothing in. A first delivery costs one after the other the reads of
//! form, cohort and deactivation, those side by side that tell whether the sender was erased, the object,
//! the transaction, and the sender's entry on the roster.

use domain::ids::IdentityKey;
use domain::profile::Answer;
use domain::quarantine::{QuarantineReason, Quarantined};
use domain::student::{self, Student};
use domain::{FormId, ResponseToken, StudentId, retention};
use jiff::Timestamp;
use store::{FormClaim, Objects, Purpose, Scope, Store, StoredResponse, keys};
use typeform::{Delivery, PayloadError};

use crate::event::{About, Event, Readable, hints};
use crate::{Mapped, map, mask_body};

/// A delivery that was not taken in.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// It is no event of Typeform's; another try does not help.
    #[error("the payload cannot be read")]
    Payload(#[from] PayloadError),
    /// A store did not do its part; another try may help.
    #[error("the response could not be stored")]
    Store(#[from] store::Error),
    /// A raw object that was moved to its cohort is still where it was; another try goes on there.
    #[error("a raw object could not be deleted where it was")]
    LeftOver,
    /// The sender is being erased and has answered anew; it is taken in when that is done.
    #[error("the sender is being erased; what they submitted since is taken in afterwards")]
    BeingErased,
}

/// What became of a delivery, with what there is to count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Receipt {
    /// What became of it.
    pub outcome: Outcome,
    /// CPR numbers that were masked.
    pub masked: u32,
    /// Answers of a type that is not known.
    pub unknown: u32,
    /// Answers that are off their scale or mean none of their question's options.
    pub dropped: u32,
}

impl Receipt {
    pub(crate) fn nothing_stored(outcome: Outcome) -> Self {
        Self { outcome, masked: 0, unknown: 0, dropped: 0 }
    }
}

/// What became of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is the student's answer now.
    Current,
    /// It is kept, but a later one counts.
    Superseded,
    /// It was here before; nothing changed.
    Duplicate,
    /// It is kept as an answer to the cohort's evaluation (M2).
    Evaluated,
    /// It is an answer to an evaluation and nobody's: it has no token, or one that this service did not make
    /// for the cohort. Nothing was stored.
    Unaddressed,
    /// It is kept in quarantine.
    Quarantined(QuarantineReason),
    /// The student had not submitted; nothing was stored.
    Partial,
    /// It came from the "send test request" button; nothing was stored.
    Test,
    /// Typeform told of something that is no response; nothing was stored.
    Ignored,
    /// The cohort's data is due for deletion or gone, or the sender's is; nothing was stored (D2).
    TooLate,
}

/// The stores that deliveries go to, and the key that students' ids are derived under.
#[derive(Debug, Clone)]
pub struct Intake {
    pub(crate) store: Store,
    pub(crate) objects: Objects,
    pub(crate) key: IdentityKey,
}

impl Intake {
    /// Puts the dependencies together.
    pub fn new(store: Store, objects: Objects, key: IdentityKey) -> Self {
        Self { store, objects, key }
    }

    /// Takes in the body of a delivery whose signature was verified. Safe to run any number of
    /// times and in any order; the module says why. What becomes known of the delivery on the way is
    /// noted in `about`, so that a run that fails or is cut off says what it was about, too.
    pub async fn ingest(
        &self,
        body: &[u8],
        now: Timestamp,
        about: &mut About,
    ) -> Result<Receipt, IngestError> {
        match Event::read(body, about)? {
            Event::Nothing(outcome) => Ok(Receipt::nothing_stored(outcome)),
            Event::Unreadable => self.keep_unreadable(body, now, about).await,
            Event::Response(readable) => {
                let arrival = Arrival { received_at: now, masked: 0 };
                self.take_in(*readable, body, arrival, now, about).await
            }
        }
    }

    /// Takes in a response that can be read.
    pub(crate) async fn take_in(
        &self,
        readable: Readable,
        body: &[u8],
        arrival: Arrival,
        now: Timestamp,
        about: &mut About,
    ) -> Result<Receipt, IngestError> {
        let claim = self.store.form_claim(&readable.form).await?;
        about.scope = claim.as_ref().map(|claim| claim.scope.clone());
        let scope = about.scope.as_ref();
        if let Some(FormClaim { scope, purpose: Purpose::Evaluation }) = &claim {
            let taken = self.evaluate(scope, readable, arrival.received_at, now);
            return Box::pin(taken).await;
        }
        let Readable { token, form, response } = readable;
        let cohort = match scope {
            None => None,
            Some(scope) => {
                match self.store.cohort(scope, retention::date_in_copenhagen(now)).await? {
                    Some(cohort) => Some(cohort.settings),
                    None => return Ok(Receipt::nothing_stored(Outcome::TooLate)),
                }
            }
        };

        let masked = mask_body(body, cohort.as_ref()).ok_or(PayloadError::NotAnObject)?;
        // The profile is read from the very bytes that are kept.
        let response =
            if masked.count == 0 { response } else { Delivery::parse(&masked.bytes)?.response };
        let mapped = cohort.as_ref().map(|settings| map(settings, &response));
        if let Some(scope) = scope {
            let sender = mapped.as_ref().and_then(|mapped| mapped.as_ref().ok());
            let sender = sender.map(|mapped| &mapped.email);
            if self.is_erased(scope, &token, sender, response.submitted_at).await? {
                return Ok(Receipt::nothing_stored(Outcome::TooLate));
            }
        }
        self.objects.create(&keys::raw_response(scope, &token), masked.bytes).await?;

        let entry = Arrived {
            token,
            form,
            submitted_at: response.submitted_at,
            received_at: arrival.received_at,
            masked: arrival.masked.saturating_add(masked.count),
        };
        match (scope, mapped) {
            (Some(scope), Some(Ok(mapped))) => self.accept(scope, entry, mapped).await,
            (Some(scope), Some(Err(reason))) => self.quarantine(Some(scope), entry, reason).await,
            _ => self.quarantine(None, entry, QuarantineReason::UnknownForm).await,
        }
    }

    /// Keeps what claims to be a response and cannot be read: with its cohort if it tells the form
    /// of one, so that it is erased with it, else with the questionnaires of no cohort.
    async fn keep_unreadable(
        &self,
        body: &[u8],
        now: Timestamp,
        about: &mut About,
    ) -> Result<Receipt, IngestError> {
        let (form, submitted_at) = hints(body);
        let token = ResponseToken::for_body(&self.key, &String::from_utf8_lossy(body));
        about.response = Some(token.log_id());
        about.form.clone_from(&form);
        let mut settings = None;
        if let Some(form) = &form {
            let claim = self.store.form_claim(form).await?;
            about.scope = claim.as_ref().map(|claim| claim.scope.clone());
            if claim.is_some_and(|claim| claim.purpose == Purpose::Evaluation) {
                // Nobody can tell whose it is, so nothing of it is kept here, as of any other such answer.
                return Ok(Receipt::nothing_stored(Outcome::Unaddressed));
            }
        }
        if let Some(scope) = &about.scope {
            match self.store.cohort(scope, retention::date_in_copenhagen(now)).await? {
                Some(cohort) => settings = Some(cohort.settings),
                None => return Ok(Receipt::nothing_stored(Outcome::TooLate)),
            }
        }
        let scope = about.scope.as_ref();
        let masked = mask_body(body, settings.as_ref()).ok_or(PayloadError::NotAnObject)?;
        self.objects.create(&keys::raw_response(scope, &token), masked.bytes).await?;
        let reason = QuarantineReason::Unreadable;
        let (received_at, masked) = (now, masked.count);
        let entry = Quarantined { token, form, reason, submitted_at, received_at, masked };
        let outcome = if self.store.quarantine(scope, &entry).await? {
            Outcome::Quarantined(reason)
        } else {
            Outcome::Duplicate
        };
        Ok(Receipt { outcome, masked, unknown: 0, dropped: 0 })
    }

    pub(crate) async fn accept(
        &self,
        scope: &Scope,
        arrived: Arrived,
        mapped: Mapped,
    ) -> Result<Receipt, IngestError> {
        let Mapped { email, name, number, section, mut profile, named, dropped, unknown } = mapped;
        for (question, emails) in named {
            let ids = emails.iter().map(|email| StudentId::derive(&self.key, &scope.cohort, email));
            profile.answers.insert(question, Answer::Students(ids.collect()));
        }
        let Arrived { token, submitted_at, received_at, masked, .. } = arrived;
        let student = Student {
            id: StudentId::derive(&self.key, &scope.cohort, &email),
            email,
            former: Vec::new(),
            name,
            number,
            section: section.clone(),
            response: token.clone(),
            submitted_at,
            suppressed: None,
            erasure: None,
            restricted: None,
            objected: None,
        };
        let response = student::Response {
            token,
            student: student.id.clone(),
            section,
            submitted_at,
            received_at,
            profile,
            masked,
        };
        let outcome = match self.store.store_response(scope, &student, &response).await? {
            StoredResponse::Current => Outcome::Current,
            StoredResponse::Superseded => Outcome::Superseded,
            StoredResponse::Duplicate => Outcome::Duplicate,
        };
        self.heed_roster(scope, &student.id).await?;
        Ok(Receipt { outcome, masked, unknown, dropped })
    }

    async fn quarantine(
        &self,
        scope: Option<&Scope>,
        arrived: Arrived,
        reason: QuarantineReason,
    ) -> Result<Receipt, IngestError> {
        // A response that was accepted stays accepted when it comes again after the mapping changed.
        if let Some(scope) = scope
            && self.store.response(scope, &arrived.token).await?.is_some()
        {
            return Ok(Receipt::nothing_stored(Outcome::Duplicate));
        }
        let masked = arrived.masked;
        let new = self.store.quarantine(scope, &arrived.quarantined(reason)).await?;
        let outcome = if new { Outcome::Quarantined(reason) } else { Outcome::Duplicate };
        Ok(Receipt { outcome, masked, unknown: 0, dropped: 0 })
    }
}

/// What was found out about a response when it first came.
pub(crate) struct Arrival {
    pub(crate) received_at: Timestamp,
    /// CPR numbers that are masked already.
    pub(crate) masked: u32,
}

/// What is known of a response before it is mapped.
pub(crate) struct Arrived {
    pub(crate) token: ResponseToken,
    pub(crate) form: FormId,
    pub(crate) submitted_at: Timestamp,
    pub(crate) received_at: Timestamp,
    pub(crate) masked: u32,
}

impl Arrived {
    pub(crate) fn quarantined(self, reason: QuarantineReason) -> Quarantined {
        let Self { token, form, submitted_at, received_at, masked } = self;
        let (form, submitted_at) = (Some(form), Some(submitted_at));
        Quarantined { token, form, reason, submitted_at, received_at, masked }
    }
}
