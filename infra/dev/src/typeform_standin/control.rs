//! The endpoints under `/_standin/`, by which tests and the demo fill and inspect the stand-in.

use std::time::Duration;

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use serde_json::{Map, Value, json};

use super::{
    Refusal, StandIn,
    state::{Form, Item},
};

pub(super) async fn put_form(
    State(state): State<StandIn>,
    Path(form): Path<String>,
    Json(definition): Json<Map<String, Value>>,
) -> StatusCode {
    state.put_form(&form, definition);
    StatusCode::NO_CONTENT
}

pub(super) async fn add_responses(
    State(state): State<StandIn>,
    Path(form): Path<String>,
    Json(body): Json<Value>,
) -> Result<Json<Value>, Refusal> {
    let list = match body {
        Value::Array(list) => list,
        one => vec![one],
    };
    let added = list.len();
    state.add_responses(&form, list).map_err(Refusal::bad_request)?;
    Ok(Json(json!({ "added": added })))
}

pub(super) async fn form(
    State(state): State<StandIn>,
    Path(form): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let told = state.with_form(&form, false, |form| {
        form.settle();
        let (doomed, kept): (Vec<_>, Vec<_>) =
            form.responses.iter().partition(|(_, item)| item.doomed.is_some());
        let tokens = |list: Vec<(&String, &Item)>| {
            list.into_iter().map(|(token, _)| token.clone()).collect::<Vec<_>>()
        };
        json!({ "kept": tokens(kept), "pending_deletion": tokens(doomed) })
    });
    told.map(Json).ok_or(Refusal::not_found("FORM_NOT_FOUND"))
}

pub(super) async fn counters(State(state): State<StandIn>) -> Json<Value> {
    Json(state.counters())
}

pub(super) async fn settings(
    State(state): State<StandIn>,
    Json(body): Json<Map<String, Value>>,
) -> Result<StatusCode, Refusal> {
    for (key, value) in body {
        let number = value.as_u64().and_then(|number| u32::try_from(number).ok());
        let known = state.change(|settings, fail_next| {
            match (key.as_str(), number) {
                ("delete_after_reads", Some(reads)) => settings.delete_after_reads = reads,
                ("delete_after_ms", Some(time)) => {
                    settings.delete_after = Duration::from_millis(time.into());
                }
                ("fail_next", Some(requests)) => *fail_next = requests,
                ("max_per_second", most) if most.is_some() || value.is_null() => {
                    settings.max_per_second = most;
                }
                _ => return false,
            }
            true
        });
        if !known {
            return Err(Refusal::bad_request(format!("`{key}` cannot be set to this")));
        }
    }
    Ok(StatusCode::NO_CONTENT)
}

impl StandIn {
    /// Adds responses to the form, which is made if absent: webhook payloads as the demo posts them, or
    /// items of the Responses API. A token that is there is replaced.
    pub fn add_responses(&self, form: &str, list: Vec<Value>) -> Result<(), &'static str> {
        let items = list.into_iter().map(item).collect::<Result<Vec<_>, _>>()?;
        self.with_form(form, true, |form: &mut Form| {
            for (token, json) in items {
                form.responses.insert(token, Item { json, doomed: None });
            }
        });
        Ok(())
    }
}

/// The item the Responses API shows for a webhook payload, or for an item.
fn item(given: Value) -> Result<(String, Value), &'static str> {
    let partial = given["event_type"] == "form_response_partial";
    let from_webhook = given.get("form_response").is_some();
    let mut response = if from_webhook { given["form_response"].clone() } else { given };
    let object = response.as_object_mut().ok_or("a response must be an object")?;
    let token = object
        .get("token")
        .and_then(Value::as_str)
        .ok_or("a response must have a token")?
        .to_owned();
    for key in ["form_id", "definition", "response_url"] {
        object.remove(key);
    }
    object.insert("landing_id".to_owned(), token.clone().into());
    object.insert("response_id".to_owned(), token.clone().into());
    let kind = if partial { "partial" } else { "completed" };
    object.entry("response_type").or_insert_with(|| kind.into());
    object.entry("submitted_at").or_insert_with(|| "0001-01-01T00:00:00Z".into());
    // Typeform adds this about the respondent's browser; our side must drop it.
    object.entry("metadata").or_insert_with(|| {
        json!({
            "user_agent": "Mozilla/5.0 (Invented)", "platform": "other", "browser": "default",
            "referer": "https://questionnaire.example.edu/", "network_id": "0a1b2c3d4e",
        })
    });
    Ok((token, response))
}
