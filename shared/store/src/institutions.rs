//! Institutions and the list of them.

use domain::InstitutionId;
use domain::institution::Institution;

use crate::item::{encode, key_item, text};
use crate::{Error, Store, keys};

impl Store {
    /// The institution, unless it is being erased.
    pub async fn institution(&self, id: &InstitutionId) -> Result<Option<Institution>, Error> {
        let institution = self.institution_even_if_gone(id).await?;
        Ok(institution.filter(|institution| institution.erasure.is_none()))
    }

    /// The institution, whether or not it is being erased.
    pub async fn institution_even_if_gone(
        &self,
        id: &InstitutionId,
    ) -> Result<Option<Institution>, Error> {
        self.get("institution", "institution", &keys::institution(id)).await
    }

    /// Onboards an institution and puts it on the list, in one transaction; tells whether it was new.
    /// A second call changes nothing, but for the list if an institution from before there was one
    /// is not on it.
    pub async fn create_institution(&self, institution: &Institution) -> Result<bool, Error> {
        let listed = keys::listed_institution(&institution.id);
        let record = encode("institution", &keys::institution(&institution.id), institution)?;
        let items =
            vec![self.put_in_transaction(record), self.put_in_transaction(key_item(&listed))];
        if self.transact("create_institution", items).await?.is_done() {
            return Ok(true);
        }
        let nothing = serde_json::json!({});
        self.create("list_institution", "institution", &listed, &nothing).await?;
        Ok(false)
    }

    /// All institutions, in the order of their ids. The record of one of them may be gone a moment
    /// later.
    pub async fn institutions(&self) -> Result<Vec<InstitutionId>, Error> {
        let found = self
            .attributes("institutions", keys::INSTITUTIONS, InstitutionId::PREFIX, &["sk"])
            .await?;
        let id = |item| InstitutionId::parse(text(item, "sk")?).ok();
        let ids = found.iter().map(|item| id(item).ok_or(Error::Corrupt { kind: "institution" }));
        ids.collect()
    }
}
