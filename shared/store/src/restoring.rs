//! A table that was restored: what the ledger knows is made to go again in it before it is served (D3).

use domain::InstitutionId;
use domain::deactivation::Deactivation;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::item::encode;
use crate::update::Change;
use crate::{Error, Store, keys};

/// Says that the ledger was applied to the table, from its first item to its last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reapplication {
    /// When the run that came to the end began: what was erased before is seen to.
    pub began_at: Timestamp,
    /// When it came to the end.
    pub ended_at: Timestamp,
}

impl Store {
    /// Whether the ledger was applied to this table; the last time.
    pub async fn reapplication(&self) -> Result<Option<Reapplication>, Error> {
        self.get("reapplication", "reapplication", &keys::reapplication()).await
    }

    /// Notes that the ledger was applied; a later run's note replaces an earlier one's.
    pub async fn reapplied(&self, done: &Reapplication) -> Result<(), Error> {
        self.client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(encode("reapplication", &keys::reapplication(), done)?))
            .send()
            .await
            .map(drop)
            .map_err(|error| Error::unavailable("reapplied", error))
    }

    /// Puts a restored institution out of reach, due at once, whatever the backup says of its agreement;
    /// one whose erasure has begun in the backup is left as it is, and goes on.
    pub async fn deactivate_restored(
        &self,
        id: &InstitutionId,
        deactivation: &Deactivation,
    ) -> Result<(), Error> {
        let key = keys::deactivation(id);
        let mut change = Change::of(&key)
            .remove(&["ended"])
            .when("attribute_not_exists(pk) OR attribute_not_exists(erasure)");
        for (name, value) in encode("deactivation", &key, deactivation)? {
            if !["pk", "sk", "ended", "erasure"].contains(&name.as_str()) {
                change = change.set(&name, value);
            }
        }
        self.change("deactivate_restored", change).await.map(drop)
    }
}
