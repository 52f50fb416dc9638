//! Settings, and what is made of them.

use std::time::Duration;

use accounts::Accounts;
use runtime::clock::{self, Clock};
use runtime::{Reader, SettingsError, Started};
use store::{Audit, Objects, Store};
use suppression::SuppressionList;

/// Settings of the function; each field names its variable.
#[derive(Debug, Clone)]
pub struct Config {
    /// `APP_TABLE`: the application's table.
    pub app_table: String,
    /// `AUDIT_TABLE`: the audit trail.
    pub audit_table: String,
    /// `USER_POOL_ID`: the pool that contacts sign in with.
    pub user_pool: String,
    /// `DATA_BUCKET`: raw questionnaires.
    pub data_bucket: String,
    /// `ERASURE_STATE_MACHINE_ARN`: what erases a cohort.
    pub erasure_state_machine_arn: String,
}

impl Config {
    /// Reads all settings; names every one that is missing.
    pub fn read(mut reader: Reader<'_>) -> Result<Self, SettingsError> {
        let config = Self {
            app_table: reader.text("APP_TABLE"),
            audit_table: reader.text("AUDIT_TABLE"),
            user_pool: reader.text("USER_POOL_ID"),
            data_bucket: reader.text("DATA_BUCKET"),
            erasure_state_machine_arn: reader.text("ERASURE_STATE_MACHINE_ARN"),
        };
        reader.finish(config)
    }
}

/// What the sweep reads, deletes from and starts.
pub struct Systems {
    /// The application's table.
    pub store: Store,
    /// The audit trail.
    pub audit: Audit,
    /// The user pool.
    pub accounts: Accounts,
    /// SES's suppression list.
    pub suppressed: SuppressionList,
    /// The bucket.
    pub objects: Objects,
    /// Step Functions.
    pub executions: aws_sdk_sfn::Client,
    /// The erasure state machine.
    pub machine: String,
    /// Where the time comes from.
    pub clock: Clock,
    /// After this time no further questionnaire is deleted; the invocation fails and is tried again.
    pub slice: Duration,
}

impl Systems {
    /// Connects to all of them.
    pub fn connect(started: &Started<Config>) -> Self {
        let Started { config, sdk } = started;
        let tables = aws_sdk_dynamodb::Client::new(sdk);
        let pool = aws_sdk_cognitoidentityprovider::Client::new(sdk);
        Self {
            store: Store::new(tables.clone(), &config.app_table),
            audit: Audit::new(tables, &config.audit_table),
            accounts: Accounts::new(pool, &config.user_pool),
            suppressed: SuppressionList::new(aws_sdk_sesv2::Client::new(sdk)),
            objects: Objects::new(aws_sdk_s3::Client::new(sdk), &config.data_bucket),
            executions: aws_sdk_sfn::Client::new(sdk),
            machine: config.erasure_state_machine_arn.clone(),
            clock: clock::now,
            // The function's time-out is 300 seconds.
            slice: Duration::from_secs(200),
        }
    }
}
