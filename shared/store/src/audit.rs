//! The audit table: functions may add to it, none may change or delete (D5).
//!
//! An institution's entries are numbered and chained ([`domain::audit::Link`]). An entry is written
//! together with a note of what makes it one, in one transaction: at the number after the last one,
//! unless that is taken, and unless the note is there. Whoever was beaten to a number goes on from the
//! entry that has it.

use std::time::Duration;

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem};
use domain::InstitutionId;
use domain::audit::{AuditEntry, Broken, Flaw, Head, Link, Walk};
use domain::ids::keyed_hash;
use serde::{Deserialize, Serialize};

use crate::Error;
use crate::item::{Item, decode, encode, key_item, string, text};
use crate::keys::{self, Key};
use crate::update::{is_conflict, refused_at};

/// How often an entry is tried at another number. Twenty writers at once need about as many tries at
/// worst; past this the error is transient and the caller's own retry goes on.
const TRIES: u32 = 60;
/// How many entries a walk reads at once.
const STRIDE: i32 = 500;
/// The longest wait between two tries.
const LONGEST_WAIT: Duration = Duration::from_millis(160);

/// The audit table.
#[derive(Debug, Clone)]
pub struct Audit {
    client: aws_sdk_dynamodb::Client,
    table: String,
}

/// An entry as it is stored: the number that its key gives it, and itself unless it cannot be read or
/// is not what this service writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredLink {
    /// The number in the item's key.
    pub place: u64,
    /// The entry.
    pub link: Option<Link>,
}

/// In which order entries are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// The first one first.
    Oldest,
    /// The last one first.
    Newest,
}

/// How far a walk came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Walked {
    /// There may be more.
    On,
    /// To the end of the chain, or to the first place where it is broken.
    Ended(Result<(), Broken>),
}

/// Notes that an action of a request stands, and where.
#[derive(Debug, Serialize, Deserialize)]
struct Once {
    sequence: u64,
    hash: String,
}

impl Audit {
    /// Binds a client to a table.
    pub fn new(client: aws_sdk_dynamodb::Client, table: impl Into<String>) -> Self {
        Self { client, table: table.into() }
    }

    /// Adds an entry. `unique` is what makes it one (a request or execution id): the same action under
    /// the same `unique` stands once, however often it is added.
    pub async fn append(&self, entry: &AuditEntry, unique: &str) -> Result<(), Error> {
        self.append_at(entry, unique).await.map(drop)
    }

    /// Adds an entry; tells the place where it stands.
    pub async fn append_at(&self, entry: &AuditEntry, unique: &str) -> Result<Head, Error> {
        let once = keys::audit_once(&entry.institution, &digest(&[unique, &entry.action]));
        let mut head = self.head(&entry.institution).await?;
        let mut tries = 0;
        loop {
            tries += 1;
            let link = Link::after(&head, entry, unique);
            let Err(error) = self.write(&link, &once).await? else { return Ok(link.head()) };
            let refused = refused_at(&error);
            if refused == Some(0) {
                return self.noted(&once).await;
            }
            if refused.is_none() && !is_conflict(&error) || tries == TRIES {
                return Err(Error::unavailable("append_audit", error));
            }
            let taken = refused.and_then(|_| in_the_way(&error));
            // A number that is taken tells at once what to go on from; only whoever collided waits.
            head = if let Some(taken) = taken {
                taken
            } else {
                tokio::time::sleep(wait(tries, &link.hash)).await;
                self.head(&entry.institution).await?
            };
        }
    }

    async fn write(
        &self,
        link: &Link,
        once: &Key,
    ) -> Result<Result<(), SdkError<TransactWriteItemsError>>, Error> {
        let key = keys::audit_entry(&link.entry.institution, link.sequence);
        let note = Once { sequence: link.sequence, hash: link.hash.clone() };
        // The note comes first, so that a repetition is told from a number that is taken.
        let items =
            [encode("audit note", once, &note)?, encode("audit entry", &key, link)?].map(|item| {
                let put = Put::builder()
                    .table_name(&self.table)
                    .set_item(Some(item))
                    .condition_expression("attribute_not_exists(pk)")
                    .return_values_on_condition_check_failure(
                        ReturnValuesOnConditionCheckFailure::AllOld,
                    )
                    .build()
                    .expect("table and item are set");
                TransactWriteItem::builder().put(put).build()
            });
        let sent = self.client.transact_write_items().set_transact_items(Some(items.to_vec()));
        Ok(sent.send().await.map(drop))
    }

    /// Where an entry stands that was added before.
    async fn noted(&self, once: &Key) -> Result<Head, Error> {
        let asked = self.client.get_item().table_name(&self.table).consistent_read(true);
        let answer = asked.set_key(Some(key_item(once))).send().await;
        let answer = answer.map_err(|error| Error::unavailable("audit_note", error))?;
        let item = answer.item.ok_or(Error::Corrupt { kind: "audit note" })?;
        let Once { sequence, hash } = decode("audit note", item)?;
        Ok(Head { sequence, hash })
    }

    /// The last place of an institution's chain.
    pub async fn head(&self, institution: &InstitutionId) -> Result<Head, Error> {
        let page = self.links(institution, Order::Newest, None, Some(1)).await?;
        match page.first() {
            None => Ok(Head::start(institution)),
            Some(StoredLink { link: Some(link), .. }) => Ok(link.head()),
            // Nothing may be added behind an entry that cannot be read: its hash is not known.
            Some(StoredLink { link: None, .. }) => Err(Error::Corrupt { kind: "audit entry" }),
        }
    }

    /// Some entries of an institution on from a number, which is not among them; none at the end. At
    /// most `limit`, and at most what DynamoDB gives at once (1 MB).
    pub async fn links(
        &self,
        institution: &InstitutionId,
        order: Order,
        from: Option<u64>,
        limit: Option<i32>,
    ) -> Result<Vec<StoredLink>, Error> {
        let start = from.map(|number| key_item(&keys::audit_entry(institution, number)));
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk AND begins_with(sk, :prefix)")
            .expression_attribute_values(":pk", string(keys::institution_partition(institution)))
            .expression_attribute_values(":prefix", string(keys::AUDIT_ENTRY))
            .scan_index_forward(order == Order::Oldest)
            .set_exclusive_start_key(start)
            .set_limit(limit)
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| Error::unavailable("audit_entries", error))?;
        answer.items.unwrap_or_default().into_iter().map(stored).collect()
    }

    /// Whether the entry at a place is still the one that was there.
    pub async fn stands(
        &self,
        institution: &InstitutionId,
        place: &Head,
    ) -> Result<Result<(), Broken>, Error> {
        let sequence = place.sequence;
        let Some(before) = sequence.checked_sub(1) else {
            let same = *place == Head::start(institution);
            return Ok(if same { Ok(()) } else { Err(Broken { sequence, flaw: Flaw::Rewritten }) });
        };
        let found = self.links(institution, Order::Oldest, Some(before), Some(1)).await?;
        let flaw = match found.first() {
            None => Flaw::Truncated,
            Some(found) if found.place > sequence => Flaw::Removed,
            Some(StoredLink { link: Some(link), .. }) if link.hash != link.computed() => {
                Flaw::Altered
            }
            Some(StoredLink { link: Some(link), .. }) if link.head() == *place => {
                return Ok(Ok(()));
            }
            Some(StoredLink { link: Some(_), .. }) => Flaw::Rewritten,
            Some(StoredLink { link: None, .. }) => Flaw::Altered,
        };
        Ok(Err(Broken { sequence, flaw }))
    }

    /// Walks on along a chain, at most `strides` reads far.
    pub async fn walk(
        &self,
        institution: &InstitutionId,
        walk: &mut Walk,
        strides: u32,
    ) -> Result<Walked, Error> {
        for _ in 0..strides {
            let from = Some(walk.head().sequence);
            let links = self.links(institution, Order::Oldest, from, Some(STRIDE)).await?;
            if links.is_empty() {
                return Ok(Walked::Ended(walk.end()));
            }
            for stored in &links {
                if let Err(broken) = walk.step(stored.place, stored.link.as_ref()) {
                    return Ok(Walked::Ended(Err(broken)));
                }
            }
        }
        Ok(Walked::On)
    }
}

/// The entry in an item. What decodes but holds more or other than would be written is not one.
fn stored(mut item: Item) -> Result<StoredLink, Error> {
    let place = text(&item, "sk").and_then(keys::audit_sequence);
    let place = place.ok_or(Error::Corrupt { kind: "audit key" })?;
    item.remove("pk");
    item.remove("sk");
    let link: Option<Link> = decode("audit entry", item.clone()).ok();
    let link = link.filter(|link| serde_dynamo::to_item(link).is_ok_and(|same: Item| same == item));
    Ok(StoredLink { place, link })
}

/// The entry that has the number already, if DynamoDB showed it.
fn in_the_way(error: &SdkError<TransactWriteItemsError>) -> Option<Head> {
    let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) =
        error.as_service_error()
    else {
        return None;
    };
    let item = cancelled.cancellation_reasons().get(1)?.item()?.clone();
    stored(item).ok()?.link.map(|link| link.head())
}

/// A wait that grows, and that differs from one writer to the next: the entry's own hash is the dice.
fn wait(tries: u32, hash: &str) -> Duration {
    let dice = u32::from_str_radix(&hash[..4], 16).unwrap_or(0);
    let longest = (Duration::from_millis(5) * 2_u32.pow(tries.min(6))).min(LONGEST_WAIT);
    longest * (dice % 1000) / 1000
}

fn digest(parts: &[&str]) -> String {
    keyed_hash(b"audit", parts)[..32].to_owned()
}
