//! Erasures: the record of one, and the deletion of a cohort's items (D2).

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::{DeleteRequest, WriteRequest};
use domain::erasure::{Erasure, ErasureStatus, FormGone};
use domain::{ErasureId, InstitutionId, StudentId};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::item::{Item, encode, string, text};
use crate::update::{Change, Transacted};
use crate::{Error, Scope, Store, keys};

/// How the start of an erasure ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BeganErasure {
    /// From now on the cohort's data counts as gone.
    New,
    /// It was begun before; it is resumed.
    Already,
    /// The cohort is not there, not due, or another erasure has it.
    NotDue,
}

/// How many items of which kind a step deleted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeletedItems {
    /// Counts by kind (`students`, `responses`, ...).
    pub counts: BTreeMap<String, u64>,
    /// Whether nothing is left.
    pub done: bool,
}

/// DynamoDB takes at most this many writes in one batch.
const BATCH: usize = 25;

impl Store {
    /// Records an erasure and marks the cohort, in one transaction, if its data is due today.
    pub async fn begin_erasure(
        &self,
        scope: &Scope,
        erasure: &Erasure,
        today: Date,
    ) -> Result<BeganErasure, Error> {
        let key = keys::erasure(&scope.institution, &erasure.id);
        let item = encode("erasure", &key, erasure)?;
        let change = Change::of(&keys::cohort(scope))
            .set("erasure", string(erasure.id.as_str()))
            .when("attribute_exists(pk) AND delete_on <= :today AND (attribute_not_exists(erasure) OR erasure = :set_erasure)")
            .value(":today", string(today.to_string()));
        let items = vec![self.put_in_transaction(item), change.in_transaction(&self.table)];
        match self.transact("begin_erasure", items).await? {
            Transacted::Done => Ok(BeganErasure::New),
            Transacted::Refused(_) => {
                Ok(match self.erasure(&scope.institution, &erasure.id).await? {
                    Some(_) => BeganErasure::Already,
                    None => BeganErasure::NotDue,
                })
            }
        }
    }

    /// One erasure.
    pub async fn erasure(
        &self,
        institution: &InstitutionId,
        id: &ErasureId,
    ) -> Result<Option<Erasure>, Error> {
        self.get("erasure", "erasure", &keys::erasure(institution, id)).await
    }

    /// All erasures of an institution.
    pub async fn erasures(&self, institution: &InstitutionId) -> Result<Vec<Erasure>, Error> {
        self.all("erasures", "erasure", &keys::institution_partition(institution), keys::ERASURE)
            .await
    }

    /// Replaces the counts of an erasure, and up to which student suppression entries are counted in
    /// them. The caller computed them from what was there before, so a second run sets the same or
    /// larger numbers.
    pub async fn erasure_counted(
        &self,
        institution: &InstitutionId,
        id: &ErasureId,
        deleted: &BTreeMap<String, u64>,
        suppressions: Option<&StudentId>,
    ) -> Result<(), Error> {
        let key = keys::erasure(institution, id);
        let mut item = encode("erasure", &key, &serde_json::json!({ "deleted": deleted }))?;
        let deleted = item.remove("deleted").ok_or(Error::Unwritable { kind: "erasure" })?;
        let change = Change::of(&key)
            .set("deleted", deleted)
            .set_some("suppressions_counted", suppressions.map(|id| string(id.as_str())))
            .when("attribute_exists(pk)");
        self.change("erasure_counted", change).await.map(drop)
    }

    /// Notes that an erasure stopped before its end, or runs again.
    pub async fn erasure_status(
        &self,
        institution: &InstitutionId,
        id: &ErasureId,
        status: ErasureStatus,
        failure: Option<&str>,
    ) -> Result<(), Error> {
        let word = match status {
            ErasureStatus::Running => "running",
            ErasureStatus::Failed => "failed",
            ErasureStatus::Completed => "completed",
        };
        let change = Change::of(&keys::erasure(institution, id))
            .set("status", string(word))
            .set_some("failure", failure.map(string))
            .when("attribute_exists(pk) AND attribute_not_exists(completed_at)");
        let change = if failure.is_none() { change.remove(&["failure"]) } else { change };
        self.change("erasure_status", change).await.map(drop)
    }

    /// Notes an operator's word on an erasure that is not completed. The first word stays; whether
    /// one stands now.
    pub async fn erasure_form_gone(
        &self,
        institution: &InstitutionId,
        id: &ErasureId,
        word: &FormGone,
    ) -> Result<bool, Error> {
        let key = keys::erasure(institution, id);
        let mut item = encode("erasure", &key, &serde_json::json!({ "form_gone": word }))?;
        let word = item.remove("form_gone").ok_or(Error::Unwritable { kind: "erasure" })?;
        let change = Change::of(&key)
            .set("form_gone", word)
            .when("attribute_exists(pk) AND attribute_not_exists(completed_at) AND attribute_not_exists(form_gone)");
        if self.change("erasure_form_gone", change).await? {
            return Ok(true);
        }
        let stands = self.erasure(institution, id).await?;
        Ok(stands.is_some_and(|erasure| erasure.form_gone.is_some()))
    }

    /// Completes an erasure and takes the cohort off the index of what is due, in one transaction.
    /// The cohort's record stays as a tombstone: its settings name no person.
    pub async fn complete_erasure(
        &self,
        scope: &Scope,
        id: &ErasureId,
        at: Timestamp,
    ) -> Result<(), Error> {
        let erasure = Change::of(&keys::erasure(&scope.institution, id))
            .set("status", string("completed"))
            .set("completed_at", string(at.to_string()))
            // A student's id is a keyed hash of an address: it goes with the rest.
            .remove(&["failure", "suppressions_counted"])
            .when("attribute_exists(pk) AND attribute_not_exists(completed_at)");
        let cohort = Change::of(&keys::cohort(scope))
            .remove(&[
                "retention_pk",
                "retention_sk",
                "deadline_pk",
                "deadline_sk",
                "active_formation",
                // It names who gave the instruction; its reference stands in the certificate.
                "extension",
            ])
            .when("erasure = :erasure")
            .value(":erasure", string(id.as_str()));
        let items = vec![erasure.in_transaction(&self.table), cohort.in_transaction(&self.table)];
        self.transact("complete_erasure", items).await.map(drop)
    }

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

    /// Deletes up to `most` items of a cohort. What is gone stays gone, so a run that died is
    /// simply run again.
    pub async fn delete_items(&self, scope: &Scope, most: i32) -> Result<DeletedItems, Error> {
        let (found, next) = self.item_keys(scope, None, Some(most)).await?;
        let mut counts = BTreeMap::new();
        for batch in found.chunks(BATCH) {
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
            for key in batch {
                *counts.entry(kind_of(key)).or_default() += 1;
            }
        }
        Ok(DeletedItems { counts, done: next.is_none() })
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
fn kind_of(key: &Item) -> String {
    let sk = text(key, "sk").unwrap_or_default();
    format!("{}s", sk.split('#').next().unwrap_or_default().to_lowercase())
}
