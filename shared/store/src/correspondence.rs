//! Correspondence that lies with an institution and with none of its cohorts, such as notices to its
//! contacts: two years (D1). What lies with a cohort goes with it, which is sooner.

use domain::InstitutionId;
use jiff::Timestamp;

use crate::item::{key_item, text};
use crate::keys::Key;
use crate::{Error, Store, keys};

/// A piece of correspondence: where it lies and when its state last changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    key: Key,
    /// When its state last changed.
    pub at: Timestamp,
}

impl Store {
    /// The messages that lie with an institution itself.
    pub async fn correspondence(&self, id: &InstitutionId) -> Result<Vec<Letter>, Error> {
        let pk = keys::correspondence_partition(id);
        let found =
            self.attributes("correspondence", &pk, keys::MESSAGE, &["sk", "status_at"]).await?;
        let letter = |item| {
            let at = text(item, "status_at")?.parse().ok()?;
            Some(Letter { key: Key { pk: pk.clone(), sk: text(item, "sk")?.to_owned() }, at })
        };
        let letters =
            found.iter().map(|item| letter(item).ok_or(Error::Corrupt { kind: "message" }));
        letters.collect()
    }

    /// Deletes a piece of correspondence. A second call changes nothing.
    pub async fn delete_letter(&self, letter: &Letter) -> Result<(), Error> {
        let asked = self.client.delete_item().table_name(&self.table);
        let deleted = asked.set_key(Some(key_item(&letter.key))).send().await;
        deleted.map(drop).map_err(|error| Error::unavailable("delete_letter", error))
    }
}
