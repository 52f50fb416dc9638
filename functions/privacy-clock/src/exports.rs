//! Links to a student's data end when their time is over, and so do exports of institutions.

use domain::ExportId;
use domain::export::ExportStatus;
use jiff::Timestamp;
use store::keys::Duty;
use store::{Deleted, keys};

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

/// Deletes an institution's export, every version of every file, when its term is over, when it stopped
/// half-way, or when something that may be in it is erased or was since. What is known of its files goes
/// after them and the export's state last, so a run that dies on the way finds the rest the next time.
pub(crate) async fn look_at_institution(
    systems: &Systems,
    duty: &Duty,
    now: Timestamp,
    answer: &mut Answer,
) -> Result<(), Error> {
    let unknown = || Error::UnknownDuty { kind: duty.kind.clone() };
    let id = ExportId::parse(&duty.id).map_err(|_| unknown())?;
    let (store, institution) = (&systems.store, &duty.institution);
    let Some(export) = store.export(institution, &id).await? else { return Ok(()) };
    let stays = match export.status {
        ExportStatus::Running => {
            // Its machine stops by itself, unless it died. A task that still writes ends before the next
            // look, which deletes what there is.
            if export.is_outdated(&store.erasures(institution).await?) {
                let failed = export.clone().ended(ExportStatus::Failed, now);
                store.move_export(institution, &export, &failed).await?;
                return Ok(());
            }
            now < export.expires_at
        }
        ExportStatus::Ready => {
            now < export.expires_at && !export.is_outdated(&store.erasures(institution).await?)
        }
        ExportStatus::Failed => false,
        ExportStatus::Expired => return Ok(()),
    };
    if stays {
        return Ok(());
    }
    let prefix = keys::institution_export_prefix(institution, &id);
    if !matches!(systems.objects.delete_below(&prefix, None).await?, Deleted::All(_)) {
        return Err(Error::ObjectsKept);
    }
    store.delete_export_files(institution, &id).await?;
    let gone = export.clone().ended(ExportStatus::Expired, now);
    if store.move_export(institution, &export, &gone).await? {
        answer.exports_deleted += 1;
        tracing::info!(institution = institution.as_str(), export = id.as_str(), "export.deleted");
    }
    Ok(())
}
