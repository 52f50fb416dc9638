//! The start of a function's process.

use aws_types::SdkConfig;

use crate::settings::{Reader, SettingsError};
use crate::{aws, telemetry};

/// A function that refuses to start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The region is outside the EU.
    #[error(transparent)]
    Region(#[from] domain::region::OutsideEu),
    /// Settings are missing or unreadable.
    #[error(transparent)]
    Settings(#[from] SettingsError),
}

/// What a handler's dependencies are built from.
#[derive(Debug)]
pub struct Started<C> {
    /// The function's settings.
    pub config: C,
    /// What AWS clients are made from.
    pub sdk: SdkConfig,
}

/// Starts logging, reads the settings and refuses a region outside the EU, in this order, so that
/// the refusal is logged. `read` asks the reader for everything before it fails.
pub fn start<C>(
    read: impl FnOnce(Reader<'_>) -> Result<C, SettingsError>,
) -> Result<Started<C>, StartError> {
    let mut common = Reader::environment();
    let level = common.text("LOG_LEVEL");
    telemetry::init(if level.is_empty() { "info" } else { &level });
    let region = common.text("AWS_REGION");
    let begun = || {
        domain::region::require_eu(&region)?;
        Ok(Started { config: read(Reader::environment())?, sdk: aws::sdk_config(&region)? })
    };
    begun().inspect_err(|error: &StartError| telemetry::log_error("start", error))
}
