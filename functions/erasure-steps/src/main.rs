//! The binary of [`erasure_steps`].

use erasure_steps::{Config, Request, Systems, answer};
use lambda_runtime::{Diagnostic, LambdaEvent, run, service_fn};
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let started = runtime::start(Config::read)?;
    let systems = &Systems::connect(&started).await?;
    run(service_fn(|event: LambdaEvent<Value>| async move {
        let asked = async { answer(systems, Request::parse(event.payload)?).await };
        asked.await.map_err(Diagnostic::from)
    }))
    .await
}
