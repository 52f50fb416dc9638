//! Settings, and what is made of them.

use std::time::Duration;

use runtime::clock::{self, Clock};
use runtime::{Reader, SettingsError, Started};
use store::{Audit, Objects, Store};

/// How long one task works before it hands over to the next; the function's own limit is longer.
const SLICE: Duration = Duration::from_mins(4);

/// Settings of the function; each field names its variable.
#[derive(Debug, Clone)]
pub struct Config {
    /// `APP_TABLE`: the application's table.
    pub app_table: String,
    /// `AUDIT_TABLE`: the audit trail.
    pub audit_table: String,
    /// `DATA_BUCKET`: what is exported, and where it is written to.
    pub data_bucket: String,
}

impl Config {
    /// Reads all settings; names every one that is missing.
    pub fn read(mut reader: Reader<'_>) -> Result<Self, SettingsError> {
        let config = Self {
            app_table: reader.text("APP_TABLE"),
            audit_table: reader.text("AUDIT_TABLE"),
            data_bucket: reader.text("DATA_BUCKET"),
        };
        reader.finish(config)
    }
}

/// What is read from and written to.
pub struct Systems {
    /// The application's table.
    pub store: Store,
    /// The audit trail.
    pub audit: Audit,
    /// The bucket.
    pub objects: Objects,
    /// Where the time comes from.
    pub clock: Clock,
    /// How long one task works.
    pub slice: Duration,
}

impl Systems {
    /// Connects to all of them.
    pub fn connect(started: &Started<Config>) -> Self {
        let Started { config, sdk } = started;
        let tables = aws_sdk_dynamodb::Client::new(sdk);
        Self {
            store: Store::new(tables.clone(), &config.app_table),
            audit: Audit::new(tables, &config.audit_table),
            objects: Objects::new(aws_sdk_s3::Client::new(sdk), &config.data_bucket),
            clock: clock::now,
            slice: SLICE,
        }
    }
}
