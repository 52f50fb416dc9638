//! Erasures: the record of one, what begins it, and the deletion of a cohort's items (D2).

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::{AttributeValue, DeleteRequest, WriteRequest};
use domain::deactivation::Deactivation;
use domain::erasure::{Erasure, ErasureScope, ErasureStatus, FormGone, Subject};
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

/// How the request for an erasure ended.
#[expect(clippy::large_enum_variant, reason = "one value per request, matched at once")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RequestedErasure {
    /// It is recorded now, and from now on no reader sees the person or the institution.
    New,
    /// This one was asked for before.
    Already(Erasure),
    /// There is nobody and nothing of this id.
    Unknown,
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
    /// Records that an erasure was asked for. A person or an institution is marked with it in the same
    /// transaction and is out of every reader's sight from then on; a cohort when its erasure begins.
    ///
    /// Asked again, the erasure that the mark names stands: two callers at once meet at it.
    pub async fn request_erasure(
        &self,
        institution: &InstitutionId,
        erasure: &Erasure,
    ) -> Result<RequestedErasure, Error> {
        let Some(subject) = erasure.subject() else { return Ok(RequestedErasure::Unknown) };
        let put = encode("erasure", &keys::erasure(institution, &erasure.id), erasure)?;
        let mark = |key: &keys::Key| {
            Change::of(key)
                .set("erasure", string(erasure.id.as_str()))
                .when("attribute_exists(pk) AND attribute_not_exists(erasure)")
                .in_transaction(&self.table)
        };
        let mut items = vec![self.put_in_transaction(put)];
        match &subject {
            Subject::Person { cohort, student } => {
                let scope = Scope::new(institution.clone(), cohort.clone());
                items.push(mark(&keys::student(&scope, student)));
            }
            Subject::Institution => {
                items.push(mark(&keys::institution(institution)));
                // Only what is out of everybody's reach goes, and from now on it stays so.
                let deactivated = Change::of(&keys::deactivation(institution))
                    .set("erasure", string(erasure.id.as_str()))
                    .when("attribute_exists(pk) AND attribute_not_exists(ended)");
                items.push(deactivated.in_transaction(&self.table));
            }
            Subject::Cohort { cohort } => {
                let scope = Scope::new(institution.clone(), cohort.clone());
                // Its id follows from the cohort's alone, so there is one.
                if self.cohort_even_if_gone(&scope).await?.is_none() {
                    return Ok(RequestedErasure::Unknown);
                }
            }
        }
        if matches!(self.transact("request_erasure", items).await?, Transacted::Done) {
            return Ok(RequestedErasure::New);
        }
        let standing = match self.standing_erasure(institution, &subject).await? {
            Some(id) => self.erasure(institution, &id).await?,
            None => None,
        };
        Ok(standing.map_or(RequestedErasure::Unknown, RequestedErasure::Already))
    }

    /// The erasure that a subject is marked with. One person's mark goes with the record; what stays
    /// of them still names it.
    pub async fn standing_erasure(
        &self,
        institution: &InstitutionId,
        subject: &Subject,
    ) -> Result<Option<ErasureId>, Error> {
        Ok(match subject {
            Subject::Person { cohort, student } => {
                let scope = Scope::new(institution.clone(), cohort.clone());
                match self.student_even_if_gone(&scope, student).await? {
                    Some(student) => student.erasure,
                    None => self.erased_student(&scope, student).await?.map(|mark| mark.erasure),
                }
            }
            Subject::Cohort { cohort } => {
                let scope = Scope::new(institution.clone(), cohort.clone());
                let known = self.cohort_even_if_gone(&scope).await?;
                known.map(|known| {
                    known.erasure.unwrap_or_else(|| ErasureId::for_asked_cohort(cohort))
                })
            }
            // The institution's own record goes with the erasure; its deactivation stays.
            Subject::Institution => {
                let known = self.deactivation(institution).await?;
                known.filter(Deactivation::is_in_force).and_then(|noted| noted.erasure)
            }
        })
    }

    /// Begins an erasure that was asked for, or goes on with it: the record runs, and a cohort is
    /// marked, in one transaction. Tells whether it runs; one that is completed stays so.
    pub async fn begin_requested(
        &self,
        institution: &InstitutionId,
        erasure: &Erasure,
    ) -> Result<bool, Error> {
        let record = Change::of(&keys::erasure(institution, &erasure.id))
            .set("status", string("running"))
            .remove(&["failure"])
            .when("attribute_exists(pk) AND attribute_not_exists(completed_at)");
        let mut items = vec![record.in_transaction(&self.table)];
        if let (ErasureScope::Cohort, Some(cohort)) = (erasure.scope, &erasure.cohort) {
            let scope = Scope::new(institution.clone(), cohort.clone());
            let cohort = Change::of(&keys::cohort(&scope))
                .set("erasure", string(erasure.id.as_str()))
                .when("attribute_exists(pk) AND (attribute_not_exists(erasure) OR erasure = :set_erasure)");
            items.push(cohort.in_transaction(&self.table));
        }
        Ok(matches!(self.transact("begin_requested", items).await?, Transacted::Done))
    }

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
            ErasureStatus::Requested => "requested",
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
    /// The cohort's record stays as a tombstone. Its settings name nobody then: who was to be apart or
    /// together stood in the criteria, which nothing reads any more.
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
            .set("criteria", AttributeValue::L(Vec::new()))
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
        self.delete_keys(&found).await?;
        for key in &found {
            *counts.entry(kind_of(key)).or_default() += 1;
        }
        Ok(DeletedItems { counts, done: next.is_none() })
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
        kind => format!("{}s", kind.to_lowercase()),
    }
}
