//! The function on stores in memory.

#[path = "../../../../shared/intake/tests/it/form.rs"]
mod form;
mod reprocess;
#[path = "../../../../shared/intake/tests/it/world.rs"]
mod world;
