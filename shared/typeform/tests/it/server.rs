//! An HTTP listener that answers from a script and remembers what it was asked.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, Method, Response, Uri},
};
use serde_json::{Value, json};
use typeform::client::{ClientSettings, TypeformClient};

/// The access token the clients present.
pub(crate) const TOKEN: &str = "tfp_invented_token";

/// Status, `Retry-After` and body of an answer.
pub(crate) type Answer = (u16, Option<&'static str>, String);

/// What arrived at the server.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) at: Instant,
    pub(crate) line: String,
    pub(crate) authorisation: String,
    pub(crate) body: String,
}

/// The answers to come and the requests that came.
#[derive(Clone, Default)]
pub(crate) struct Script {
    answers: Arc<Mutex<VecDeque<Answer>>>,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Script {
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        self.seen().into_iter().map(|seen| seen.line).collect()
    }
}

async fn answer(
    State(script): State<Script>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    script.seen.lock().unwrap().push(Seen {
        at: Instant::now(),
        line: format!("{method} {uri}"),
        authorisation: headers
            .get("authorization")
            .map(|value| value.to_str().unwrap().to_owned())
            .unwrap_or_default(),
        body: String::from_utf8(body.to_vec()).unwrap(),
    });
    let next = script.answers.lock().unwrap().pop_front();
    let (status, retry_after, body) = next.unwrap_or((599, None, "the script is over".to_owned()));
    let mut response = Response::builder().status(status).header("location", "/elsewhere");
    if let Some(seconds) = retry_after {
        response = response.header("retry-after", seconds);
    }
    response.body(Body::from(body)).unwrap()
}

/// A server that gives these answers in turn, and a client of it that does not wait between requests.
pub(crate) async fn scripted(answers: Vec<(u16, Value)>) -> (Script, TypeformClient) {
    let answers = answers.into_iter().map(|(status, body)| (status, None, text(&body))).collect();
    let (script, settings) = server(answers).await;
    (script, TypeformClient::with_settings(settings).unwrap())
}

fn text(body: &Value) -> String {
    if body.is_null() { String::new() } else { body.to_string() }
}

pub(crate) async fn server(answers: Vec<Answer>) -> (Script, ClientSettings) {
    let script = Script { answers: Arc::new(Mutex::new(answers.into())), ..Script::default() };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new().fallback(answer).with_state(script.clone());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    let settings = ClientSettings {
        min_interval: Duration::ZERO,
        first_backoff: Duration::from_millis(20),
        timeout: Duration::from_secs(5),
        ..ClientSettings::new(format!("http://{address}/eu"), TOKEN.into())
    };
    (script, settings)
}

pub(crate) fn page(items: &[Value]) -> Value {
    json!({ "total_items": items.len(), "page_count": 1, "items": items })
}

pub(crate) fn item(token: &str) -> Value {
    json!({
        "token": token, "landing_id": token, "response_type": "completed",
        "landed_at": "2026-08-20T09:00:00Z", "submitted_at": "2026-08-20T09:10:00Z",
        "metadata": { "user_agent": "Mozilla/5.0 (Invented)", "network_id": "0a1b2c" },
        "answers": [{ "type": "email", "email": "ida.krogh@example.edu", "field": { "id": "fMail02", "type": "email" } }],
    })
}

pub(crate) fn ids(range: std::ops::Range<usize>) -> Vec<String> {
    range.map(|number| format!("t{number}")).collect()
}
