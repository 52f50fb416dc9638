//! The function's process: start once, then one request after the other.

#![recursion_limit = "256"]

use lambda_runtime::{LambdaEvent, service_fn};
use notices::{Notices, Request, config::Config};
use outbox::MailQueue;
use serde_json::Value;
use store::Store;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let started = runtime::start(Config::read)?;
    let (config, sdk) = (started.config, started.sdk);
    let store = Store::new(aws_sdk_dynamodb::Client::new(&sdk), config.app_table);
    let queue = MailQueue::new(aws_sdk_sqs::Client::new(&sdk), config.mail_queue);
    let notices = Notices::new(store, queue, subprocessors::register(), runtime::clock::now);
    let notices = &notices;
    lambda_runtime::run(service_fn(async |event: LambdaEvent<Value>| {
        notices.run(&Request::parse(&event.payload)?).await
    }))
    .await
}
