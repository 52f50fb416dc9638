//! The function's process: start once, then one request after the other.

use lambda_runtime::{LambdaEvent, service_fn};
use onboarding::accounts::Accounts;
use onboarding::{Onboarding, Request, config::Config};
use serde_json::Value;
use store::Store;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let started = runtime::start(Config::read)?;
    let (config, sdk) = (started.config, started.sdk);
    let store = Store::new(aws_sdk_dynamodb::Client::new(&sdk), config.app_table);
    let cognito = aws_sdk_cognitoidentityprovider::Client::new(&sdk);
    let accounts = Accounts::new(cognito, config.user_pool);
    let onboarding = Onboarding::new(store, accounts, runtime::clock::now);
    let onboarding = &onboarding;
    lambda_runtime::run(service_fn(async |event: LambdaEvent<Value>| {
        onboarding.run(Request::parse(&event.payload)?).await
    }))
    .await
}
