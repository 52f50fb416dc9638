//! The Lambda function `mailer`: starts once, then sends batch after batch.

use aws_lambda_events::sqs::SqsEvent;
use jiff::Timestamp;
use lambda_runtime::{LambdaEvent, service_fn};
use mail::{SesTransport, ses_client};
use mailer::{Config, Mailer, Pacer, ResendQueue, handle};
use runtime::{Started, clock};
use store::Store;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let Started { config, sdk } = runtime::start(Config::read)?;
    let mailer = Mailer {
        records: Store::new(aws_sdk_dynamodb::Client::new(&sdk), config.app_table),
        post: SesTransport::new(ses_client(&sdk), config.mail_from, config.configuration_set),
        queue: ResendQueue::new(aws_sdk_sqs::Client::new(&sdk), config.mail_queue_url),
        pacer: Pacer::new(config.rate_per_second, config.concurrency),
        clock: clock::now,
        settle: config.settle,
    };
    let mailer = &mailer;
    lambda_runtime::run(service_fn(async |event: LambdaEvent<SqsEvent>| {
        let deadline = Timestamp::from_millisecond(i64::try_from(event.context.deadline)?)?;
        Ok::<_, lambda_runtime::Error>(handle(mailer, event.payload, deadline).await?)
    }))
    .await
}
