//! The binary of [`sign_in_gate`].

use lambda_runtime::{Diagnostic, LambdaEvent, run, service_fn};
use serde_json::Value;
use sign_in_gate::config::Config;
use sign_in_gate::decide;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    runtime::start(Config::read)?;
    run(service_fn(async |event: LambdaEvent<Value>| {
        decide(event.payload).map_err(|stranger| Diagnostic {
            error_type: "Stranger".to_owned(),
            error_message: stranger.to_string(),
        })
    }))
    .await
}
