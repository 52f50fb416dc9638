//! Marks the cohort. From here on its data counts as gone: readers see nothing, the webhook stores
//! nothing, no formation starts or publishes.

use std::collections::BTreeMap;

use domain::erasure::{Erasure, ErasureReason, ErasureStatus};
use domain::formation::FormationStatus;
use jiff::SignedDuration;
use runtime::clock;
use store::BeganErasure;

use crate::task::{Progress, Step, Task};
use crate::{Error, Systems};

/// How long a task of a formation that was at work when the cohort was marked may still write: the
/// time-out of those tasks.
const FORMATION_TASK: SignedDuration = SignedDuration::from_secs(900);

/// Seconds between two looks at such a formation.
const LOOK_AGAIN: u32 = 30;

/// Record and mark are one transaction, and only data that is due is marked. Run again it changes
/// nothing but sets a failed erasure to running: this is how the next sweep resumes.
pub(crate) async fn begin(systems: &Systems, task: &Task) -> Result<Progress, Error> {
    let now = (systems.clock)();
    let scope = task.scope();
    let cohort = systems.store.cohort_even_if_gone(&scope).await?.ok_or(Error::NotDue)?;
    let mut erasure = Erasure {
        id: task.erasure.clone(),
        cohort: task.cohort.clone(),
        status: ErasureStatus::Running,
        reason: ErasureReason::RetentionEnded,
        delete_on: cohort.delete_on,
        extended_by: cohort.extension.as_ref().map(|extension| extension.reference.clone()),
        started_at: now,
        completed_at: None,
        deleted: BTreeMap::new(),
        suppressions_counted: None,
        form_gone: None,
        failure: None,
    };
    match systems.store.begin_erasure(&scope, &erasure, clock::today(now)).await? {
        BeganErasure::New => {}
        BeganErasure::NotDue => return Err(Error::NotDue),
        BeganErasure::Already => {
            let running = ErasureStatus::Running;
            systems.store.erasure_status(&task.institution, &task.erasure, running, None).await?;
            let known = systems.store.erasure(&task.institution, &task.erasure).await?;
            erasure = known.ok_or(Error::NotBegun)?;
        }
    }
    let quiet_from = erasure.started_at + FORMATION_TASK;
    if let Some(formation) = &cohort.active_formation
        && now < quiet_from
    {
        let formation = systems.store.formation(&scope, formation).await?;
        // One that awaits approval writes nothing: nobody can approve it any more.
        if formation.is_some_and(|formation| formation.status == FormationStatus::Running) {
            return Ok(Progress::not_done(Step::Begin, LOOK_AGAIN));
        }
    }
    Ok(Progress::done(Step::Begin))
}
