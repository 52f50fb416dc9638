//! The function `formation-steps`.

use formation_steps::config::Config;
use formation_steps::{Deps, Task, handle};
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use store::{Audit, Objects, Store};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let started = runtime::start(Config::read)?;
    let (config, sdk) = (started.config, started.sdk);
    let tables = aws_sdk_dynamodb::Client::new(&sdk);
    let deps = Deps {
        store: Store::new(tables.clone(), config.app_table),
        audit: Audit::new(tables, config.audit_table),
        objects: Objects::new(aws_sdk_s3::Client::new(&sdk), config.data_bucket),
        queue: outbox::MailQueue::new(aws_sdk_sqs::Client::new(&sdk), config.mail_queue),
        clock: runtime::clock::now,
    };
    run(service_fn(async |event: LambdaEvent<Task>| handle(&deps, event.payload).await)).await
}
