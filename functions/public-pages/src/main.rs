//! The function's process: start once, then one request after the other.

use lambda_runtime::{LambdaEvent, service_fn};
use public_pages::Pages;
use public_pages::config::Config;
use runtime::web::Request;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let started = runtime::start(Config::read)?;
    let region = started.sdk.region().map(ToString::to_string).unwrap_or_default();
    let pages = Pages::new(subprocessors::register(), region, runtime::clock::now);
    let pages = &pages;
    lambda_runtime::run(service_fn(async |event: LambdaEvent<Request>| {
        Ok::<_, std::convert::Infallible>(pages.answer(&event.payload))
    }))
    .await
}
