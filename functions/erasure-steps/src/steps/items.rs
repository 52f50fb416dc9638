//! Deletes the cohort's items: students, responses, quarantine, formations, groups, messages; exports of
//! the institution end. The
//! cohort's own record stays as a tombstone; its settings name no person, and with the form's owner it
//! lets the webhook recognise what comes too late.

use tokio::time::Instant;

use super::{Subject, exports, person};
use crate::task::{Progress, Step, Task};
use crate::{Error, Systems, counts};

/// Repeatable: each round lists what is there and deletes that.
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
    // Counting is part of the slice: it reads every key once.
    let began = Instant::now();
    if task.is_fresh() {
        let there = systems.store.count_items(&subject.scope).await?;
        let there = there.into_iter().map(|(kind, number)| (counts::items(&kind), number));
        counts::note(&systems.store, &task.institution, &mut subject.erasure, there).await?;
    }
    loop {
        let deleted = systems.store.delete_items(&subject.scope, systems.limits.items).await?;
        if deleted.done {
            return Ok(Progress::done(Step::Items));
        }
        if began.elapsed() >= systems.limits.slice {
            return Ok(Progress::not_done(Step::Items, 1));
        }
    }
}
