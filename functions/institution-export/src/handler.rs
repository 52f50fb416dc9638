//! One task: writes on until the export is ready or its time is over.

use domain::audit::AuditEntry;
use domain::export::{ExportFailure, ExportPlace, ExportRef, ExportStatus, InstitutionExport};
use runtime::{StepError, telemetry};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use crate::parts::Part;
use crate::{Error, Systems, parts, write};

/// What the state machine asks for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case", deny_unknown_fields)]
pub enum Task {
    /// Go on writing.
    Write {
        /// The export.
        subject: ExportRef,
    },
    /// Note that it stopped.
    Fail {
        /// The export.
        subject: ExportRef,
        /// What the state machine caught; its text stays in the execution's history.
        error: serde_json::Value,
    },
}

/// Whether the export has come to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Progress {
    /// Whether nothing more is to be done.
    pub done: bool,
}

/// Runs one task.
pub async fn handle(systems: &Systems, task: Task) -> Result<Progress, StepError> {
    let outcome = match &task {
        Task::Write { subject } => go_on(systems, subject).await,
        Task::Fail { subject, .. } => fail(systems, subject, ExportFailure::Internal).await,
    };
    outcome.map_err(|error| {
        telemetry::log_error("institution_export", &error);
        error.into()
    })
}

async fn go_on(systems: &Systems, subject: &ExportRef) -> Result<Progress, Error> {
    let began = Instant::now();
    let mut export = known(systems, subject).await?;
    if export.status != ExportStatus::Running {
        return Ok(Progress { done: true });
    }
    if export.place.is_none() {
        record(systems, subject, &export).await?;
    }
    let cohorts = parts::cohorts(systems, &subject.institution).await?;
    // At least one page, so that every task gets somewhere.
    loop {
        let erasures = systems.store.erasures(&subject.institution).await?;
        if export.is_outdated(&erasures) {
            return fail(systems, subject, ExportFailure::Erasure).await;
        }
        let place = export.place.clone().unwrap_or_else(|| Part::first().begin());
        let part = Part::parse(&place.part).ok_or(Error::NoSuchPart)?;
        let after = write::page(systems, subject, &part, &place).await?;
        let next = if let Some(after) = after {
            Some(ExportPlace { part: place.part, after: Some(after), pages: place.pages + 1 })
        } else {
            part.next(&cohorts).map(Part::begin)
        };
        let Some(next) = next else {
            write::manifest(systems, subject, &export).await?;
            let ready = export.clone().ended(ExportStatus::Ready, (systems.clock)());
            moved(systems, subject, &export, &ready).await?;
            tracing::info!(export = subject.export.as_str(), "export.ready");
            return Ok(Progress { done: true });
        };
        let on = export.clone().at(next);
        export = moved(systems, subject, &export, &on).await?;
        if began.elapsed() >= systems.slice {
            return Ok(Progress { done: false });
        }
    }
}

async fn known(systems: &Systems, subject: &ExportRef) -> Result<InstitutionExport, Error> {
    let export = systems.store.export(&subject.institution, &subject.export).await?;
    export.ok_or(Error::Unknown)
}

async fn moved(
    systems: &Systems,
    subject: &ExportRef,
    was: &InstitutionExport,
    is: &InstitutionExport,
) -> Result<InstitutionExport, Error> {
    if systems.store.move_export(&subject.institution, was, is).await? {
        Ok(is.clone())
    } else {
        Err(Error::Moved)
    }
}

/// Everybody's data is read: the trail says so before the first of it is.
async fn record(
    systems: &Systems,
    subject: &ExportRef,
    export: &InstitutionExport,
) -> Result<(), Error> {
    let unique = subject.export.as_str();
    let (institution, at) = (&subject.institution, export.requested_at);
    let entry =
        AuditEntry::of_job(institution, at, "institution-export", "institution.export", unique)
            .about([unique]);
    Ok(systems.audit.append(&entry, unique).await?)
}

/// Notes why the export stopped; one that has ended stays as it is. Its files go with the next look of the
/// clock.
async fn fail(
    systems: &Systems,
    subject: &ExportRef,
    why: ExportFailure,
) -> Result<Progress, Error> {
    let export = known(systems, subject).await?;
    if export.status == ExportStatus::Running {
        let mut failed = export.clone().ended(ExportStatus::Failed, (systems.clock)());
        failed.failure = Some(why);
        moved(systems, subject, &export, &failed).await?;
        tracing::error!(export = subject.export.as_str(), "export.failed");
    }
    Ok(Progress { done: true })
}
