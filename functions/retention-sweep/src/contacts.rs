//! Contacts who have not used the service for two years (D1).
//!
//! In the order in which it matters: the audit trail, access, account, the address on SES's list,
//! record, which has the address by which the others are found. A run that died is
//! completed by the next: access that has ended stays so, and so does the day it is counted from.

use domain::audit::AuditEntry;
use domain::contact::Contact;
use domain::{ContactId, InstitutionId, retention};
use jiff::civil::Date;

use crate::answer::{Inactive, InactiveState};
use crate::{Error, Systems};

/// Erases or lists an institution's contacts who are due. In a dry run also those who will be within
/// a month, so that somebody may tell them.
pub(crate) async fn of(
    systems: &Systems,
    institution: &InstitutionId,
    as_of: Date,
    dry_run: bool,
    found: &mut Vec<Inactive>,
) -> Result<(), Error> {
    for id in systems.store.contacts_of(institution).await? {
        let Some(contact) = systems.store.contact(&id).await? else { continue };
        let Some(last) = contact.last_active_on else {
            // From before days were noted: the two years begin today.
            if !dry_run {
                systems.store.touch_contact(&id, as_of).await?;
            }
            continue;
        };
        let delete_on = retention::contact_delete_on(last);
        let is_due = retention::is_due(delete_on, as_of);
        let is_near = dry_run && retention::contact_listed_from(last) <= as_of;
        if !is_due && !is_near {
            continue;
        }
        let state = match (is_due, dry_run) {
            (false, _) => InactiveState::Soon,
            (true, true) => InactiveState::Due,
            (true, false) if erase(systems, institution, &contact).await? => InactiveState::Erased,
            (true, false) => continue,
        };
        let institution = institution.clone();
        found.push(Inactive { institution, contact: id, delete_on, state });
    }
    Ok(())
}

/// Tells whether they are gone; who signed in meanwhile stays.
async fn erase(
    systems: &Systems,
    institution: &InstitutionId,
    contact: &Contact,
) -> Result<bool, Error> {
    record(systems, institution, &contact.id).await?;
    if !systems.store.revoke_inactive_contact(&contact.id, contact.last_active_on).await? {
        return Ok(false);
    }
    systems.accounts.remove(&contact.email).await?;
    systems.suppressed.lift_all(&contact.email).await?;
    systems.store.delete_revoked_contact(institution, &contact.id).await?;
    Ok(true)
}

async fn record(
    systems: &Systems,
    institution: &InstitutionId,
    contact: &ContactId,
) -> Result<(), Error> {
    let (now, id) = ((systems.clock)(), contact.as_str());
    let entry = AuditEntry::of_job(institution, now, "retention-sweep", "contact.erase", id);
    let entry = entry.touching(1).about([contact]);
    Ok(systems.audit.append(&entry, contact.as_str()).await?)
}
