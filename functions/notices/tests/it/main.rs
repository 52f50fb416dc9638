//! The function on stores and a queue in memory.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod announces;
#[path = "../../../../shared/runtime/tests/support/counted.rs"]
mod counted;
#[path = "../../../../shared/intake/tests/it/form.rs"]
mod form;
#[path = "../../../../shared/intake/tests/it/world.rs"]
mod world;
