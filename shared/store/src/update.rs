//! Updates and transactions in few words.

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{AttributeValue, ConditionCheck, TransactWriteItem, Update};

use crate::item::{Item, is_condition, key_item, number};
use crate::keys::Key;
use crate::{Error, Store};

/// An update of one item under a condition.
#[derive(Debug, Default)]
pub(crate) struct Change {
    key: Item,
    set: Vec<String>,
    remove: Vec<String>,
    condition: String,
    names: Vec<(String, String)>,
    values: Vec<(String, AttributeValue)>,
}

impl Change {
    pub(crate) fn of(key: &Key) -> Self {
        Self { key: key_item(key), ..Self::default() }
    }

    /// Sets an attribute; the name is escaped, so reserved words are fine.
    pub(crate) fn set(mut self, name: &str, value: AttributeValue) -> Self {
        self.set.push(format!("#{name} = :set_{name}"));
        self.names.push((format!("#{name}"), name.to_owned()));
        self.values.push((format!(":set_{name}"), value));
        self
    }

    /// Sets an attribute unless it is there.
    pub(crate) fn set_first(mut self, name: &str, value: AttributeValue) -> Self {
        self.set.push(format!("#{name} = if_not_exists(#{name}, :first_{name})"));
        self.names.push((format!("#{name}"), name.to_owned()));
        self.values.push((format!(":first_{name}"), value));
        self
    }

    /// Sets an attribute when there is a value for it.
    pub(crate) fn set_some(self, name: &str, value: Option<AttributeValue>) -> Self {
        match value {
            Some(value) => self.set(name, value),
            None => self,
        }
    }

    /// Sets a place inside an attribute; the names in the path are those given with [`Self::name`].
    pub(crate) fn set_inside(mut self, path: &str, value: AttributeValue) -> Self {
        self.set.push(format!("{path} = :inside"));
        self.value(":inside", value)
    }

    /// Counts a number up by one; what is not there counts as zero.
    pub(crate) fn count(mut self, name: &str) -> Self {
        self.set.push(format!("#{name} = if_not_exists(#{name}, :zero) + :one"));
        self.names.push((format!("#{name}"), name.to_owned()));
        self.value(":zero", number(0)).value(":one", number(1))
    }

    /// Removes attributes; names are escaped, so reserved words are fine. What begins with `#` is a path of
    /// names that the caller gives.
    pub(crate) fn remove(mut self, names: &[&str]) -> Self {
        for name in names {
            if name.starts_with('#') {
                self.remove.push((*name).to_owned());
            } else {
                self.remove.push(format!("#{name}"));
                self.names.push((format!("#{name}"), (*name).to_owned()));
            }
        }
        self
    }

    /// The condition; attribute names in it must not be reserved words unless named by [`Self::name`].
    pub(crate) fn when(mut self, condition: &str) -> Self {
        condition.clone_into(&mut self.condition);
        self
    }

    pub(crate) fn name(mut self, placeholder: &str, name: &str) -> Self {
        self.names.push((placeholder.to_owned(), name.to_owned()));
        self
    }

    pub(crate) fn value(mut self, placeholder: &str, value: AttributeValue) -> Self {
        self.values.push((placeholder.to_owned(), value));
        self
    }

    /// Whether it is more than a condition.
    pub(crate) fn changes_something(&self) -> bool {
        !(self.set.is_empty() && self.remove.is_empty())
    }

    fn expression(&self) -> String {
        let mut expression = String::new();
        if !self.set.is_empty() {
            expression.push_str("SET ");
            expression.push_str(&self.set.join(", "));
        }
        if !self.remove.is_empty() {
            expression.push_str(" REMOVE ");
            expression.push_str(&self.remove.join(", "));
        }
        expression
    }

    /// In a transaction the condition alone: the item stays as it is.
    pub(crate) fn check_in_transaction(self, table: &str) -> TransactWriteItem {
        let check = ConditionCheck::builder()
            .table_name(table)
            .set_key(Some(self.key))
            .condition_expression(self.condition)
            .set_expression_attribute_names(
                (!self.names.is_empty()).then(|| self.names.into_iter().collect()),
            )
            .set_expression_attribute_values(
                (!self.values.is_empty()).then(|| self.values.into_iter().collect()),
            )
            .build()
            .expect("table, key and condition are set");
        TransactWriteItem::builder().condition_check(check).build()
    }

    pub(crate) fn in_transaction(self, table: &str) -> TransactWriteItem {
        let expression = self.expression();
        let update = Update::builder()
            .table_name(table)
            .set_key(Some(self.key))
            .update_expression(expression)
            .set_condition_expression((!self.condition.is_empty()).then_some(self.condition))
            .set_expression_attribute_names(
                (!self.names.is_empty()).then(|| self.names.into_iter().collect()),
            )
            .set_expression_attribute_values(
                (!self.values.is_empty()).then(|| self.values.into_iter().collect()),
            )
            .build()
            .expect("table, key and expression are set");
        TransactWriteItem::builder().update(update).build()
    }
}

/// How a transaction ended.
pub(crate) enum Transacted {
    /// Everything was written.
    Done,
    /// Nothing was written; the condition of the item at this place did not hold.
    Refused(usize),
}

impl Transacted {
    /// Whether everything was written.
    pub(crate) fn is_done(&self) -> bool {
        matches!(self, Self::Done)
    }
}

/// How often a transaction is tried when another one holds an item of it.
const CONFLICT_TRIES: u32 = 6;

impl Store {
    /// Updates one item; tells whether its condition held.
    pub(crate) async fn change(
        &self,
        operation: &'static str,
        change: Change,
    ) -> Result<bool, Error> {
        self.change_returning(operation, change).await.map(|item| item.is_some())
    }

    /// Updates one item and returns it as it is now, unless its condition did not hold.
    pub(crate) async fn change_returning(
        &self,
        operation: &'static str,
        change: Change,
    ) -> Result<Option<Item>, Error> {
        let expression = change.expression();
        let outcome = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(change.key))
            .update_expression(expression)
            .set_condition_expression((!change.condition.is_empty()).then_some(change.condition))
            .set_expression_attribute_names(
                (!change.names.is_empty()).then(|| change.names.into_iter().collect()),
            )
            .set_expression_attribute_values(
                (!change.values.is_empty()).then(|| change.values.into_iter().collect()),
            )
            .return_values(aws_sdk_dynamodb::types::ReturnValue::AllNew)
            .send()
            .await;
        match outcome {
            Ok(answer) => Ok(Some(answer.attributes.unwrap_or_default())),
            Err(error) if is_condition(&error) => Ok(None),
            Err(error) => Err(Error::unavailable(operation, error)),
        }
    }

    /// Writes all items or none. Conflicts with other transactions are waited out briefly; past
    /// that the error is transient and the caller's retry goes on.
    pub(crate) async fn transact(
        &self,
        operation: &'static str,
        items: Vec<TransactWriteItem>,
    ) -> Result<Transacted, Error> {
        let mut tries = 0;
        loop {
            tries += 1;
            let outcome = self
                .client
                .transact_write_items()
                .set_transact_items(Some(items.clone()))
                .send()
                .await;
            let Err(error) = outcome else { return Ok(Transacted::Done) };
            if let Some(place) = refused_at(&error) {
                return Ok(Transacted::Refused(place));
            }
            if !is_conflict(&error) || tries == CONFLICT_TRIES {
                return Err(Error::unavailable(operation, error));
            }
            tokio::time::sleep(std::time::Duration::from_millis(10 << tries)).await;
        }
    }

    pub(crate) fn put_in_transaction(&self, item: Item) -> TransactWriteItem {
        let put = aws_sdk_dynamodb::types::Put::builder()
            .table_name(&self.table)
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(pk)")
            .build()
            .expect("table and item are set");
        TransactWriteItem::builder().put(put).build()
    }

    /// An item, whatever stood in its place.
    pub(crate) fn put_anyway_in_transaction(&self, item: Item) -> TransactWriteItem {
        let put = aws_sdk_dynamodb::types::Put::builder()
            .table_name(&self.table)
            .set_item(Some(item))
            .build()
            .expect("table and item are set");
        TransactWriteItem::builder().put(put).build()
    }

    /// An item in the place of another, under a condition with its one value.
    pub(crate) fn replace_in_transaction(
        &self,
        item: Item,
        condition: &str,
        (placeholder, value): (&str, AttributeValue),
    ) -> TransactWriteItem {
        let put = aws_sdk_dynamodb::types::Put::builder()
            .table_name(&self.table)
            .set_item(Some(item))
            .condition_expression(condition)
            .expression_attribute_values(placeholder, value)
            .build()
            .expect("table and item are set");
        TransactWriteItem::builder().put(put).build()
    }

    /// A deletion, under a condition with its one value.
    pub(crate) fn delete_in_transaction(
        &self,
        key: &Key,
        condition: Option<(&str, (&str, AttributeValue))>,
    ) -> TransactWriteItem {
        let mut delete = aws_sdk_dynamodb::types::Delete::builder()
            .table_name(&self.table)
            .set_key(Some(key_item(key)));
        if let Some((condition, (placeholder, value))) = condition {
            delete = delete
                .condition_expression(condition)
                .expression_attribute_values(placeholder, value);
        }
        let delete = delete.build().expect("table and key are set");
        TransactWriteItem::builder().delete(delete).build()
    }
}

fn reasons<R>(error: &SdkError<TransactWriteItemsError, R>) -> Vec<&str> {
    match error.as_service_error() {
        Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => cancelled
            .cancellation_reasons()
            .iter()
            .map(|reason| reason.code().unwrap_or("None"))
            .collect(),
        _ => Vec::new(),
    }
}

pub(crate) fn refused_at<R>(error: &SdkError<TransactWriteItemsError, R>) -> Option<usize> {
    reasons(error).iter().position(|code| *code == "ConditionalCheckFailed")
}

pub(crate) fn is_conflict<R>(error: &SdkError<TransactWriteItemsError, R>) -> bool {
    reasons(error).contains(&"TransactionConflict")
        || matches!(
            error.as_service_error(),
            Some(TransactWriteItemsError::TransactionInProgressException(_))
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `number` and `list` are reserved words: DynamoDB refuses an expression with their names as they are.
    #[test]
    fn what_is_set_or_removed_is_named_by_placeholders_alone() {
        let key = Key { pk: "a".into(), sk: "b".into() };
        let change = Change::of(&key)
            .set("status", number(1))
            .count("version")
            .remove(&["number", "list"])
            .remove(&["#entries.#student"]);
        let expression = change.expression();
        assert_eq!(
            expression,
            "SET #status = :set_status, #version = if_not_exists(#version, :zero) + :one \
             REMOVE #number, #list, #entries.#student"
        );
        let named = |name: &str| change.names.iter().any(|(known, _)| known == name);
        assert!(["#status", "#version", "#number", "#list"].into_iter().all(named));
    }
}
