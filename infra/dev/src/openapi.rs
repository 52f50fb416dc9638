//! `cargo dev openapi`: writes the API's document again. A test of the API compares the two.

use anyhow::Result;
use tokio::process::Command;

use crate::layout::Layout;
use crate::process::{progress, run_shown};

/// Writes `docs/openapi.json` from the API's source.
pub async fn write(layout: &Layout) -> Result<()> {
    let mut cargo = Command::new("cargo");
    cargo
        .args(["run", "--package", "portal-api", "--example", "openapi"])
        .current_dir(layout.root());
    run_shown(&mut cargo).await?;
    progress("docs/openapi.json is current");
    Ok(())
}
