//! The Lambda function `mail-events`: starts once, then reads batch after batch.

use aws_lambda_events::sqs::SqsEvent;
use lambda_runtime::{LambdaEvent, service_fn};
use mail_events::{Config, MailEvents, handle};
use runtime::{Started, clock};
use store::{Audit, Store};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let Started { config, sdk } = runtime::start(Config::read)?;
    let tables = aws_sdk_dynamodb::Client::new(&sdk);
    let trail = &Audit::new(tables.clone(), config.audit_table);
    let records = Store::new(tables, config.app_table);
    let events = MailEvents { records, clock: clock::now };
    let events = &events;
    lambda_runtime::run(service_fn(async |event: LambdaEvent<SqsEvent>| {
        let request = &event.context.request_id;
        Ok::<_, lambda_runtime::Error>(handle(events, trail, event.payload, request).await?)
    }))
    .await
}
