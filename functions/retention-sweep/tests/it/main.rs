//! The sweep on tables and a bucket in memory, behind the real SDK clients.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod contacts;
mod events;
mod executions;
/// The same doubles as in the tests of the steps that the sweep starts.
#[path = "../../../erasure-steps/tests/it/memory/mod.rs"]
#[allow(dead_code, reason = "the other crate uses what this one does not")]
mod memory;
#[path = "../../../erasure-steps/tests/it/pool.rs"]
#[allow(dead_code, reason = "the other crate goes back in time")]
mod pool;
mod seals;
#[path = "../../../erasure-steps/tests/it/ses.rs"]
#[allow(dead_code, reason = "the other crate goes back in time")]
mod ses;
mod sweeps;
mod world;
