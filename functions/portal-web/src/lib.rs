//! `portal-web`: the portal as a browser loads it (P3), on the origin of the API that it calls.
//!
//! The function has no rights at all: no table, no bucket, no secret. It hands out files that are
//! compiled in and one small document of settings that are no secret, so an answer depends on the
//! request and the deployment only, and may be asked for any number of times.

pub mod answer;
pub mod built;
pub mod config;
mod encoding;
pub mod handler;

pub use handler::Web;
