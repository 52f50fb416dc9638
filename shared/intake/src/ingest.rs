//! A delivery: recognised, masked, mapped, stored once.
//!
//! **Safe to run twice.** The raw object is created only if its key is free, then the response is
//! created only if its token is new; both in this order, so that a response in the table always
//! has its raw object. A run that dies between the two is completed by the next delivery of the
//! same token. What the second of two equal deliveries finds is what the first one wrote.
//!
//! **Nothing about a cohort is cached** between deliveries: a cohort that fell due or whose erasure
//! began a moment ago takes nothing in. A first delivery costs four round trips one after the other:
//! form, cohort, object, transaction.

use domain::cohort::Settings;
use domain::ids::IdentityKey;
use domain::quarantine::{QuarantineReason, Quarantined};
use domain::student::{self, Student};
use domain::{FormId, ResponseToken, StudentId, retention};
use jiff::Timestamp;
use store::{Objects, Scope, Store, StoredResponse, keys};
use typeform::payload::EventType;
use typeform::{Delivery, PayloadError, is_test_delivery};

use crate::{Mapped, map, mask_body};

/// A delivery that was not taken in.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// It is not what Typeform sends; another try does not help.
    #[error("the payload cannot be read")]
    Payload(#[from] PayloadError),
    /// It is JSON of Typeform's shape that names no event; another try does not help.
    #[error("the payload names no event type")]
    NoEvent,
    /// A store did not do its part; another try may help.
    #[error("the response could not be stored")]
    Store(#[from] store::Error),
    /// A raw object that was moved to its cohort is still where it was; another try goes on there.
    #[error("a raw object could not be deleted where it was")]
    LeftOver,
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
    /// It is kept in quarantine.
    Quarantined(QuarantineReason),
    /// The student had not submitted; nothing was stored.
    Partial,
    /// It came from the "send test request" button; nothing was stored.
    Test,
    /// Typeform told of something that is no response; nothing was stored.
    Ignored,
    /// The cohort's data is due for deletion or gone; nothing was stored (D2).
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
    /// times and in any order; the module says why.
    pub async fn ingest(&self, body: &[u8], now: Timestamp) -> Result<Receipt, IngestError> {
        let delivery = Delivery::parse(body)?;
        match &delivery.event_type {
            EventType::Complete => {}
            EventType::Partial => return Ok(Receipt::nothing_stored(Outcome::Partial)),
            EventType::Other(name) if name.is_empty() => return Err(IngestError::NoEvent),
            EventType::Other(_) => return Ok(Receipt::nothing_stored(Outcome::Ignored)),
        }
        if is_test_delivery(&delivery) {
            return Ok(Receipt::nothing_stored(Outcome::Test));
        }
        let form =
            FormId::parse(&*delivery.response.form_id).map_err(|_| PayloadError::BadFormId)?;
        let token =
            ResponseToken::parse(&*delivery.response.token).map_err(|_| PayloadError::BadToken)?;

        let scope = self.store.form_owner(&form).await?;
        let cohort = match &scope {
            None => None,
            Some(scope) => {
                match self.store.cohort(scope, retention::date_in_copenhagen(now)).await? {
                    Some(cohort) => Some(cohort.settings),
                    None => return Ok(Receipt::nothing_stored(Outcome::TooLate)),
                }
            }
        };

        let masked = mask_body(body, cohort.as_ref().and_then(number_source))
            .ok_or(PayloadError::NotAnObject)?;
        // The profile is read from the very bytes that are kept.
        let response = if masked.count == 0 {
            delivery.response
        } else {
            Delivery::parse(&masked.bytes)?.response
        };
        self.objects.create(&keys::raw_response(scope.as_ref(), &token), masked.bytes).await?;

        let entry = Arrived {
            token,
            form,
            submitted_at: response.submitted_at,
            received_at: now,
            masked: masked.count,
        };
        match (&scope, &cohort) {
            (Some(scope), Some(settings)) => match map(settings, &response) {
                Ok(mapped) => self.accept(scope, entry, mapped).await,
                Err(reason) => self.quarantine(Some(scope), entry, reason).await,
            },
            _ => self.quarantine(None, entry, QuarantineReason::UnknownForm).await,
        }
    }

    pub(crate) async fn accept(
        &self,
        scope: &Scope,
        arrived: Arrived,
        mapped: Mapped,
    ) -> Result<Receipt, IngestError> {
        let Mapped { email, name, number, section, profile, dropped, unknown } = mapped;
        let Arrived { token, submitted_at, received_at, masked, .. } = arrived;
        let student = Student {
            id: StudentId::derive(&self.key, &scope.cohort, &email),
            email,
            name,
            number,
            section: section.clone(),
            response: token.clone(),
            submitted_at,
            suppressed: None,
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
        Quarantined { token, form, reason, submitted_at, received_at, masked }
    }
}

pub(crate) fn number_source(settings: &Settings) -> Option<&domain::cohort::Source> {
    settings.identity.student_number.as_ref()
}
