//! The function's settings.

use runtime::{Reader, SettingsError};

/// The function's settings.
#[derive(Debug)]
pub struct Config {
    /// `APP_TABLE`: the application's table.
    pub app_table: String,
    /// `AUDIT_TABLE`: the audit trail.
    pub audit_table: String,
    /// `MAILING_STATE_MACHINE_ARN`: the state machine that is started.
    pub machine: String,
}

impl Config {
    /// Reads the settings.
    pub fn read(mut reader: Reader<'_>) -> Result<Self, SettingsError> {
        let config = Self {
            app_table: reader.text("APP_TABLE"),
            audit_table: reader.text("AUDIT_TABLE"),
            machine: reader.text("MAILING_STATE_MACHINE_ARN"),
        };
        reader.finish(config)
    }
}
