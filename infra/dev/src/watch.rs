//! `cargo dev watch`: hot reload behind a running stack.
//!
//! `cargo lambda watch` serves all binaries and builds them again when a source changes; the
//! emulator is told to hand invocations on to it. The functions then run with this user's rights,
//! not under their roles, and an error's name becomes `Runtime.HandlerError`, so state machines do
//! not retry as they would: for trying things out, not for tests.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::{Context as _, Result};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::process::Command;

use crate::emulator::ACCESS_KEY;
use crate::layout::{Layout, StackName};
use crate::process::{progress, run_shown};
use crate::server::free_port;
use crate::stack::Stack;
use crate::tools::Tools;

/// The variable by which the emulator hands a function's invocations on.
const PROXY: &str = "MINISTACK_LAMBDA_PROXY_URL";

/// Watches until Ctrl-C, then lets the emulator run the deployed binaries again.
pub async fn run(layout: &Layout, name: &StackName) -> Result<()> {
    let tools = Tools::install(layout).await?;
    let stack = Stack::attach(layout, &tools, name).await?;
    let port = free_port()?;
    let mut settings = BTreeMap::from([
        ("AWS_ENDPOINT_URL".to_owned(), stack.emulator.endpoint().to_owned()),
        ("AWS_ACCESS_KEY_ID".to_owned(), ACCESS_KEY.to_owned()),
        ("AWS_SECRET_ACCESS_KEY".to_owned(), ACCESS_KEY.to_owned()),
        ("AWS_REGION".to_owned(), stack.emulator.region().to_owned()),
    ]);
    let functions = layout.functions()?;
    for function in &functions {
        let mut variables = environment(&stack, function).await?;
        settings.extend(variables.clone());
        let address =
            format!("http://127.0.0.1:{port}/2015-03-31/functions/{function}/invocations");
        variables.insert(PROXY.to_owned(), address);
        set_environment(&stack, function, &variables).await?;
    }
    let file = layout.state(name).join("watch.env");
    let mut text = String::new();
    for (key, value) in &settings {
        writeln!(text, "{key}={value}")?;
    }
    std::fs::write(&file, text).with_context(|| format!("writing {}", file.display()))?;
    progress(format!(
        "cargo lambda invoke FUNCTION --invoke-address 127.0.0.1 --invoke-port {port} --data-file events/…"
    ));
    progress("watching; Ctrl-C ends it and leaves the stack as it was");
    let mut watch = Command::new(tools.program("cargo-lambda"));
    watch
        .args([
            "lambda",
            "watch",
            "--invoke-address",
            "127.0.0.1",
            "--invoke-port",
            &port.to_string(),
        ])
        .arg("--env-file")
        .arg(&file)
        .env("PATH", tools.search_path()?)
        .current_dir(layout.root());
    let ended = tokio::select! {
        ended = run_shown(&mut watch) => ended,
        stopped = tokio::signal::ctrl_c() => stopped.context("waiting for Ctrl-C"),
    };
    for function in &functions {
        let mut variables = environment(&stack, function).await?;
        variables.remove(PROXY);
        set_environment(&stack, function, &variables).await?;
    }
    ended
}

fn path(stack: &Stack, function: &str) -> String {
    format!("/2015-03-31/functions/{}-{function}/configuration", stack.name)
}

async fn environment(stack: &Stack, function: &str) -> Result<BTreeMap<String, String>> {
    let found = stack.emulator.rest("lambda", Method::GET, &path(stack, function), None).await?;
    let variables: Value = found["Environment"]["Variables"].clone();
    serde_json::from_value(variables).with_context(|| format!("the environment of {function}"))
}

async fn set_environment(
    stack: &Stack,
    function: &str,
    variables: &BTreeMap<String, String>,
) -> Result<()> {
    let body = json!({ "Environment": { "Variables": variables } });
    stack.emulator.rest("lambda", Method::PUT, &path(stack, function), Some(&body)).await?;
    Ok(())
}
