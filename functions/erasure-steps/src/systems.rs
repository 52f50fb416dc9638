//! Everything an erasure reaches into, and how fast it may.

use std::time::Duration;

use accounts::Accounts;
use anyhow::Context as _;
use domain::ids::IdentityKey;
use runtime::Started;
use runtime::clock::{self, Clock};
use runtime::secrets::{self, IdentitySecret, LedgerSecret, TypeformSecret};
use secrecy::ExposeSecret as _;
use store::{Audit, Ledger, Objects, Store};
use suppression::SuppressionList;
use typeform::client::TypeformClient;

use crate::Config;
use crate::steps::SIDE_BY_SIDE;

/// The systems that hold a cohort's data, and those that tell of its deletion.
pub struct Systems {
    /// The application's table.
    pub store: Store,
    /// The bucket.
    pub objects: Objects,
    /// The deletion ledger.
    pub ledger: Ledger,
    /// The audit trail.
    pub audit: Audit,
    /// The questionnaire vendor.
    pub typeform: TypeformClient,
    /// The key from which it follows by which link a person answers an evaluation.
    pub identity: IdentityKey,
    /// SES's suppression list.
    pub suppressed: SuppressionList,
    /// The user pool, for the accounts of an institution's contacts.
    pub accounts: Accounts,
    /// Where the time comes from.
    pub clock: Clock,
    /// How much a call does.
    pub limits: Limits,
}

/// How much one call does.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// After this time a step answers "not done" instead of beginning the next batch. Well below the
    /// function's time-out, because the last batch is finished.
    pub slice: Duration,
    /// Students per page of the suppression step.
    pub students: i32,
    /// Items deleted per batch.
    pub items: i32,
    /// Least time between two batches of look-ups in SES's suppression list, which throttles hard.
    pub ses_interval: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            slice: Duration::from_mins(1),
            // 50 seconds of look-ups at ten a second, beside the slice still far below the time-out.
            students: 500,
            items: 1000,
            ses_interval: Duration::from_millis(400),
        }
    }
}

impl Systems {
    /// Connects to all of them; reads the three secrets once per process.
    pub async fn connect(started: &Started<Config>) -> anyhow::Result<Self> {
        let Started { config, sdk } = started;
        let vault = aws_sdk_secretsmanager::Client::new(sdk);
        let ledger_key: LedgerSecret =
            secrets::read(&vault, &config.ledger_key_secret_arn).await.context("ledger key")?;
        let identity: IdentitySecret =
            secrets::read(&vault, &config.keys_secret_arn).await.context("key of identities")?;
        let typeform: TypeformSecret = secrets::read(&vault, &config.typeform_token_secret_arn)
            .await
            .context("token for Typeform")?;
        let dynamodb = aws_sdk_dynamodb::Client::new(sdk);
        Ok(Self {
            store: Store::new(dynamodb.clone(), &config.app_table),
            objects: Objects::new(aws_sdk_s3::Client::new(sdk), &config.data_bucket),
            ledger: Ledger::new(
                dynamodb.clone(),
                &config.ledger_table,
                ledger_key.ledger.expose_secret().as_bytes(),
            ),
            audit: Audit::new(dynamodb, &config.audit_table),
            typeform: TypeformClient::new(&config.typeform_base_url, typeform.token)
                .context("client of Typeform")?,
            identity: IdentityKey::new(identity.identity.expose_secret()),
            suppressed: SuppressionList::new(aws_sdk_sesv2::Client::new(sdk)),
            accounts: Accounts::new(
                aws_sdk_cognitoidentityprovider::Client::new(sdk),
                &config.user_pool,
            ),
            clock: clock::now,
            limits: Limits {
                ses_interval: Duration::from_secs(SIDE_BY_SIDE as u64)
                    / config.ses_lookups_per_second.get(),
                ..Limits::default()
            },
        })
    }
}
