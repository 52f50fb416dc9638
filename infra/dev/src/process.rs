//! Other programs: running them, and saying what went wrong.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use tokio::process::Command;

/// Prints a line of progress.
pub fn progress(text: impl std::fmt::Display) {
    println!("· {text}");
}

/// Runs a program quietly and returns what it printed; on failure the error holds the end of its output.
pub async fn run(command: &mut Command) -> Result<String> {
    let name = name(command);
    let output = command
        .stdin(Stdio::null())
        .output()
        .await
        .with_context(|| format!("{name} cannot be started"))?;
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    if !output.status.success() {
        let complaints = String::from_utf8_lossy(&output.stderr);
        bail!(
            "{name} failed ({}):\n{}",
            output.status,
            tail(&format!("{printed}{complaints}"), 40)
        );
    }
    Ok(printed)
}

/// Runs a program whose output the user sees as it comes.
pub async fn run_shown(command: &mut Command) -> Result<()> {
    let name = name(command);
    let status = command
        .stdin(Stdio::null())
        .status()
        .await
        .with_context(|| format!("{name} cannot be started"))?;
    if !status.success() {
        bail!("{name} failed ({status})");
    }
    Ok(())
}

/// The last `lines` lines of a text.
pub fn tail(text: &str, lines: usize) -> String {
    let all: Vec<&str> = text.lines().collect();
    all[all.len().saturating_sub(lines)..].join("\n")
}

/// Whether process `pid` runs and `marker` stands in its command line, so that a number handed on to another
/// program is not taken for ours.
pub async fn is_running(pid: u32, marker: &str) -> bool {
    let line = match std::fs::read(format!("/proc/{pid}/cmdline")) {
        Ok(line) => String::from_utf8_lossy(&line).replace('\0', " "),
        Err(_) if Path::new("/proc/self").exists() => return false,
        Err(_) => {
            let mut ps = Command::new("ps");
            ps.args(["-o", "command=", "-p", &pid.to_string()]);
            run(&mut ps).await.unwrap_or_default()
        }
    };
    line.contains(marker)
}

/// Asks process `pid` to end, and insists after ten seconds. Returns once it is gone.
pub async fn end(pid: u32, marker: &str) -> Result<()> {
    let patience = Instant::now() + Duration::from_secs(10);
    let mut signal = "-TERM";
    while is_running(pid, marker).await {
        let mut kill = Command::new("kill");
        kill.args([signal, &pid.to_string()]).stderr(Stdio::null());
        if signal == "-TERM" || Instant::now() > patience {
            // It may have ended since it was looked at; the loop finds out.
            let _gone = run(&mut kill).await;
            signal = "-KILL";
        }
        if Instant::now() > patience + Duration::from_secs(5) {
            bail!("process {pid} does not end");
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}

fn name(command: &Command) -> String {
    let program = command.as_std().get_program();
    Path::new(program).file_name().unwrap_or(OsStr::new("program")).to_string_lossy().into_owned()
}

/// Does something until it is done or Ctrl-C is pressed, which is an error like any other: whoever
/// started servers for it stops them.
pub async fn until_stopped<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::select! {
        done = work => done,
        stopped = tokio::signal::ctrl_c() => {
            stopped.context("waiting for Ctrl-C")?;
            bail!("stopped")
        }
    }
}
