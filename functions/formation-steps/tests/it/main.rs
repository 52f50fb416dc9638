//! The crate's tests: each task run once, twice, and against what may have happened meanwhile.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod anew;
mod announcing;
mod anonymous;
mod ending;
mod evaluation;
mod events;
#[path = "../support/expression.rs"]
mod expression;
mod machine;
mod mailing;
mod mending;
mod plan;
mod planning;
mod reminder;
mod repairing;
mod sample;
mod solving;
#[path = "../support/table.rs"]
mod table;
mod taking;
mod trail;
mod world;
