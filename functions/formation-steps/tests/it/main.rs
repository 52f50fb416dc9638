//! The crate's tests: each task run once, twice, and against what may have happened meanwhile.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod announcing;
mod anonymous;
mod ending;
mod events;
#[path = "../support/expression.rs"]
mod expression;
mod machine;
mod sample;
mod solving;
#[path = "../support/table.rs"]
mod table;
mod taking;
mod trail;
mod world;
