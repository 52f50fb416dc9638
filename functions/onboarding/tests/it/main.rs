//! The function on stores and a user pool in memory.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod chain;
mod deactivation;
mod events;
#[path = "../../../../shared/intake/tests/it/form.rs"]
mod form;
#[path = "../../../erasure-steps/tests/it/memory/mod.rs"]
#[allow(dead_code, unused_imports, reason = "the other crate has tables and a bucket in it, too")]
mod memory;
mod pool;
mod requests;
#[path = "../../../erasure-steps/tests/it/ses.rs"]
#[allow(dead_code, reason = "the other crate goes back in time")]
mod ses;
#[path = "../../../../shared/intake/tests/it/world.rs"]
mod world;
