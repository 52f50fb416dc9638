//! `onboarding`: registers institutions, cohorts and contacts.
//!
//! Invoked directly by an operator, one thing at a time:
//! `cargo lambda invoke --remote onboarding --data-file events/onboarding/cohort.json`. Every
//! request can be sent again: what is there already is told apart from what would be something else.

pub mod accounts;
pub mod config;
mod deactivation;
pub mod handler;
pub mod refusal;
pub mod request;

pub use handler::{Onboarded, Onboarding};
pub use request::Request;
