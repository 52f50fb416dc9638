//! Correspondence: letters to an institution itself, and what its contacts wrote to students, each two years
//! (D1, M6). A mailing of a cohort that is there for longer, because rotations or an instruction prolonged its
//! term, keeps to how many it went and loses what it says. Deleting again deletes nothing more.

use domain::mailing::Texts;
use domain::{InstitutionId, retention};
use jiff::civil::Date;
use store::Scope;

use crate::{Error, Systems};

/// Deletes or counts an institution's letters that are due, and what mailings say that are.
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
    for cohort in systems.store.cohorts_even_if_gone(institution).await? {
        // One that is being erased takes its mailings with it.
        if cohort.erasure.is_some() {
            continue;
        }
        let scope = Scope::new(institution.clone(), cohort.settings.id);
        for mailing in systems.store.all_mailings(&scope).await? {
            let delete_on = retention::correspondence_delete_on(mailing.changed_at);
            if mailing.texts == Texts::default() || !retention::is_due(delete_on, as_of) {
                continue;
            }
            // Whoever changes one meanwhile writes it anew.
            let deleted = dry_run || systems.store.empty_mailing(&scope, &mailing).await?;
            due += u64::from(deleted);
        }
    }
    Ok(due)
}
