//! Settings, and what is made of them.

use runtime::clock::{self, Clock};
use runtime::{Reader, SettingsError, Started};
use store::{Objects, Store};

/// Settings of the function; each field names its variable.
#[derive(Debug, Clone)]
pub struct Config {
    /// `APP_TABLE`: the application's table.
    pub app_table: String,
    /// `DATA_BUCKET`: where exports are.
    pub data_bucket: String,
}

impl Config {
    /// Reads all settings; names every one that is missing.
    pub fn read(mut reader: Reader<'_>) -> Result<Self, SettingsError> {
        let config =
            Self { app_table: reader.text("APP_TABLE"), data_bucket: reader.text("DATA_BUCKET") };
        reader.finish(config)
    }
}

/// What the clock reads and deletes from.
pub struct Systems {
    /// The application's table.
    pub store: Store,
    /// The bucket.
    pub objects: Objects,
    /// Where the time comes from.
    pub clock: Clock,
}

impl Systems {
    /// Connects to all of them.
    pub fn connect(started: &Started<Config>) -> Self {
        let Started { config, sdk } = started;
        Self {
            store: Store::new(aws_sdk_dynamodb::Client::new(sdk), &config.app_table),
            objects: Objects::new(aws_sdk_s3::Client::new(sdk), &config.data_bucket),
            clock: clock::now,
        }
    }
}
