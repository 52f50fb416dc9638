//! The deletion ledger: keyed hashes of what was erased, so that a restore can erase it again (D3).

use domain::erasure::ErasureRef;
use domain::ids::keyed_hash;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Error;
use crate::item::{Item, is_condition, string};

/// The ledger's table. It is not part of the backups that it protects.
#[derive(Debug, Clone)]
pub struct Ledger {
    client: aws_sdk_dynamodb::Client,
    table: String,
    key: Vec<u8>,
}

/// An entry: no id, no name, only keyed hashes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerEntry {
    /// Keyed hash of institution and cohort.
    pub hash: String,
    /// When the erasure was certified.
    pub erased_at: Timestamp,
}

impl Ledger {
    /// Binds a client to a table; `key` is kept in a secret of its own.
    pub fn new(
        client: aws_sdk_dynamodb::Client,
        table: impl Into<String>,
        key: impl Into<Vec<u8>>,
    ) -> Self {
        Self { client, table: table.into(), key: key.into() }
    }

    /// The hash under which a cohort's erasure stands.
    pub fn hash(&self, erasure: &ErasureRef) -> String {
        keyed_hash(&self.key, &["cohort", erasure.institution.as_str(), erasure.cohort.as_str()])
    }

    /// Whether a cohort was erased at some time.
    pub async fn holds(&self, erasure: &ErasureRef) -> Result<bool, Error> {
        let asked = self.client.get_item().table_name(&self.table).consistent_read(true);
        let asked = asked.key("pk", string(self.hash(erasure))).projection_expression("pk");
        let found = asked.send().await.map_err(|error| Error::unavailable("ledger", error))?;
        Ok(found.item.is_some())
    }

    /// Records that a cohort was erased; the first record stays. Returns the entry's hash.
    pub async fn record(&self, erasure: &ErasureRef, at: Timestamp) -> Result<String, Error> {
        let hash = self.hash(erasure);
        let item = Item::from([
            ("pk".to_owned(), string(&hash)),
            ("erased_at".to_owned(), string(at.to_string())),
        ]);
        let outcome = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(pk)")
            .send()
            .await;
        match outcome {
            Ok(_) => Ok(hash),
            Err(error) if is_condition(&error) => Ok(hash),
            Err(error) => Err(Error::unavailable("record_erasure", error)),
        }
    }
}
