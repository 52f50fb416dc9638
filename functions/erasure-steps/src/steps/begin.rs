//! Marks the cohort. From here on its data counts as gone: readers see nothing, the webhook stores
//! nothing, no formation starts or publishes.

use domain::erasure::{Erasure, ErasureStatus};
use domain::formation::FormationStatus;
use domain::mailing::{Mailing, MailingStatus};
use domain::{ErasureId, StudentId};
use jiff::{SignedDuration, Timestamp};
use runtime::clock;
use store::{BeganErasure, Scope};

use super::person::mark;
use crate::task::{Progress, Step, Task};
use crate::{Error, Systems};

/// How long a task of a formation or a mailing that was at work when the mark was set may still write: the
/// time-out of those tasks.
const AT_WORK: SignedDuration = SignedDuration::from_secs(900);

/// Seconds between two looks at such a task.
const LOOK_AGAIN: u32 = 30;

/// Record and mark are one transaction, and only data that is due, or whose erasure was asked for and
/// recorded before, is marked. Run again it changes
/// nothing but sets a failed erasure to running: this is how the next sweep resumes.
pub(crate) async fn begin(systems: &Systems, task: &Task, scope: Scope) -> Result<Progress, Error> {
    if let Some(student) = &task.student {
        return person(systems, task, scope, student).await;
    }
    let now = (systems.clock)();
    let cohort = systems.store.cohort_even_if_gone(&scope).await?.ok_or(Error::NotDue)?;
    let known = systems.store.erasure(&task.institution, &task.erasure).await?;
    let erasure = if let Some(known) = known {
        resume(systems, task, known).await?
    } else {
        let erasure = Erasure {
            extended_by: cohort.extension.as_ref().map(|extension| extension.reference.clone()),
            ..Erasure::due(task.erasure.clone(), scope.cohort.clone(), cohort.delete_on, now)
        };
        match systems.store.begin_erasure(&scope, &erasure, clock::today(now)).await? {
            BeganErasure::New | BeganErasure::Already => erasure,
            BeganErasure::NotDue => return Err(Error::NotDue),
        }
    };
    let began = began(&erasure, task);
    if is_addressed(systems, &scope, began).await? {
        return Ok(Progress::not_done(Step::Begin, LOOK_AGAIN));
    }
    if let Some(formation) = &cohort.active_formation
        && now < began + AT_WORK
    {
        let formation = systems.store.formation(&scope, formation).await?;
        // One that awaits approval writes nothing: nobody can approve it any more.
        if formation.is_some_and(|formation| formation.status == FormationStatus::Running) {
            return Ok(Progress::not_done(Step::Begin, LOOK_AGAIN));
        }
    }
    Ok(Progress::done(Step::Begin))
}

/// One that was asked for may have waited before it began.
fn began(erasure: &Erasure, task: &Task) -> Timestamp {
    match (erasure.requested_at, task.since) {
        (Some(_), Some(since)) => erasure.started_at.max(since),
        _ => erasure.started_at,
    }
}

/// Whether some of a mailing's recipients may have been read before the mark and are still being written:
/// its record has not moved since, and the task has not timed out.
async fn is_addressed(systems: &Systems, scope: &Scope, began: Timestamp) -> Result<bool, Error> {
    let now = (systems.clock)();
    if now >= began + AT_WORK {
        return Ok(false);
    }
    let mailings = systems.store.all_mailings(scope).await?;
    let may_write = |mailing: &Mailing| match mailing.status {
        MailingStatus::Sending => mailing.changed_at <= began,
        // A task reads the status first, so one that still writes began before the mailing was closed.
        MailingStatus::Closed => now < mailing.changed_at + AT_WORK,
        MailingStatus::Draft
        | MailingStatus::Planned
        | MailingStatus::Sent
        | MailingStatus::Stopped => false,
    };
    Ok(mailings.iter().any(may_write))
}

/// A person was marked when the erasure was asked for. What tells their questionnaires if they come again
/// is written here; a formation that may have read their answers is waited for, whatever it takes,
/// because it could still write groups with them, and so is a mailing that may have read their record.
async fn person(
    systems: &Systems,
    task: &Task,
    scope: Scope,
    student: &StudentId,
) -> Result<Progress, Error> {
    let cohort = systems.store.cohort_even_if_gone(&scope).await?.ok_or(Error::NotDue)?;
    if cohort.erasure.is_some() {
        // They go with their cohort.
        return Err(Error::NotDue);
    }
    let known = systems.store.erasure(&task.institution, &task.erasure).await?;
    let known = known.ok_or(Error::NotDue)?;
    let there = systems.store.student_even_if_gone(&scope, student).await?;
    if let Some(there) = there.filter(|there| there.erasure.as_ref() != Some(&task.erasure)) {
        // An answer that was looked at before the erasure was asked for may be stored after it.
        let is_late = task.erasure == ErasureId::for_expected(&scope.cohort, student)
            && there.submitted_at <= known.started_at
            && known.completed_at.is_none();
        if !is_late || !systems.store.mark_late_record(&scope, student, &task.erasure).await? {
            return Err(Error::NotDue);
        }
    }
    let erasure = resume(systems, task, known).await?;
    mark(systems, (&scope, &cohort.settings), student, &erasure).await?;
    if is_addressed(systems, &scope, began(&erasure, task)).await? {
        return Ok(Progress::not_done(Step::Begin, LOOK_AGAIN));
    }
    if let Some(formation) = &cohort.active_formation {
        let formation = systems.store.formation(&scope, formation).await?;
        if formation.is_some_and(|formation| formation.status == FormationStatus::Running) {
            return Ok(Progress::not_done(Step::Begin, LOOK_AGAIN));
        }
    }
    Ok(Progress::done(Step::Begin))
}

/// Goes on with an erasure that was asked for or begun, if it is of what the task names.
pub(super) async fn resume(
    systems: &Systems,
    task: &Task,
    known: Erasure,
) -> Result<Erasure, Error> {
    if known.subject().as_ref() != Some(&task.subject()) {
        return Err(Error::NotDue);
    }
    let institution = &task.institution;
    if known.requested_at.is_none() {
        let running = ErasureStatus::Running;
        systems.store.erasure_status(institution, &task.erasure, running, None).await?;
    } else if known.completed_at.is_none()
        && !systems.store.begin_requested(institution, &known).await?
    {
        return Err(Error::NotDue);
    }
    Ok(known)
}
