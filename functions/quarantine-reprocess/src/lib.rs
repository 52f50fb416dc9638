//! `quarantine-reprocess`: maps quarantined questionnaires again, with today's settings (Q4).
//!
//! Invoked by `portal-api` for a contact who waits for the answer, and directly by an operator who has mended a cohort's mapping or onboarded the cohort of a
//! form that was unknown: `cargo lambda invoke --remote quarantine-reprocess --data-file
//! events/quarantine-reprocess/cohort.json`.

pub mod config;
pub mod handler;
pub mod request;

pub use handler::{Reprocess, Summary};
pub use request::Request;
