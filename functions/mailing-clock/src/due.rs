//! One mailing whose time has come.

use domain::MailingId;
use domain::audit::AuditEntry;
use domain::cohort::Cohort;
use domain::mailing::{Mailing, MailingStatus};
use jiff::Timestamp;
use runtime::StepError;
use runtime::clock::today;
use store::Scope;

use crate::handler::Deps;
use crate::machine::Unavailable;

/// A mailing that could not be dealt with.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A table.
    #[error("a table failed")]
    Store(#[from] store::Error),
    /// Step Functions.
    #[error("the mailing's machine cannot be started")]
    Machine(#[from] Unavailable),
}

impl From<Error> for StepError {
    fn from(error: Error) -> Self {
        let name = match &error {
            Error::Store(store) if !store.is_transient() => Self::PERMANENT,
            _ => Self::TRANSIENT,
        };
        Self::new(name, error.to_string())
    }
}

/// What became of a mailing on the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Its machine runs.
    Started,
    /// It is a draft again and says why.
    Missed,
    /// Nothing: it is no longer planned, or its cohort is out of reach.
    Left,
}

/// Starts a mailing, or notes why it does not go.
///
/// Whatever is due for deletion, being erased or out of reach is left as it is: nobody reads it, and it goes with its
/// cohort. Of an institution that comes back, what is too late by then is not sent.
pub async fn one(
    deps: &Deps,
    scope: &Scope,
    id: &MailingId,
    now: Timestamp,
) -> Result<Fate, Error> {
    let Some(cohort) = deps.store.cohort(scope, today(now)).await? else { return Ok(Fate::Left) };
    let Some(mailing) = deps.store.mailing(scope, id).await? else { return Ok(Fate::Left) };
    let Some(plan) = &mailing.plan else { return Ok(Fate::Left) };
    match mailing.status {
        MailingStatus::Planned if plan.at <= now => {}
        // It was put on its way, and nobody knows whether its machine was started.
        MailingStatus::Sending => return start(deps, scope, &mailing).await,
        // The list lags behind the record for a moment.
        _ => return Ok(Fate::Left),
    }
    let contact = deps.store.contact(&plan.by).await?;
    let obstacle = mailing
        .obstacle(&cohort, now)
        .or_else(|| mailing.obstacle_to_plan(&cohort, contact.as_ref(), now));
    match obstacle {
        Some(why) => miss(deps, scope, &mailing, why, now).await,
        None => begin(deps, (scope, &cohort), &mailing, now).await,
    }
}

async fn begin(
    deps: &Deps,
    (scope, cohort): (&Scope, &Cohort),
    mailing: &Mailing,
    now: Timestamp,
) -> Result<Fate, Error> {
    let Some(begun) = mailing.begun(now) else { return Ok(Fate::Left) };
    note(deps, scope, mailing, "mailings.start", now).await?;
    if !deps.store.begin_planned(scope, mailing, &begun).await? {
        // A contact was quicker, or another run of this function.
        return Ok(Fate::Left);
    }
    tracing::info!(
        institution = scope.institution.as_str(),
        cohort = cohort.settings.id.as_str(),
        mailing = mailing.id.as_str(),
        "mailing.started"
    );
    start(deps, scope, &begun).await
}

async fn start(deps: &Deps, scope: &Scope, begun: &Mailing) -> Result<Fate, Error> {
    deps.machine.start(scope, begun).await?;
    deps.store.planned_done(scope, begun).await?;
    Ok(Fate::Started)
}

async fn miss(
    deps: &Deps,
    scope: &Scope,
    mailing: &Mailing,
    why: &str,
    now: Timestamp,
) -> Result<Fate, Error> {
    let Some(missed) = mailing.missed(why, now) else { return Ok(Fate::Left) };
    note(deps, scope, mailing, "mailings.miss", now).await?;
    if !deps.store.move_mailing(scope, mailing, &missed).await? {
        return Ok(Fate::Left);
    }
    tracing::info!(
        institution = scope.institution.as_str(),
        cohort = scope.cohort.as_str(),
        mailing = mailing.id.as_str(),
        why,
        "mailing.missed"
    );
    Ok(Fate::Missed)
}

/// In the audit trail (D5), once per version of the record that it is about.
async fn note(
    deps: &Deps,
    scope: &Scope,
    mailing: &Mailing,
    action: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let id = mailing.id.as_str();
    let entry = AuditEntry::of_job(&scope.institution, now, "mailing-clock", action, id)
        .in_cohort(Some(&scope.cohort))
        .about([id]);
    Ok(deps.audit.append(&entry, &format!("{id} {}", mailing.version)).await?)
}
