//! What hangs on an institution itself beside its cohorts, and how it goes when its agreement has ended
//! (D6). Its registers of breaches and notices stay, as do its deactivation, the records of its
//! erasures, and its place on the list of institutions, an id, by which its audit trail is found.

use std::collections::BTreeMap;

use domain::cohort::Cohort;
use domain::{ErasureId, InstitutionId};
use jiff::Timestamp;

use crate::item::{Item, key_item, string};
use crate::update::Change;
use crate::{Error, Store, keys};

impl Store {
    /// The institution's cohorts, also when it is deactivated or their data is gone: for erasure only.
    pub async fn cohorts_even_if_gone(
        &self,
        institution: &InstitutionId,
    ) -> Result<Vec<Cohort>, Error> {
        let pk = keys::institution_partition(institution);
        self.all("cohorts_even_if_gone", "cohort", &pk, keys::COHORT).await
    }

    /// How many items hang on the institution itself, by kind: its record, the records of its cohorts,
    /// letters. Changes nothing.
    pub async fn count_institution(
        &self,
        institution: &InstitutionId,
    ) -> Result<BTreeMap<String, u64>, Error> {
        let known = self.institution_even_if_gone(institution).await?;
        let cohorts = self.cohort_keys(institution).await?.len();
        let letters = self.letter_keys(institution).await?.len();
        let exports = self.export_keys(institution).await?.len();
        let counts = [
            ("institutions", usize::from(known.is_some())),
            ("cohorts", cohorts),
            ("messages", letters),
            ("exports", exports),
        ];
        Ok(counts.map(|(kind, number)| (kind.to_owned(), number as u64)).into())
    }

    /// Deletes letters, what is known of exports, the records of cohorts, and at last the institution's own record, which the steps
    /// before need. What is gone stays gone, so a run that died is simply run again.
    pub async fn erase_institution(&self, institution: &InstitutionId) -> Result<(), Error> {
        self.delete_keys(&self.letter_keys(institution).await?).await?;
        self.delete_keys(&self.export_keys(institution).await?).await?;
        self.delete_keys(&self.cohort_keys(institution).await?).await?;
        self.delete_keys(&[key_item(&keys::institution(institution))]).await
    }

    /// Completes an institution's erasure. Who asked and who instructed leave the records of all its
    /// erasures, this one last: it tells that the others are seen to.
    pub async fn complete_institution(
        &self,
        institution: &InstitutionId,
        id: &ErasureId,
        at: Timestamp,
    ) -> Result<(), Error> {
        for erasure in self.erasures(institution).await? {
            if erasure.id != *id && erasure.requested_by.is_some() {
                let change = Change::of(&keys::erasure(institution, &erasure.id))
                    .remove(&["requested_by"])
                    .when("attribute_exists(pk)");
                self.change("complete_institution", change).await?;
            }
        }
        let change = Change::of(&keys::erasure(institution, id))
            .set("status", string("completed"))
            .set("completed_at", string(at.to_string()))
            .remove(&["failure", "instruction", "requested_by"])
            .when("attribute_exists(pk) AND attribute_not_exists(completed_at)");
        self.change("complete_institution", change).await.map(drop)
    }

    async fn cohort_keys(&self, institution: &InstitutionId) -> Result<Vec<Item>, Error> {
        let pk = keys::institution_partition(institution);
        self.attributes("cohort_keys", &pk, keys::COHORT, &["pk", "sk"]).await
    }

    /// Exports and what is known of their files.
    async fn export_keys(&self, institution: &InstitutionId) -> Result<Vec<Item>, Error> {
        let pk = keys::exports_partition(institution);
        let mut found = self.attributes("export_keys", &pk, keys::EXPORT, &["pk", "sk"]).await?;
        let files = self.attributes("export_keys", &pk, keys::EXPORT_FILE, &["pk", "sk"]).await?;
        found.extend(files);
        Ok(found)
    }

    async fn letter_keys(&self, institution: &InstitutionId) -> Result<Vec<Item>, Error> {
        let pk = keys::correspondence_partition(institution);
        self.attributes("letter_keys", &pk, keys::MESSAGE, &["pk", "sk"]).await
    }
}
