//! Tables in memory.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::ErrorMetadata;
use aws_sdk_dynamodb::operation::batch_get_item::BatchGetItemOutput;
use aws_sdk_dynamodb::operation::batch_write_item::BatchWriteItemOutput;
use aws_sdk_dynamodb::operation::delete_item::DeleteItemOutput;
use aws_sdk_dynamodb::operation::get_item::GetItemOutput;
use aws_sdk_dynamodb::operation::put_item::{PutItemError, PutItemOutput};
use aws_sdk_dynamodb::operation::query::{QueryInput, QueryOutput};
use aws_sdk_dynamodb::operation::transact_write_items::{
    TransactWriteItemsError, TransactWriteItemsInput, TransactWriteItemsOutput,
};
use aws_sdk_dynamodb::operation::update_item::{UpdateItemError, UpdateItemOutput};
use aws_sdk_dynamodb::types::error::{
    ConditionalCheckFailedException, TransactionCanceledException,
};
use aws_sdk_dynamodb::types::{AttributeValue, CancellationReason};
use aws_smithy_mocks::{MockResponse, mock};
use serde_json::Value;

use super::expression::{Item, Placeholders};
use super::{Gate, client};

/// Most items on a page of a query; small, so that tests turn pages.
const PAGE: usize = 40;

type Table = BTreeMap<(String, String), Item>;

/// All tables, by name.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tables(Arc<Mutex<BTreeMap<String, Table>>>);

impl Tables {
    /// The items of a table.
    pub(crate) fn items(&self, table: &str) -> Table {
        self.0.lock().unwrap().get(table).cloned().unwrap_or_default()
    }

    /// Makes the items of a table these.
    pub(crate) fn put(&self, table: &str, items: Table) {
        self.0.lock().unwrap().insert(table.to_owned(), items);
    }

    /// All tables as they are now, apart from these.
    pub(crate) fn saved(&self) -> Self {
        Self(Arc::new(Mutex::new(self.0.lock().unwrap().clone())))
    }

    /// Makes these tables what those are.
    pub(crate) fn restore(&self, saved: &Self) {
        let saved = saved.0.lock().unwrap().clone();
        *self.0.lock().unwrap() = saved;
    }

    /// The items of a table as JSON, by key.
    pub(crate) fn plain(&self, table: &str) -> BTreeMap<String, Value> {
        let items = self.items(table).into_iter();
        items
            .map(|((pk, sk), item)| (format!("{pk}/{sk}"), plain(&AttributeValue::M(item))))
            .collect()
    }

    /// A client whose calls pass the gate.
    pub(crate) fn client(&self, gate: &Gate) -> Client {
        macro_rules! rule {
            ($operation:ident, $run:expr) => {{
                let (tables, gate) = (self.clone(), gate.clone());
                mock!(Client::$operation)
                    .then_compute_response(move |input| gate.answer(|| $run(&tables, input)))
            }};
        }
        let rules = [
            rule!(get_item, |tables: &Self, input: &aws_sdk_dynamodb::operation::get_item::GetItemInput| {
                let key = key(input.key().unwrap());
                let item = tables.with(input.table_name(), |table| table.get(&key).cloned());
                MockResponse::Output(GetItemOutput::builder().set_item(item).build())
            }),
            rule!(put_item, |tables: &Self, input: &aws_sdk_dynamodb::operation::put_item::PutItemInput| {
                let item = input.item().unwrap();
                let places = Placeholders { names: None, values: input.expression_attribute_values() };
                let written = tables.change(input.table_name(), item, input.condition_expression(), places, |there| {
                    there.clone_from(item);
                });
                match written {
                    Some(_) => MockResponse::Output(PutItemOutput::builder().build()),
                    None => MockResponse::Error(PutItemError::ConditionalCheckFailedException(refused())),
                }
            }),
            rule!(update_item, |tables: &Self, input: &aws_sdk_dynamodb::operation::update_item::UpdateItemInput| {
                let places = Placeholders {
                    names: input.expression_attribute_names(),
                    values: input.expression_attribute_values(),
                };
                let changed = tables.change(input.table_name(), input.key().unwrap(), input.condition_expression(), places, |there| {
                    places.update(input.update_expression().unwrap(), there);
                });
                match changed {
                    Some(item) => MockResponse::Output(UpdateItemOutput::builder().set_attributes(Some(item)).build()),
                    None => MockResponse::Error(UpdateItemError::ConditionalCheckFailedException(refused())),
                }
            }),
            rule!(delete_item, |tables: &Self, input: &aws_sdk_dynamodb::operation::delete_item::DeleteItemInput| {
                let key = key(input.key().unwrap());
                tables.with(input.table_name(), |table| table.remove(&key));
                MockResponse::Output(DeleteItemOutput::builder().build())
            }),
            rule!(batch_write_item, |tables: &Self, input: &aws_sdk_dynamodb::operation::batch_write_item::BatchWriteItemInput| {
                for (name, requests) in input.request_items().unwrap() {
                    assert!(requests.len() <= 25, "DynamoDB takes 25 writes at most");
                    for request in requests {
                        let key = key(request.delete_request().unwrap().key());
                        tables.with(Some(name), |table| table.remove(&key));
                    }
                }
                MockResponse::Output(BatchWriteItemOutput::builder().build())
            }),
            rule!(batch_get_item, |tables: &Self, input: &aws_sdk_dynamodb::operation::batch_get_item::BatchGetItemInput| {
                let mut output = BatchGetItemOutput::builder();
                for (name, asked) in input.request_items().unwrap() {
                    assert!(asked.keys().len() <= 100, "DynamoDB reads 100 items at most");
                    let keys = asked.keys().iter().map(key);
                    let found = keys.filter_map(|key| tables.with(Some(name), |table| table.get(&key).cloned()));
                    output = output.responses(name, found.collect());
                }
                MockResponse::Output(output.build())
            }),
            rule!(query, Self::query),
            rule!(transact_write_items, Self::transact),
        ];
        client!(aws_sdk_dynamodb, rules)
    }

    fn with<T>(&self, name: Option<&str>, with: impl FnOnce(&mut Table) -> T) -> T {
        with(self.0.lock().unwrap().entry(name.unwrap().to_owned()).or_default())
    }

    /// Changes an item, or makes it, if its condition holds.
    fn change(
        &self,
        name: Option<&str>,
        at: &Item,
        condition: Option<&str>,
        places: Placeholders<'_>,
        change: impl FnOnce(&mut Item),
    ) -> Option<Item> {
        self.with(name, |table| {
            let key = key(at);
            let mut item = table.get(&key).cloned().unwrap_or_default();
            if !condition.is_none_or(|condition| places.holds(condition, &item)) {
                return None;
            }
            for attribute in ["pk", "sk"] {
                if let Some(value) = at.get(attribute) {
                    item.insert(attribute.to_owned(), value.clone());
                }
            }
            change(&mut item);
            table.insert(key, item.clone());
            Some(item)
        })
    }

    /// Removes an item, which may be absent, if its condition holds.
    fn remove(
        &self,
        name: &str,
        at: &Item,
        condition: Option<&str>,
        places: Placeholders<'_>,
    ) -> Option<Item> {
        self.with(Some(name), |table| {
            let item = table.get(&key(at)).cloned().unwrap_or_default();
            let holds = condition.is_none_or(|condition| places.holds(condition, &item));
            holds.then(|| table.remove(&key(at)).unwrap_or_default())
        })
    }

    fn query<E>(&self, input: &QueryInput) -> MockResponse<QueryOutput, E> {
        let places = Placeholders {
            names: input.expression_attribute_names(),
            values: input.expression_attribute_values(),
        };
        let condition = input.key_condition_expression().unwrap();
        let sort = input.index_name().map_or("sk".to_owned(), |index| format!("{index}_sk"));
        let place = |item: &Item| (text(item, &sort), key(item));
        let mut found: Vec<Item> = self.with(input.table_name(), |table| {
            table.values().filter(|item| places.holds(condition, item)).cloned().collect()
        });
        found.sort_by_key(place);
        let backwards = input.scan_index_forward() == Some(false);
        if backwards {
            found.reverse();
        }
        if let Some(start) = input.exclusive_start_key() {
            let start = place(start);
            found.retain(|item| if backwards { place(item) < start } else { place(item) > start });
        }
        let most = input.limit().map_or(PAGE, |limit| usize::try_from(limit).unwrap().min(PAGE));
        // A page that is just full names a place to go on from, also when nothing follows.
        let last = (found.len() >= most).then(|| {
            let mut last = found[most - 1].clone();
            last.retain(|name, _| ["pk", "sk", sort.as_str()].contains(&name.as_str()));
            last
        });
        found.truncate(most);
        let projection = input.projection_expression();
        let items = found.iter().map(|item| places.project(projection, item)).collect();
        let output = QueryOutput::builder().set_items(Some(items)).set_last_evaluated_key(last);
        MockResponse::Output(output.build())
    }

    fn transact(
        &self,
        input: &TransactWriteItemsInput,
    ) -> MockResponse<TransactWriteItemsOutput, TransactWriteItemsError> {
        let before = self.0.lock().unwrap().clone();
        let mut reasons = Vec::new();
        for write in input.transact_items() {
            let written = if let Some(put) = write.put() {
                let places = Placeholders {
                    names: put.expression_attribute_names(),
                    values: put.expression_attribute_values(),
                };
                let item = put.item();
                self.change(
                    Some(put.table_name()),
                    item,
                    put.condition_expression(),
                    places,
                    |there| {
                        there.clone_from(item);
                    },
                )
            } else if let Some(delete) = write.delete() {
                let places = Placeholders {
                    names: delete.expression_attribute_names(),
                    values: delete.expression_attribute_values(),
                };
                self.remove(
                    delete.table_name(),
                    delete.key(),
                    delete.condition_expression(),
                    places,
                )
            } else if let Some(check) = write.condition_check() {
                let places = Placeholders {
                    names: check.expression_attribute_names(),
                    values: check.expression_attribute_values(),
                };
                self.with(Some(check.table_name()), |table| {
                    let item = table.get(&key(check.key())).cloned().unwrap_or_default();
                    places.holds(check.condition_expression(), &item).then_some(item)
                })
            } else {
                let update = write.update().expect("puts, updates, deletions and checks only");
                let places = Placeholders {
                    names: update.expression_attribute_names(),
                    values: update.expression_attribute_values(),
                };
                let condition = update.condition_expression();
                self.change(Some(update.table_name()), update.key(), condition, places, |there| {
                    places.update(update.update_expression(), there);
                })
            };
            reasons.push(if written.is_some() { "None" } else { "ConditionalCheckFailed" });
        }
        if reasons.iter().all(|reason| *reason == "None") {
            return MockResponse::Output(TransactWriteItemsOutput::builder().build());
        }
        *self.0.lock().unwrap() = before;
        let reasons =
            reasons.iter().map(|code| CancellationReason::builder().code(*code).build()).collect();
        let refused =
            TransactionCanceledException::builder().set_cancellation_reasons(Some(reasons)).build();
        MockResponse::Error(TransactWriteItemsError::TransactionCanceledException(refused))
    }
}

fn refused() -> ConditionalCheckFailedException {
    let meta = ErrorMetadata::builder().code("ConditionalCheckFailedException").build();
    ConditionalCheckFailedException::builder().meta(meta).build()
}

fn key(item: &HashMap<String, AttributeValue>) -> (String, String) {
    (text(item, "pk"), text(item, "sk"))
}

fn text(item: &Item, name: &str) -> String {
    item.get(name).and_then(|value| value.as_s().ok()).cloned().unwrap_or_default()
}

fn plain(value: &AttributeValue) -> Value {
    match value {
        AttributeValue::S(text) | AttributeValue::N(text) => text.as_str().into(),
        AttributeValue::Bool(is) => (*is).into(),
        AttributeValue::L(list) => list.iter().map(plain).collect(),
        AttributeValue::M(map) => {
            map.iter().map(|(name, value)| (name.clone(), plain(value))).collect()
        }
        AttributeValue::Null(_) => Value::Null,
        other => panic!("the store writes no {other:?}"),
    }
}
