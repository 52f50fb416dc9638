//! The crate's tests: starts, refusals, and what a crash leaves behind.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod again;
mod around;
mod asked;
mod deadline;
mod events;
#[path = "../../../formation-steps/tests/support/expression.rs"]
mod expression;
mod plan;
#[path = "../../../formation-steps/tests/support/table.rs"]
mod table;
mod world;
