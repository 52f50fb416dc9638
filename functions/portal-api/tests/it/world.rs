//! A small AWS in memory: two tables, one bucket, the trigger and the state machine.

mod asking;
mod systems;
mod tables;

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use aws_sdk_dynamodb::error::ErrorMetadata;
use aws_sdk_dynamodb::types::AttributeValue;
use aws_smithy_mocks::{MockResponseInterceptor, RuleMode, create_mock_http_client};
use domain::form_pages::FormPages;
use lambda_http::request;
use portal_api::config::Config;
use portal_api::{Clients, Portal};
use serde_json::Value;
use store::keys::Key;
use tower::ServiceExt as _;

pub(crate) use asking::{Answer, asks, asks_without_reason, claims, event, with_body, with_header};
use systems::{keys_secret, signing};
pub(crate) use tables::Held;

pub(crate) type Item = HashMap<String, AttributeValue>;

/// The name of the function that starts formations.
pub(crate) const TRIGGER: &str = "trigger";

/// The name of the function that maps quarantined questionnaires again.
pub(crate) const REPROCESS: &str = "reprocess";

/// The key that addresses are hashed under.
pub(crate) const IDENTITY: &str = "0123456789abcdef";

/// The state machine that erases.
pub(crate) const ERASER: &str = "arn:aws:states:eu-north-1:000000000000:stateMachine:erasure";
/// The state machine that writes exports.
pub(crate) const EXPORTER: &str = "arn:aws:states:eu-north-1:000000000000:stateMachine:export";
/// The state machine that sends mailings.
pub(crate) const MAILER: &str = "arn:aws:states:eu-north-1:000000000000:stateMachine:mailing";
/// Why operators ask in these tests.
pub(crate) const REASON: &str = "Rights request 2026-417";

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

    /// Lets the mail queue fail or work.
    pub(crate) fn break_queue(&self, broken: bool) {
        self.queue_broken.store(broken, Ordering::SeqCst);
    }

    /// The API on this AWS; `tables` false leaves the tables without an answer, which panics.
    fn portal(&self, tables: bool) -> Portal {
        let config = Config {
            app_table: "app".into(),
            audit_table: "audit".into(),
            data_bucket: "bucket".into(),
            mail_queue: "https://sqs.example/mail".into(),
            keys_secret: "arn:keys".into(),
            formation_trigger: TRIGGER.into(),
            quarantine_reprocess: REPROCESS.into(),
            erasure_machine: ERASER.into(),
            export_machine: EXPORTER.into(),
            mailing_machine: MAILER.into(),
            forms: FormPages::of_api("https://api.typeform.eu"),
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
            secrets: client!(aws_sdk_secretsmanager, [keys_secret()]),
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

fn code(code: &str) -> ErrorMetadata {
    ErrorMetadata::builder().code(code).build()
}
