//! What the function is told by its environment.

use std::num::NonZeroU32;

use runtime::{Reader, SettingsError};

/// Settings of the function; each field names its variable.
#[derive(Debug, Clone)]
pub struct Config {
    /// `APP_TABLE`: the application's table.
    pub app_table: String,
    /// `AUDIT_TABLE`: the audit trail.
    pub audit_table: String,
    /// `LEDGER_TABLE`: the deletion ledger.
    pub ledger_table: String,
    /// `DATA_BUCKET`: raw questionnaires, formations, certificates.
    pub data_bucket: String,
    /// `LEDGER_KEY_SECRET_ARN`: the key of the ledger's hashes.
    pub ledger_key_secret_arn: String,
    /// `KEYS_SECRET_ARN`: the key from which the tokens of evaluations follow.
    pub keys_secret_arn: String,
    /// `TYPEFORM_TOKEN_SECRET_ARN`: the token for Typeform's API.
    pub typeform_token_secret_arn: String,
    /// `TYPEFORM_BASE_URL`: Typeform's API in the account's region.
    pub typeform_base_url: String,
    /// `USER_POOL_ID`: the pool that contacts sign in with.
    pub user_pool: String,
    /// `SES_LOOKUPS_PER_SECOND`: how often SES's suppression list is asked; it throttles hard.
    pub ses_lookups_per_second: NonZeroU32,
}

impl Config {
    /// Reads all settings; names every one that is missing.
    pub fn read(mut reader: Reader<'_>) -> Result<Self, SettingsError> {
        let app_table = reader.text("APP_TABLE");
        let audit_table = reader.text("AUDIT_TABLE");
        let ledger_table = reader.text("LEDGER_TABLE");
        let data_bucket = reader.text("DATA_BUCKET");
        let ledger_key_secret_arn = reader.text("LEDGER_KEY_SECRET_ARN");
        let keys_secret_arn = reader.text("KEYS_SECRET_ARN");
        let typeform_token_secret_arn = reader.text("TYPEFORM_TOKEN_SECRET_ARN");
        let typeform_base_url = reader.text("TYPEFORM_BASE_URL");
        let user_pool = reader.text("USER_POOL_ID");
        let ses_lookups_per_second = reader.parsed("SES_LOOKUPS_PER_SECOND");
        reader.finish_with(|| {
            Some(Self {
                app_table,
                audit_table,
                ledger_table,
                data_bucket,
                ledger_key_secret_arn,
                keys_secret_arn,
                typeform_token_secret_arn,
                typeform_base_url,
                user_pool,
                ses_lookups_per_second: ses_lookups_per_second?,
            })
        })
    }
}
