//! What the end-to-end tests share: one attached stack per process, a cohort of its own for each
//! test, contacts, and looks behind the scenes.
//!
//! Tests run side by side on one stack, so none may lean on what it did not make itself. What one
//! test can do to all others has a lock in [`World`]: to take the webhook's processes away, to start a
//! sweep.

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
pub use scene::Scene;
pub use world::{World, run};

/// Seconds that anything may take. A test that passes never waits so long; one limit for all, far above what two
/// busy cores need, keeps slowness from looking like a fault.
const PATIENCE: u64 = 400;

/// Asks again and again until the answer is there.
pub async fn wait_for<T>(
    what: &str,
    ask: impl AsyncFnMut() -> anyhow::Result<Option<T>>,
) -> anyhow::Result<T> {
    dev::demo::wait_for(what, PATIENCE, ask).await
}
