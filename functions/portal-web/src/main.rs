//! The function's process: start once, then one request after the other.

use lambda_runtime::{LambdaEvent, service_fn};
use portal_web::config::Config;
use portal_web::{Web, built};
use runtime::web::Request;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let started = runtime::start(Config::read)?;
    let web = Web::new(built::files(), &started.config)
        .inspect_err(|error| runtime::telemetry::log_error("start", error))?;
    let web = &web;
    lambda_runtime::run(service_fn(async |event: LambdaEvent<Request>| {
        Ok::<_, std::convert::Infallible>(web.answer(&event.payload))
    }))
    .await
}
