//! The function's process: start once, then one request after the other.

use domain::ids::IdentityKey;
use intake::Intake;
use lambda_runtime::{LambdaEvent, service_fn};
use quarantine_reprocess::{Reprocess, Request, config::Config};
use runtime::secrets::{self, IdentitySecret};
use secrecy::ExposeSecret as _;
use serde_json::Value;
use store::{Audit, Objects, Store};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let started = runtime::start(Config::read)?;
    let (config, sdk) = (started.config, started.sdk);
    let client = aws_sdk_secretsmanager::Client::new(&sdk);
    let secret: IdentitySecret = secrets::read(&client, &config.keys_secret).await?;
    let tables = aws_sdk_dynamodb::Client::new(&sdk);
    let audit = Audit::new(tables.clone(), config.audit_table);
    let store = Store::new(tables, config.app_table);
    let objects = Objects::new(aws_sdk_s3::Client::new(&sdk), config.data_bucket);
    let key = IdentityKey::new(secret.identity.expose_secret());
    let intake = Intake::new(store.clone(), objects, key);
    let reprocess = Reprocess::new(store, audit, intake, runtime::clock::now);
    let reprocess = &reprocess;
    lambda_runtime::run(service_fn(async |event: LambdaEvent<Value>| {
        let request = Request::parse(event.payload)?;
        // Boxed: the future holds the requests of several clients.
        let id = &event.context.request_id;
        Box::pin(reprocess.run(&request, id, event.context.deadline)).await
    }))
    .await
}
