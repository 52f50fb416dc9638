//! The deletion ledger: keyed hashes of what was erased, so that a restore can erase it again (D3).

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_dynamodb::types::KeysAndAttributes;
use domain::InstitutionId;
use domain::erasure::Subject;
use domain::ids::keyed_hash;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Error;
use crate::item::{Item, is_condition, string, text};

/// DynamoDB reads at most this many items in one batch.
const READS: usize = 100;

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
    /// Keyed hash of institution and cohort, or of the person or institution.
    pub hash: String,
    /// When the erasure was started or asked for.
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

    /// The hash under which an erasure stands.
    pub fn hash(&self, institution: &InstitutionId, subject: &Subject) -> String {
        let institution = institution.as_str();
        match subject {
            Subject::Person { cohort, student } => {
                keyed_hash(&self.key, &["person", institution, cohort.as_str(), student.as_str()])
            }
            Subject::Cohort { cohort } => {
                keyed_hash(&self.key, &["cohort", institution, cohort.as_str()])
            }
            Subject::Institution => keyed_hash(&self.key, &["institution", institution]),
        }
    }

    /// Whether something stands in the ledger that was recorded under this key. Under another one it
    /// recognises nothing, which looks like a ledger of nothing.
    pub async fn knows_its_key(&self) -> Result<bool, Error> {
        let asked = self.client.get_item().table_name(&self.table).consistent_read(true);
        let found = asked.key("pk", string(self.sign())).send().await;
        let found = found.map_err(|error| Error::unavailable("ledger", error))?;
        Ok(found.item.is_some())
    }

    /// The hash by which the ledger is known to be this key's.
    fn sign(&self) -> String {
        keyed_hash(&self.key, &["ledger"])
    }

    /// When the last erasure of somebody or something was started or asked for, if there ever was one.
    pub async fn erased_at(
        &self,
        institution: &InstitutionId,
        subject: &Subject,
    ) -> Result<Option<Timestamp>, Error> {
        let asked = self.client.get_item().table_name(&self.table).consistent_read(true);
        let asked = asked.key("pk", string(self.hash(institution, subject)));
        let found = asked.send().await.map_err(|error| Error::unavailable("ledger", error))?;
        let Some(item) = found.item else { return Ok(None) };
        let at = text(&item, "erased_at").and_then(|at| at.parse().ok());
        at.map(Some).ok_or(Error::Corrupt { kind: "ledger entry" })
    }

    /// The same of many, in their order, in few calls.
    pub async fn all_erased_at(
        &self,
        institution: &InstitutionId,
        subjects: &[Subject],
    ) -> Result<Vec<Option<Timestamp>>, Error> {
        let hashes = subjects.iter().map(|subject| self.hash(institution, subject));
        let hashes: Vec<String> = hashes.collect();
        let mut found = HashMap::new();
        for batch in hashes.chunks(READS) {
            let keys = batch.iter().map(|hash| Item::from([("pk".to_owned(), string(hash))]));
            let mut keys: Vec<Item> = keys.collect();
            let mut tries = 0u32;
            while !keys.is_empty() {
                let asked = KeysAndAttributes::builder().set_keys(Some(keys)).consistent_read(true);
                let asked = asked.build().map_err(|_| Error::Unwritable { kind: "read" })?;
                let answer = self.client.batch_get_item().request_items(&self.table, asked);
                let answer =
                    answer.send().await.map_err(|error| Error::unavailable("ledger", error))?;
                let items = answer.responses.unwrap_or_default().remove(&self.table);
                for item in items.unwrap_or_default() {
                    let at = text(&item, "erased_at").and_then(|at| at.parse().ok());
                    let entry = text(&item, "pk").map(str::to_owned).zip(at);
                    let (hash, at) = entry.ok_or(Error::Corrupt { kind: "ledger entry" })?;
                    found.insert(hash, at);
                }
                let left = answer.unprocessed_keys.unwrap_or_default().remove(&self.table);
                keys = left.map(|left| left.keys).unwrap_or_default();
                if !keys.is_empty() {
                    tries += 1;
                    tokio::time::sleep(Duration::from_millis(20 << tries.min(6))).await;
                }
            }
        }
        Ok(hashes.iter().map(|hash| found.get(hash).copied()).collect())
    }

    /// Records that somebody or something was erased; of two records the later one stays, as a person
    /// may answer anew and be erased anew. Returns the entry's hash.
    pub async fn record(
        &self,
        institution: &InstitutionId,
        subject: &Subject,
        at: Timestamp,
    ) -> Result<String, Error> {
        let hash = self.hash(institution, subject);
        // The sign first: what is recorded is never without it.
        for pk in [self.sign(), hash.clone()] {
            self.put(&pk, at).await?;
        }
        Ok(hash)
    }

    /// Writes an entry; a later one stays.
    async fn put(&self, pk: &str, at: Timestamp) -> Result<(), Error> {
        let item = Item::from([
            ("pk".to_owned(), string(pk)),
            ("erased_at".to_owned(), string(at.to_string())),
        ]);
        let outcome = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(pk) OR erased_at < :at")
            .expression_attribute_values(":at", string(at.to_string()))
            .send()
            .await;
        match outcome {
            Ok(_) => Ok(()),
            Err(error) if is_condition(&error) => Ok(()),
            Err(error) => Err(Error::unavailable("record_erasure", error)),
        }
    }
}
