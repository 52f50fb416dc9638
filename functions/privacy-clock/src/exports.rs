//! Links to a student's data end when their time is over.

use jiff::Timestamp;
use store::keys::Duty;

use crate::handler::Answer;
use crate::rights::request;
use crate::{Error, Systems};

/// Takes the link away. The data is put together when it is fetched and kept nowhere, so nothing else is
/// to be deleted. A run that finds the request changed meanwhile looks again the next time.
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
    let mut gone = request.clone();
    (gone.export_until, gone.download) = (None, None);
    gone.version += 1;
    if systems.store.move_rights_request(&scope, &request, &gone).await? {
        answer.links_ended += 1;
    }
    Ok(())
}
