//! The pinned tools in `.tools/`, and what must be on the machine before they can be installed.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use sha2::{Digest as _, Sha256};
use tokio::process::Command;

use crate::artefacts::hex;
use crate::layout::Layout;
use crate::process::{progress, run};

const REQUIREMENTS: &str = include_str!("../tools/requirements.txt");
const PACKAGE: &str = include_str!("../tools/package.json");
const PACKAGE_LOCK: &str = include_str!("../tools/package-lock.json");

/// The installed tools.
#[derive(Debug, Clone)]
pub struct Tools {
    folder: PathBuf,
}

impl Tools {
    /// Installs what is missing or pinned to another version; does nothing when all is there.
    ///
    /// Two commands may start at the same time: a lock file makes the second wait. A stamp with the hash of the
    /// pins is written last, so an installation that was interrupted is done again.
    pub async fn install(layout: &Layout) -> Result<Self> {
        let tools = Self { folder: layout.path(".tools") };
        let pins = hex(&Sha256::digest([REQUIREMENTS, PACKAGE, PACKAGE_LOCK].concat()));
        let stamp = tools.folder.join("stamp");
        if fs::read_to_string(&stamp).is_ok_and(|found| found == pins) {
            return Ok(tools);
        }
        let python = prerequisites().await?;
        fs::create_dir_all(&tools.folder)
            .with_context(|| format!("making {}", tools.folder.display()))?;
        let lock = File::create(tools.folder.join("lock")).context("making .tools/lock")?;
        // Held until this function returns.
        let _held = tokio::task::spawn_blocking(move || lock.lock().map(|()| lock))
            .await
            .context("waiting for .tools/lock")?
            .context("locking .tools/lock")?;
        if fs::read_to_string(&stamp).is_ok_and(|found| found == pins) {
            return Ok(tools);
        }
        progress("installing the pinned tools into .tools (once, about a minute)");
        tools.install_python(&python).await?;
        tools.install_node().await?;
        fs::write(&stamp, pins).context("writing .tools/stamp")?;
        Ok(tools)
    }

    async fn install_python(&self, python: &str) -> Result<()> {
        let venv = self.folder.join("venv");
        run(Command::new(python).args(["-m", "venv"]).arg(&venv)).await.context(
            "making a Python environment (on Debian and Ubuntu: apt install python3-venv)",
        )?;
        let requirements = self.folder.join("requirements.txt");
        fs::write(&requirements, REQUIREMENTS).context("writing .tools/requirements.txt")?;
        run(Command::new(venv.join("bin/python"))
            .args(["-m", "pip", "install", "--quiet", "--requirement"])
            .arg(&requirements))
        .await
        .context("installing the Python tools")?;
        Ok(())
    }

    async fn install_node(&self) -> Result<()> {
        let folder = self.folder.join("node");
        fs::create_dir_all(&folder).context("making .tools/node")?;
        fs::write(folder.join("package.json"), PACKAGE).context("writing package.json")?;
        fs::write(folder.join("package-lock.json"), PACKAGE_LOCK)
            .context("writing package-lock.json")?;
        run(Command::new("npm")
            .args(["ci", "--silent", "--no-audit", "--no-fund"])
            .current_dir(&folder))
        .await
        .context("installing the Node tools")?;
        Ok(())
    }

    /// A program of the Python environment, e.g. `aws`.
    pub fn program(&self, name: &str) -> PathBuf {
        self.folder.join("venv/bin").join(name)
    }

    /// A program of the Node packages, e.g. `asl-validator`.
    pub fn node_program(&self, name: &str) -> PathBuf {
        self.folder.join("node/node_modules/.bin").join(name)
    }

    /// The search path with the Python environment in front, for programs that call others of it (cargo-lambda
    /// looks for zig).
    pub fn search_path(&self) -> Result<std::ffi::OsString> {
        #[expect(
            clippy::disallowed_methods,
            reason = "not a setting: handed on to another program"
        )]
        let inherited = std::env::var("PATH").unwrap_or_default();
        let folders = std::iter::once(self.folder.join("venv/bin"))
            .chain(std::env::split_paths(&inherited).map(|folder| Path::new(&folder).to_owned()));
        std::env::join_paths(folders).context("the search path has an unusable folder")
    }
}

/// Checks what cannot be installed from here and names all that is missing; returns the Python to use.
async fn prerequisites() -> Result<String> {
    let mut missing = Vec::new();
    let mut python = None;
    for candidate in ["python3", "python"] {
        if version(candidate, "Python ").await.is_some_and(|found| found >= (3, 10)) {
            python = Some(candidate.to_owned());
            break;
        }
    }
    if python.is_none() {
        missing.push("Python 3.10 or newer (python3), for the emulator and the AWS tools");
    }
    if version("node", "v").await.is_none_or(|found| found < (20, 19)) {
        missing.push(
            "Node 20.19 or newer (node), for the portal and the checks of the state machines",
        );
    }
    if version("npm", "").await.is_none() {
        missing.push("npm, which comes with Node");
    }
    if version("cargo", "cargo ").await.is_none() {
        missing.push("cargo, from https://rustup.rs");
    }
    match python {
        Some(python) if missing.is_empty() => Ok(python),
        _ => bail!("please install first:\n  - {}", missing.join("\n  - ")),
    }
}

/// Major and minor version that a program prints.
async fn version(program: &str, prefix: &str) -> Option<(u32, u32)> {
    let printed = run(Command::new(program).arg("--version")).await.ok()?;
    parse_version(&printed, prefix)
}

fn parse_version(printed: &str, prefix: &str) -> Option<(u32, u32)> {
    let mut numbers = printed.trim().strip_prefix(prefix)?.split(['.', ' ', '+']);
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_programs_print_them() {
        assert_eq!(parse_version("Python 3.11.7\n", "Python "), Some((3, 11)));
        assert_eq!(parse_version("v20.20.2\n", "v"), Some((20, 20)));
        assert_eq!(parse_version("cargo 1.95.0 (f2d3ce0bd 2026-03-21)", "cargo "), Some((1, 95)));
        assert_eq!(parse_version("Python 2.7.18", "Python "), Some((2, 7)));
        assert_eq!(parse_version("command not found", "v"), None);
    }
}
