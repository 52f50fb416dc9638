//! The items of a cohort, counted and deleted by their keys alone (D2).

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::{DeleteRequest, WriteRequest};

use crate::item::{Item, string, text};
use crate::{Error, Scope, Store, keys};

/// DynamoDB takes at most this many writes in one batch.
const BATCH: usize = 25;

/// Items of a cohort that follow each other, by their keys.
#[derive(Debug, Clone, Default)]
pub struct Items {
    keys: Vec<Item>,
    last: bool,
}

impl Items {
    /// Whether no other follows.
    pub fn are_the_last(&self) -> bool {
        self.last
    }

    /// Where the last of them stands in the order of all.
    pub fn end(&self) -> Option<&str> {
        text(self.keys.last()?, "sk")
    }

    /// How many there are of each kind that stand after a place in the order of all.
    pub fn counted_after(&self, place: Option<&str>) -> BTreeMap<String, u64> {
        let mut counts = BTreeMap::new();
        let after = |key: &&Item| place.is_none_or(|place| text(key, "sk") > Some(place));
        for key in self.keys.iter().filter(after) {
            *counts.entry(kind_of(key)).or_default() += 1;
        }
        counts
    }
}

impl Store {
    /// Counts the items of a cohort by kind, reading keys only.
    pub async fn count_items(&self, scope: &Scope) -> Result<BTreeMap<String, u64>, Error> {
        let mut counts = BTreeMap::new();
        let mut start = None;
        loop {
            let (found, next) = self.item_keys(scope, start, None).await?;
            for key in &found {
                *counts.entry(kind_of(key)).or_default() += 1;
            }
            match next {
                Some(next) => start = Some(next),
                None => return Ok(counts),
            }
        }
    }

    /// The first items of a cohort, up to `most`, by their keys alone.
    pub async fn first_items(&self, scope: &Scope, most: i32) -> Result<Items, Error> {
        let (keys, next) = self.item_keys(scope, None, Some(most)).await?;
        Ok(Items { keys, last: next.is_none() })
    }

    /// Deletes these items. What is gone stays gone, so a run that died is simply run again.
    pub async fn delete_items(&self, items: &Items) -> Result<(), Error> {
        self.delete_keys(&items.keys).await
    }

    /// Deletes items of a cohort by their keys; what is gone already is passed over.
    pub(crate) async fn delete_keys(&self, keys: &[Item]) -> Result<(), Error> {
        for batch in keys.chunks(BATCH) {
            let mut requests: Vec<WriteRequest> = batch.iter().map(delete_request).collect();
            let mut tries = 0u32;
            while !requests.is_empty() {
                let answer = self
                    .client
                    .batch_write_item()
                    .request_items(&self.table, requests)
                    .send()
                    .await
                    .map_err(|error| Error::unavailable("delete_items", error))?;
                requests = answer
                    .unprocessed_items
                    .unwrap_or_default()
                    .remove(&self.table)
                    .unwrap_or_default();
                if !requests.is_empty() {
                    tries += 1;
                    tokio::time::sleep(std::time::Duration::from_millis(20 << tries.min(6))).await;
                }
            }
        }
        Ok(())
    }

    async fn item_keys(
        &self,
        scope: &Scope,
        start: Option<Item>,
        limit: Option<i32>,
    ) -> Result<(Vec<Item>, Option<Item>), Error> {
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", string(keys::cohort_partition(scope)))
            .projection_expression("pk, sk")
            .set_exclusive_start_key(start)
            .set_limit(limit)
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| Error::unavailable("item_keys", error))?;
        Ok((answer.items.unwrap_or_default(), answer.last_evaluated_key))
    }
}

fn delete_request(key: &Item) -> WriteRequest {
    let delete =
        DeleteRequest::builder().set_key(Some(key.clone())).build().expect("the key is set");
    WriteRequest::builder().delete_request(delete).build()
}

/// The kind of an item in a cohort's partition, in the plural: `students`, `responses`, ...
pub(crate) fn kind_of(key: &Item) -> String {
    let sk = text(key, "sk").unwrap_or_default();
    match sk.split('#').next().unwrap_or_default() {
        "RIGHTS" => "rights_requests".to_owned(),
        "EXPECTED" => "roster_pages".to_owned(),
        kind => format!("{}s", kind.to_lowercase()),
    }
}
