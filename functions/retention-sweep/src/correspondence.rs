//! Correspondence with an institution itself: two years (D1). Deleting again deletes nothing more.

use domain::{InstitutionId, retention};
use jiff::civil::Date;

use crate::{Error, Systems};

/// Deletes or counts an institution's letters that are due.
pub(crate) async fn of(
    systems: &Systems,
    institution: &InstitutionId,
    as_of: Date,
    dry_run: bool,
) -> Result<u64, Error> {
    let mut due = 0;
    for letter in systems.store.correspondence(institution).await? {
        if retention::is_due(retention::correspondence_delete_on(letter.at), as_of) {
            if !dry_run {
                systems.store.delete_letter(&letter).await?;
            }
            due += 1;
        }
    }
    Ok(due)
}
