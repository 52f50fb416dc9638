//! The function `formation-trigger`.

use formation_trigger::config::Config;
use formation_trigger::executions::Executions;
use formation_trigger::{Deps, Request, handle};
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use store::Store;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let started = runtime::start(Config::read)?;
    let deps = Deps {
        store: Store::new(
            aws_sdk_dynamodb::Client::new(&started.sdk),
            started.config.app_table.clone(),
        ),
        executions: Executions::new(
            aws_sdk_sfn::Client::new(&started.sdk),
            started.config.state_machine.clone(),
        ),
        clock: runtime::clock::now,
    };
    run(service_fn(async |event: LambdaEvent<Request>| {
        // Boxed: the future holds the requests of several clients.
        Box::pin(handle(&deps, event.payload, &event.context.request_id)).await
    }))
    .await
}
