//! The binary of [`confirmation`].

use confirmation::{Config, Confirmation, Request};
use domain::ids::IdentityKey;
use lambda_runtime::{LambdaEvent, service_fn};
use outbox::MailQueue;
use runtime::Started;
use runtime::secrets::{self, IdentitySecret};
use secrecy::ExposeSecret as _;
use store::{Audit, Objects, Store};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let Started { config, sdk } = runtime::start(Config::read)?;
    let client = aws_sdk_secretsmanager::Client::new(&sdk);
    let secret: IdentitySecret = secrets::read(&client, &config.keys_secret_arn).await?;
    let tables = aws_sdk_dynamodb::Client::new(&sdk);
    let confirmation = &Confirmation {
        store: Store::new(tables.clone(), config.app_table),
        objects: Objects::new(aws_sdk_s3::Client::new(&sdk), config.data_bucket),
        audit: Audit::new(tables, config.audit_table),
        mails: MailQueue::new(aws_sdk_sqs::Client::new(&sdk), config.mail_queue_url),
        key: IdentityKey::new(secret.identity.expose_secret().as_bytes()),
        clock: runtime::clock::now,
    };
    lambda_runtime::run(service_fn(async |event: LambdaEvent<Request>| {
        Ok::<_, std::convert::Infallible>(confirmation.answer(&event.payload).await)
    }))
    .await
}
