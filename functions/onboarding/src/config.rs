//! Settings of the function.

use runtime::{Reader, SettingsError};

/// Settings of the function.
#[derive(Debug, Clone)]
pub struct Config {
    /// `APP_TABLE`: the application's table.
    pub app_table: String,
    /// `AUDIT_TABLE`: the audit trail.
    pub audit_table: String,
    /// `USER_POOL_ID`: the pool that contacts sign in with.
    pub user_pool: String,
}

impl Config {
    /// Reads all settings; the error names every missing one.
    pub fn read(mut reader: Reader<'_>) -> Result<Self, SettingsError> {
        let config = Self {
            app_table: reader.text("APP_TABLE"),
            audit_table: reader.text("AUDIT_TABLE"),
            user_pool: reader.text("USER_POOL_ID"),
        };
        reader.finish(config)
    }
}
