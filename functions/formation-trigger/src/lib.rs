//! Starts formations: when a cohort's deadline has passed, when a contact asks, when an operator
//! runs a failed one again (G1).
//!
//! A start is two steps that cannot be one transaction: the record that makes the formation the
//! cohort's active one, then the execution of the state machine. The formation's id is the
//! execution's name, and the id is derived from why it was asked for (deadline, idempotency key),
//! so every step may run twice; and whoever finds an active formation whose execution is missing
//! or over mends that ([`start`]).

pub mod answer;
pub mod config;
pub mod executions;
pub mod handler;
pub mod request;
pub mod start;

pub use answer::{Answer, Refusal, Sweep};
pub use handler::{Deps, handle};
pub use request::Request;
