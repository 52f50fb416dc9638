//! The function's settings.

use runtime::{Reader, SettingsError};

/// The settings; each field names its variable.
#[derive(Debug)]
pub struct Config {
    /// `APP_TABLE`
    pub app_table: String,
    /// `AUDIT_TABLE`
    pub audit_table: String,
}

impl Config {
    /// Reads the settings; all problems are reported together.
    pub fn read(mut reader: Reader<'_>) -> Result<Self, SettingsError> {
        let app_table = reader.text("APP_TABLE");
        let audit_table = reader.text("AUDIT_TABLE");
        reader.finish(Self { app_table, audit_table })
    }
}
