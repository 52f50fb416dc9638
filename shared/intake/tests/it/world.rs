//! The stores as far as this crate's tests need them: items and objects in memory behind the SDK's
//! own clients, and a journal of what was asked of them in which order.
//!
//! Used by the tests of the functions that take questionnaires in as well (`#[path]`).
#![allow(dead_code, reason = "each test binary uses a part")]

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard};

use aws_sdk_dynamodb::operation::{
    delete_item::DeleteItemOutput, get_item::GetItemOutput, put_item::PutItemOutput,
    query::QueryOutput, transact_write_items::TransactWriteItemsError,
    transact_write_items::TransactWriteItemsOutput, update_item::UpdateItemOutput,
};
use aws_sdk_dynamodb::types::error::{
    ConditionalCheckFailedException, TransactionCanceledException,
};
use aws_sdk_dynamodb::types::{
    AttributeValue, CancellationReason, ConditionCheck, Delete, Put, Update,
};
use aws_sdk_s3::operation::{
    delete_objects::DeleteObjectsOutput, get_object::GetObjectOutput,
    list_object_versions::ListObjectVersionsOutput, put_object::PutObjectOutput,
};
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::ObjectVersion;
use aws_smithy_mocks::{MockResponse, RuleMode, mock, mock_client};
use aws_smithy_types::error::ErrorMetadata;
use domain::cohort::{Cohort, Settings};
use domain::ids::IdentityKey;
use domain::retention;
use intake::Intake;
use jiff::Timestamp;
use store::{Audit, Objects, Store};

type Item = HashMap<String, AttributeValue>;

/// What the stores hold and what was asked of them.
#[derive(Default)]
pub(crate) struct Held {
    pub(crate) items: BTreeMap<(String, String), Item>,
    pub(crate) objects: BTreeMap<String, Vec<u8>>,
    /// Operations in order, such as `put_object unassigned/responses/t.json`.
    pub(crate) journal: Vec<String>,
    /// Operations that fail from now on, by their first word.
    pub(crate) down: Vec<&'static str>,
    /// The operation, by its count, before which the process dies: it and all later ones fail.
    pub(crate) dies_before: Option<usize>,
    /// So many reads from the end find nothing yet: they were made before anything was written.
    pub(crate) early_reads: usize,
}

/// Stores in memory.
#[derive(Clone, Default)]
pub(crate) struct World(Arc<Mutex<Held>>);

fn service_error() -> ErrorMetadata {
    ErrorMetadata::builder().code("InternalServerError").build()
}

fn text(item: &Item, name: &str) -> String {
    item.get(name).and_then(|value| value.as_s().ok()).cloned().unwrap_or_default()
}

fn key(item: &Item) -> (String, String) {
    (text(item, "pk"), text(item, "sk"))
}

impl World {
    pub(crate) fn held(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap()
    }

    /// Journals an operation; tells whether it fails.
    fn fails(&self, operation: &'static str, what: &str) -> bool {
        let mut held = self.held();
        if held.dies_before.is_some_and(|count| held.journal.len() >= count) {
            return true;
        }
        held.journal.push(format!("{operation} {what}"));
        held.down.contains(&operation)
    }

    /// The sort keys of a partition.
    pub(crate) fn keys(&self, pk: &str) -> Vec<String> {
        self.held().items.keys().filter(|(p, _)| p == pk).map(|(_, sk)| sk.clone()).collect()
    }

    /// The names of all objects.
    pub(crate) fn objects(&self) -> Vec<String> {
        self.held().objects.keys().cloned().collect()
    }

    /// Whether anything was written.
    pub(crate) fn is_untouched_by_writes(&self) -> bool {
        let reads = ["get_item", "get_object", "query", "list_object_versions"];
        self.held().journal.iter().all(|line| reads.iter().any(|read| line.starts_with(read)))
    }

    pub(crate) fn store(&self) -> Store {
        Store::new(self.dynamodb(), "app")
    }

    /// The audit trail, in the same map: its keys are like no others.
    pub(crate) fn audit(&self) -> Audit {
        Audit::new(self.dynamodb(), "audit")
    }

    pub(crate) fn intake(&self) -> Intake {
        let key = IdentityKey::new(*b"0123456789abcdef0123456789abcdef");
        Intake::new(self.store(), Objects::new(self.s3(), "data"), key)
    }

    /// Onboards a cohort.
    pub(crate) async fn onboard(&self, settings: Settings, now: Timestamp) {
        let cohort = Cohort {
            delete_on: retention::delete_on(settings.deadline, None),
            settings,
            created_at: now,
            active_formation: None,
            published_formation: None,
            extension: None,
            last_formation_at: None,
            erasure: None,
            settings_version: 0,
            archived_at: None,
        };
        assert!(self.store().create_cohort(&cohort).await.unwrap());
        self.held().journal.clear();
    }

    #[expect(clippy::too_many_lines, reason = "one rule per operation, side by side")]
    pub(crate) fn dynamodb(&self) -> aws_sdk_dynamodb::Client {
        let world = self.clone();
        let get = mock!(aws_sdk_dynamodb::Client::get_item).then_compute_response(move |input| {
            let at = key(input.key().unwrap());
            if world.fails("get_item", &at.1) {
                return MockResponse::Error(GetItemError::generic(service_error()));
            }
            let item = world.held().items.get(&at).cloned();
            MockResponse::Output(GetItemOutput::builder().set_item(item).build())
        });
        let world = self.clone();
        let put = mock!(aws_sdk_dynamodb::Client::put_item).then_compute_response(move |input| {
            let item = input.item().unwrap().clone();
            if world.fails("put_item", &key(&item).1) {
                return MockResponse::Error(PutItemError::generic(service_error()));
            }
            assert_eq!(input.condition_expression(), Some("attribute_not_exists(pk)"));
            let mut held = world.held();
            if held.items.contains_key(&key(&item)) {
                let refused = ConditionalCheckFailedException::builder()
                    .meta(ErrorMetadata::builder().code("ConditionalCheckFailedException").build())
                    .build();
                return MockResponse::Error(PutItemError::ConditionalCheckFailedException(refused));
            }
            held.items.insert(key(&item), item);
            MockResponse::Output(PutItemOutput::builder().build())
        });
        let world = self.clone();
        let transact = mock!(aws_sdk_dynamodb::Client::transact_write_items).then_compute_response(
            move |input| {
                let items = input.transact_items();
                let first = items.first().unwrap();
                let first = match (first.put(), first.delete()) {
                    (Some(put), _) => key(put.item()),
                    (_, Some(delete)) => key(delete.key()),
                    _ => panic!("an update comes first"),
                };
                if world.fails("transact", &first.1) {
                    return MockResponse::Error(TransactWriteItemsError::generic(service_error()));
                }
                let mut held = world.held();
                let allowed: Vec<bool> = items
                    .iter()
                    .map(|item| match (item.put(), item.update(), item.condition_check()) {
                        (Some(put), ..) => free(&held, put),
                        (_, Some(update), _) => later(held.items.get(&key(update.key())), update),
                        (.., Some(check)) => stays(&held, check),
                        _ => revoked(&held, item.delete().expect("put, update or deletion")),
                    })
                    .collect();
                if allowed.iter().any(|allowed| !allowed) {
                    return MockResponse::Error(cancelled(&allowed));
                }
                for item in items {
                    item.put().into_iter().for_each(|put| insert(&mut held, put));
                    item.update().into_iter().for_each(|update| apply(&mut held, update));
                    if let Some(delete) = item.delete() {
                        held.items.remove(&key(delete.key()));
                    }
                }
                MockResponse::Output(TransactWriteItemsOutput::builder().build())
            },
        );
        let world = self.clone();
        let update =
            mock!(aws_sdk_dynamodb::Client::update_item).then_compute_response(move |input| {
                let at = key(input.key().unwrap());
                if world.fails("update_item", &at.1) {
                    return MockResponse::Error(UpdateItemError::generic(service_error()));
                }
                let built = Update::builder()
                    .table_name("app")
                    .set_key(input.key().cloned())
                    .update_expression(input.update_expression().unwrap())
                    .set_expression_attribute_names(input.expression_attribute_names().cloned())
                    .set_expression_attribute_values(input.expression_attribute_values().cloned())
                    .build()
                    .unwrap();
                let mut held = world.held();
                let there = held.items.get(&at);
                let condition = input.condition_expression().unwrap();
                let kept = if condition == "attribute_not_exists(pk) OR attribute_exists(ended)" {
                    there.is_none_or(|item| item.contains_key("ended"))
                } else if condition.contains("email_since <= :sent") {
                    let sent = input.expression_attribute_values().unwrap()[":sent"].as_n();
                    let sent = sent.unwrap().parse::<i64>().unwrap();
                    there.is_some_and(|item| {
                        item.get("email_since").is_none_or(|since| {
                            since.as_n().unwrap().parse::<i64>().unwrap() <= sent
                        })
                    })
                } else if condition.starts_with("noted_at = :noted_at") {
                    let values = input.expression_attribute_values().unwrap();
                    let without = |item: &Item, name: &str| {
                        let asked = condition.contains(&format!("attribute_not_exists({name})"));
                        !asked || !item.contains_key(name)
                    };
                    there.is_some_and(|item| {
                        without(item, "ended")
                            && without(item, "erasure")
                            && item.get("noted_at") == values.get(":noted_at")
                    })
                } else {
                    there.is_some_and(|item| {
                        !item.contains_key("erasure")
                            && input
                                .expression_attribute_values()
                                .and_then(|values| values.get(":form"))
                                .is_none_or(|form| item.get("form") == Some(form))
                    })
                };
                if !kept {
                    let refused = ConditionalCheckFailedException::builder()
                        .meta(
                            ErrorMetadata::builder()
                                .code("ConditionalCheckFailedException")
                                .build(),
                        )
                        .build();
                    return MockResponse::Error(UpdateItemError::ConditionalCheckFailedException(
                        refused,
                    ));
                }
                apply(&mut held, &built);
                MockResponse::Output(UpdateItemOutput::builder().build())
            });
        let world = self.clone();
        let delete =
            mock!(aws_sdk_dynamodb::Client::delete_item).then_compute_response(move |input| {
                let at = key(input.key().unwrap());
                if world.fails("delete_item", &at.1) {
                    return MockResponse::Error(DeleteItemError::generic(service_error()));
                }
                world.held().items.remove(&at);
                MockResponse::Output(DeleteItemOutput::builder().build())
            });
        let world = self.clone();
        let query = mock!(aws_sdk_dynamodb::Client::query).then_compute_response(move |input| {
            let values = input.expression_attribute_values().unwrap();
            let (pk, prefix) = (text(values, ":pk"), text(values, ":prefix"));
            if world.fails("query", &prefix) {
                return MockResponse::Error(QueryError::generic(service_error()));
            }
            let after = input.exclusive_start_key().map(key).unwrap_or_default().1;
            let limit = input.limit().and_then(|n| usize::try_from(n).ok()).unwrap_or(usize::MAX);
            let mut held = world.held();
            let backwards = input.scan_index_forward() == Some(false);
            if backwards && held.early_reads > 0 {
                held.early_reads -= 1;
                return MockResponse::Output(QueryOutput::builder().build());
            }
            let mut found: Vec<Item> = held
                .items
                .iter()
                .filter(|((p, sk), _)| *p == pk && sk.starts_with(&prefix) && *sk > after)
                .map(|(_, item)| item.clone())
                .collect();
            if backwards {
                assert!(after.is_empty(), "nobody turns pages backwards here");
                found.reverse();
            }
            let page: Vec<Item> = found.iter().take(limit).cloned().collect();
            let next = (found.len() > page.len()).then(|| {
                let last = page.last().unwrap();
                HashMap::from(["pk", "sk"].map(|name| (name.to_owned(), last[name].clone())))
            });
            let answer = QueryOutput::builder().set_items(Some(page)).set_last_evaluated_key(next);
            MockResponse::Output(answer.build())
        });
        mock_client!(
            aws_sdk_dynamodb,
            RuleMode::MatchAny,
            [&get, &put, &transact, &update, &delete, &query],
            |config| config.retry_config(aws_sdk_dynamodb::config::retry::RetryConfig::disabled())
        )
    }

    pub(crate) fn s3(&self) -> aws_sdk_s3::Client {
        let world = self.clone();
        let put = mock!(aws_sdk_s3::Client::put_object).then_compute_response(move |input| {
            let name = input.key().unwrap().to_owned();
            if world.fails("put_object", &name) {
                return MockResponse::Error(PutObjectError::generic(service_error()));
            }
            let mut held = world.held();
            assert_eq!(input.if_none_match(), Some("*"), "raw objects are never replaced");
            if held.objects.contains_key(&name) {
                let taken = ErrorMetadata::builder().code("PreconditionFailed").build();
                return MockResponse::Error(PutObjectError::generic(taken));
            }
            held.objects.insert(name, input.body().bytes().unwrap().to_vec());
            MockResponse::Output(PutObjectOutput::builder().build())
        });
        let world = self.clone();
        let get = mock!(aws_sdk_s3::Client::get_object).then_compute_response(move |input| {
            let name = input.key().unwrap();
            if world.fails("get_object", name) {
                return MockResponse::Error(GetObjectError::generic(service_error()));
            }
            match world.held().objects.get(name) {
                Some(body) => MockResponse::Output(
                    GetObjectOutput::builder().body(ByteStream::from(body.clone())).build(),
                ),
                None => MockResponse::Error(GetObjectError::generic(
                    ErrorMetadata::builder().code("NoSuchKey").build(),
                )),
            }
        });
        let world = self.clone();
        let list =
            mock!(aws_sdk_s3::Client::list_object_versions).then_compute_response(move |input| {
                let prefix = input.prefix().unwrap();
                if world.fails("list_object_versions", prefix) {
                    return MockResponse::Error(ListObjectVersionsError::generic(service_error()));
                }
                let held = world.held();
                let names = held.objects.keys().filter(|name| name.starts_with(prefix));
                let versions =
                    names.map(|name| ObjectVersion::builder().key(name).version_id("1").build());
                MockResponse::Output(
                    ListObjectVersionsOutput::builder()
                        .set_versions(Some(versions.collect()))
                        .build(),
                )
            });
        let world = self.clone();
        let delete =
            mock!(aws_sdk_s3::Client::delete_objects).then_compute_response(move |input| {
                let names: Vec<String> =
                    input.delete().unwrap().objects().iter().map(|o| o.key().to_owned()).collect();
                if world.fails("delete_objects", &names.join(" ")) {
                    return MockResponse::Error(DeleteObjectsError::generic(service_error()));
                }
                let mut held = world.held();
                for name in &names {
                    held.objects.remove(name);
                }
                MockResponse::Output(DeleteObjectsOutput::builder().build())
            });
        mock_client!(aws_sdk_s3, RuleMode::MatchAny, [&put, &get, &list, &delete], |config| {
            config.retry_config(aws_sdk_s3::config::retry::RetryConfig::disabled())
        })
    }
}

use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
use aws_sdk_dynamodb::operation::get_item::GetItemError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::query::QueryError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_s3::operation::delete_objects::DeleteObjectsError;
use aws_sdk_s3::operation::get_object::GetObjectError;
use aws_sdk_s3::operation::list_object_versions::ListObjectVersionsError;
use aws_sdk_s3::operation::put_object::PutObjectError;

fn insert(held: &mut Held, put: &Put) {
    held.items.insert(key(put.item()), put.item().clone());
}

/// Whether a place is free, or holds the version that was seen, where that is asked.
fn free(held: &Held, put: &Put) -> bool {
    let there = held.items.get(&key(put.item()));
    let values = put.expression_attribute_values();
    match put.condition_expression() {
        None => true,
        Some("attribute_not_exists(pk)") => there.is_none(),
        Some("#version = :seen") => {
            let seen = values.and_then(|values| values.get(":seen"));
            there.is_some_and(|item| item.get("version") == seen)
        }
        Some(other) => panic!("an unknown condition: {other}"),
    }
}

/// The condition of `store_evaluation` on the sender.
fn stays(held: &Held, check: &ConditionCheck) -> bool {
    let condition = "attribute_exists(pk) AND attribute_not_exists(erasure)";
    assert_eq!(check.condition_expression(), condition);
    held.items.get(&key(check.key())).is_some_and(|item| !item.contains_key("erasure"))
}

/// The condition of `delete_revoked_contact`, where there is one.
fn revoked(held: &Held, delete: &Delete) -> bool {
    let there = held.items.get(&key(delete.key()));
    delete.condition_expression().is_none()
        || there.is_none_or(|contact| contact["active"].as_bool() == Ok(&false))
}

/// The condition of `store_response` on the student.
fn later(student: Option<&Item>, update: &Update) -> bool {
    let condition = update.condition_expression().unwrap_or_default();
    assert!(condition.starts_with("attribute_not_exists(pk) OR submitted_order <"), "{condition}");
    let Some(student) = student else { return true };
    let values = update.expression_attribute_values().unwrap();
    let order = |value: &AttributeValue| value.as_n().unwrap().parse::<i64>().unwrap();
    let (old, new) = (order(&student["submitted_order"]), order(&values[":set_submitted_order"]));
    old < new || (old == new && text(student, "response") < text(values, ":set_response"))
}

/// `SET #a = :set_a, #b = if_not_exists(#b, :first_b), ... REMOVE c, ...`
fn apply(held: &mut Held, update: &Update) {
    let item = held.items.entry(key(update.key())).or_insert_with(|| update.key().clone());
    for (place, value) in update.expression_attribute_values().into_iter().flatten() {
        if let Some(name) = place.strip_prefix(":set_") {
            item.insert(name.to_owned(), value.clone());
        }
        if let Some(name) = place.strip_prefix(":first_") {
            item.entry(name.to_owned()).or_insert_with(|| value.clone());
        }
    }
    if let Some((_, removed)) = update.update_expression().split_once(" REMOVE ") {
        removed.split(", ").for_each(|name| drop(item.remove(name.trim_start_matches('#'))));
    }
}

fn cancelled(allowed: &[bool]) -> TransactWriteItemsError {
    let reasons = allowed.iter().map(|allowed| {
        let code = if *allowed { "None" } else { "ConditionalCheckFailed" };
        CancellationReason::builder().code(code).build()
    });
    TransactWriteItemsError::TransactionCanceledException(
        TransactionCanceledException::builder()
            .set_cancellation_reasons(Some(reasons.collect()))
            .build(),
    )
}
