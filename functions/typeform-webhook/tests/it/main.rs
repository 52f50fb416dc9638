//! The function on stores in memory.

mod events;
#[path = "../../../../shared/intake/tests/it/form.rs"]
mod form;
mod requests;
mod setup;
#[path = "../../../../shared/intake/tests/it/world.rs"]
mod world;
