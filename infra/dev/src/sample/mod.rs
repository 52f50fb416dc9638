//! The sample institution, and invented students with their questionnaires in the form in which
//! Typeform posts them.

pub mod cohort;
pub mod people;
pub mod students;
pub mod wire;

pub use cohort::SampleCohort;
pub use students::invent;
pub use wire::{Answered, Submission};
