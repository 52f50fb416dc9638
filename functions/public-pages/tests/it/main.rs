//! The pages as a browser gets them.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod drawn;
mod events;
mod pages;
