//! The binary of [`privacy_clock`].

use lambda_runtime::{Diagnostic, LambdaEvent, run, service_fn};
use privacy_clock::{Config, Systems, Tick, tick};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let systems = &Systems::connect(&runtime::start(Config::read)?);
    run(service_fn(|event: LambdaEvent<Tick>| async move {
        tick(systems, event.payload).await.map_err(Diagnostic::from)
    }))
    .await
}
