//! The portal's own part, `functions/portal-web/web`: its packages, its checks, its build.
//!
//! What it is built to is compiled into the function `portal-web`, so every command that builds functions
//! to run them builds this first. Both steps are left out when nothing changed: a new build would be a new
//! binary, and a new binary a new deployment.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use sha2::{Digest as _, Sha256};
use tokio::process::Command;

use crate::artefacts::hex;
use crate::browser;
use crate::layout::Layout;
use crate::process::{progress, run, run_shown};

/// What is in the folder and not a source.
const MADE: [&str; 6] =
    ["node_modules", "dist", "test-results", "playwright-report", ".vite", "schema.d.ts"];

/// Says into which folder pages are drawn, and from where they are walked through.
const DRAWN: &str = "DRAWN";

/// The folder and what was last done in it.
struct Web {
    folder: PathBuf,
    state: PathBuf,
    document: PathBuf,
}

/// Builds the portal unless its build is of the sources as they are.
pub async fn build(layout: &Layout) -> Result<()> {
    let web = Web::of(layout)?;
    let _held = web.lock().await?;
    web.install().await?;
    let sources = web.sources()?;
    // It lies in what it speaks of: every other build, by hand, takes it away.
    let stamp = web.folder.join("dist/.built");
    if fs::read_to_string(&stamp).is_ok_and(|built| built == sources) {
        return Ok(());
    }
    progress("building the portal");
    run(&mut web.npm(&["run", "--silent", "build"])).await.context("building the portal")?;
    fs::write(&stamp, sources).with_context(|| format!("writing {}", stamp.display()))
}

/// Everything that can be said of the portal without a stack: format, lints, types, unit tests, size.
pub async fn check(layout: &Layout) -> Result<()> {
    build(layout).await?;
    let web = Web::of(layout)?;
    let _held = web.lock().await?;
    run_shown(&mut web.npm(&["run", "--silent", "check"])).await
}

/// The built portal in Chromium, with an API that plays a sample institution.
pub async fn journey(layout: &Layout, browser: &Path) -> Result<()> {
    build(layout).await?;
    let web = Web::of(layout)?;
    let _held = web.lock().await?;
    let mut journey = web.npm(&["run", "--silent", "journey"]);
    journey.env_remove("STACK").env_remove(DRAWN);
    run_shown(journey.env(browser::NAMED, browser)).await
}

/// The pages without script in Chromium, as the tests of the functions that serve them draw them anew.
pub async fn drawn(layout: &Layout, browser: &Path) -> Result<()> {
    let web = Web::of(layout)?;
    let _held = web.lock().await?;
    web.install().await?;
    let folder = web.state.join("drawn");
    if folder.exists() {
        fs::remove_dir_all(&folder).context("removing the pages that were drawn before")?;
    }
    fs::create_dir(&folder).with_context(|| format!("making {}", folder.display()))?;
    let mut draw = Command::new("cargo");
    // The whole workspace's, because other features for two packages alone would be other builds of everything.
    draw.args(["test", "--workspace", "--test", "it", "drawn"])
        .current_dir(layout.root())
        .env(DRAWN, &folder);
    run_shown(&mut draw).await.context("drawing the pages")?;
    let mut walk = web.npm(&["run", "--silent", "journey"]);
    walk.env_remove("STACK").env(DRAWN, &folder);
    run_shown(walk.env(browser::NAMED, browser)).await
}

/// A contact's whole work in the portal of a running stack, which the file at `description` tells of.
pub async fn whole(layout: &Layout, description: &Path) -> Result<()> {
    let mut journey =
        Web::of(layout)?.npm(&["run", "--silent", "journey", "--", "stack/whole.spec.ts"]);
    run_shown(journey.env("STACK", description).env(browser::NAMED, browser::chromium().await?))
        .await
}

impl Web {
    fn of(layout: &Layout) -> Result<Self> {
        let state = layout.path("target/dev/web");
        fs::create_dir_all(&state).with_context(|| format!("making {}", state.display()))?;
        let folder = layout.path("functions/portal-web/web");
        Ok(Self { folder, state, document: layout.path("docs/openapi.json") })
    }

    /// One command at a time works in the folder.
    async fn lock(&self) -> Result<File> {
        let lock = File::create(self.state.join("lock")).context("making the portal's lock")?;
        tokio::task::spawn_blocking(move || lock.lock().map(|()| lock))
            .await
            .context("waiting for the portal's lock")?
            .context("locking the portal's folder")
    }

    /// Puts the packages of the lock file there. The stamp is written last and lies in what it speaks of.
    async fn install(&self) -> Result<()> {
        let mut pins = Sha256::new();
        for name in ["package.json", "package-lock.json"] {
            pins.update(
                fs::read(self.folder.join(name)).with_context(|| format!("reading {name}"))?,
            );
        }
        let pins = hex(&pins.finalize());
        let stamp = self.folder.join("node_modules/.installed");
        if fs::read_to_string(&stamp).is_ok_and(|found| found == pins) {
            return Ok(());
        }
        progress("installing the portal's packages (once, some seconds)");
        run(&mut self.npm(&["ci", "--silent", "--no-audit", "--no-fund"]))
            .await
            .context("installing the portal's packages")?;
        fs::write(&stamp, pins).context("writing the stamp of the portal's packages")
    }

    /// The hash of everything that the build is made from.
    fn sources(&self) -> Result<String> {
        let mut files = vec![self.document.clone()];
        collect(&self.folder, &mut files)?;
        files.sort();
        let mut hash = Sha256::new();
        for file in files {
            let bytes = fs::read(&file).with_context(|| format!("reading {}", file.display()))?;
            hash.update(file.as_os_str().as_encoded_bytes());
            hash.update(Sha256::digest(bytes));
        }
        Ok(hex(&hash.finalize()))
    }

    fn npm(&self, arguments: &[&str]) -> Command {
        let mut npm = Command::new("npm");
        npm.args(arguments).current_dir(&self.folder);
        npm
    }
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in folder.read_dir().with_context(|| format!("reading {}", folder.display()))? {
        let entry = entry?;
        if MADE.iter().any(|made| entry.file_name() == *made) {
            continue;
        }
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), files)?;
        } else {
            files.push(entry.path());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p3_a_change_of_a_source_or_of_the_api_is_another_build_and_what_was_made_is_not() {
        let root = std::env::temp_dir().join(format!("portal-{}", uuid::Uuid::new_v4()));
        let web =
            Web { folder: root.join("web"), state: root.clone(), document: root.join("api.json") };
        for folder in ["src", "dist", "node_modules/a"] {
            fs::create_dir_all(web.folder.join(folder)).unwrap();
        }
        fs::write(&web.document, "{}").unwrap();
        fs::write(web.folder.join("src/a.ts"), "1").unwrap();
        let first = web.sources().unwrap();
        fs::write(web.folder.join("dist/a.js"), "1").unwrap();
        fs::write(web.folder.join("node_modules/a/b.js"), "1").unwrap();
        fs::write(web.folder.join("src/schema.d.ts"), "1").unwrap();
        assert_eq!(web.sources().unwrap(), first, "what is made is no source");
        fs::write(web.folder.join("src/a.ts"), "2").unwrap();
        let second = web.sources().unwrap();
        assert_ne!(second, first);
        fs::write(&web.document, "[]").unwrap();
        assert_ne!(web.sources().unwrap(), second);
        fs::remove_dir_all(root).unwrap();
    }
}
