//! The Lambda function `mailer`: starts once, then sends batch after batch.

use aws_lambda_events::sqs::SqsEvent;
use domain::ids::IdentityKey;
use jiff::Timestamp;
use lambda_runtime::{LambdaEvent, service_fn};
use mail::{SesTransport, ses_client};
use mailer::{Config, Links, Mailer, Pacer, ResendQueue, handle};
use runtime::secrets::IdentitySecret;
use runtime::{Started, clock, secrets as read_secrets};
use secrecy::ExposeSecret as _;
use store::{Audit, Store};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let Started { config, sdk } = runtime::start(Config::read)?;
    let secrets = aws_sdk_secretsmanager::Client::new(&sdk);
    let secret: IdentitySecret = read_secrets::read(&secrets, &config.keys_secret_arn).await?;
    let key = IdentityKey::new(secret.identity.expose_secret().as_bytes());
    let tables = aws_sdk_dynamodb::Client::new(&sdk);
    let trail = &Audit::new(tables.clone(), config.audit_table);
    let mailer = Mailer {
        links: Links { base: config.public_url, forms: config.forms, key },
        records: Store::new(tables, config.app_table),
        post: SesTransport::new(ses_client(&sdk), config.mail_from, config.configuration_set),
        queue: ResendQueue::new(aws_sdk_sqs::Client::new(&sdk), config.mail_queue_url),
        pacer: Pacer::new(config.rate_per_second, config.concurrency),
        clock: clock::now,
        settle: config.settle,
    };
    let mailer = &mailer;
    lambda_runtime::run(service_fn(async |event: LambdaEvent<SqsEvent>| {
        let deadline = Timestamp::from_millisecond(i64::try_from(event.context.deadline)?)?;
        let request = &event.context.request_id;
        Ok::<_, lambda_runtime::Error>(
            handle(mailer, trail, event.payload, request, deadline).await?,
        )
    }))
    .await
}
