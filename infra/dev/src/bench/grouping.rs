//! The grouping engine against its targets.

use anyhow::Result;
use clap::Args;
use tokio::process::Command;

use crate::layout::Layout;
use crate::process::run_shown;

/// What `cargo lambda build` compiles for; the deployed engine has no other processor to reckon with.
const PROCESSOR: &str = if cfg!(target_arch = "aarch64") { "neoverse-n1" } else { "haswell" };

/// Measure the grouping engine (`--help` says what can be chosen).
#[derive(Debug, Args)]
#[command(disable_help_flag = true)]
pub(super) struct Grouping {
    /// Handed on to the program that measures.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

impl Grouping {
    /// Builds the measures as the functions are built for deployment, and runs them.
    pub(super) async fn run(self, layout: &Layout) -> Result<()> {
        let mut build = Command::new("cargo");
        // In the caller's folder, which theirs are named from.
        build
            .args(["run", "--release", "--package", "benchmarks", "--manifest-path"])
            .arg(layout.path("Cargo.toml"))
            .arg("--")
            .args(self.arguments)
            .env("RUSTFLAGS", format!("-C target-cpu={PROCESSOR}"));
        run_shown(&mut build).await
    }
}
