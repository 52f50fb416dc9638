//! The function's process: start once, then one delivery after the other.

use lambda_runtime::{LambdaEvent, service_fn};
use typeform_webhook::config::Config;
use typeform_webhook::handler::{Clients, Webhook, time_left};
use typeform_webhook::request::Request;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let started = runtime::start(Config::read)?;
    let clients = Clients {
        dynamodb: aws_sdk_dynamodb::Client::new(&started.sdk),
        s3: aws_sdk_s3::Client::new(&started.sdk),
        secrets: aws_sdk_secretsmanager::Client::new(&started.sdk),
    };
    let webhook = Webhook::new(&started.config, clients, runtime::clock::now);
    webhook.warm_up().await;
    let webhook = &webhook;
    lambda_runtime::run(service_fn(async |event: LambdaEvent<Request>| {
        let time = time_left(event.context.deadline, runtime::clock::now());
        Ok::<_, std::convert::Infallible>(webhook.handle(event.payload, time).await)
    }))
    .await
}
