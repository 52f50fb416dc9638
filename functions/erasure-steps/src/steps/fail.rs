//! Notes why an erasure stopped. The data stays invisible, and the next sweep goes on with it.

use domain::erasure::ErasureStatus;
use runtime::{Metric, count};

use crate::task::{Progress, Step, Task};
use crate::{Error, Systems};

/// Repeatable. An erasure that was completed stays completed, and one that never began has no record
/// to note it on.
pub(crate) async fn fail(systems: &Systems, task: &Task) -> Result<Progress, Error> {
    let word = Error::word(task.error.as_ref().map_or("", |caught| caught.error.as_str()));
    let status = ErasureStatus::Failed;
    let known = systems.store.erasure(&task.institution, &task.erasure).await?;
    let subject = known.and_then(|known| known.subject());
    if subject.is_some_and(|subject| subject != task.subject()) {
        // It was refused because the record is of something else, which this is no news about.
        return Ok(Progress::done(Step::Fail));
    }
    systems.store.erasure_status(&task.institution, &task.erasure, status, Some(word)).await?;
    if let Some(whole) = task.whole.as_ref().filter(|whole| whole.erasure != task.erasure) {
        // The institution's erasure has come no further than this one of its cohorts.
        systems
            .store
            .erasure_status(&whole.institution, &whole.erasure, status, Some(word))
            .await?;
    }
    tracing::error!(erasure = task.erasure.as_str(), failure = word, "erasure.failed");
    count(Metric::ErasuresFailed, 1);
    Ok(Progress::done(Step::Fail))
}
