//! The function on stores in memory.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

#[path = "../../../../shared/intake/tests/it/form.rs"]
mod form;
mod reprocess;
#[path = "../../../../shared/intake/tests/it/world.rs"]
mod world;
