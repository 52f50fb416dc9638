//! Deletes every version and every delete marker below the cohort's prefix in the bucket, and below that
//! of the institution's exports, which may hold what is being erased.

use store::{Deleted, keys};
use tokio::time::Instant;

use super::{Subject, person};
use crate::task::{Progress, Step, Task};
use crate::{Error, Systems, counts};

/// Repeatable: each round lists what is there and deletes that.
pub(crate) async fn objects(
    systems: &Systems,
    task: &Task,
    subject: &mut Subject,
) -> Result<Progress, Error> {
    if let Some(person) = subject.person.clone() {
        return person::delete_objects(systems, task, subject, &person).await;
    }
    let prefixes = [
        keys::cohort_prefix(&subject.scope),
        keys::institution_exports_prefix(&subject.scope.institution),
    ];
    if task.is_fresh() {
        let mut there = 0;
        for prefix in &prefixes {
            there += systems.objects.count_versions(prefix).await?;
        }
        let there = [(counts::OBJECTS.to_owned(), there)];
        counts::note(&systems.store, &task.institution, &mut subject.erasure, there).await?;
    }
    delete(systems, prefixes).await
}

/// Deletes every version below these prefixes, as many as fit into a slice. What holds nothing takes no
/// part of it, so that each slice gets further.
pub(super) async fn delete(
    systems: &Systems,
    prefixes: impl IntoIterator<Item = String>,
) -> Result<Progress, Error> {
    let not_done = Progress::not_done(Step::Objects, 1);
    let until = Instant::now() + systems.limits.slice;
    for prefix in prefixes {
        match systems.objects.delete_below(&prefix, Some(until)).await? {
            Deleted::All(0) => {}
            Deleted::All(_) if Instant::now() < until => {}
            Deleted::All(_) | Deleted::Some => return Ok(not_done),
            Deleted::Kept => return Err(Error::ObjectsKept),
        }
    }
    Ok(Progress::done(Step::Objects))
}
