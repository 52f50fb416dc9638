//! A response in quarantine, mapped again with today's settings (Q4).
//!
//! **Safe to run twice and to die in the middle.** Everything is created before anything is
//! deleted, and the entry in quarantine goes last: as long as it is there, the next run finds what
//! the last one left and goes on. Every create is conditional, every deletion bears finding nothing.

use domain::cohort::Settings;
use domain::quarantine::{QuarantineReason, Quarantined};
use domain::{FormId, retention};
use jiff::Timestamp;
use store::{Deleted, Purpose, Scope, keys};
use typeform::Delivery;

use crate::event::{About, Event};
use crate::ingest::{Arrival, Arrived, IngestError, Intake, Outcome};
use crate::{map, mask_body};

/// What became of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Again {
    /// It is out of quarantine: stored, or, of an evaluation, dealt with as it would be if it came now.
    Accepted,
    /// It stays in quarantine.
    Kept(Kept),
}

/// Why an entry stays in quarantine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// It still cannot be mapped.
    Unmapped(QuarantineReason),
    /// Its cohort's data is due for deletion or gone.
    TooLate,
    /// Its raw object is not there or cannot be read.
    Unreadable,
}

impl Kept {
    /// The reason as it stands in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unmapped(reason) => reason.as_str(),
            Self::TooLate => "too_late",
            Self::Unreadable => "unreadable",
        }
    }
}

impl Intake {
    /// Maps an entry of a cohort's quarantine, or (`from` absent) of the responses that belonged to
    /// no cohort, and stores it if that is possible now.
    ///
    /// A response of a form that has found its cohort moves there, raw object included, even if it
    /// cannot be mapped there yet: from then on it is the institution's to see and to erase.
    pub async fn again(
        &self,
        from: Option<&Scope>,
        entry: &Quarantined,
        now: Timestamp,
    ) -> Result<Again, IngestError> {
        let owner = match (from, &entry.form) {
            _ if entry.reason == QuarantineReason::Unreadable => {
                return self.read_again(from, entry, now).await;
            }
            (Some(scope), _) => Some(scope.clone()),
            (None, Some(form)) => match self.store.form_claim(form).await? {
                Some(claim) if claim.purpose == Purpose::Evaluation => {
                    return Box::pin(self.evaluate_again(&claim.scope, entry, now)).await;
                }
                claim => claim.map(|claim| claim.scope),
            },
            (None, None) => None,
        };
        let Some(scope) = owner else {
            return Ok(Again::Kept(Kept::Unmapped(QuarantineReason::UnknownForm)));
        };
        let Some(cohort) = self.store.cohort(&scope, retention::date_in_copenhagen(now)).await?
        else {
            return Ok(Again::Kept(Kept::TooLate));
        };
        let Some(raw) = self.raw(from, &scope, entry).await? else {
            return Ok(Again::Kept(Kept::Unreadable));
        };
        let done = self.place(&scope, &cohort.settings, from, entry, raw).await?;
        // It leaves the partition of no cohort also when it only moved to the cohort's quarantine.
        let moved = from.is_none() && done != Again::Kept(Kept::Unreadable);
        if moved {
            self.delete_raw(&keys::raw_response(None, &entry.token)).await?;
        }
        if moved || done == Again::Accepted {
            self.store.leave_quarantine(from, &entry.token).await?;
        }
        Ok(done)
    }

    /// Reads an entry again that could not be read, in case this version of the code can: it is then
    /// taken in under its own token as if it came now, and what was kept of it goes.
    async fn read_again(
        &self,
        from: Option<&Scope>,
        entry: &Quarantined,
        now: Timestamp,
    ) -> Result<Again, IngestError> {
        let key = keys::raw_response(from, &entry.token);
        let Some(raw) = self.objects.get(&key).await? else {
            // The object comes before the entry and goes before it: a run died between the two.
            self.store.leave_quarantine(from, &entry.token).await?;
            return Ok(Again::Accepted);
        };
        let mut about = About::default();
        let Ok(Event::Response(readable)) = Event::read(&raw, &mut about) else {
            return Ok(Again::Kept(Kept::Unreadable));
        };
        if self.store.form_owner(&readable.form).await?.is_none() {
            return Ok(Again::Kept(Kept::Unmapped(QuarantineReason::UnknownForm)));
        }
        let arrival = Arrival { received_at: entry.received_at, masked: entry.masked };
        let receipt = self.take_in(*readable, &raw, arrival, now, &mut about).await?;
        let done = match receipt.outcome {
            Outcome::Quarantined(reason) => Again::Kept(Kept::Unmapped(reason)),
            Outcome::TooLate => return Ok(Again::Kept(Kept::TooLate)),
            _ => Again::Accepted,
        };
        self.delete_raw(&key).await?;
        self.store.leave_quarantine(from, &entry.token).await?;
        Ok(done)
    }

    /// A response that came before its form was named as an evaluation. The raw object and the entry go, in
    /// this order, once what is kept of an evaluation is stored.
    async fn evaluate_again(
        &self,
        scope: &Scope,
        entry: &Quarantined,
        now: Timestamp,
    ) -> Result<Again, IngestError> {
        let key = keys::raw_response(None, &entry.token);
        if let Some(raw) = self.objects.get(&key).await? {
            let mut about = About::default();
            let Ok(Event::Response(readable)) = Event::read(&raw, &mut about) else {
                return Ok(Again::Kept(Kept::Unreadable));
            };
            let receipt = self.evaluate(scope, *readable, entry.received_at, now).await?;
            if receipt.outcome == Outcome::TooLate {
                return Ok(Again::Kept(Kept::TooLate));
            }
            self.delete_raw(&key).await?;
        }
        self.store.leave_quarantine(None, &entry.token).await?;
        Ok(Again::Accepted)
    }

    async fn delete_raw(&self, key: &str) -> Result<(), IngestError> {
        match self.objects.delete_below(key, None).await? {
            Deleted::All(_) => Ok(()),
            Deleted::Some | Deleted::Kept => Err(IngestError::LeftOver),
        }
    }

    /// The raw object, where it was put first or where a run that died had moved it.
    async fn raw(
        &self,
        from: Option<&Scope>,
        scope: &Scope,
        entry: &Quarantined,
    ) -> Result<Option<Vec<u8>>, IngestError> {
        let raw = self.objects.get(&keys::raw_response(from, &entry.token)).await?;
        if raw.is_some() || from.is_some() {
            return Ok(raw);
        }
        Ok(self.objects.get(&keys::raw_response(Some(scope), &entry.token)).await?)
    }

    async fn place(
        &self,
        scope: &Scope,
        settings: &Settings,
        from: Option<&Scope>,
        entry: &Quarantined,
        raw: Vec<u8>,
    ) -> Result<Again, IngestError> {
        // What the cohort does not ask for as a student number could not be told before (Q6).
        let Some(raw) = mask_body(&raw, Some(settings)) else {
            return Ok(Again::Kept(Kept::Unreadable));
        };
        let Ok(delivery) = Delivery::parse(&raw.bytes) else {
            return Ok(Again::Kept(Kept::Unreadable));
        };
        let Ok(form) = FormId::parse(&*delivery.response.form_id) else {
            return Ok(Again::Kept(Kept::Unreadable));
        };
        let mapped = map(settings, &delivery.response);
        let sender = mapped.as_ref().ok().map(|mapped| &mapped.email);
        if self.is_erased(scope, &entry.token, sender, delivery.response.submitted_at).await? {
            return Ok(Again::Kept(Kept::TooLate));
        }
        if from.is_none() {
            self.objects.create(&keys::raw_response(Some(scope), &entry.token), raw.bytes).await?;
        }
        let arrived = Arrived {
            token: entry.token.clone(),
            form,
            submitted_at: delivery.response.submitted_at,
            received_at: entry.received_at,
            masked: entry.masked.saturating_add(raw.count),
        };
        match mapped {
            Ok(mapped) => {
                self.accept(scope, arrived, mapped).await?;
                Ok(Again::Accepted)
            }
            Err(reason) => {
                if from.is_none() && self.store.response(scope, &entry.token).await?.is_none() {
                    self.store.quarantine(Some(scope), &arrived.quarantined(reason)).await?;
                } else if from.is_some() && reason != entry.reason {
                    // Settings that were mended in part leave another obstacle, and that is what is left to mend.
                    self.store.still_quarantined(scope, &entry.token, reason).await?;
                }
                Ok(Again::Kept(Kept::Unmapped(reason)))
            }
        }
    }
}
