//! The function's settings.

use runtime::{Reader, SettingsError};

/// Settings of the function; each field names its variable.
#[derive(Debug, Clone)]
pub struct Config {
    /// `APP_TABLE`: the application's table.
    pub app_table: String,
    /// `AUDIT_TABLE`: the audit trail.
    pub audit_table: String,
    /// `DATA_BUCKET`: where questionnaires are.
    pub data_bucket: String,
    /// `KEYS_SECRET_ARN`: the key under which tokens of links are hashes.
    pub keys_secret_arn: String,
    /// `MAIL_QUEUE_URL`: the queue of messages to send.
    pub mail_queue_url: String,
}

impl Config {
    /// Reads all settings; names every one that is missing.
    pub fn read(mut reader: Reader<'_>) -> Result<Self, SettingsError> {
        let config = Self {
            app_table: reader.text("APP_TABLE"),
            audit_table: reader.text("AUDIT_TABLE"),
            data_bucket: reader.text("DATA_BUCKET"),
            keys_secret_arn: reader.text("KEYS_SECRET_ARN"),
            mail_queue_url: reader.text("MAIL_QUEUE_URL"),
        };
        reader.finish(config)
    }
}
