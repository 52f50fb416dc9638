//! What the crate promises, by feature.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod client;
mod client_api;
mod fixtures;
mod payload;
mod properties;
mod server;
mod signature;
mod test_delivery;
