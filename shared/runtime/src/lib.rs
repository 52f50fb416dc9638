//! What every function's process needs around its handler: settings, logs, metrics, AWS clients, the clock.

pub mod aws;
pub mod batch;
pub mod clock;
pub mod metrics;
pub mod secrets;
pub mod settings;
pub mod start;
pub mod step;
pub mod telemetry;
pub mod web;

pub use metrics::{Metric, count};
pub use settings::{Reader, SettingsError};
pub use start::{StartError, Started, start};
pub use step::StepError;
