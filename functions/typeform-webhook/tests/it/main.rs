//! The function on stores in memory.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod events;
#[path = "../../../../shared/intake/tests/it/form.rs"]
mod form;
mod log;
mod requests;
mod setup;
#[path = "../../../../shared/intake/tests/it/world.rs"]
mod world;
