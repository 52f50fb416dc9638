//! A small AWS in memory: two tables, one bucket, the trigger and the state machine.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use aws_sdk_dynamodb::error::ErrorMetadata;
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
use aws_sdk_lambda::operation::invoke::InvokeOutput;
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_s3::operation::get_object::{GetObjectError, GetObjectOutput};
use aws_sdk_s3::operation::list_object_versions::ListObjectVersionsOutput;
use aws_sdk_s3::operation::list_objects_v2::ListObjectsV2Output;
use aws_sdk_s3::types::error::NoSuchKey;
use aws_sdk_s3::types::{Object, ObjectVersion};
use aws_sdk_sfn::operation::send_task_failure::{SendTaskFailureError, SendTaskFailureOutput};
use aws_sdk_sfn::operation::send_task_success::{SendTaskSuccessError, SendTaskSuccessOutput};
use aws_sdk_sfn::operation::start_execution::{StartExecutionError, StartExecutionOutput};
use aws_sdk_sfn::primitives::DateTime;
use aws_sdk_sfn::types::error::TaskTimedOut;
use aws_sdk_sqs::operation::send_message_batch::{SendMessageBatchError, SendMessageBatchOutput};
use aws_smithy_mocks::{
    MockResponse, MockResponseInterceptor, Rule, RuleMode, create_mock_http_client, mock,
};
use lambda_http::request;
use portal_api::config::Config;
use portal_api::{Clients, Portal};
use serde_json::{Value, json};
use store::keys::{self, Key};
use tower::ServiceExt as _;

pub(crate) type Item = HashMap<String, AttributeValue>;

/// The name of the function that starts formations.
pub(crate) const TRIGGER: &str = "trigger";

/// The state machine that erases.
pub(crate) const ERASER: &str = "arn:aws:states:eu-north-1:000000000000:stateMachine:erasure";
/// The state machine that writes exports.
pub(crate) const EXPORTER: &str = "arn:aws:states:eu-north-1:000000000000:stateMachine:export";
/// Why operators ask in these tests.
pub(crate) const REASON: &str = "Rights request 2026-417";

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
    /// Tokens the state machine was told of, with the verdict.
    pub(crate) told: Vec<(String, String)>,
    /// The erasures that were started: name and input.
    pub(crate) erasing: Vec<(String, Value)>,
    /// The exports that were started.
    pub(crate) exporting: Vec<(String, Value)>,
    /// What somebody else writes once this item has been read: key, attribute, value.
    pub(crate) moves: Option<((String, String), String, String)>,
    /// Whether the state machine refuses the next call as past.
    pub(crate) machine_past: bool,
}

impl Held {
    /// Whether nothing was shown or changed: at most refused attempts were recorded.
    pub(crate) fn nothing_done(&self) -> bool {
        let refused = |entry: &Item| text(entry, "outcome") == "refused";
        self.audit.iter().all(refused) && self.orders.is_empty() && self.told.is_empty()
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
            return match put.condition_expression().unwrap() {
                "attribute_not_exists(pk)" => known.is_none(),
                "members = :was" => {
                    let was = &put.expression_attribute_values().unwrap()[":was"];
                    known.and_then(|known| known.get("members")) == Some(was)
                }
                "#version = :seen" => {
                    let seen = &put.expression_attribute_values().unwrap()[":seen"];
                    known.and_then(|known| known.get("version")) == Some(seen)
                }
                other => panic!("an unknown condition: {other}"),
            };
        }
        if let Some(delete) = write.delete() {
            assert_eq!(delete.condition_expression(), Some("members = :was"));
            let was = &delete.expression_attribute_values().unwrap()[":was"];
            let known = self.items.get(&place(delete.key()));
            return known.and_then(|known| known.get("members")) == Some(was);
        }
        let update = write.update().expect("a put, a deletion or an update");
        let Some(item) = self.items.get(&place(update.key())) else { return false };
        let value = |name: &str| update.expression_attribute_values().unwrap().get(name);
        match update.condition_expression().unwrap() {
            "version = :was" => item.get("version") == value(":was"),
            "attribute_exists(pk) AND #response = :read" => item.get("response") == value(":read"),
            "attribute_exists(pk) AND attribute_not_exists(ended)" => !item.contains_key("ended"),
            edit if edit.contains("board.version = :seen") => {
                let zero = AttributeValue::N("0".into());
                let board = item.get("board").and_then(|board| board.as_m().ok());
                let version = board.and_then(|board| board.get("version")).unwrap_or(&zero);
                assert!(edit.starts_with("#status = :awaiting AND attribute_not_exists(decision)"));
                text(item, "status") == "awaiting_approval"
                    && !item.contains_key("decision")
                    && value(":seen") == Some(version)
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

/// A small AWS and the switches to break it.
#[derive(Clone, Default)]
pub(crate) struct World {
    held: Arc<Mutex<Held>>,
    audit_broken: Arc<AtomicBool>,
    machine_broken: Arc<AtomicBool>,
    queue_broken: Arc<AtomicBool>,
}

macro_rules! client {
    ($sdk:ident, $rules:expr) => {{
        let mut interceptor = MockResponseInterceptor::new().rule_mode(RuleMode::MatchAny);
        for rule in $rules {
            interceptor = interceptor.with_rule(&rule);
        }
        let config = $sdk::config::Config::builder()
            .behavior_version($sdk::config::BehaviorVersion::latest())
            .region($sdk::config::Region::new("eu-north-1"))
            .credentials_provider($sdk::config::Credentials::new("a", "b", None, None, "test"))
            .retry_config($sdk::config::retry::RetryConfig::disabled())
            .http_client(create_mock_http_client())
            .interceptor(interceptor);
        $sdk::Client::from_conf(config.build())
    }};
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

/// Sets and removes what an update names.
fn apply(item: &mut Item, update: &Update) {
    let expression = update.update_expression();
    for (name, value) in update.expression_attribute_values().unwrap() {
        if let Some(name) = name.strip_prefix(":set_") {
            item.insert(name.to_owned(), value.clone());
        }
    }
    for name in expression.split("REMOVE ").nth(1).into_iter().flat_map(|all| all.split(", ")) {
        item.remove(name);
    }
}

impl World {
    pub(crate) fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap()
    }

    pub(crate) fn put<T: serde::Serialize>(&self, key: &Key, value: &T) {
        let mut item: Item = serde_dynamo::to_item(value).unwrap();
        item.insert("pk".into(), AttributeValue::S(key.pk.clone()));
        item.insert("sk".into(), AttributeValue::S(key.sk.clone()));
        self.held().items.insert((key.pk.clone(), key.sk.clone()), item);
    }

    /// Lets somebody else write an attribute once the item has been read.
    pub(crate) fn moves_when_read(&self, key: &Key, name: &str, value: &str) {
        let key = (key.pk.clone(), key.sk.clone());
        self.held().moves = Some((key, name.to_owned(), value.to_owned()));
    }

    pub(crate) fn break_audit(&self) {
        self.audit_broken.store(true, Ordering::SeqCst);
    }

    pub(crate) fn break_machine(&self, broken: bool) {
        self.machine_broken.store(broken, Ordering::SeqCst);
    }

    fn tables(&self) -> Vec<Rule> {
        use aws_sdk_dynamodb::Client;
        let world = self.clone();
        let get = mock!(Client::get_item).then_compute_output(move |input| {
            let mut held = world.held();
            let key = place(input.key().unwrap());
            let item = held.items.get(&key).cloned();
            if let Some((_, name, value)) = held.moves.take_if(|(moving, ..)| *moving == key) {
                held.items.get_mut(&key).unwrap().insert(name, AttributeValue::S(value));
            }
            GetItemOutput::builder().set_item(item).build()
        });
        let world = self.clone();
        let query = mock!(Client::query).then_compute_output(move |input| {
            let values = input.expression_attribute_values().unwrap();
            let (pk, prefix) = (text(values, ":pk"), text(values, ":prefix"));
            let start = input.exclusive_start_key().map(place);
            let limit = input.limit().map_or(usize::MAX, |limit| usize::try_from(limit).unwrap());
            let held = world.held();
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
            let values = input.expression_attribute_values().unwrap();
            let mut held = world.held();
            let item = held.items.get_mut(&place(input.key().unwrap())).unwrap();
            let holds = match condition {
                "#status = :awaiting AND attribute_not_exists(#decision)" => {
                    !item.contains_key("decision") && text(item, "status") == "awaiting_approval"
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
                item.remove(name);
            }
            MockResponse::Output(UpdateItemOutput::builder().build())
        });
        vec![get, query, batch, self.puts(), update, self.transactions()]
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

    fn bucket(&self) -> Vec<Rule> {
        let world = self.clone();
        let get = mock!(aws_sdk_s3::Client::get_object).then_compute_response(move |input| {
            match world.held().objects.get(input.key().unwrap()) {
                Some(body) => MockResponse::Output(
                    GetObjectOutput::builder().body(body.clone().into()).build(),
                ),
                None => MockResponse::Error(GetObjectError::NoSuchKey(
                    NoSuchKey::builder().meta(code("NoSuchKey")).build(),
                )),
            }
        });
        let world = self.clone();
        let list = mock!(aws_sdk_s3::Client::list_objects_v2).then_compute_output(move |input| {
            let prefix = input.prefix().unwrap();
            let held = world.held();
            let keys = held.objects.keys().filter(|key| key.starts_with(prefix));
            let listed = keys.map(|key| Object::builder().key(key).build()).collect();
            ListObjectsV2Output::builder().set_contents(Some(listed)).build()
        });
        let world = self.clone();
        // Nothing is stored twice here, so each object has one version.
        let versions =
            mock!(aws_sdk_s3::Client::list_object_versions).then_compute_output(move |input| {
                let prefix = input.prefix().unwrap();
                let held = world.held();
                let keys = held.objects.keys().filter(|key| key.starts_with(prefix));
                let listed =
                    keys.map(|key| ObjectVersion::builder().key(key).version_id("1").build());
                ListObjectVersionsOutput::builder().set_versions(Some(listed.collect())).build()
            });
        vec![get, list, versions]
    }

    fn functions(&self) -> Vec<Rule> {
        let world = self.clone();
        vec![mock!(aws_sdk_lambda::Client::invoke).then_compute_output(move |input| {
            assert_eq!(input.function_name(), Some(TRIGGER));
            let order = serde_json::from_slice(input.payload().unwrap().as_ref()).unwrap();
            let mut held = world.held();
            held.orders.push(order);
            let (answer, failed) = &held.order_answer;
            InvokeOutput::builder()
                .payload(Blob::new(answer.to_string()))
                .set_function_error(failed.then(|| "Unhandled".to_owned()))
                .build()
        })]
    }

    fn queue(&self) -> Vec<Rule> {
        let world = self.clone();
        let send =
            mock!(aws_sdk_sqs::Client::send_message_batch).then_compute_response(move |input| {
                if world.queue_broken.load(Ordering::SeqCst) {
                    return MockResponse::Error(SendMessageBatchError::generic(code("Down")));
                }
                let bodies = input.entries().iter().map(|entry| entry.message_body().to_owned());
                world.held().queued.extend(bodies);
                let answer = SendMessageBatchOutput::builder();
                let answer = answer.set_successful(Some(Vec::new())).set_failed(Some(Vec::new()));
                MockResponse::Output(answer.build().unwrap())
            });
        vec![send]
    }

    /// Lets the mail queue fail or work.
    pub(crate) fn break_queue(&self, broken: bool) {
        self.queue_broken.store(broken, Ordering::SeqCst);
    }

    fn machines(&self) -> Vec<Rule> {
        use aws_sdk_sfn::Client;
        let past = || TaskTimedOut::builder().meta(code("TaskTimedOut")).build();
        let world = self.clone();
        let success = mock!(Client::send_task_success).then_compute_response(move |input| {
            if world.machine_broken.load(Ordering::SeqCst) {
                return MockResponse::Error(SendTaskSuccessError::generic(code("Throttling")));
            }
            let mut held = world.held();
            held.told.push((input.task_token().unwrap().to_owned(), "approved".into()));
            if held.machine_past {
                return MockResponse::Error(SendTaskSuccessError::TaskTimedOut(past()));
            }
            MockResponse::Output(SendTaskSuccessOutput::builder().build())
        });
        let world = self.clone();
        let failure = mock!(Client::send_task_failure).then_compute_response(move |input| {
            if world.machine_broken.load(Ordering::SeqCst) {
                return MockResponse::Error(SendTaskFailureError::generic(code("Throttling")));
            }
            let (token, error) = (input.task_token().unwrap(), input.error().unwrap());
            let mut held = world.held();
            held.told.push((token.to_owned(), error.to_owned()));
            if held.machine_past {
                return MockResponse::Error(SendTaskFailureError::TaskTimedOut(past()));
            }
            MockResponse::Output(SendTaskFailureOutput::builder().build())
        });
        let world = self.clone();
        let start = mock!(Client::start_execution).then_compute_response(move |input| {
            let machine = input.state_machine_arn().unwrap().to_owned();
            assert!(machine == ERASER || machine == EXPORTER, "{machine}");
            if world.machine_broken.load(Ordering::SeqCst) {
                return MockResponse::Error(StartExecutionError::generic(code("Throttling")));
            }
            let name = input.name().unwrap().to_owned();
            let mut held = world.held();
            let Held { erasing, exporting, .. } = &mut *held;
            let running = if machine == ERASER { erasing } else { exporting };
            if running.iter().any(|(started, _)| *started == name) {
                let code = code("ExecutionAlreadyExists");
                return MockResponse::Error(StartExecutionError::generic(code));
            }
            let told = serde_json::from_str(input.input().unwrap()).unwrap();
            running.push((name, told));
            let started = StartExecutionOutput::builder().execution_arn("execution");
            let started = started.start_date(DateTime::from_secs(0)).build().unwrap();
            MockResponse::Output(started)
        });
        vec![success, failure, start]
    }

    /// The API on this AWS; `tables` false leaves the tables without an answer, which panics.
    fn portal(&self, tables: bool) -> Portal {
        let config = Config {
            app_table: "app".into(),
            audit_table: "audit".into(),
            data_bucket: "bucket".into(),
            mail_queue: "https://sqs.example/mail".into(),
            formation_trigger: TRIGGER.into(),
            erasure_machine: ERASER.into(),
            export_machine: EXPORTER.into(),
        };
        let mut rules = self.tables();
        if !tables {
            // Contacts are still found: what panics is the handler.
            rules.truncate(1);
        }
        let clients = Clients {
            tables: client!(aws_sdk_dynamodb, rules),
            objects: client!(aws_sdk_s3, self.bucket()),
            addresses: signing(),
            functions: client!(aws_sdk_lambda, self.functions()),
            machines: client!(aws_sdk_sfn, self.machines()),
            queues: client!(aws_sdk_sqs, self.queue()),
        };
        Portal::new(config, clients, crate::data::now)
    }

    /// Sends an event as API Gateway does.
    pub(crate) async fn send(&self, event: &Value) -> Answer {
        self.send_to(self.portal(true), event).await
    }

    /// Sends an event to an API whose handlers meet something that panics.
    pub(crate) async fn send_into_panic(&self, event: &Value) -> Answer {
        self.send_to(self.portal(false), event).await
    }

    async fn send_to(&self, portal: Portal, event: &Value) -> Answer {
        let request = request::from_str(&event.to_string()).unwrap();
        let response = portal_api::router(portal).oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        let text = String::from_utf8_lossy(&body).into_owned();
        let json = serde_json::from_slice(&body).unwrap_or(Value::Null);
        let headers = parts.headers.iter();
        let headers =
            headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
        Answer {
            status: parts.status.as_u16(),
            headers: headers.collect(),
            body: json,
            text,
            bytes: body.to_vec(),
        }
    }
}

/// A client that signs addresses and calls nobody.
fn signing() -> aws_sdk_s3::Client {
    use aws_sdk_s3::config::{BehaviorVersion, Config, Credentials, Region};
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-north-1"))
        .credentials_provider(Credentials::new("a", "b", None, None, "test"));
    aws_sdk_s3::Client::from_conf(config.build())
}

fn code(code: &str) -> ErrorMetadata {
    ErrorMetadata::builder().code(code).build()
}

/// What came back.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Value,
    /// The body as it came.
    pub(crate) text: String,
    /// The same in bytes.
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    /// The word that tells which problem it is.
    pub(crate) fn problem(&self) -> &str {
        let kind = self.body["type"].as_str().unwrap_or_default();
        kind.strip_prefix("urn:unihelper:problem:").unwrap_or_default()
    }

    /// The strings at a place in every item of a list.
    pub(crate) fn each(&self, pointer: &str) -> Vec<&str> {
        let items = self.body["items"].as_array().unwrap();
        items.iter().map(|item| item.pointer(pointer).unwrap().as_str().unwrap()).collect()
    }
}

/// The claims of an access token for the portal.
pub(crate) fn claims(subject: &str) -> Value {
    json!({ "sub": subject, "token_use": "access", "scope": "openid unihelper/portal" })
}

/// An event of API Gateway's payload format 2.0; `address` may carry a query.
pub(crate) fn event(method: &str, address: &str, claims: Option<Value>) -> Value {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let authorizer = claims.map(|claims| json!({ "jwt": { "claims": claims, "scopes": null } }));
    json!({
        "version": "2.0",
        "routeKey": "ANY /api/{proxy+}",
        "rawPath": path,
        "rawQueryString": query,
        "headers": { "host": "portal.example.dk" },
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "api",
            "authorizer": authorizer,
            "domainName": "portal.example.dk",
            "domainPrefix": "portal",
            "http": {
                "method": method, "path": path, "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.1", "userAgent": "test",
            },
            "requestId": "request-1",
            "routeKey": "ANY /api/{proxy+}",
            "stage": "$default",
            "time": "10/Sep/2026:12:00:00 +0000",
            "timeEpoch": 1_789_041_600_000_i64,
        },
        "isBase64Encoded": false,
    })
}

/// An event of a contact; operators say why they ask.
pub(crate) fn asks(subject: &str, method: &str, address: &str) -> Value {
    let event = asks_without_reason(subject, method, address);
    if subject == crate::data::OPERATOR || subject == crate::data::FOREIGN {
        return with_header(event, "x-reason", REASON);
    }
    event
}

/// An event of a contact who does not say why.
pub(crate) fn asks_without_reason(subject: &str, method: &str, address: &str) -> Value {
    event(method, address, Some(claims(subject)))
}

/// The same event with a body.
pub(crate) fn with_body(mut event: Value, body: &Value) -> Value {
    event["body"] = body.to_string().into();
    with_header(event, "content-type", "application/json")
}

/// The same event with a header.
pub(crate) fn with_header(mut event: Value, name: &str, value: &str) -> Value {
    event["headers"][name] = value.into();
    event
}
