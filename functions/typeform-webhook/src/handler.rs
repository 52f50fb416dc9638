//! From a request to an answer.
//!
//! Order: method, size, signature over the bytes as received, payload, stores. Whatever is not
//! decided when the time is nearly up, every unexpected error and every panic is answered 503, so
//! that Typeform sends the delivery again; taking it in twice changes nothing (crate `intake`).

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use aws_sdk_secretsmanager::Client as SecretsClient;
use domain::FormId;
use domain::ids::IdentityKey;
use futures::FutureExt as _;
use intake::{About, IngestError, Intake};
use jiff::Timestamp;
use runtime::clock::Clock;
use runtime::secrets::{self, IdentitySecret, SecretError};
use secrecy::ExposeSecret as _;
use store::{Objects, Store};
use tokio::sync::OnceCell;
use typeform::signature;

use crate::answer::{Answer, Decision};
use crate::config::Config;
use crate::request::{BodyError, Request};
use crate::secrets::Secrets;

/// Time for an invocation without a deadline.
const WITHOUT_DEADLINE: Duration = Duration::from_secs(15);

/// Milliseconds kept back from the time Lambda gives, to answer in.
const TO_ANSWER: i64 = 1_000;

/// The AWS clients that the handler works with.
#[derive(Debug, Clone)]
pub struct Clients {
    /// The application's table.
    pub dynamodb: aws_sdk_dynamodb::Client,
    /// The bucket.
    pub s3: aws_sdk_s3::Client,
    /// Typeform's secrets and the identity key.
    pub secrets: SecretsClient,
}

/// The handler with its dependencies.
#[derive(Debug)]
pub struct Webhook {
    secrets: Secrets,
    stores: Stores,
    clock: Clock,
}

/// The stores; the key of students' ids is read when it is first needed, so that a process that
/// could not read it at its start still answers, and tries again.
#[derive(Debug)]
struct Stores {
    store: Store,
    objects: Objects,
    client: SecretsClient,
    arn: String,
    intake: OnceCell<Intake>,
}

impl Webhook {
    /// Puts the dependencies together; nothing is read yet.
    pub fn new(config: &Config, clients: Clients, clock: Clock) -> Self {
        Self {
            secrets: Secrets::new(clients.secrets.clone(), &config.webhook_secret),
            stores: Stores {
                store: Store::new(clients.dynamodb, &config.app_table),
                objects: Objects::new(clients.s3, &config.data_bucket),
                client: clients.secrets,
                arn: config.keys_secret.clone(),
                intake: OnceCell::new(),
            },
            clock,
        }
    }

    /// Reads the secrets before the first delivery. What fails here is tried again when it is needed.
    pub async fn warm_up(&self) {
        if let Err(error) = self.secrets.warm_up((self.clock)()).await {
            runtime::telemetry::log_error("warm_up", &error);
        }
        if let Err(error) = self.stores.intake().await {
            runtime::telemetry::log_error("warm_up", &error);
        }
    }

    /// Answers a request within `time`.
    pub async fn handle(&self, request: Request, time: Duration) -> Answer {
        let mut about = About::default();
        let work = AssertUnwindSafe(self.decide(request, &mut about)).catch_unwind();
        let decision = match tokio::time::timeout(time, work).await {
            Ok(Ok(decision)) => decision,
            Ok(Err(_)) => {
                tracing::error!(operation = "delivery", error = "panic", "failed");
                Decision::Unavailable
            }
            Err(_) => {
                tracing::error!(operation = "delivery", error = "out of time", "failed");
                Decision::Unavailable
            }
        };
        for (metric, by) in decision.metrics() {
            runtime::count(metric, by);
        }
        note(decision, &about);
        decision.answer()
    }

    /// Decides about a request; what becomes known of it is noted in `about`.
    async fn decide(&self, request: Request, about: &mut About) -> Decision {
        if request.method() != "POST" {
            return Decision::WrongMethod;
        }
        let header = request.header(signature::HEADER).map(str::to_owned);
        let body = match request.body() {
            Ok(body) => body,
            Err(BodyError::TooLarge) => return Decision::TooLarge,
            Err(BodyError::NotBase64) => return Decision::Unsigned,
        };
        let now = (self.clock)();
        match self.secrets.verify(header.as_deref(), &body, now).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) => return Decision::Unsigned,
            Err(error) => return unavailable("verify", &error),
        }
        let intake = match self.stores.intake().await {
            Ok(intake) => intake,
            Err(error) => return unavailable("read_identity_key", &error),
        };
        match Box::pin(intake.ingest(&body, now, about)).await {
            Ok(receipt) => Decision::Taken(receipt),
            Err(IngestError::Payload(_)) => Decision::Unreadable,
            Err(error) => unavailable("ingest", &error),
        }
    }
}

impl Stores {
    async fn intake(&self) -> Result<&Intake, SecretError> {
        self.intake
            .get_or_try_init(async || {
                let secret: IdentitySecret = secrets::read(&self.client, &self.arn).await?;
                let key = IdentityKey::new(secret.identity.expose_secret());
                Ok(Intake::new(self.store.clone(), self.objects.clone(), key))
            })
            .await
    }
}

/// The time a delivery may take: until Lambda's deadline (milliseconds since 1970), less what the
/// answer needs. An invocation that names no deadline gets 15 seconds.
pub fn time_left(deadline: u64, now: Timestamp) -> Duration {
    if deadline == 0 {
        return WITHOUT_DEADLINE;
    }
    let deadline = i64::try_from(deadline).unwrap_or(i64::MAX);
    let left = deadline.saturating_sub(now.as_millisecond()).saturating_sub(TO_ANSWER);
    Duration::from_millis(u64::try_from(left).unwrap_or(0))
}

/// Logs a decision with the ids of what it was about, as far as they are known.
fn note(decision: Decision, about: &About) {
    let scope = about.scope.as_ref();
    tracing::info!(
        decision = decision.as_str(),
        reason = decision.reason(),
        institution = scope.map(|scope| scope.institution.as_str()),
        cohort = scope.map(|scope| scope.cohort.as_str()),
        form = about.form.as_ref().map(FormId::as_str),
        response = about.response,
        "delivery"
    );
}

fn unavailable(operation: &'static str, error: &dyn std::error::Error) -> Decision {
    runtime::telemetry::log_error(operation, error);
    Decision::Unavailable
}
