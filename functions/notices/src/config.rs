//! The function's settings.

use runtime::{Reader, SettingsError};

/// The settings; each field names its variable.
#[derive(Debug)]
pub struct Config {
    /// `APP_TABLE`
    pub app_table: String,
    /// `MAIL_QUEUE_URL`
    pub mail_queue: String,
}

impl Config {
    /// Reads the settings; all problems are reported together.
    pub fn read(mut reader: Reader<'_>) -> Result<Self, SettingsError> {
        let app_table = reader.text("APP_TABLE");
        let mail_queue = reader.text("MAIL_QUEUE_URL");
        reader.finish(Self { app_table, mail_queue })
    }
}
