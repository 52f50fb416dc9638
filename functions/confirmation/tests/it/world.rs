//! A cohort, a request in it, and the page.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_sqs::operation::send_message_batch::SendMessageBatchOutput;
use aws_smithy_mocks::{MockResponse, mock};
use confirmation::{Answer, Confirmation, Request};
use domain::ids::IdentityKey;
use domain::rights::{Purpose, RightsRequest, token};
use jiff::Timestamp;
use keys::{Key, Scope};
use outbox::MailQueue;
use runtime::clock::Clock;
use serde::Serialize;
use serde_json::{Value, json};
use store::{Audit, Objects, Store};

use crate::memory::dynamo::Tables;
use crate::memory::s3::Bucket;
use crate::memory::{Gate, client};

pub(crate) const APP: &str = "app";
pub(crate) const AUDIT: &str = "audit";
/// The request whose link the tests use.
pub(crate) const REQUEST: &str = "rrq_0192f0c1a2b37c4d8e5f60718293a4b5";

pub(crate) fn now() -> Timestamp {
    "2026-09-10T12:00:00Z".parse().unwrap()
}

pub(crate) fn scope() -> Scope {
    let institution = "ins_example-university".parse().unwrap();
    Scope::new(institution, "coh_computer-science-2026".parse().unwrap())
}

pub(crate) fn key() -> IdentityKey {
    IdentityKey::new(*b"0123456789abcdef0123456789abcdef")
}

/// The systems that the page meets.
#[derive(Default)]
pub(crate) struct World {
    pub(crate) tables: Tables,
    pub(crate) bucket: Bucket,
    /// Fails calls to the table.
    pub(crate) gate: Gate,
    /// Fails calls to the queue.
    pub(crate) queue: Gate,
    /// What was queued.
    pub(crate) queued: Arc<Mutex<Vec<Value>>>,
}

impl World {
    /// The cohort's item.
    pub(crate) fn cohort() -> Value {
        json!({
            "institution": scope().institution, "id": scope().cohort,
            "name": { "da": "Datalogi", "en": "Computer science" }, "language": "da", "form": "form-1",
            "deadline": "2026-09-07T10:00:00Z", "sections": [{ "id": "a" }],
            "identity": { "email": { "field": "email" }, "name": [{ "field": "name" }] },
            "questions": [], "criteria": [], "sizes": { "min": 2, "preferred": 2, "max": 3 },
            "approval": false, "mail_agreed": false, "created_at": "2026-08-03T08:00:00Z",
            "delete_on": "2027-05-07",
        })
    }

    /// An acknowledged request, changed as the test needs it.
    pub(crate) fn with(request: &Value) -> Self {
        let world = Self::default();
        world.put(&keys::cohort(&scope()), &Self::cohort());
        let student = json!({
            "id": "stu_1", "name": "Freja Lund", "email": "freja.lund@example.edu", "section": "a",
            "response": "token-1", "submitted_at": "2026-09-01T07:31:05Z",
        });
        world.put(&keys::student(&scope(), &"stu_1".parse().unwrap()), &student);
        let mut noted = json!({
            "id": REQUEST, "kind": "access", "student": "stu_1", "received_at": "2026-09-09T07:00:00Z",
            "channel": "email", "noted_at": "2026-09-09T08:00:00Z", "noted_by": "operator",
            "status": "acknowledged", "version": 1, "acknowledged_at": "2026-09-09T08:00:00Z",
            "link": { "nonce": "first", "expires_at": "2026-09-16T08:00:00Z", "number": 1 },
        });
        for (name, part) in request.as_object().unwrap() {
            noted[name] = part.clone();
        }
        let id = noted["id"].as_str().unwrap().parse().unwrap();
        world.put(&keys::rights(&scope(), &id), &noted);
        world
    }

    pub(crate) fn put(&self, key: &Key, value: &impl Serialize) {
        let mut item: HashMap<String, AttributeValue> = serde_dynamo::to_item(value).unwrap();
        item.insert("pk".into(), AttributeValue::S(key.pk.clone()));
        item.insert("sk".into(), AttributeValue::S(key.sk.clone()));
        let mut items = self.tables.items(APP);
        items.insert((key.pk.clone(), key.sk.clone()), item);
        self.tables.put(APP, items);
    }

    fn page(&self, clock: Clock) -> Confirmation {
        let (gate, queued) = (self.queue.clone(), Arc::clone(&self.queued));
        let send =
            mock!(aws_sdk_sqs::Client::send_message_batch).then_compute_response(move |input| {
                gate.answer(|| {
                    for entry in input.entries() {
                        let body = serde_json::from_str(entry.message_body()).unwrap();
                        queued.lock().unwrap().push(body);
                    }
                    let sent = SendMessageBatchOutput::builder()
                        .set_successful(Some(Vec::new()))
                        .set_failed(Some(Vec::new()));
                    MockResponse::Output(sent.build().unwrap())
                })
            });
        Confirmation {
            store: Store::new(self.tables.client(&self.gate), APP),
            objects: Objects::new(self.bucket.client(&self.gate), "bucket"),
            audit: Audit::new(self.tables.client(&self.gate), AUDIT),
            mails: MailQueue::new(client!(aws_sdk_sqs, [send]), "https://sqs.example.dk/mails"),
            key: key(),
            clock,
        }
    }

    /// Opens a link or presses its button.
    pub(crate) async fn asks(&self, method: &str, parts: [&str; 4]) -> Answer {
        self.asks_at(method, parts, now).await
    }

    pub(crate) async fn asks_at(&self, method: &str, parts: [&str; 4], clock: Clock) -> Answer {
        let [institution, cohort, request, token] = parts;
        let event = json!({
            "requestContext": { "http": { "method": method } },
            "pathParameters": {
                "institution": institution, "cohort": cohort, "request": request, "token": token,
            },
        });
        self.gets(&event, clock).await
    }

    /// Answers an event of API Gateway.
    pub(crate) async fn gets(&self, event: &Value, clock: Clock) -> Answer {
        let request: Request = serde_json::from_value(event.clone()).unwrap();
        self.page(clock).answer(&request).await
    }

    /// The request as it stands.
    pub(crate) async fn stands(&self) -> RightsRequest {
        let store = Store::new(self.tables.client(&Gate::default()), APP);
        store.rights_request(&scope(), &REQUEST.parse().unwrap()).await.unwrap().unwrap()
    }
}

/// The token of the link with this nonce.
pub(crate) fn token_of(purpose: Purpose, nonce: &str) -> String {
    token(&key(), &scope().cohort, &REQUEST.parse().unwrap(), purpose, nonce)
}

/// The parts of the path of the request's first link.
pub(crate) fn link(token: &str) -> [&str; 4] {
    ["ins_example-university", "coh_computer-science-2026", REQUEST, token]
}
