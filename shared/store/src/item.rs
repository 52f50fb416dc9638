//! Items to and from types, queries page by page.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::keys::Key;
use crate::{Error, Store};

pub(crate) type Item = HashMap<String, AttributeValue>;

const KEY_ATTRIBUTES: [&str; 8] = [
    "pk",
    "sk",
    "deadline_pk",
    "deadline_sk",
    "retention_pk",
    "retention_sk",
    "duties_pk",
    "duties_sk",
];

/// A place in a list, opaque to callers: the sort key of the last item seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor(pub String);

/// Some items of a list and where it goes on.
#[derive(Debug, Clone)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// Where to go on; absent on the last page.
    pub next: Option<Cursor>,
}

pub(crate) fn string(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

#[expect(clippy::needless_pass_by_value, reason = "callers hand over plain numbers")]
pub(crate) fn number(value: impl ToString) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

pub(crate) fn encode<T: Serialize>(
    kind: &'static str,
    key: &Key,
    value: &T,
) -> Result<Item, Error> {
    let mut item: Item = serde_dynamo::to_item(value).map_err(|_| Error::Unwritable { kind })?;
    item.extend(key_item(key));
    Ok(item)
}

pub(crate) fn decode<T: DeserializeOwned>(kind: &'static str, mut item: Item) -> Result<T, Error> {
    for attribute in KEY_ATTRIBUTES {
        item.remove(attribute);
    }
    serde_dynamo::from_item(item).map_err(|_| Error::Corrupt { kind })
}

pub(crate) fn key_item(key: &Key) -> Item {
    HashMap::from([("pk".to_owned(), string(&key.pk)), ("sk".to_owned(), string(&key.sk))])
}

/// The value of `name` in an item that came back from DynamoDB.
pub(crate) fn text<'a>(item: &'a Item, name: &str) -> Option<&'a str> {
    item.get(name).and_then(|value| value.as_s().ok()).map(String::as_str)
}

impl Store {
    /// Reads one item, consistently.
    pub(crate) async fn get<T: DeserializeOwned>(
        &self,
        operation: &'static str,
        kind: &'static str,
        key: &Key,
    ) -> Result<Option<T>, Error> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(key_item(key)))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| Error::unavailable(operation, error))?;
        answer.item.map(|item| decode(kind, item)).transpose()
    }

    /// Writes an item unless one with its key is there; tells whether it wrote.
    pub(crate) async fn create<T: Serialize>(
        &self,
        operation: &'static str,
        kind: &'static str,
        key: &Key,
        value: &T,
    ) -> Result<bool, Error> {
        self.create_item(operation, encode(kind, key, value)?).await
    }

    /// The same of an item that is more than its value.
    pub(crate) async fn create_item(
        &self,
        operation: &'static str,
        item: Item,
    ) -> Result<bool, Error> {
        let outcome = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(pk)")
            .send()
            .await;
        match outcome {
            Ok(_) => Ok(true),
            Err(error) if is_condition(&error) => Ok(false),
            Err(error) => Err(Error::unavailable(operation, error)),
        }
    }

    /// One page of the items of a partition whose sort keys start with a prefix.
    pub(crate) async fn page<T: DeserializeOwned>(
        &self,
        operation: &'static str,
        kind: &'static str,
        pk: &str,
        prefix: &str,
        from: Option<&Cursor>,
        limit: Option<i32>,
    ) -> Result<Page<T>, Error> {
        let start = from.map(|cursor| key_item(&Key { pk: pk.to_owned(), sk: cursor.0.clone() }));
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk AND begins_with(sk, :prefix)")
            .expression_attribute_values(":pk", string(pk))
            .expression_attribute_values(":prefix", string(prefix))
            .set_exclusive_start_key(start)
            .set_limit(limit)
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| Error::unavailable(operation, error))?;
        let next = answer
            .last_evaluated_key
            .as_ref()
            .and_then(|key| text(key, "sk"))
            .map(|sk| Cursor(sk.to_owned()));
        let items = answer
            .items
            .unwrap_or_default()
            .into_iter()
            .map(|item| decode(kind, item))
            .collect::<Result<_, _>>()?;
        Ok(Page { items, next })
    }

    /// All items of a partition whose sort keys start with a prefix.
    pub(crate) async fn all<T: DeserializeOwned>(
        &self,
        operation: &'static str,
        kind: &'static str,
        pk: &str,
        prefix: &str,
    ) -> Result<Vec<T>, Error> {
        let mut found = Vec::new();
        let mut from = None;
        loop {
            let page = self.page(operation, kind, pk, prefix, from.as_ref(), None).await?;
            found.extend(page.items);
            match page.next {
                Some(next) => from = Some(next),
                None => return Ok(found),
            }
        }
    }
}

impl Store {
    /// Some attributes of all items of a partition whose sort keys start with a prefix: counting
    /// then moves words, not whole items.
    pub(crate) async fn attributes(
        &self,
        operation: &'static str,
        pk: &str,
        prefix: &str,
        names: &[&str],
    ) -> Result<Vec<Item>, Error> {
        let places: Vec<String> = (0..names.len()).map(|place| format!("#a{place}")).collect();
        let aliases: HashMap<String, String> =
            places.iter().cloned().zip(names.iter().map(|name| (*name).to_owned())).collect();
        let mut found = Vec::new();
        let mut start = None;
        loop {
            let answer = self
                .client
                .query()
                .table_name(&self.table)
                .key_condition_expression("pk = :pk AND begins_with(sk, :prefix)")
                .expression_attribute_values(":pk", string(pk))
                .expression_attribute_values(":prefix", string(prefix))
                .set_expression_attribute_names(Some(aliases.clone()))
                .projection_expression(places.join(", "))
                .set_exclusive_start_key(start)
                .consistent_read(true)
                .send()
                .await
                .map_err(|error| Error::unavailable(operation, error))?;
            found.extend(answer.items.unwrap_or_default());
            match answer.last_evaluated_key {
                Some(next) => start = Some(next),
                None => return Ok(found),
            }
        }
    }
}

/// Whether a write was refused by its condition.
pub(crate) fn is_condition<E, R>(error: &aws_sdk_dynamodb::error::SdkError<E, R>) -> bool
where
    E: aws_sdk_dynamodb::error::ProvideErrorMetadata,
{
    error.as_service_error().and_then(aws_sdk_dynamodb::error::ProvideErrorMetadata::code)
        == Some("ConditionalCheckFailedException")
}
