//! A stand-in for the HTTP API of Typeform, which nobody emulates: the documented endpoints this project
//! calls, with the behaviour that matters to it.
//!
//! * Responses: cursors, windows, types; deletion is registered at once and done later, and unknown ids
//!   are ignored without a word.
//! * Regions: every region has a base path (`/us`, `/eu`). Only the account's own lists responses; the
//!   other answers with empty lists, and a form's `_links.responses` names the right one.
//! * A bearer token is asked for (401, 403), and more requests a second than allowed get 429.
//! * What it does not know of the API it refuses with 400 instead of ignoring it.
//!
//! State lives in memory, per process. Tests and the demo fill and inspect it under `/_standin/`:
//!
//! | request | effect |
//! |---|---|
//! | `PUT /_standin/forms/{form}` | makes the form; the body is its JSON (`title`, `fields`) |
//! | `POST /_standin/forms/{form}/responses` | adds one response or a list of them: webhook payloads or items of the Responses API; a token that is there is replaced |
//! | `GET /_standin/forms/{form}` | tokens kept, tokens whose deletion is pending |
//! | `GET /_standin/counters` | requests by kind |
//! | `PATCH /_standin/settings` | changes `delete_after_reads`, `delete_after_ms`, `max_per_second`, `fail_next` |
//!
//! Sources: <https://www.typeform.com/developers/responses/reference/retrieve-responses/>,
//! <https://www.typeform.com/developers/responses/reference/delete-responses>,
//! <https://www.typeform.com/developers/webhooks/reference/create-or-update-webhook/>,
//! <https://www.typeform.com/developers/get-started/responses-data-center/>.

mod control;
mod filter;
mod responses;
mod state;
mod webhooks;

use std::io;

use axum::{
    Json, Router,
    extract::{Path, Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, patch, post, put},
};
use serde_json::{Value, json};

pub use state::{Settings, StandIn};

/// Serves until the task is dropped. Bind the listener to the loopback interface: the endpoints under
/// `/_standin/` ask for no token.
pub async fn serve(listener: tokio::net::TcpListener, state: StandIn) -> io::Result<()> {
    state.set_address(listener.local_addr()?);
    axum::serve(listener, router(state)).await
}

fn router(state: StandIn) -> Router {
    let limited = Router::new()
        .route("/{region}/forms/{form}", get(form))
        .route("/{region}/forms/{form}/responses", get(responses::list).delete(responses::delete))
        .route_layer(middleware::from_fn_with_state(state.clone(), limit));
    let api = Router::new()
        .route(
            "/{region}/forms/{form}/webhooks/{tag}",
            get(webhooks::get).put(webhooks::put).delete(webhooks::delete),
        )
        .merge(limited)
        .route_layer(middleware::from_fn_with_state(state.clone(), authorise));
    let control = Router::new()
        .route("/_standin/forms/{form}", put(control::put_form).get(control::form))
        .route("/_standin/forms/{form}/responses", post(control::add_responses))
        .route("/_standin/counters", get(control::counters))
        .route("/_standin/settings", patch(control::settings));
    control.merge(api).with_state(state)
}

/// An error in the shape of Typeform's.
pub(crate) struct Refusal(StatusCode, &'static str, String);

impl Refusal {
    pub(crate) fn bad_request(description: impl Into<String>) -> Self {
        Self(StatusCode::BAD_REQUEST, "VALIDATION_ERROR", description.into())
    }

    pub(crate) fn not_found(code: &'static str) -> Self {
        Self(StatusCode::NOT_FOUND, code, "Nothing here".to_owned())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Self(status, code, description) = self;
        (status, Json(json!({ "code": code, "description": description }))).into_response()
    }
}

async fn authorise(
    State(state): State<StandIn>,
    headers: HeaderMap,
    request: Request,
    next: Next,
) -> Result<Response, Refusal> {
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token =
        given.and_then(|value| value.strip_prefix("Bearer ")).filter(|token| !token.is_empty());
    let refused = match token {
        None => Some((StatusCode::UNAUTHORIZED, "UNAUTHORIZED")),
        Some(token) if !state.is_token(token) => {
            Some((StatusCode::FORBIDDEN, "AUTHENTICATION_FAILED"))
        }
        Some(_) => None,
    };
    if let Some((status, code)) = refused {
        state.count("unauthorized");
        return Err(Refusal(status, code, "A valid access token is needed".to_owned()));
    }
    if state.fails_now() {
        return Err(Refusal(
            StatusCode::SERVICE_UNAVAILABLE,
            "SERVICE_UNAVAILABLE",
            "As told".to_owned(),
        ));
    }
    Ok(next.run(request).await)
}

async fn limit(
    State(state): State<StandIn>,
    request: Request,
    next: Next,
) -> Result<Response, Refusal> {
    if !state.admits_now() {
        state.count("throttled");
        return Err(Refusal(
            StatusCode::TOO_MANY_REQUESTS,
            "TOO_MANY_REQUESTS",
            "Slow down".to_owned(),
        ));
    }
    Ok(next.run(request).await)
}

/// `GET /forms/{form}`: works in every region and tells where the responses are.
async fn form(
    State(state): State<StandIn>,
    Path((region, form)): Path<(String, String)>,
) -> Result<Json<Value>, Refusal> {
    state.known_region(&region)?;
    state.count("form_get");
    state.form(&form).map(Json).ok_or(Refusal::not_found("FORM_NOT_FOUND"))
}

#[cfg(test)]
mod tests;
