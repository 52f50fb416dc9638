//! Deactivated institutions: the one place that says whether an institution's data is out of reach (D6).

use domain::InstitutionId;
use domain::deactivation::{Deactivation, Reactivation};

use crate::item::{encode, string};
use crate::update::Change;
use crate::{Error, Store, keys};

impl Store {
    /// The latest deactivation of an institution, in force or taken back.
    pub async fn deactivation(&self, id: &InstitutionId) -> Result<Option<Deactivation>, Error> {
        self.get("deactivation", "deactivation", &keys::deactivation(id)).await
    }

    /// Whether nobody may reach an institution's data any more. Everything that serves, stores, forms
    /// or sends asks this, mostly through [`Store::cohort`] and [`Store::cohorts`]; what erases does not.
    pub async fn is_out_of_reach(&self, id: &InstitutionId) -> Result<bool, Error> {
        let deactivation = self.deactivation(id).await?;
        Ok(deactivation.is_some_and(|deactivation| deactivation.is_in_force()))
    }

    /// Puts an institution's data out of reach at once; tells whether it did. It does not while another
    /// deactivation is in force, so a second call changes nothing.
    pub async fn deactivate(
        &self,
        id: &InstitutionId,
        deactivation: &Deactivation,
    ) -> Result<bool, Error> {
        let key = keys::deactivation(id);
        let mut change = Change::of(&key)
            .remove(&["ended", "erasure"])
            .when("attribute_not_exists(pk) OR attribute_exists(ended)");
        for (name, value) in encode("deactivation", &key, deactivation)? {
            if !["pk", "sk", "ended", "erasure"].contains(&name.as_str()) {
                change = change.set(&name, value);
            }
        }
        self.change("deactivate", change).await
    }

    /// Takes a deactivation back, if it is still the one that was noted at that time and its day has not
    /// come; tells whether it did.
    pub async fn reactivate(
        &self,
        id: &InstitutionId,
        was: &Deactivation,
        word: &Reactivation,
    ) -> Result<bool, Error> {
        let key = keys::deactivation(id);
        let mut item = encode("deactivation", &key, &serde_json::json!({ "ended": word }))?;
        let word = item.remove("ended").ok_or(Error::Unwritable { kind: "deactivation" })?;
        let change = Change::of(&key)
            .set("ended", word)
            .when("noted_at = :noted_at AND attribute_not_exists(ended) AND attribute_not_exists(erasure)")
            .value(":noted_at", string(was.noted_at.to_string()));
        self.change("reactivate", change).await
    }
}
