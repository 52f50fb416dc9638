//! What is said between the processor and an institution: where letters go.

use domain::institution::Institution;

use crate::item::encode;
use crate::update::Change;
use crate::{Error, Store, keys};

impl Store {
    /// Replaces an institution's name, addresses and language. What else its record holds stays. Tells
    /// whether it is there.
    pub async fn replace_institution(&self, institution: &Institution) -> Result<bool, Error> {
        let key = keys::institution(&institution.id);
        let item = encode("institution", &key, institution)?;
        let mut change =
            Change::of(&key).when("attribute_exists(pk) AND attribute_not_exists(erasure)");
        if institution.privacy_contact.is_none() {
            change = change.remove(&["privacy_contact"]);
        }
        for name in ["name", "reply_to", "privacy_contact", "language"] {
            change = change.set_some(name, item.get(name).cloned());
        }
        self.change("replace_institution", change).await
    }
}
