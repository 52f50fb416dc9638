//! `GET` and `DELETE /forms/{form}/responses`.

use axum::{
    Json,
    body::Bytes,
    extract::{Path, Query, State},
    http::StatusCode,
};
use serde_json::{Value, json};

use super::{Refusal, StandIn, filter::Filter};

const MAX_DELETE: usize = 1000;

/// Lists responses. In a region that is not the account's: an empty list, whatever is asked.
pub(super) async fn list(
    State(state): State<StandIn>,
    Path((region, form)): Path<(String, String)>,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<Json<Value>, Refusal> {
    state.known_region(&region)?;
    state.count("responses_get");
    let filter = Filter::read(&query)?;
    if !state.is_home(&region) {
        return Ok(Json(json!({ "total_items": 0, "page_count": 0, "items": [] })));
    }
    let page = state.with_form(&form, false, |form| {
        form.settle();
        let page = filter.page(form.responses.values());
        form.looked();
        page
    });
    page.ok_or(Refusal::not_found("FORM_NOT_FOUND"))?.map(Json)
}

/// Registers a deletion; ids from the address or from the body.
pub(super) async fn delete(
    State(state): State<StandIn>,
    Path((region, form)): Path<(String, String)>,
    Query(query): Query<Vec<(String, String)>>,
    body: Bytes,
) -> Result<StatusCode, Refusal> {
    state.known_region(&region)?;
    state.count("responses_delete");
    let mut tokens: Vec<String> = query
        .iter()
        .filter(|(key, _)| key == "included_response_ids")
        .flat_map(|(_, value)| value.split(',').map(str::to_owned))
        .collect();
    if !body.is_empty() {
        tokens.extend(ids_of_body(&body)?);
    }
    if tokens.is_empty() || tokens.len() > MAX_DELETE {
        return Err(Refusal::bad_request("included_response_ids must list 1 to 1000 ids"));
    }
    if state.is_home(&region) {
        state.doom(&form, &tokens).ok_or(Refusal::not_found("FORM_NOT_FOUND"))?;
    }
    Ok(StatusCode::OK)
}

fn ids_of_body(body: &[u8]) -> Result<Vec<String>, Refusal> {
    let json: Option<Value> = serde_json::from_slice(body).ok();
    let ids =
        json.as_ref().and_then(|json| json["included_response_ids"].as_array()).and_then(|list| {
            list.iter().map(|id| id.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>()
        });
    ids.ok_or_else(|| Refusal::bad_request("included_response_ids must be a list of ids"))
}
