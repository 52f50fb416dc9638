//! The function `mailing-clock`.

use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use mailing_clock::config::Config;
use mailing_clock::machine::Machine;
use mailing_clock::{Deps, Tick, handle};
use store::{Audit, Store};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let started = runtime::start(Config::read)?;
    let (config, sdk) = (started.config, started.sdk);
    let tables = aws_sdk_dynamodb::Client::new(&sdk);
    let deps = Deps {
        store: Store::new(tables.clone(), config.app_table),
        audit: Audit::new(tables, config.audit_table),
        machine: Machine::new(aws_sdk_sfn::Client::new(&sdk), config.machine),
        clock: runtime::clock::now,
    };
    run(service_fn(async |event: LambdaEvent<Tick>| handle(&deps, event.payload).await)).await
}
