//! The binary of [`erasure_steps`].

use erasure_steps::{Config, Systems, Task, handle};
use lambda_runtime::{Diagnostic, LambdaEvent, run, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let started = runtime::start(Config::read)?;
    let systems = &Systems::connect(&started).await?;
    run(service_fn(|event: LambdaEvent<Task>| async move {
        handle(systems, event.payload).await.map_err(Diagnostic::from)
    }))
    .await
}
