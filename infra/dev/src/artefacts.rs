//! The functions' binaries, built and packed for the emulator.
//!
//! The development profile is used: a release build of the AWS SDK takes minutes, and the emulator runs either.

use std::fs::{self, File};
use std::io::{BufReader, BufWriter, copy};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use tokio::process::Command;
use zip::CompressionMethod;
use zip::write::{SimpleFileOptions, ZipWriter};

use crate::layout::Layout;
use crate::process::{progress, run, run_shown};
use crate::web;

/// A function's archive.
#[derive(Debug, Clone)]
pub struct Artefact {
    /// The function: folder, package and binary.
    pub function: String,
    /// The archive with the one file `bootstrap`.
    pub archive: PathBuf,
    /// Its key in the bucket of artefacts; other contents have another key, which is how CloudFormation notices.
    pub key: String,
}

/// Builds `functions` and packs those whose binary is new; the portal, which is compiled into one of them, first.
pub async fn build(layout: &Layout, functions: &[String]) -> Result<Vec<Artefact>> {
    web::build(layout).await?;
    progress(format!("building {} functions", functions.len()));
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--bins"]).current_dir(layout.root());
    for function in functions {
        cargo.args(["--package", function]);
    }
    run_shown(&mut cargo).await?;
    let binaries = target_folder(layout).await?.join("debug");
    let folder = layout.path("target/dev/artefacts");
    fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
    let functions = functions.to_vec();
    tokio::task::spawn_blocking(move || {
        functions.iter().map(|function| pack(function, &binaries.join(function), &folder)).collect()
    })
    .await
    .context("packing")?
}

/// Where cargo builds.
async fn target_folder(layout: &Layout) -> Result<PathBuf> {
    #[derive(Deserialize)]
    struct Metadata {
        target_directory: PathBuf,
    }
    let mut cargo = Command::new("cargo");
    cargo.args(["metadata", "--no-deps", "--format-version", "1"]).current_dir(layout.root());
    let printed = run(&mut cargo).await?;
    let metadata: Metadata = serde_json::from_str(&printed).context("reading cargo's metadata")?;
    Ok(metadata.target_directory)
}

fn pack(function: &str, binary: &Path, folder: &Path) -> Result<Artefact> {
    let key = format!("{function}-{}.zip", hash(binary)?);
    let archive = folder.join(&key);
    if !archive.exists() {
        forget_earlier(function, folder)?;
        // Written under a name of this process first: neither an interrupted run nor one beside it can leave half an
        // archive to be taken.
        let unfinished = folder.join(format!("{key}.{}", std::process::id()));
        write_archive(binary, &unfinished)
            .with_context(|| format!("packing {}", binary.display()))?;
        fs::rename(&unfinished, &archive)
            .with_context(|| format!("writing {}", archive.display()))?;
    }
    Ok(Artefact { function: function.to_owned(), archive, key })
}

fn hash(binary: &Path) -> Result<String> {
    let bytes = fs::read(binary).with_context(|| format!("reading {}", binary.display()))?;
    Ok(hex(&Sha256::digest(bytes)[..12]))
}

/// Bytes as hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

fn write_archive(binary: &Path, archive: &Path) -> Result<()> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(1))
        .unix_permissions(0o755);
    let mut zip = ZipWriter::new(BufWriter::new(File::create(archive)?));
    zip.start_file("bootstrap", options)?;
    copy(&mut BufReader::with_capacity(1 << 20, File::open(binary)?), &mut zip)?;
    zip.finish()?;
    Ok(())
}

/// Removes archives of a function that are older than an hour; younger ones may be on their way to another stack.
/// `name-` is followed by 24 hexadecimal digits, which keeps `mailer` from taking `mailer-extra`'s.
fn forget_earlier(function: &str, folder: &Path) -> Result<()> {
    for entry in folder.read_dir()? {
        let entry = entry?;
        let path = entry.path();
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let digits = stem.strip_prefix(function).and_then(|rest| rest.strip_prefix('-'));
        let is_one =
            digits.is_some_and(|d| d.len() == 24 && d.bytes().all(|b| b.is_ascii_hexdigit()));
        // Another run may have removed it between the listing and here.
        let age = entry.metadata().and_then(|metadata| metadata.modified());
        let age = age.ok().and_then(|written| written.elapsed().ok()).unwrap_or_default();
        if is_one && age > Duration::from_hours(1) {
            let _gone = fs::remove_file(&path);
        }
    }
    Ok(())
}
