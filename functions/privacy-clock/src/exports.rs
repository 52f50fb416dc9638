//! Exports are deleted when their term is over.

use jiff::Timestamp;
use store::keys;
use store::keys::Duty;

use crate::handler::Answer;
use crate::rights::request;
use crate::{Error, Systems};

/// Deletes every version of an export whose term is over, and then notes that it is gone. A run that
/// dies between the two finds nothing to delete the next time and notes it then.
pub(crate) async fn look(
    systems: &Systems,
    duty: &Duty,
    now: Timestamp,
    answer: &mut Answer,
) -> Result<(), Error> {
    let Some((scope, request)) = request(systems, duty).await? else { return Ok(()) };
    if request.export_until.is_none_or(|until| until > now) {
        return Ok(());
    }
    let export = keys::export(&scope, &request.student, &request.id);
    let (_, done) = systems.objects.delete_versions(&export).await?;
    if !done {
        return Err(Error::ObjectsKept);
    }
    let mut gone = request.clone();
    (gone.export_until, gone.download) = (None, None);
    gone.version += 1;
    if systems.store.move_rights_request(&scope, &request, &gone).await? {
        answer.exports_deleted += 1;
    }
    Ok(())
}
