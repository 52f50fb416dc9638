//! Tells the institutions: first it is made sure that each can be told in time, then each is.
//!
//! **Safe to run twice.** A notice's id follows from institution, sub-processor and day; notice and mail
//! are created together and once. A run that died is completed by the same request: whoever has a
//! notice keeps it, and a mail that still waits is queued again, which the mailer's claim makes
//! harmless.

use domain::cohort::Localised;
use domain::institution::{Institution, Language};
use domain::message::{About, Message};
use domain::subprocessor::{Notice, announce_by, earliest, must_know};
use domain::{InstitutionId, NoticeId, SubprocessorId};
use jiff::civil::Date;
use outbox::MailQueue;
use runtime::StepError;
use runtime::clock::{Clock, today};
use serde::Serialize;
use serde_json::Value;
use store::{MessagePlace, Store};
use subprocessors::{Entry, Register, Words};

use crate::Request;

/// Who was told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Announced {
    /// The sub-processor.
    pub entry: SubprocessorId,
    /// The first day on which it may get data, unless somebody objects.
    pub effective_from: Date,
    /// Institutions that are told by this request.
    pub told: u32,
    /// Institutions that had been told before.
    pub already: u32,
    /// Institutions that agreed to the register when it already named it.
    pub knew: u32,
}

/// The handler with its dependencies.
#[derive(Debug)]
pub struct Notices {
    pub(crate) store: Store,
    mails: MailQueue,
    pub(crate) register: &'static Register,
    pub(crate) clock: Clock,
}

impl Notices {
    /// Puts the dependencies together.
    pub fn new(store: Store, mails: MailQueue, register: &'static Register, clock: Clock) -> Self {
        Self { store, mails, register, clock }
    }

    /// Carries out a request.
    pub async fn run(&self, request: &Request) -> Result<Value, StepError> {
        let answer = match request {
            Request::Announce(id) => serde_json::to_value(self.announce(id).await?),
            Request::Watch => serde_json::to_value(self.watch().await?),
        };
        answer.map_err(|_| StepError::new(StepError::PERMANENT, "the answer cannot be written"))
    }

    /// Tells every institution of an entry of the register that is not yet in use.
    pub async fn announce(&self, id: &SubprocessorId) -> Result<Announced, StepError> {
        let done = self.tell(id).await;
        match &done {
            Ok(done) => tracing::info!(done.told, done.already, done.knew, "notices.announced"),
            Err(refusal) => tracing::warn!(name = refusal.name, "refused"),
        }
        done
    }

    async fn tell(&self, id: &SubprocessorId) -> Result<Announced, StepError> {
        let entry = self.register.entry(id).ok_or_else(|| {
            StepError::new("NotFound", format!("{id} is not in the register that is deployed"))
        })?;
        let today = today((self.clock)());
        if entry.is_effective(today) {
            let why = format!(
                "{id} is in use since {}: there is nothing to announce",
                entry.effective_from
            );
            return Err(StepError::new("InEffect", why));
        }
        let (untold, already, knew) = self.sort(entry).await?;
        if today > announce_by(entry.effective_from) && !untold.is_empty() {
            let why = format!(
                "{} institutions could not be told 30 days before {}; told today, it may start on {} at the earliest: change effective_from",
                untold.len(),
                entry.effective_from,
                earliest(today),
            );
            return Err(StepError::new("TooLate", why));
        }
        let told = u32::try_from(untold.len()).unwrap_or(u32::MAX);
        for institution in &untold {
            self.record(&institution.id, entry).await?;
        }
        for institution in untold.iter().map(|institution| &institution.id).chain(&already) {
            self.send(institution, entry).await?;
        }
        Ok(Announced {
            entry: id.clone(),
            effective_from: entry.effective_from,
            told,
            already: u32::try_from(already.len()).unwrap_or(u32::MAX),
            knew,
        })
    }

    /// Who has to be told, who was, and how many knew when they signed.
    async fn sort(
        &self,
        entry: &Entry,
    ) -> Result<(Vec<Institution>, Vec<InstitutionId>, u32), StepError> {
        let (mut untold, mut already, mut knew) = (Vec::new(), Vec::new(), 0);
        for id in self.store.institutions().await.map_err(|e| failed(&e))? {
            let Some(institution) = self.store.institution(&id).await.map_err(|e| failed(&e))?
            else {
                continue;
            };
            let notice = NoticeId::of(&id, &entry.id, entry.effective_from);
            if self.store.notice(&id, &notice).await.map_err(|e| failed(&e))?.is_some() {
                already.push(id);
            } else if must_know(institution.onboarded_at, entry.effective_from) {
                untold.push(institution);
            } else {
                knew += 1;
            }
        }
        Ok((untold, already, knew))
    }

    async fn record(&self, institution: &InstitutionId, entry: &Entry) -> Result<(), StepError> {
        let now = (self.clock)();
        let message = Message::queued(about(institution, entry), now);
        let in_words = |language: Language| {
            entry.fields.iter().map(|field| field.words(language)).collect::<Vec<_>>().join(", ")
        };
        let notice = Notice {
            id: NoticeId::of(institution, &entry.id, entry.effective_from),
            entry: entry.id.clone(),
            name: entry.name.clone(),
            registration: entry.registration.clone(),
            address: entry.address.clone(),
            processing: entry.processing.clone(),
            location: entry.location.clone(),
            transfer: entry.transfer.clone(),
            fields: Localised { da: in_words(Language::Da), en: in_words(Language::En) },
            effective_from: entry.effective_from,
            announced_at: now,
            message: message.id.clone(),
            objection: None,
        };
        let created = self.store.create_notice(institution, &notice, &message).await;
        created.map(drop).map_err(|e| failed(&e))
    }

    /// Queues the mail if it still waits.
    async fn send(&self, institution: &InstitutionId, entry: &Entry) -> Result<(), StepError> {
        self.queue(institution, Message::queued(about(institution, entry), (self.clock)())).await
    }

    pub(crate) async fn queue(
        &self,
        institution: &InstitutionId,
        message: Message,
    ) -> Result<(), StepError> {
        let place = MessagePlace::of_institution(institution);
        outbox::put(&self.store, &self.mails, &place, &[message]).await.map(drop).map_err(|error| {
            runtime::telemetry::log_error("notices", &error);
            StepError::new(
                StepError::TRANSIENT,
                "the queue failed; the same request can be sent again",
            )
        })
    }
}

fn about(institution: &InstitutionId, entry: &Entry) -> About {
    About::Subprocessor { notice: NoticeId::of(institution, &entry.id, entry.effective_from) }
}

pub(crate) fn failed(error: &store::Error) -> StepError {
    runtime::telemetry::log_error("notices", error);
    let name = if error.is_transient() { StepError::TRANSIENT } else { StepError::PERMANENT };
    StepError::new(name, "the store failed; the same request can be sent again")
}
