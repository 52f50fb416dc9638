//! `cargo dev test`: everything that continuous integration runs, in the order of cost.

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context as _, Result};
use clap::Args;
use reqwest::Method;
use serde_json::Value;
use tokio::process::Command;

use crate::layout::{Layout, StackName};
use crate::process::{progress, run, run_shown, until_stopped};
use crate::server::ServerOptions;
use crate::stack::Stack;
use crate::tested::{self, Tested};
use crate::tools::Tools;
use crate::{browser, checks, dependencies, web};

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
    /// Leave out what is walked through in Chromium, which is otherwise installed where there is none.
    #[arg(long)]
    no_browser: bool,
}

/// End-to-end tests that need the browser have this in their names.
const IN_THE_BROWSER: &str = "in_the_browser";

impl Test {
    /// Runs all checks; the first that fails ends it.
    pub async fn run(self, layout: &Layout) -> Result<()> {
        let started = Instant::now();
        let tools = Tools::install(layout).await?;
        let browser = self.browser().await?;
        if self.only.is_none() {
            step("formatting", cargo(layout, &["fmt", "--all", "--check"])).await?;
            let lints = ["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"];
            step("lints", cargo(layout, &lints)).await?;
            step("dependency policy", dependencies::check(layout)).await?;
            step("portal", web::check(layout)).await?;
            if let Some(browser) = &browser {
                step("portal in Chromium", web::journey(layout, browser)).await?;
                step("pages without script in Chromium", web::drawn(layout, browser)).await?;
            }
            step("template and state machines", checks::run(layout, &tools)).await?;
        }
        step("tests", self.tests(layout, &tools, browser.is_some())).await?;
        let without = if browser.is_some() { "" } else { ", without the browser" };
        progress(format!("all passed in {} s{without}", started.elapsed().as_secs()));
        Ok(())
    }

    /// Where there is none and none can be installed, that is said, and everything else is run.
    async fn browser(&self) -> Result<Option<PathBuf>> {
        if self.no_browser {
            return Ok(None);
        }
        match browser::chromium().await {
            Ok(browser) => Ok(Some(browser)),
            Err(error) => {
                progress(format!("LEFT OUT: the portal in Chromium ({error:#})"));
                progress("install Chromium, or name one with CHROMIUM=/path");
                Ok(None)
            }
        }
    }

    /// Unit, property and end-to-end tests in one run of cargo, so that one build serves all; the
    /// stack for the last of them is up meanwhile.
    async fn tests(&self, layout: &Layout, tools: &Tools, browser: bool) -> Result<()> {
        let options = ServerOptions {
            name: self.name.clone(),
            port: None,
            region: "eu-north-1".into(),
            keep: false,
            wait_scale: Some(WAIT_SCALE),
        };
        let parameters = crate::stack::test_parameters();
        let stack = Stack::up(layout, tools, &options, &parameters).await?;
        without_the_nightly_sweep(&stack).await?;
        let tested = until_stopped(self.tried(layout, browser)).await;
        let stopped = Stack::down(layout, &self.name).await;
        tested?;
        stopped.map(drop)
    }

    /// All tests once, and what failed on the stack alone a second time.
    async fn tried(&self, layout: &Layout, browser: bool) -> Result<()> {
        let mut chosen: Vec<&str> = self.only.as_deref().into_iter().collect();
        if !browser {
            chosen.extend(["--skip", IN_THE_BROWSER]);
        }
        let end_to_end: &[&str] = &["--test", "end_to_end"];
        let which = if self.only.is_some() { end_to_end } else { &[] };
        let first = Tested::run(&mut self.cargo_test(layout, which, &chosen)).await?;
        if first.all_passed().is_ok() {
            return Ok(());
        }
        chosen.push("--list");
        let list = run(&mut self.cargo_test(layout, end_to_end, &chosen)).await?;
        let all = tested::listed(&list);
        let Some(again) = first.second_try(&all) else {
            return first.all_passed();
        };
        progress(format!("SECOND TRY of {again:?}: a test that fails now and then is a defect"));
        let mut exactly = vec!["--exact"];
        exactly.extend(again.iter().map(String::as_str));
        let second = Tested::run(&mut self.cargo_test(layout, end_to_end, &exactly)).await?;
        second.all_passed()
    }

    fn cargo_test(&self, layout: &Layout, which: &[&str], chosen: &[&str]) -> Command {
        let mut command = Command::new("cargo");
        command
            .args(["test", "--workspace", "--no-fail-fast"])
            .args(which)
            .arg("--")
            .args(chosen)
            .current_dir(layout.root())
            // End-to-end tests wait for the stack more than they work.
            .env("RUST_TEST_THREADS", "8")
            .env("UNIHELPER_STACK", self.name.as_str());
        command
    }
}

/// Sweeps are the tests' own: the nightly one would take up what a test makes due or lets fail, if the tests happened
/// to run at its hour.
async fn without_the_nightly_sweep(stack: &Stack) -> Result<()> {
    let all = stack.emulator.rest("scheduler", Method::GET, "/schedules", None).await?;
    let of_sweep = |one: &&Value| {
        one["Target"]["Arn"].as_str().is_some_and(|arn| arn.ends_with("-retention-sweep"))
    };
    let mut sweeps = all["Schedules"].as_array().into_iter().flatten().filter(of_sweep);
    let name =
        sweeps.next().and_then(|one| one["Name"].as_str()).context("no schedule of sweeps")?;
    let path = format!("/schedules/{name}");
    stack.emulator.rest("scheduler", Method::DELETE, &path, None).await.map(drop)
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
