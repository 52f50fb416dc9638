//! Deletes every version and every delete marker below the cohort's prefix in the bucket, and below that
//! of the institution's exports, which may hold what is being erased.

use store::keys;
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
        return person::objects(systems, task, subject, &person).await;
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
    let began = Instant::now();
    for prefix in &prefixes {
        loop {
            let (deleted, done) = systems.objects.delete_versions(prefix).await?;
            if done {
                break;
            }
            if deleted == 0 {
                return Err(Error::ObjectsKept);
            }
            if began.elapsed() >= systems.limits.slice {
                return Ok(Progress::not_done(Step::Objects, 1));
            }
        }
    }
    Ok(Progress::done(Step::Objects))
}
