//! `public-pages`: what anybody may read without signing in, the register of sub-processors (D8).
//!
//! The function has no rights at all: no table, no bucket, no secret. What it shows is compiled in,
//! so an answer depends on the request, the day and the region only, and may be asked for any number
//! of times.

pub mod answer;
pub mod config;
pub mod handler;
pub mod language;
pub mod page;

pub use handler::Pages;
