//! `/forms/{form}/webhooks/{tag}`. The stand-in keeps webhooks but delivers nothing: the demo posts the
//! questionnaires itself.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use serde_json::{Value, json};

use super::{Refusal, StandIn};

type Address = Path<(String, String, String)>;

pub(super) async fn get(
    State(state): State<StandIn>,
    Path((region, form, tag)): Address,
) -> Result<Json<Value>, Refusal> {
    state.known_region(&region)?;
    state.count("webhook_get");
    let webhook = state.with_form(&form, false, |form| form.webhooks.get(&tag).cloned()).flatten();
    webhook.map(Json).ok_or(Refusal::not_found("WEBHOOK_NOT_FOUND"))
}

pub(super) async fn put(
    State(state): State<StandIn>,
    Path((region, form_id, tag)): Address,
    Json(body): Json<Value>,
) -> Result<Json<Value>, Refusal> {
    state.known_region(&region)?;
    state.count("webhook_put");
    let url = body["url"].as_str().unwrap_or_default();
    // Typeform takes https only; deliveries of the demo stay on this machine.
    if !url.starts_with("https://")
        && !url.starts_with("http://127.0.0.1")
        && !url.starts_with("http://localhost")
    {
        return Err(Refusal::bad_request("webhook_url_https_required"));
    }
    let webhook = json!({
        "id": format!("{form_id}-{tag}"),
        "form_id": form_id,
        "tag": tag,
        "url": url,
        "enabled": body["enabled"].as_bool().unwrap_or(false),
        "event_types": body.get("event_types").cloned().unwrap_or_else(|| json!({ "form_response": true })),
        "secret": body["secret"],
    });
    let kept = webhook.clone();
    state
        .with_form(&form_id, false, |form| form.webhooks.insert(tag, kept))
        .ok_or(Refusal::not_found("FORM_NOT_FOUND"))?;
    Ok(Json(webhook))
}

pub(super) async fn delete(
    State(state): State<StandIn>,
    Path((region, form, tag)): Address,
) -> Result<StatusCode, Refusal> {
    state.known_region(&region)?;
    state.count("webhook_delete");
    let webhook = state.with_form(&form, false, |form| form.webhooks.remove(&tag)).flatten();
    webhook.map(|_| StatusCode::NO_CONTENT).ok_or(Refusal::not_found("WEBHOOK_NOT_FOUND"))
}
