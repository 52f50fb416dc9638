//! The two tables, as far as the store's requests need them.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use aws_sdk_dynamodb::operation::batch_get_item::BatchGetItemOutput;
use aws_sdk_dynamodb::operation::get_item::GetItemOutput;
use aws_sdk_dynamodb::operation::put_item::{PutItemError, PutItemOutput};
use aws_sdk_dynamodb::operation::query::QueryOutput;
use aws_sdk_dynamodb::operation::transact_write_items::{
    TransactWriteItemsError, TransactWriteItemsOutput,
};
use aws_sdk_dynamodb::operation::update_item::{UpdateItemError, UpdateItemOutput};
use aws_sdk_dynamodb::types::error::{
    ConditionalCheckFailedException, TransactionCanceledException,
};
use aws_sdk_dynamodb::types::{AttributeValue, CancellationReason, TransactWriteItem, Update};
use aws_smithy_mocks::{MockResponse, Rule, mock};
use serde_json::Value;
use store::keys;

use super::{Item, World, code};

/// What the small AWS holds and what it was told.
#[derive(Default)]
pub(crate) struct Held {
    pub(crate) items: BTreeMap<(String, String), Item>,
    pub(crate) objects: BTreeMap<String, Vec<u8>>,
    /// The entries of the audit trail, in the order in which they were written.
    pub(crate) audit: Vec<Item>,
    /// What the mail queue was told.
    pub(crate) queued: Vec<String>,
    /// What the trigger was told.
    pub(crate) orders: Vec<Value>,
    /// What the trigger answers, and whether as an error.
    pub(crate) order_answer: (Value, bool),
    /// What the function that maps quarantined questionnaires again was told.
    pub(crate) runs: Vec<Value>,
    /// What it answers, and whether as an error.
    pub(crate) run_answer: (Value, bool),
    /// Tokens the state machine was told of, with the verdict.
    pub(crate) told: Vec<(String, String)>,
    /// The erasures that were started: name and input.
    pub(crate) erasing: Vec<(String, Value)>,
    /// The exports that were started.
    pub(crate) exporting: Vec<(String, Value)>,
    /// The mailings that were started.
    pub(crate) mailing: Vec<(String, Value)>,
    /// What somebody else writes once this item has been read: key, attribute, value.
    pub(crate) moves: Option<((String, String), String, String)>,
    /// How many queries the table has answered.
    pub(crate) queries: usize,
    /// How often it is read before that.
    pub(crate) unmoved: usize,
    /// Whether the state machine refuses the next call as past.
    pub(crate) machine_past: bool,
}

impl Held {
    /// Whether nothing was shown or changed: at most refused attempts were recorded.
    pub(crate) fn nothing_done(&self) -> bool {
        let refused = |entry: &Item| text(entry, "outcome") == "refused";
        let asked_nobody = self.orders.is_empty() && self.runs.is_empty() && self.told.is_empty();
        self.audit.iter().all(refused) && asked_nobody
    }

    /// Lets somebody else write what they write once an item has been read.
    fn read(&mut self, key: &(String, String)) {
        if self.moves.as_ref().is_none_or(|(moving, ..)| moving != key) {
            return;
        }
        if self.unmoved > 0 {
            self.unmoved -= 1;
        } else if let Some((_, name, value)) = self.moves.take() {
            let number = value.parse::<u32>().is_ok();
            let value = if number { AttributeValue::N(value) } else { AttributeValue::S(value) };
            // A board's version stands within it.
            let value = match name.as_str() {
                "board" => AttributeValue::M([("version".to_owned(), value)].into()),
                _ => value,
            };
            self.items.get_mut(key).unwrap().insert(name, value);
        }
    }

    /// Whether the condition of a write holds.
    fn holds(&self, write: &TransactWriteItem) -> bool {
        if let Some(put) = write.put() {
            let at = place(put.item());
            let known = if put.table_name() == "audit" {
                // The requests of these tests share an id and are requests of their own: notes do not count.
                self.audit.iter().find(|item| place(item) == at)
            } else {
                self.items.get(&at)
            };
            let Some(condition) = put.condition_expression() else { return true };
            return match condition {
                "attribute_not_exists(pk)" => known.is_none(),
                "members = :was" => {
                    let was = &put.expression_attribute_values().unwrap()[":was"];
                    known.and_then(|known| known.get("members")) == Some(was)
                }
                "version = :was" => {
                    let was = &put.expression_attribute_values().unwrap()[":was"];
                    known.and_then(|known| known.get("version")) == Some(was)
                }
                "#version = :seen" => {
                    let seen = &put.expression_attribute_values().unwrap()[":seen"];
                    known.and_then(|known| known.get("version")) == Some(seen)
                }
                other => panic!("an unknown condition: {other}"),
            };
        }
        if let Some(delete) = write.delete() {
            let attribute = match delete.condition_expression() {
                Some("members = :was") => "members",
                Some("version = :was") => "version",
                other => panic!("an unknown condition: {other:?}"),
            };
            let was = &delete.expression_attribute_values().unwrap()[":was"];
            let known = self.items.get(&place(delete.key()));
            return known.and_then(|known| known.get(attribute)) == Some(was);
        }
        if let Some(check) = write.condition_check() {
            let item = self.items.get(&place(check.key()));
            let open =
                |item: &Item| !["erasure", "archived_at"].iter().any(|at| item.contains_key(*at));
            return match check.condition_expression() {
                "attribute_not_exists(pk)" => item.is_none(),
                "attribute_exists(pk) AND attribute_not_exists(erasure)" => {
                    item.is_some_and(|item| !item.contains_key("erasure"))
                }
                "attribute_exists(pk) AND #response = :read" => {
                    let read = &check.expression_attribute_values().unwrap()[":read"];
                    item.and_then(|item| item.get("response")) == Some(read)
                }
                "attribute_exists(pk) AND #seen = :seen" => {
                    let seen = &check.expression_attribute_values().unwrap()[":seen"];
                    item.and_then(|item| item.get("version")) == Some(seen)
                }
                "attribute_exists(pk) AND attribute_not_exists(erasure) AND attribute_not_exists(archived_at)" => {
                    item.is_some_and(open)
                }
                other => panic!("an unknown condition: {other}"),
            };
        }
        let update = write.update().expect("a put, a deletion or an update");
        let Some(item) = self.items.get(&place(update.key())) else { return false };
        let value = |name: &str| update.expression_attribute_values().unwrap().get(name);
        match update.condition_expression().unwrap() {
            "version = :was" => item.get("version") == value(":was"),
            "attribute_exists(pk) AND #seen = :seen" => item.get("version") == value(":seen"),
            // A student as they were read: each part names one attribute.
            step if step.starts_with("attribute_exists(pk) AND #response = :read") => {
                step.split(" AND ").skip(1).all(|part| {
                    if let Some((name, was)) = part.split_once(" = ") {
                        return item.get(&name[1..]) == value(was);
                    }
                    let name = part.strip_prefix("attribute_not_exists(#").expect("an absence");
                    !item.contains_key(name.trim_end_matches(')'))
                })
            }
            "attribute_exists(pk) AND attribute_not_exists(ended)" => !item.contains_key("ended"),
            edit if edit.contains("board.version = :seen") => {
                assert!(edit.starts_with("#status = :awaiting AND attribute_not_exists(decision)"));
                text(item, "status") == "awaiting_approval"
                    && !item.contains_key("decision")
                    && value(":seen").is_some_and(|seen| is_at(item, seen))
            }
            mark if mark.starts_with("attribute_exists(#entries.#student)") => {
                let student = &update.expression_attribute_names().unwrap()["#student"];
                let entry = item["entries"].as_m().unwrap().get(student);
                entry.is_some_and(|entry| !entry.as_m().unwrap().contains_key("erasure"))
            }
            mark if mark.contains("attribute_not_exists(erasure)") => !item.contains_key("erasure"),
            other => panic!("an unknown condition: {other}"),
        }
    }

    fn apply(&mut self, write: &TransactWriteItem) {
        if let Some(put) = write.put() {
            let item = put.item().clone();
            if put.table_name() != "audit" {
                self.items.insert(place(&item), item);
            } else if text(&item, "sk").starts_with(keys::AUDIT_ENTRY) {
                self.audit.push(item);
            }
        } else if let Some(delete) = write.delete() {
            self.items.remove(&place(delete.key()));
        } else if let Some(update) = write.update() {
            apply(self.items.get_mut(&place(update.key())).unwrap(), update);
        }
    }
}

fn text(item: &Item, name: &str) -> String {
    item.get(name).and_then(|value| value.as_s().ok()).cloned().unwrap_or_default()
}

fn place(key: &Item) -> (String, String) {
    (text(key, "pk"), text(key, "sk"))
}

/// Whether a cohort is as it was read: the condition of a change of its settings.
fn is_as_read(item: &Item, condition: &str, values: &Item) -> bool {
    let zero = AttributeValue::N("0".into());
    let version = item.get("settings_version").unwrap_or(&zero);
    let put_away = condition.contains("attribute_exists(archived_at)");
    assert!(put_away || condition.contains("attribute_not_exists(archived_at)"), "{condition}");
    for absent in ["erasure", "active_formation"] {
        assert!(condition.contains(&format!("attribute_not_exists({absent})")), "{condition}");
    }
    !item.contains_key("erasure")
        && !item.contains_key("active_formation")
        && item.contains_key("archived_at") == put_away
        && item.get("delete_on") == values.get(":was")
        && values.get(":seen") == Some(version)
}

/// Takes a student off a page of a roster.
fn take_off(page: &mut Item, student: &str) {
    if let Some(AttributeValue::M(entries)) = page.get_mut("entries") {
        entries.remove(student);
    }
}

/// Notes when a mail was first sent once more, if that is what an update says; nothing stands in its way.
fn note_resent(item: &mut Item, values: &Item) -> bool {
    if let Some(at) = values.get(":first_resent_at") {
        item.entry("resent_at".into()).or_insert(at.clone());
    }
    true
}

/// Whether a formation's board is in a version.
fn is_at(item: &Item, version: &AttributeValue) -> bool {
    let board = item.get("board").and_then(|board| board.as_m().ok());
    let zero = AttributeValue::N("0".into());
    board.and_then(|board| board.get("version")).unwrap_or(&zero) == version
}

/// Sets and removes what an update names.
fn apply(item: &mut Item, update: &Update) {
    let expression = update.update_expression();
    if let Some(inside) = update.expression_attribute_values().unwrap().get(":inside") {
        let student = &update.expression_attribute_names().unwrap()["#student"];
        let Some(AttributeValue::M(entries)) = item.get_mut("entries") else {
            panic!("no entries")
        };
        let Some(AttributeValue::M(entry)) = entries.get_mut(student) else { panic!("no entry") };
        entry.insert("erasure".into(), inside.clone());
        return;
    }
    for (name, value) in update.expression_attribute_values().unwrap() {
        if let Some(name) = name.strip_prefix(":set_") {
            item.insert(name.to_owned(), value.clone());
        }
    }
    for name in expression.split("REMOVE ").nth(1).into_iter().flat_map(|all| all.split(", ")) {
        item.remove(name.trim_start_matches('#'));
    }
}

impl World {
    pub(super) fn tables(&self) -> Vec<Rule> {
        use aws_sdk_dynamodb::Client;
        let world = self.clone();
        let get = mock!(Client::get_item).then_compute_output(move |input| {
            let mut held = world.held();
            let key = place(input.key().unwrap());
            let item = held.items.get(&key).cloned();
            held.read(&key);
            GetItemOutput::builder().set_item(item).build()
        });
        let world = self.clone();
        let query = mock!(Client::query).then_compute_output(move |input| {
            let values = input.expression_attribute_values().unwrap();
            let (pk, prefix) = (text(values, ":pk"), text(values, ":prefix"));
            let start = input.exclusive_start_key().map(place);
            let limit = input.limit().map_or(usize::MAX, |limit| usize::try_from(limit).unwrap());
            let mut held = world.held();
            held.queries += 1;
            let trail = input.table_name() == Some("audit");
            let every: Vec<&Item> =
                if trail { held.audit.iter().collect() } else { held.items.values().collect() };
            let newest = input.scan_index_forward() == Some(false);
            let mut found: Vec<Item> = every
                .into_iter()
                .filter(|item| text(item, "pk") == pk && text(item, "sk").starts_with(&prefix))
                .cloned()
                .collect();
            found.sort_by_key(place);
            if newest {
                found.reverse();
            }
            if let Some(start) = start {
                found.retain(|item| if newest { place(item) < start } else { place(item) > start });
            }
            let more = found.len() > limit;
            found.truncate(limit);
            let last = found.last().filter(|_| more).map(|item| {
                let keys = ["pk", "sk"];
                keys.map(|name| (name.to_owned(), item[name].clone())).into_iter().collect()
            });
            QueryOutput::builder().set_items(Some(found)).set_last_evaluated_key(last).build()
        });
        let world = self.clone();
        let batch = mock!(Client::batch_get_item).then_compute_output(move |input| {
            let mut answer = BatchGetItemOutput::builder();
            for (table, asked) in input.request_items().unwrap() {
                let held = world.held();
                let found = asked.keys().iter().filter_map(|key| held.items.get(&place(key)));
                answer = answer.responses(table, found.cloned().collect());
            }
            answer.build()
        });
        let world = self.clone();
        // The updates the API makes: a decision, where there is none, and a term that is the one read.
        let update = mock!(Client::update_item).then_compute_response(move |input| {
            let condition = input.condition_expression().unwrap();
            let none = Item::new();
            let values = input.expression_attribute_values().unwrap_or(&none);
            let mut held = world.held();
            let item = held.items.get_mut(&place(input.key().unwrap())).unwrap();
            let holds = match condition {
                decide if decide.starts_with("#status = :awaiting AND attribute_not_exists(#decision) AND ") => {
                    !item.contains_key("decision")
                        && text(item, "status") == "awaiting_approval"
                        && is_at(item, &values[":seen"])
                }
                "attribute_exists(pk) AND attribute_not_exists(erasure) AND #delete_on = :was" => {
                    !item.contains_key("erasure") && text(item, "delete_on") == text(values, ":was")
                }
                "attribute_exists(pk) AND attribute_not_exists(objection)" => {
                    !item.contains_key("objection")
                }
                "attribute_exists(pk) AND (attribute_not_exists(last_active_on) OR last_active_on < :set_last_active_on)" => {
                    text(item, "last_active_on") < text(values, ":set_last_active_on")
                }
                "attribute_exists(pk)" => note_resent(item, values),
                change if change.contains("settings_version") => is_as_read(item, change, values),
                other => panic!("an unknown condition: {other}"),
            };
            if !holds {
                let refused = ConditionalCheckFailedException::builder()
                    .meta(code("ConditionalCheckFailedException"));
                let refused = UpdateItemError::ConditionalCheckFailedException(refused.build());
                return MockResponse::Error(refused);
            }
            for (name, value) in values {
                if let Some(name) = name.strip_prefix(":set_") {
                    item.insert(name.to_owned(), value.clone());
                }
            }
            let removed = input.update_expression().unwrap().split("REMOVE ").nth(1);
            for name in removed.into_iter().flat_map(|all| all.split(", ")) {
                match input.expression_attribute_names().and_then(|names| names.get("#student")) {
                    Some(student) => take_off(item, student),
                    None => drop(item.remove(name.trim_start_matches('#'))),
                }
            }
            MockResponse::Output(UpdateItemOutput::builder().build())
        });
        vec![get, query, batch, self.puts(), update, self.deletions(), self.transactions()]
    }

    fn deletions(&self) -> Rule {
        let world = self.clone();
        mock!(aws_sdk_dynamodb::Client::delete_item).then_compute_output(move |input| {
            world.held().items.remove(&place(input.key().unwrap()));
            aws_sdk_dynamodb::operation::delete_item::DeleteItemOutput::builder().build()
        })
    }

    /// What is new in the application's table: requests and mails.
    fn puts(&self) -> Rule {
        let world = self.clone();
        mock!(aws_sdk_dynamodb::Client::put_item).then_compute_response(move |input| {
            let item = input.item().unwrap().clone();
            assert_ne!(input.table_name(), Some("audit"), "entries are written with their notes");
            assert!(input.condition_expression().unwrap().starts_with("attribute_not_exists(pk)"));
            let mut held = world.held();
            if held.items.contains_key(&place(&item)) {
                let refused = ConditionalCheckFailedException::builder()
                    .meta(code("ConditionalCheckFailedException"));
                let refused = PutItemError::ConditionalCheckFailedException(refused.build());
                return MockResponse::Error(refused);
            }
            held.items.insert(place(&item), item);
            MockResponse::Output(PutItemOutput::builder().build())
        })
    }

    /// Everything that is written together: all of it, or nothing if one condition does not hold.
    fn transactions(&self) -> Rule {
        let world = self.clone();
        mock!(aws_sdk_dynamodb::Client::transact_write_items).then_compute_response(move |input| {
            let writes = input.transact_items();
            let trail = writes
                .iter()
                .any(|write| write.put().is_some_and(|put| put.table_name() == "audit"));
            if trail && world.audit_broken.load(Ordering::SeqCst) {
                let down = code("InternalServerError");
                return MockResponse::Error(TransactWriteItemsError::generic(down));
            }
            let mut held = world.held();
            let refused: Vec<bool> = writes.iter().map(|write| !held.holds(write)).collect();
            if refused.contains(&true) {
                let reason = |refused| {
                    let code = if refused { "ConditionalCheckFailed" } else { "None" };
                    CancellationReason::builder().code(code).build()
                };
                let cancelled = TransactionCanceledException::builder()
                    .set_cancellation_reasons(Some(refused.into_iter().map(reason).collect()))
                    .meta(code("TransactionCanceledException"));
                return MockResponse::Error(TransactWriteItemsError::TransactionCanceledException(
                    cancelled.build(),
                ));
            }
            for write in writes {
                held.apply(write);
            }
            MockResponse::Output(TransactWriteItemsOutput::builder().build())
        })
    }
}
