//! The crate's tests: what starts, what does not any more, and what a crash leaves behind.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod events;
#[path = "../../../formation-steps/tests/support/expression.rs"]
mod expression;
mod missed;
mod started;
#[path = "../../../formation-steps/tests/support/table.rs"]
mod table;
mod world;
