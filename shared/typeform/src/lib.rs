//! Typeform's side of the service: everything this project knows about the questionnaire vendor's
//! wire formats, and nothing about students, cohorts or storage.
//!
//! * [`signature`] verifies (and, for tests, makes) the `Typeform-Signature` header.
//! * [`payload`] parses a webhook delivery into types of our own, tolerating what the vendor does in
//!   practice rather than only what it documents.
//! * [`is_test_delivery`] recognises the "send test request" button.
//! * [`client`] (cargo feature `client`) talks to the Responses, Webhooks and Forms APIs.
//!
//! No type here shows an answer, an address or a token through `Debug`, and no error repeats text of
//! a payload, so any of them may be logged.

#[cfg(feature = "client")]
pub mod client;
pub mod payload;
pub mod signature;
mod test_delivery;

pub use payload::{Delivery, PayloadError, Response};
pub use test_delivery::is_test_delivery;
