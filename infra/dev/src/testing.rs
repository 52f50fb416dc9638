//! `cargo dev test`: everything that continuous integration runs, in the order of cost.

use std::time::Instant;

use anyhow::{Context as _, Result};
use clap::Args;
use tokio::process::Command;

use crate::layout::{Layout, StackName};
use crate::process::{progress, run_shown, until_stopped};
use crate::server::ServerOptions;
use crate::stack::Stack;
use crate::tools::Tools;
use crate::{checks, dependencies, web};

/// The state machines' waits are shortened to this part; the end-to-end tests would only sit through them.
const WAIT_SCALE: f64 = 0.1;

/// Run everything that continuous integration runs.
#[derive(Debug, Args)]
pub struct Test {
    /// The name of the stack that the end-to-end tests run on; it is started and stopped here.
    #[arg(long, default_value = "test")]
    name: StackName,
    /// Only the end-to-end tests whose name contains this; skips all other checks.
    #[arg(long)]
    only: Option<String>,
    /// Walk through the portal in Chromium as well, which must be on the machine (`CHROMIUM` or `/usr/bin/chromium`).
    #[arg(long, conflicts_with = "only")]
    journey: bool,
}

impl Test {
    /// Runs all checks; the first that fails ends it.
    pub async fn run(self, layout: &Layout) -> Result<()> {
        let started = Instant::now();
        let tools = Tools::install(layout).await?;
        if self.only.is_none() {
            step("formatting", cargo(layout, &["fmt", "--all", "--check"])).await?;
            let lints = ["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"];
            step("lints", cargo(layout, &lints)).await?;
            step("dependency policy", dependencies::check(layout)).await?;
            step("portal", web::check(layout)).await?;
            if self.journey {
                step("portal in Chromium", web::journey(layout)).await?;
            }
            step("template and state machines", checks::run(layout, &tools)).await?;
        }
        step("tests", self.tests(layout, &tools)).await?;
        progress(format!("all passed in {} s", started.elapsed().as_secs()));
        Ok(())
    }

    /// Unit, property and end-to-end tests in one run of cargo, so that one build serves all; the
    /// stack for the last of them is up meanwhile.
    async fn tests(&self, layout: &Layout, tools: &Tools) -> Result<()> {
        let options = ServerOptions {
            name: self.name.clone(),
            port: None,
            region: "eu-north-1".into(),
            keep: false,
            wait_scale: Some(WAIT_SCALE),
        };
        let parameters = crate::stack::test_parameters();
        Stack::up(layout, tools, &options, &parameters).await?;
        let mut arguments = vec!["test", "--workspace", "--no-fail-fast"];
        if let Some(only) = &self.only {
            arguments.extend(["--test", "end_to_end", "--", only]);
        }
        let mut command = Command::new("cargo");
        command
            .args(arguments)
            .current_dir(layout.root())
            // End-to-end tests wait for the stack more than they work.
            .env("RUST_TEST_THREADS", "8")
            .env("UNIHELPER_STACK", self.name.as_str());
        let tested = until_stopped(run_shown(&mut command)).await;
        let stopped = Stack::down(layout, &self.name).await;
        tested?;
        stopped.map(drop)
    }
}

async fn step(name: &str, work: impl Future<Output = Result<()>>) -> Result<()> {
    let started = Instant::now();
    progress(format!("{name} ..."));
    work.await.with_context(|| format!("{name} failed"))?;
    progress(format!("{name}: passed in {} s", started.elapsed().as_secs()));
    Ok(())
}

async fn cargo(layout: &Layout, arguments: &[&str]) -> Result<()> {
    run_shown(Command::new("cargo").args(arguments).current_dir(layout.root())).await
}
