//! The crate's tests: what is mapped, what is masked, what is stored.

mod again;
mod form;
mod ingest;
mod map;
mod masking;
mod world;
