//! The portal's JSON API (P1, P2): what a contact may see and do of their own institution.
//!
//! A request passes [`access`](self) first: the claims that API Gateway verified say who it is, the
//! contact's record says for which institution and in which role. Handlers get that as a `Caller`
//! and can name no other institution. `docs/openapi.json` describes every route; status codes of
//! refusals exist in `problem.rs` alone.

mod access;
mod audit_csv;
mod board_views;
mod body;
mod breach_views;
mod caller;
pub mod config;
mod erasing;
mod mailing_body;
mod mailing_views;
pub mod openapi;
mod page;
mod params;
mod portal;
mod printed;
mod problem;
mod reasons;
mod reprocess;
mod roster_rows;
mod routes;
mod sentences;
mod served;
mod settings_views;
mod tidy;
mod trigger;
mod words;

pub use openapi::openapi_json;
pub use portal::{Clients, Portal};

use axum::Router;
use axum::middleware::from_fn_with_state;
use tower_http::catch_panic::CatchPanicLayer;

/// The API as a service: every route of the document, behind the check of who calls.
pub fn router(portal: Portal) -> Router {
    served::routes()
        .fallback(async || problem::Problem::NotFound)
        .method_not_allowed_fallback(async || problem::Problem::MethodNotAllowed)
        .layer(CatchPanicLayer::custom(problem::after_panic))
        .layer(from_fn_with_state(portal.clone(), access::boundary))
        .with_state(portal)
}
