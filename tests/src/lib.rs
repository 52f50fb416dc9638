//! What the end-to-end tests share: one attached stack per process, a cohort of its own for each
//! test, contacts, and looks behind the scenes.
//!
//! Tests run side by side on one stack, so none may lean on what it did not make itself. What one
//! test can do to all others has a lock in [`World`]: to break the store under the webhook, to
//! start a sweep.

pub mod api;
pub mod aws;
pub mod cohort;
pub mod contacts;
pub mod erasure;
pub mod openapi;
pub mod outbox;
pub mod registers;
pub mod scene;
pub mod world;

pub use api::Api;
pub use cohort::Cohort;
pub use dev::demo::wait_for;
pub use scene::Scene;
pub use world::{World, run};
