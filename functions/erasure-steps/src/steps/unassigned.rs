//! Questionnaires that came before their form was anybody's, of forms that are an institution's by now:
//! nobody took them in, so they lie with no cohort.

use std::collections::BTreeMap;

use domain::quarantine::Quarantined;
use domain::{FormId, InstitutionId};
use store::keys;

use crate::{Error, Systems};

/// Entries of the institution's forms.
pub(super) async fn of(
    systems: &Systems,
    institution: &InstitutionId,
) -> Result<Vec<Quarantined>, Error> {
    let mut seen: BTreeMap<FormId, bool> = BTreeMap::new();
    let mut found = Vec::new();
    let mut from = None;
    loop {
        let page = systems.store.quarantine_page(None, from.as_ref(), None).await?;
        for entry in page.items {
            let Some(form) = entry.form.clone() else { continue };
            let ours = if let Some(known) = seen.get(&form) {
                *known
            } else {
                let owner = systems.store.form_owner(&form).await?;
                let ours = owner.is_some_and(|scope| scope.institution == *institution);
                seen.insert(form, ours);
                ours
            };
            if ours {
                found.push(entry);
            }
        }
        let Some(next) = page.next else { return Ok(found) };
        from = Some(next);
    }
}

/// How many versions of their objects there are.
pub(super) async fn versions(systems: &Systems, entries: &[Quarantined]) -> Result<u64, Error> {
    let mut there = 0;
    for entry in entries {
        there += systems.objects.count_versions(&keys::raw_response(None, &entry.token)).await?;
    }
    Ok(there)
}
