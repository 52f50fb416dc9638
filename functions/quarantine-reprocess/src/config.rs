//! Settings of the function.

use runtime::{Reader, SettingsError};

/// Settings of the function.
#[derive(Debug, Clone)]
pub struct Config {
    /// `APP_TABLE`: the application's table.
    pub app_table: String,
    /// `AUDIT_TABLE`: the audit trail.
    pub audit_table: String,
    /// `DATA_BUCKET`: the bucket of raw questionnaires.
    pub data_bucket: String,
    /// `KEYS_SECRET_ARN`: the secret with the key that students' addresses are hashed under.
    pub keys_secret: String,
}

impl Config {
    /// Reads all settings; the error names every missing one.
    pub fn read(mut reader: Reader<'_>) -> Result<Self, SettingsError> {
        let config = Self {
            app_table: reader.text("APP_TABLE"),
            audit_table: reader.text("AUDIT_TABLE"),
            data_bucket: reader.text("DATA_BUCKET"),
            keys_secret: reader.text("KEYS_SECRET_ARN"),
        };
        reader.finish(config)
    }
}
