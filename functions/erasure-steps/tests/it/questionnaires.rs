//! Typeform's documented API on the loopback interface, as far as erasure calls it: deletions that are
//! registered at once and done later, empty lists in the wrong region, cursors that die with their
//! response.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use axum::extract::{Path, Query, Request, State};
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get};
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::memory::{Gate, When};

/// The region where the account's responses are; every other lists nothing.
pub(crate) const REGION: &str = "eu";

/// How many looks a registered deletion outlives.
const LOOKS: u32 = 2;

/// The forms of an account.
pub(crate) type Forms = BTreeMap<String, Form>;

/// A form with what it collected.
#[derive(Debug, Clone, Default)]
pub(crate) struct Form {
    /// Token to type and, once its deletion is registered, the looks that are left to it.
    responses: BTreeMap<String, (&'static str, Option<u32>)>,
    webhooks: BTreeSet<String>,
    /// By token: whose address was answered.
    senders: BTreeMap<String, String>,
    /// By token: what came back in the hidden field `token`.
    links: BTreeMap<String, String>,
}

#[derive(Debug, Default)]
struct Account {
    address: String,
    forms: Forms,
    /// Responses that no deletion removes.
    undying: BTreeSet<String>,
}

/// An account at Typeform.
#[derive(Debug, Clone, Default)]
pub(crate) struct Questionnaires {
    account: Arc<Mutex<Account>>,
    gate: Gate,
}

impl Questionnaires {
    /// Serves an account until the test ends.
    pub(crate) async fn serve(gate: &Gate) -> Self {
        let served = Self { gate: gate.clone(), ..Self::default() };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        served.account.lock().unwrap().address = address;
        let router = Router::new()
            .route("/{region}/forms/{form}", get(form))
            .route("/{region}/forms/{form}/responses", get(list).delete(register))
            .route("/{region}/forms/{form}/webhooks/{tag}", delete(webhook))
            .layer(middleware::from_fn_with_state(served.clone(), pass))
            .with_state(served.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        served
    }

    /// The base address of a region.
    pub(crate) fn base(&self, region: &str) -> String {
        format!("{}/{region}", self.account.lock().unwrap().address)
    }

    /// Makes a form with our webhook and with responses of a type.
    pub(crate) fn add(&self, form: &str, kind: &'static str, tokens: &[&str]) {
        let mut account = self.account.lock().unwrap();
        let form = account.forms.entry(form.to_owned()).or_default();
        form.webhooks.insert("unihelper".to_owned());
        form.responses.extend(tokens.iter().map(|token| ((*token).to_owned(), (kind, None))));
    }

    /// Adds a response of a type in which somebody gave their address.
    pub(crate) fn add_from(&self, form: &str, kind: &'static str, token: &str, email: &str) {
        self.add(form, kind, &[token]);
        let mut account = self.account.lock().unwrap();
        let form = account.forms.get_mut(form).unwrap();
        form.senders.insert(token.to_owned(), email.to_owned());
    }

    /// Adds a response of a type that came by a personal link.
    pub(crate) fn add_by(&self, form: &str, kind: &'static str, token: &str, link: &str) {
        self.add(form, kind, &[token]);
        let mut account = self.account.lock().unwrap();
        let form = account.forms.get_mut(form).unwrap();
        form.links.insert(token.to_owned(), link.to_owned());
    }

    /// What came by a personal link does not show it any more.
    pub(crate) fn unlink(&self, form: &str, token: &str) {
        self.account.lock().unwrap().forms.get_mut(form).unwrap().links.remove(token);
    }

    /// Deletes a form with all it has.
    pub(crate) fn remove(&self, form: &str) {
        self.account.lock().unwrap().forms.remove(form);
    }

    /// The forms as they are now.
    pub(crate) fn saved(&self) -> Forms {
        self.account.lock().unwrap().forms.clone()
    }

    /// Makes the forms what they were.
    pub(crate) fn restore(&self, saved: &Forms) {
        self.account.lock().unwrap().forms.clone_from(saved);
    }

    /// From now on this response outlives its deletion.
    pub(crate) fn keep(&self, token: &str) {
        self.account.lock().unwrap().undying.insert(token.to_owned());
    }

    /// The responses of a form.
    pub(crate) fn tokens(&self, form: &str) -> Vec<String> {
        let account = self.account.lock().unwrap();
        account.forms.get(form).map_or(Vec::new(), |form| form.responses.keys().cloned().collect())
    }

    /// The webhooks of a form.
    pub(crate) fn webhooks(&self, form: &str) -> Vec<String> {
        let account = self.account.lock().unwrap();
        account.forms.get(form).map_or(Vec::new(), |form| form.webhooks.iter().cloned().collect())
    }
}

async fn pass(State(served): State<Questionnaires>, request: Request, next: Next) -> Response {
    let when = served.gate.next();
    if when == Some(When::Before) {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let answer = next.run(request).await;
    if when == Some(When::After) {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    answer
}

async fn form(
    State(served): State<Questionnaires>,
    Path((_, form)): Path<(String, String)>,
) -> Result<Json<Value>, StatusCode> {
    let account = served.account.lock().unwrap();
    if !account.forms.contains_key(&form) {
        return Err(StatusCode::NOT_FOUND);
    }
    let responses = format!("{}/{REGION}/forms/{form}/responses", account.address);
    Ok(Json(json!({ "id": form, "fields": [], "_links": { "responses": responses } })))
}

async fn list(
    State(served): State<Questionnaires>,
    Path((region, form)): Path<(String, String)>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Result<Json<Value>, StatusCode> {
    let account = &mut *served.account.lock().unwrap();
    let form = account.forms.get_mut(&form).ok_or(StatusCode::NOT_FOUND)?;
    if region != REGION {
        return Ok(Json(json!({ "total_items": 0, "page_count": 0, "items": [] })));
    }
    let undying = &account.undying;
    form.responses.retain(|token, (_, looks)| *looks != Some(0) || undying.contains(token));
    for (_, looks) in form.responses.values_mut() {
        *looks = looks.map(|left| left.saturating_sub(1));
    }
    let types = query.get("response_type").map_or("completed", String::as_str);
    let wanted = |kind: &str| types.split(',').any(|wanted| wanted == kind);
    let before = query.get("before");
    if before.is_some_and(|token| !form.responses.contains_key(token)) {
        return Err(StatusCode::BAD_REQUEST);
    }
    let listed = form.responses.iter().rev().filter(|(_, (kind, _))| wanted(kind));
    let total = listed.clone().count();
    let size: usize = query["page_size"].parse().unwrap();
    let items: Vec<Value> = listed
        .filter(|(token, _)| before.is_none_or(|before| *token < before))
        // A page holds less than asked for, as the documentation allows, so that pages are turned.
        .take(size.min(5))
        .map(|(token, (kind, _))| {
            let mut item = json!({ "token": token, "response_type": kind });
            if let Some(link) = form.links.get(token) {
                item["hidden"] = json!({ "token": link });
            }
            if let Some(email) = form.senders.get(token) {
                let field = json!({ "id": "f1", "type": "email", "ref": "email" });
                item["landed_at"] = json!("2027-08-01T09:00:00Z");
                item["submitted_at"] = json!("2027-08-01T10:00:00Z");
                item["answers"] = json!([{ "type": "email", "email": email, "field": field }]);
            }
            item
        })
        .collect();
    Ok(Json(json!({ "total_items": total, "page_count": 1, "items": items })))
}

async fn register(
    State(served): State<Questionnaires>,
    Path((region, form)): Path<(String, String)>,
    Json(body): Json<Value>,
) -> StatusCode {
    let account = &mut *served.account.lock().unwrap();
    let Some(form) = account.forms.get_mut(&form).filter(|_| region == REGION) else {
        return StatusCode::OK;
    };
    let tokens = body["included_response_ids"].as_array().unwrap();
    assert!(tokens.len() <= 1000, "Typeform takes 1,000 ids at most");
    for token in tokens {
        if let Some((_, looks)) = form.responses.get_mut(token.as_str().unwrap()) {
            looks.get_or_insert(LOOKS);
        }
    }
    StatusCode::OK
}

async fn webhook(
    State(served): State<Questionnaires>,
    Path((_, form, tag)): Path<(String, String, String)>,
) -> StatusCode {
    let account = &mut *served.account.lock().unwrap();
    let removed = account.forms.get_mut(&form).is_some_and(|form| form.webhooks.remove(&tag));
    if removed { StatusCode::NO_CONTENT } else { StatusCode::NOT_FOUND }
}
