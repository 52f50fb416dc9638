//! Exports of the institution, which may hold what is being erased: a certificate says that nothing is
//! left, so they end before it is written. Their files lie below one prefix and go with the objects.
//!
//! While an erasure runs no export is asked for, and one that is being made gives up at its next page.

use domain::InstitutionId;
use domain::export::{ExportFailure, ExportStatus, InstitutionExport};
use store::keys;

use crate::{Error, Systems};

/// Nobody fetches their files any more, and nothing is known of these. Repeatable; what changes meanwhile
/// is found by `verify`, which sends the machine here again. One that is being made counts as failed, so
/// that the hourly look still finds what a task may write that was under way.
pub(super) async fn end(systems: &Systems, institution: &InstitutionId) -> Result<(), Error> {
    let (store, now) = (&systems.store, (systems.clock)());
    for export in store.exports(institution).await? {
        let ended = match export.status {
            ExportStatus::Expired => continue,
            ExportStatus::Failed => None,
            ExportStatus::Running => Some(ExportStatus::Failed),
            ExportStatus::Ready => Some(ExportStatus::Expired),
        };
        store.delete_export_files(institution, &export.id).await?;
        if let Some(status) = ended {
            let failure = (status == ExportStatus::Failed).then_some(ExportFailure::Erasure);
            let over = InstitutionExport { failure, ..export.clone().ended(status, now) };
            store.move_export(institution, &export, &over).await?;
        }
    }
    Ok(())
}

/// What is left of them: those that are not over with what is known of their files, and versions of
/// their objects.
pub(super) async fn left(
    systems: &Systems,
    institution: &InstitutionId,
) -> Result<(u64, u64), Error> {
    let store = &systems.store;
    let mut items = 0;
    for export in store.exports(institution).await? {
        items += store.export_files(institution, &export.id).await?.len() as u64;
        items += u64::from(matches!(export.status, ExportStatus::Running | ExportStatus::Ready));
    }
    let prefix = keys::institution_exports_prefix(institution);
    Ok((items, systems.objects.count_versions(&prefix).await?))
}
