//! What the crate promises, by feature.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod client;
mod fixtures;
mod payload;
mod properties;
mod signature;
mod test_delivery;
