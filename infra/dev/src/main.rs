//! `cargo dev`: see `cargo dev --help`.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    dev::cli::run().await
}
