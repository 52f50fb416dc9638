//! The process of the portal's API: start once, then answer.

use portal_api::config::Config;
use portal_api::{Clients, Portal};
use runtime::Started;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let Started { config, sdk } = runtime::start(Config::read)?;
    let objects = aws_sdk_s3::Client::new(&sdk);
    let clients = Clients {
        tables: aws_sdk_dynamodb::Client::new(&sdk),
        objects: objects.clone(),
        addresses: objects,
        functions: aws_sdk_lambda::Client::new(&sdk),
        machines: aws_sdk_sfn::Client::new(&sdk),
        queues: aws_sdk_sqs::Client::new(&sdk),
        secrets: aws_sdk_secretsmanager::Client::new(&sdk),
    };
    let portal = Portal::new(config, clients, runtime::clock::now);
    lambda_http::run(portal_api::router(portal)).await
}
