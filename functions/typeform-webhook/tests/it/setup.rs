//! A webhook on stores in memory, with Secrets Manager in front of it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_sdk_secretsmanager::operation::get_secret_value::{
    GetSecretValueError, GetSecretValueOutput,
};
use aws_smithy_mocks::{MockResponse, RuleMode, mock, mock_client};
use aws_smithy_types::error::ErrorMetadata;
use jiff::Timestamp;
use serde_json::{Value, json};
use typeform_webhook::Webhook;
use typeform_webhook::answer::Answer;
use typeform_webhook::config::Config;
use typeform_webhook::handler::Clients;
use typeform_webhook::request::Request;

use crate::form::{now, settings};
use crate::world::World;

/// The secret that the files in `events/typeform-webhook/` are signed with; a local stack has it too.
pub(crate) const SECRET: &str = "sample-webhook-secret";
/// The secret before the last rotation, still valid.
pub(crate) const FORMER: &str = "sample-webhook-secret-before-rotation";

/// What Secrets Manager holds.
#[derive(Clone)]
pub(crate) struct Vault(Arc<Mutex<State>>);

struct State {
    webhook: Vec<String>,
    down: bool,
    reads: usize,
}

impl Vault {
    pub(crate) fn rotate(&self, secrets: &[&str]) {
        self.0.lock().unwrap().webhook = secrets.iter().map(|s| (*s).to_owned()).collect();
    }

    pub(crate) fn down(&self, down: bool) {
        self.0.lock().unwrap().down = down;
    }

    pub(crate) fn reads(&self) -> usize {
        self.0.lock().unwrap().reads
    }

    fn client(&self) -> aws_sdk_secretsmanager::Client {
        let vault = self.clone();
        let get = mock!(aws_sdk_secretsmanager::Client::get_secret_value).then_compute_response(
            move |input| {
                let mut state = vault.0.lock().unwrap();
                state.reads += 1;
                if state.down {
                    let down = ErrorMetadata::builder().code("InternalServiceError").build();
                    return MockResponse::Error(GetSecretValueError::generic(down));
                }
                let text = match input.secret_id().unwrap() {
                    "webhook" => json!({ "secrets": state.webhook }),
                    "keys" => json!({ "identity": "0123456789abcdef0123456789abcdef" }),
                    other => panic!("no secret {other}"),
                };
                MockResponse::Output(
                    GetSecretValueOutput::builder().secret_string(text.to_string()).build(),
                )
            },
        );
        mock_client!(aws_sdk_secretsmanager, RuleMode::MatchAny, [&get], |config| {
            config.retry_config(aws_sdk_secretsmanager::config::retry::RetryConfig::disabled())
        })
    }
}

/// A webhook and what is behind it.
pub(crate) struct Setup {
    pub(crate) webhook: Webhook,
    pub(crate) world: World,
    pub(crate) vault: Vault,
}

impl Setup {
    /// The sample cohort is onboarded and open.
    pub(crate) async fn new() -> Self {
        Self::at(now).await
    }

    pub(crate) async fn at(clock: fn() -> Timestamp) -> Self {
        let vault = Vault(Arc::new(Mutex::new(State {
            webhook: vec![SECRET.to_owned(), FORMER.to_owned()],
            down: false,
            reads: 0,
        })));
        let client = vault.client();
        Self::with(clock, vault, client).await
    }

    /// Secrets Manager takes requests and never answers, as long as the listener lives.
    pub(crate) async fn with_silent_vault() -> (Self, std::net::TcpListener) {
        use aws_sdk_secretsmanager::config::{BehaviorVersion, Credentials, Region};
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let config = aws_sdk_secretsmanager::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static("eu-north-1"))
            .credentials_provider(Credentials::for_tests())
            .endpoint_url(format!("http://{}", listener.local_addr().unwrap()))
            .build();
        let setup = Self::at(now).await;
        let client = aws_sdk_secretsmanager::Client::from_conf(config);
        (Self::with(now, setup.vault, client).await, listener)
    }

    async fn with(
        clock: fn() -> Timestamp,
        vault: Vault,
        secrets: aws_sdk_secretsmanager::Client,
    ) -> Self {
        let world = World::default();
        world.onboard(settings(), now()).await;
        let config = Config {
            app_table: "app".into(),
            data_bucket: "data".into(),
            keys_secret: "keys".into(),
            webhook_secret: "webhook".into(),
        };
        let clients = Clients { dynamodb: world.dynamodb(), s3: world.s3(), secrets };
        Self { webhook: Webhook::new(&config, clients, clock), world, vault }
    }

    /// Handles an event as API Gateway would hand it over.
    pub(crate) async fn handle(&self, event: &Value) -> Answer {
        let request: Request = serde_json::from_value(event.clone()).unwrap();
        self.webhook.handle(request, Duration::from_secs(10)).await
    }

    /// Posts a body with a signature.
    pub(crate) async fn post(&self, body: &[u8], signature: &str) -> Answer {
        self.handle(&event(std::str::from_utf8(body).unwrap(), signature)).await
    }
}

/// A `POST` in API Gateway's form.
pub(crate) fn event(body: &str, signature: &str) -> Value {
    json!({
        "version": "2.0",
        "rawPath": "/webhooks/typeform",
        "headers": { "typeform-signature": signature },
        "requestContext": { "http": { "method": "POST", "path": "/webhooks/typeform" } },
        "body": body,
        "isBase64Encoded": false,
    })
}

/// The outcome in an answer's body, or the title of its problem.
pub(crate) fn said(answer: &Answer) -> String {
    let body: Value = serde_json::from_str(&answer.body).unwrap();
    let said = body.get("outcome").or_else(|| body.get("title")).unwrap();
    said.as_str().unwrap().to_owned()
}
