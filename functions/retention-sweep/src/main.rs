//! The binary of [`retention_sweep`].

use lambda_runtime::{Diagnostic, LambdaEvent, run, service_fn};
use retention_sweep::{Config, Sweep, Systems, sweep};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let systems = &Systems::connect(&runtime::start(Config::read)?);
    run(service_fn(|event: LambdaEvent<Sweep>| async move {
        sweep(systems, event.payload).await.map_err(Diagnostic::from)
    }))
    .await
}
