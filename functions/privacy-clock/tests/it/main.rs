//! The clock on a table and a bucket in memory, behind the real SDK clients.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

#[path = "../../../../shared/runtime/tests/support/counted.rs"]
mod counted;
mod events;
mod exports;
/// The same doubles as in the tests of the steps of an erasure.
#[path = "../../../erasure-steps/tests/it/memory/mod.rs"]
#[allow(dead_code, reason = "the other crate uses what this one does not")]
mod memory;
mod rights;
mod world;
