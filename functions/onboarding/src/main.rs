//! The function's process: start once, then one request after the other.

use lambda_runtime::{LambdaEvent, service_fn};
use onboarding::accounts::Accounts;
use onboarding::{Onboarding, Request, config::Config};
use serde_json::Value;
use store::{Audit, Store};
use suppression::SuppressionList;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let started = runtime::start(Config::read)?;
    let (config, sdk) = (started.config, started.sdk);
    let tables = aws_sdk_dynamodb::Client::new(&sdk);
    let store = Store::new(tables.clone(), config.app_table);
    let audit = Audit::new(tables, config.audit_table);
    let cognito = aws_sdk_cognitoidentityprovider::Client::new(&sdk);
    let accounts = Accounts::new(cognito, config.user_pool);
    let suppressed = SuppressionList::new(aws_sdk_sesv2::Client::new(&sdk));
    let onboarding = Onboarding::new(store, audit, accounts, suppressed, runtime::clock::now);
    let onboarding = &onboarding;
    lambda_runtime::run(service_fn(async |event: LambdaEvent<Value>| {
        onboarding.run(Request::parse(&event.payload)?, &event.context.request_id).await
    }))
    .await
}
