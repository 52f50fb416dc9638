//! Entry by entry through a quarantine.
//!
//! **Safe to run twice, at the same time, and to die in the middle**: each entry is settled by
//! [`Intake::again`], which is; this module keeps no state of its own.

use std::collections::BTreeMap;

use domain::audit::AuditEntry;
use domain::quarantine::Quarantined;
use intake::{Again, IngestError, Intake};
use runtime::clock::Clock;
use runtime::{Metric, StepError};
use serde::Serialize;
use store::{Audit, Cursor, Store, keys};

use crate::Request;

/// Milliseconds kept back from the time Lambda gives: an entry takes six round trips.
const TO_FINISH: i64 = 15_000;

/// Entries read at once.
const PAGE: i32 = 100;

/// What a run did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Entries that were looked at.
    pub examined: u64,
    /// Entries that are out of quarantine now.
    pub accepted: u64,
    /// Entries that stay.
    pub still_quarantined: u64,
    /// Why they stay.
    pub by_reason: BTreeMap<&'static str, u64>,
    /// Whether time ran out before the end.
    pub r#continue: bool,
    /// What to pass as `after` to go on where time ran out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// The handler with its dependencies.
#[derive(Debug)]
pub struct Reprocess {
    store: Store,
    audit: Audit,
    intake: Intake,
    clock: Clock,
}

impl Reprocess {
    /// Puts the dependencies together.
    pub fn new(store: Store, audit: Audit, intake: Intake, clock: Clock) -> Self {
        Self { store, audit, intake, clock }
    }

    /// Maps the entries again until all were looked at or `deadline` (milliseconds since 1970) is near.
    /// The run of invocation `id` is in the audit trail before it begins.
    pub async fn run(
        &self,
        request: &Request,
        id: &str,
        deadline: u64,
    ) -> Result<Summary, StepError> {
        self.note(request, id).await.map_err(|error| failed(&error))?;
        let mut run = Run {
            handler: self,
            request,
            deadline: self.deadline(request, deadline),
            summary: Summary {
                after: request.after.as_ref().map(ToString::to_string),
                ..Summary::default()
            },
        };
        match &request.tokens {
            None => run.all().await?,
            Some(_) => run.named().await?,
        }
        let mut summary = run.summary;
        if !summary.r#continue {
            summary.after = None;
        }
        if summary.accepted > 0 {
            runtime::count(Metric::ResponsesAccepted, summary.accepted);
        }
        let Summary { examined, accepted, still_quarantined, .. } = summary;
        tracing::info!(examined, accepted, still_quarantined, "reprocessed");
        Ok(summary)
    }
}

impl Reprocess {
    /// Until when the run must have ended: the function's own deadline, or sooner where the request says so.
    fn deadline(&self, request: &Request, deadline: u64) -> i64 {
        let deadline = i64::try_from(deadline).unwrap_or(i64::MAX);
        let Some(seconds) = request.seconds else { return deadline };
        let asked = (self.clock)().as_millisecond() + i64::from(seconds) * 1_000 + TO_FINISH;
        deadline.min(asked)
    }

    /// Questionnaires of no cohort are no institution's yet; what becomes of them stands in the
    /// quarantine that they leave and the cohort that they reach.
    async fn note(&self, request: &Request, id: &str) -> Result<(), store::Error> {
        let Some(scope) = &request.scope else { return Ok(()) };
        let (now, job) = ((self.clock)(), "quarantine-reprocess");
        let entry = AuditEntry::of_job(&scope.institution, now, job, "quarantine.reprocess", id);
        let named = request.tokens.as_deref().unwrap_or_default();
        let entry = entry.in_cohort(Some(&scope.cohort)).touching(named.len()).about(named);
        self.audit.append(&entry, id).await
    }
}

struct Run<'a> {
    handler: &'a Reprocess,
    request: &'a Request,
    deadline: i64,
    summary: Summary,
}

impl Run<'_> {
    async fn all(&mut self) -> Result<(), StepError> {
        let scope = self.request.scope.as_ref();
        let mut from =
            self.request.after.as_ref().map(|token| Cursor(keys::quarantine(scope, token).sk));
        loop {
            let page = self
                .handler
                .store
                .quarantine_page(scope, from.as_ref(), Some(PAGE))
                .await
                .map_err(|error| failed(&error))?;
            for entry in page.items {
                if !self.entry(&entry).await? {
                    return Ok(());
                }
            }
            match page.next {
                Some(next) => from = Some(next),
                None => return Ok(()),
            }
        }
    }

    /// Named entries, in the order of their tokens so that a run can go on after one of them.
    async fn named(&mut self) -> Result<(), StepError> {
        let mut tokens = self.request.tokens.clone().unwrap_or_default();
        tokens.sort();
        tokens.dedup();
        tokens.retain(|token| self.request.after.as_ref().is_none_or(|after| token > after));
        for token in tokens {
            let scope = self.request.scope.as_ref();
            let entry = self.handler.store.quarantined(scope, &token).await;
            // One that is not there any more was accepted by an earlier run.
            let Some(entry) = entry.map_err(|error| failed(&error))? else { continue };
            if !self.entry(&entry).await? {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Settles one entry; tells whether there was time for it.
    async fn entry(&mut self, entry: &Quarantined) -> Result<bool, StepError> {
        let now = (self.handler.clock)();
        let summary = &mut self.summary;
        if now.as_millisecond().saturating_add(TO_FINISH) >= self.deadline {
            summary.r#continue = true;
            return Ok(false);
        }
        let scope = self.request.scope.as_ref();
        let done = self.handler.intake.again(scope, entry, now).await;
        summary.examined += 1;
        match done.map_err(|error| failed(&error))? {
            Again::Accepted => summary.accepted += 1,
            Again::Kept(why) => {
                summary.still_quarantined += 1;
                *summary.by_reason.entry(why.as_str()).or_default() += 1;
            }
        }
        summary.after = Some(entry.token.to_string());
        Ok(true)
    }
}

/// What stops a run. What was settled before stays settled; the same request goes on from there.
fn failed(error: &(dyn std::error::Error + 'static)) -> StepError {
    runtime::telemetry::log_error("reprocess", error);
    let store = error
        .downcast_ref::<IngestError>()
        .and_then(std::error::Error::source)
        .unwrap_or(error)
        .downcast_ref::<store::Error>();
    let name = match store {
        Some(error) if !error.is_transient() => StepError::PERMANENT,
        _ => StepError::TRANSIENT,
    };
    StepError::new(name, "the run stopped before its end; it can be run again as it is")
}
