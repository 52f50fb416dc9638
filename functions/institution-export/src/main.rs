//! The binary of [`institution_export`].

use institution_export::{Config, Systems, Task, handle};
use lambda_runtime::{Diagnostic, LambdaEvent, run, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let systems = &Systems::connect(&runtime::start(Config::read)?);
    run(service_fn(|event: LambdaEvent<Task>| async move {
        handle(systems, event.payload).await.map_err(Diagnostic::from)
    }))
    .await
}
