//! The crate's tests: starts, refusals, and what a crash leaves behind.

mod again;
mod asked;
mod deadline;
mod events;
#[path = "../../../formation-steps/tests/support/expression.rs"]
mod expression;
#[path = "../../../formation-steps/tests/support/table.rs"]
mod table;
mod world;
