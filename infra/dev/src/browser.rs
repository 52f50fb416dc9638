//! The Chromium that walks through the portal: the machine's own, or Debian's where it may be installed.

use std::env;
use std::path::PathBuf;

use anyhow::{Result, bail};
use tokio::process::Command;

use crate::process::{progress, run};

/// Says where a browser is that is not at one of the usual places.
pub(crate) const NAMED: &str = "CHROMIUM";

const USUAL: [&str; 3] =
    ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/// The browser, installed now if there is none and this process may install.
pub(crate) async fn chromium() -> Result<PathBuf> {
    if let Some(browser) = find()? {
        return Ok(browser);
    }
    progress("installing Chromium (once, about a minute)");
    for arguments in [&["update"][..], &["install", "--yes", "--no-install-recommends", "chromium"]]
    {
        let mut apt = Command::new("apt-get");
        apt.arg("--quiet").args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
        run(&mut apt).await?;
    }
    match find()? {
        Some(browser) => Ok(browser),
        None => bail!("Chromium was installed and is at none of {USUAL:?}"),
    }
}

fn find() -> Result<Option<PathBuf>> {
    if let Some(named) = env::var_os(NAMED).map(PathBuf::from) {
        if !named.is_file() {
            bail!("{NAMED} is {}, where no file is", named.display());
        }
        return Ok(Some(named));
    }
    Ok(USUAL.iter().map(PathBuf::from).find(|usual| usual.is_file()))
}
