//! Takes an operator's word that the form is gone at Typeform.

use domain::erasure::FormGone;

use super::Subject;
use crate::task::{Progress, Step, Task};
use crate::{Error, Systems};

/// Repeatable: the first word stays.
pub(crate) async fn form_gone(
    systems: &Systems,
    task: &Task,
    subject: &Subject,
) -> Result<Progress, Error> {
    let reference = task.reference.clone().ok_or(Error::NoReference)?;
    let word = FormGone { reference, at: (systems.clock)() };
    let id = &subject.erasure.id;
    if !systems.store.erasure_form_gone(&task.institution, id, &word).await? {
        return Err(Error::NotBegun);
    }
    Ok(Progress::done(Step::FormGone))
}
