//! The page behind the link, on a table in memory behind the real SDK clients.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod acts;
mod drawn;
mod events;
mod fetching;
mod links;
/// The same doubles as in the tests of the steps of an erasure.
#[path = "../../../erasure-steps/tests/it/memory/mod.rs"]
#[allow(dead_code, reason = "the other crate uses what this one does not")]
mod memory;
mod page;
mod shows;
mod visitor;
mod visits;
mod world;
