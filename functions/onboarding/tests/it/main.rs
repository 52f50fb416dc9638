//! The function on stores and a user pool in memory.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod deactivation;
mod events;
#[path = "../../../../shared/intake/tests/it/form.rs"]
mod form;
mod pool;
mod requests;
#[path = "../../../../shared/intake/tests/it/world.rs"]
mod world;
