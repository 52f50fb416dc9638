//! The portal as a browser loads it.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod answers;
mod events;
