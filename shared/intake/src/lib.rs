//! From a questionnaire as Typeform posts it to what is stored of it (Q2 to Q6).
//!
//! * [`mask_json`] takes civil registration numbers out of a payload before anything is stored.
//! * [`map`] turns a parsed response into a person and a profile, by the cohort's settings alone.
//! * Answers to evaluations are kept as choices and numbers only (`evaluate.rs`).
//! * [`Intake`] puts the two together with the stores: [`Intake::ingest`] for a delivery,
//!   [`Intake::again`] for a response in quarantine.
//!
//! The crate knows nothing of HTTP, signatures or Lambda.

mod again;
mod answers;
mod bounced;
mod evaluate;
mod event;
mod gone;
mod ingest;
mod map;
mod masking;
mod said;
mod sender;
mod spared;

pub use again::{Again, Kept};
pub use evaluate::is_evaluation_of;
pub use event::About;
pub use ingest::{IngestError, Intake, Outcome, Receipt};
pub use map::{Mapped, map};
pub use masking::{MaskedPayload, mask_body, mask_json};
pub use sender::{is_from, is_stored_from};
