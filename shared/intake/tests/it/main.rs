//! The crate's tests: what is mapped, what is masked, what is stored.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod again;
mod bounced;
mod evaluate;
mod form;
mod ingest;
mod map;
mod masking;
mod masking_law;
mod unreadable;
mod world;
