//! Deletes the cohort's items: students, responses, quarantine, formations, groups, messages; exports of
//! the institution end. The
//! cohort's own record stays as a tombstone; its settings name no person, and with the form's owner it
//! lets the webhook recognise what comes too late.

use tokio::time::Instant;

use super::{Subject, exports, person};
use crate::task::{Progress, Step, Task};
use crate::{Error, Systems, counts};

/// Repeatable: each round lists what comes first, counts what of it was not counted, and deletes it.
pub(crate) async fn items(
    systems: &Systems,
    task: &Task,
    subject: &mut Subject,
) -> Result<Progress, Error> {
    if task.is_fresh() {
        exports::end(systems, &task.institution).await?;
    }
    if let Some(person) = subject.person.clone() {
        return person::items(systems, task, subject, &person).await;
    }
    let began = Instant::now();
    let Task { institution, .. } = task;
    loop {
        let items = systems.store.first_items(&subject.scope, systems.limits.items).await?;
        counts::note_items(&systems.store, institution, &mut subject.erasure, &items).await?;
        systems.store.delete_items(&items).await?;
        if items.are_the_last() {
            counts::all_items_gone(&systems.store, institution, &mut subject.erasure).await?;
            return Ok(Progress::done(Step::Items));
        }
        if began.elapsed() >= systems.limits.slice {
            return Ok(Progress::not_done(Step::Items, 1));
        }
    }
}
