//! The function's settings.

use runtime::{Reader, SettingsError};

/// The function's settings.
#[derive(Debug)]
pub struct Config {
    /// `APP_TABLE`: the application's table.
    pub app_table: String,
    /// `AUDIT_TABLE`: the audit trail.
    pub audit_table: String,
    /// `DATA_BUCKET`: where solvers' inputs and outputs are.
    pub data_bucket: String,
    /// `MAIL_QUEUE_URL`: the queue of messages to send.
    pub mail_queue: String,
}

impl Config {
    /// Reads the settings.
    pub fn read(mut reader: Reader<'_>) -> Result<Self, SettingsError> {
        let config = Self {
            app_table: reader.text("APP_TABLE"),
            audit_table: reader.text("AUDIT_TABLE"),
            data_bucket: reader.text("DATA_BUCKET"),
            mail_queue: reader.text("MAIL_QUEUE_URL"),
        };
        reader.finish(config)
    }
}
