//! Deletes every version and every delete marker below the cohort's prefix in the bucket.

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
    let prefix = keys::cohort_prefix(&subject.scope);
    if task.is_fresh() {
        let there = systems.objects.count_versions(&prefix).await?;
        let there = [(counts::OBJECTS.to_owned(), there)];
        counts::note(&systems.store, &task.institution, &mut subject.erasure, there).await?;
    }
    let began = Instant::now();
    loop {
        let (deleted, done) = systems.objects.delete_versions(&prefix).await?;
        if done {
            return Ok(Progress::done(Step::Objects));
        }
        if deleted == 0 {
            return Err(Error::ObjectsKept);
        }
        if began.elapsed() >= systems.limits.slice {
            return Ok(Progress::not_done(Step::Objects, 1));
        }
    }
}
