//! `typeform-webhook`: receives questionnaires from Typeform (Q1 to Q6).
//!
//! It also answers the API's `$default` route, so that no path is ever answered 404 or 410: on
//! either, Typeform disables the webhook at once. A delivery to a wrong path is taken in like any
//! other; the signature, not the path, says that it is Typeform's.

pub mod answer;
pub mod config;
pub mod handler;
pub mod request;
pub mod secrets;

pub use handler::Webhook;
