//! Reads everything back. What is left sends the machine back to the first deleting step, a few
//! times; then it is an error.

use std::collections::BTreeMap;

use store::keys;

use super::{Subject, exports, person, typeform};
use crate::task::{Progress, Step, Task};
use crate::{Error, Systems};

/// How often the deleting steps are run again before it is an error.
const PASSES: u32 = 3;

/// Seconds until the deleting steps begin again, so that whatever wrote late has ended.
const NEXT_PASS: u32 = 30;

/// Changes nothing. SES is listed with zero: each address was looked up again after its entry was
/// deleted, and the machine comes here only after that step was done; by now there are no addresses
/// left to ask for.
pub(crate) async fn verify(
    systems: &Systems,
    task: &Task,
    subject: &Subject,
) -> Result<Progress, Error> {
    let (items, objects) = if let Some(person) = &subject.person {
        person::left(systems, subject, person).await?
    } else {
        let items = systems.store.count_items(&subject.scope).await?;
        let prefix = keys::cohort_prefix(&subject.scope);
        (items.values().sum(), systems.objects.count_versions(&prefix).await?)
    };
    let (exported, files) = exports::left(systems, &task.institution).await?;
    let (items, objects) = (items + exported, objects + files);
    let responses = typeform::listed(systems, subject).await?;
    let ours = [("dynamodb", items), ("s3", objects), ("ses", 0)];
    let left_over = ours.into_iter().chain(responses.map(|listed| ("typeform", listed)));
    verdict(systems, task, left_over)
}

/// What was found in each system: nothing, or another pass, or too many passes.
pub(super) fn verdict(
    systems: &Systems,
    task: &Task,
    left_over: impl IntoIterator<Item = (&'static str, u64)>,
) -> Result<Progress, Error> {
    let left_over = left_over.into_iter().map(|(system, left)| (system.to_owned(), left));
    let left_over: BTreeMap<String, u64> = left_over.collect();
    if left_over.values().all(|left| *left == 0) {
        return Ok(Progress {
            left_over: Some(left_over),
            verified_at: Some((systems.clock)()),
            ..Progress::done(Step::Verify)
        });
    }
    if task.unfinished().map_or(0, |before| before.round) >= PASSES {
        return Err(Error::LeftOver { left_over });
    }
    Ok(Progress { left_over: Some(left_over), ..Progress::not_done(Step::Verify, NEXT_PASS) })
}
