//! An institution's contacts: their addresses on SES's suppression list, their accounts, their records.
//!
//! Operators are the processor's staff and stay: somebody must hand the certificate over. They go like
//! everybody else two years after their last activity, or when their access ends.

use domain::contact::{Contact, Role};
use domain::{ContactId, Email, InstitutionId};
use futures::future::try_join_all;
use suppression::spellings;
use tokio::time::{Instant, sleep_until};

use super::SIDE_BY_SIDE;
use crate::{Error, Systems};

/// The contacts who go: ids from the institution's list, with the records that are still there.
pub(super) async fn who_go(
    systems: &Systems,
    institution: &InstitutionId,
) -> Result<Vec<(ContactId, Option<Contact>)>, Error> {
    let mut go = Vec::new();
    for id in systems.store.contacts_of(institution).await? {
        let contact = systems.store.contact(&id).await?;
        if contact.as_ref().is_none_or(|contact| contact.role < Role::Operator) {
            go.push((id, contact));
        }
    }
    Ok(go)
}

/// The addresses that letters may have gone to: those of the contacts who go, and the one for privacy.
async fn addresses(systems: &Systems, institution: &InstitutionId) -> Result<Vec<Email>, Error> {
    let known = systems.store.institution_even_if_gone(institution).await?;
    let privacy = known.and_then(|known| known.privacy_contact);
    let contacts = who_go(systems, institution).await?.into_iter();
    let contacts = contacts.filter_map(|(_, contact)| contact.map(|contact| contact.email));
    Ok(contacts.chain(privacy).collect())
}

/// The spellings of these addresses that SES lists.
pub(super) async fn suppressed(
    systems: &Systems,
    institution: &InstitutionId,
) -> Result<Vec<String>, Error> {
    let addresses = addresses(systems, institution).await?;
    let spelled: Vec<String> = addresses.iter().flat_map(spellings).collect();
    let mut found = Vec::new();
    for batch in spelled.chunks(SIDE_BY_SIDE) {
        let next = Instant::now() + systems.limits.ses_interval;
        let looks = batch.iter().map(|address| systems.suppressed.lists(address));
        let listed = try_join_all(looks).await?;
        let entries = batch.iter().zip(listed).filter(|(_, is_listed)| *is_listed);
        found.extend(entries.map(|(address, _)| address.clone()));
        sleep_until(next).await;
    }
    Ok(found)
}

/// Takes addresses off the list, each looked up again afterwards.
pub(super) async fn lift(systems: &Systems, addresses: &[String]) -> Result<(), Error> {
    for address in addresses {
        systems.suppressed.lift(address).await?;
    }
    Ok(())
}

/// Ends access, deletes the account and looks it up again, then deletes the record: it has the address by
/// which the account is found, so a run that died goes on from it.
pub(super) async fn erase(
    systems: &Systems,
    institution: &InstitutionId,
    id: &ContactId,
    contact: Option<&Contact>,
) -> Result<(), Error> {
    if let Some(contact) = contact {
        systems.store.revoke_contact(id).await?;
        systems.accounts.remove(&contact.email).await?;
        if systems.accounts.is_there(&contact.email).await? {
            return Err(Error::AccountKept);
        }
    }
    Ok(systems.store.delete_revoked_contact(institution, id).await?)
}
