//! A table in memory behind the SDK's own client: it understands the conditions and updates that
//! `store` writes, so that a test can run a handler twice, or two of them, and look at what is left.
//!
//! Also used by the tests of `formation-trigger` (`#[path]`).
#![allow(dead_code, reason = "each test binary uses a part")]

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard};

use aws_sdk_dynamodb::operation::get_item::{GetItemError, GetItemOutput};
use aws_sdk_dynamodb::operation::put_item::{PutItemError, PutItemOutput};
use aws_sdk_dynamodb::operation::query::{QueryError, QueryOutput};
use aws_sdk_dynamodb::operation::transact_write_items::{
    TransactWriteItemsError, TransactWriteItemsOutput,
};
use aws_sdk_dynamodb::operation::update_item::{UpdateItemError, UpdateItemOutput};
use aws_sdk_dynamodb::types::error::{
    ConditionalCheckFailedException, TransactionCanceledException,
};
use aws_sdk_dynamodb::types::{AttributeValue, CancellationReason};
use aws_smithy_mocks::{MockResponse, Rule, RuleMode, mock, mock_client};
use aws_smithy_types::error::ErrorMetadata;
use store::{Audit, Store};

use crate::expression::{Names, Values, holds, update};

/// An item as DynamoDB has it.
pub(crate) type Item = HashMap<String, AttributeValue>;

/// What the table holds.
#[derive(Default)]
pub(crate) struct Held {
    /// By partition and sort key.
    pub(crate) items: BTreeMap<(String, String), Item>,
    /// Operations that answer with a server error, such as `put_item`.
    pub(crate) down: Vec<&'static str>,
    /// Writes whose key contains one of these fail likewise.
    pub(crate) broken_keys: Vec<String>,
    /// How many items a page of a query has.
    pub(crate) page: Option<usize>,
}

/// A table in memory.
#[derive(Clone, Default)]
pub(crate) struct Table(Arc<Mutex<Held>>);

fn text(item: &Item, name: &str) -> String {
    item.get(name).and_then(|value| value.as_s().ok()).cloned().unwrap_or_default()
}

fn key(item: &Item) -> (String, String) {
    (text(item, "pk"), text(item, "sk"))
}

fn fault() -> ErrorMetadata {
    ErrorMetadata::builder().code("InternalServerError").build()
}

fn refused() -> ConditionalCheckFailedException {
    let meta = ErrorMetadata::builder().code("ConditionalCheckFailedException").build();
    ConditionalCheckFailedException::builder().meta(meta).build()
}

impl Table {
    /// What it holds.
    pub(crate) fn held(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap()
    }

    /// How many items have a sort key with this prefix.
    pub(crate) fn count(&self, prefix: &str) -> usize {
        self.held().items.keys().filter(|(_, sk)| sk.starts_with(prefix)).count()
    }

    /// The store on it.
    pub(crate) fn store(&self) -> Store {
        Store::new(self.client(), "app")
    }

    /// An audit trail on it.
    pub(crate) fn audit(&self) -> Audit {
        Audit::new(self.client(), "audit")
    }

    fn client(&self) -> aws_sdk_dynamodb::Client {
        let rules = [self.gets(), self.puts(), self.updates(), self.queries(), self.transacts()];
        mock_client!(aws_sdk_dynamodb, RuleMode::MatchAny, &rules)
    }

    fn fails(&self, operation: &'static str, at: &(String, String)) -> bool {
        let held = self.held();
        held.down.contains(&operation) || held.broken_keys.iter().any(|part| at.0.contains(part))
    }

    fn gets(&self) -> Rule {
        let table = self.clone();
        mock!(aws_sdk_dynamodb::Client::get_item).then_compute_response(move |input| {
            let at = key(input.key().unwrap());
            if table.fails("get_item", &at) {
                return MockResponse::Error(GetItemError::generic(fault()));
            }
            let item = table.held().items.get(&at).cloned();
            MockResponse::Output(GetItemOutput::builder().set_item(item).build())
        })
    }

    fn puts(&self) -> Rule {
        let table = self.clone();
        mock!(aws_sdk_dynamodb::Client::put_item).then_compute_response(move |input| {
            let item = input.item().unwrap();
            if table.fails("put_item", &key(item)) {
                return MockResponse::Error(PutItemError::generic(fault()));
            }
            let mut held = table.held();
            let old = held.items.get(&key(item));
            if !holds(input.condition_expression(), old, &Names::new(), &Values::new()) {
                return MockResponse::Error(PutItemError::ConditionalCheckFailedException(
                    refused(),
                ));
            }
            held.items.insert(key(item), item.clone());
            MockResponse::Output(PutItemOutput::builder().build())
        })
    }

    fn updates(&self) -> Rule {
        let table = self.clone();
        mock!(aws_sdk_dynamodb::Client::update_item).then_compute_response(move |input| {
            let at = key(input.key().unwrap());
            if table.fails("update_item", &at) {
                return MockResponse::Error(UpdateItemError::generic(fault()));
            }
            let names = input.expression_attribute_names().cloned().unwrap_or_default();
            let values = input.expression_attribute_values().cloned().unwrap_or_default();
            let mut held = table.held();
            if !holds(input.condition_expression(), held.items.get(&at), &names, &values) {
                return MockResponse::Error(UpdateItemError::ConditionalCheckFailedException(
                    refused(),
                ));
            }
            let item = held.items.entry(at).or_insert_with(|| input.key().unwrap().clone());
            update(input.update_expression().unwrap(), item, &names, &values);
            let item = Some(item.clone());
            MockResponse::Output(UpdateItemOutput::builder().set_attributes(item).build())
        })
    }

    fn queries(&self) -> Rule {
        let table = self.clone();
        mock!(aws_sdk_dynamodb::Client::query).then_compute_response(move |input| {
            let value = |name: &str| {
                let values = input.expression_attribute_values().unwrap();
                values.get(name).and_then(|value| value.as_s().ok()).cloned()
            };
            let pk = value(":pk").unwrap();
            if table.fails("query", &(pk.clone(), String::new())) {
                return MockResponse::Error(QueryError::generic(fault()));
            }
            let held = table.held();
            let (pk_name, sk_name) = match input.index_name() {
                Some(index) => (format!("{index}_pk"), format!("{index}_sk")),
                None => ("pk".to_owned(), "sk".to_owned()),
            };
            let mut found: Vec<&Item> = held
                .items
                .values()
                .filter(|item| text(item, &pk_name) == pk)
                .filter(|item| {
                    let sk = text(item, &sk_name);
                    value(":prefix").is_none_or(|prefix| sk.starts_with(&prefix))
                        && value(":up_to").is_none_or(|up_to| sk < up_to)
                        && input.exclusive_start_key().is_none_or(|start| {
                            let forward = input.scan_index_forward() != Some(false);
                            (sk > text(start, &sk_name)) == forward
                        })
                })
                .collect();
            found.sort_by_key(|item| text(item, &sk_name));
            if input.scan_index_forward() == Some(false) {
                found.reverse();
            }
            let limit = input.limit().and_then(|limit| usize::try_from(limit).ok());
            let page = limit.or(held.page).unwrap_or(usize::MAX);
            let more = found.len() > page;
            found.truncate(page);
            let last = found.last().filter(|_| more).map(|item| {
                let mut last = (*item).clone();
                last.retain(|name, _| ["pk", "sk", &*pk_name, &*sk_name].contains(&name.as_str()));
                last
            });
            let items = found.into_iter().cloned().collect();
            let answer = QueryOutput::builder().set_items(Some(items));
            MockResponse::Output(answer.set_last_evaluated_key(last).build())
        })
    }

    fn transacts(&self) -> Rule {
        let table = self.clone();
        mock!(aws_sdk_dynamodb::Client::transact_write_items).then_compute_response(move |input| {
            let places: Vec<(String, String)> = input
                .transact_items()
                .iter()
                .map(|item| match (item.put(), item.update()) {
                    (Some(put), _) => key(put.item()),
                    (_, Some(update)) => key(update.key()),
                    _ => panic!("neither put nor update"),
                })
                .collect();
            if places.iter().any(|at| table.fails("transact", at)) {
                return MockResponse::Error(TransactWriteItemsError::generic(fault()));
            }
            let mut held = table.held();
            let none = (Names::new(), Values::new());
            let allowed: Vec<bool> = input
                .transact_items()
                .iter()
                .zip(&places)
                .map(|(item, at)| {
                    let old = held.items.get(at);
                    match (item.put(), item.update()) {
                        (Some(put), _) => holds(put.condition_expression(), old, &none.0, &none.1),
                        (_, Some(change)) => holds(
                            change.condition_expression(),
                            old,
                            change.expression_attribute_names().unwrap_or(&none.0),
                            change.expression_attribute_values().unwrap_or(&none.1),
                        ),
                        _ => panic!("neither put nor update"),
                    }
                })
                .collect();
            if allowed.contains(&false) {
                let reasons = allowed.iter().map(|allowed| {
                    let code = if *allowed { "None" } else { "ConditionalCheckFailed" };
                    CancellationReason::builder().code(code).build()
                });
                let cancelled = TransactionCanceledException::builder()
                    .set_cancellation_reasons(Some(reasons.collect()))
                    .build();
                return MockResponse::Error(TransactWriteItemsError::TransactionCanceledException(
                    cancelled,
                ));
            }
            for (item, at) in input.transact_items().iter().zip(places) {
                if let Some(put) = item.put() {
                    held.items.insert(at.clone(), put.item().clone());
                }
                if let Some(change) = item.update() {
                    let entry = held.items.entry(at).or_insert_with(|| change.key().clone());
                    update(
                        change.update_expression(),
                        entry,
                        change.expression_attribute_names().unwrap_or(&none.0),
                        change.expression_attribute_values().unwrap_or(&none.1),
                    );
                }
            }
            MockResponse::Output(TransactWriteItemsOutput::builder().build())
        })
    }
}
