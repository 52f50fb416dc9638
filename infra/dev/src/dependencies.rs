//! The dependency policy: where crates come from, under which licences, and which ones stay out.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;
use tokio::process::Command;

use crate::layout::Layout;
use crate::process::run;

/// Licences that go with Apache-2.0 for a service; a crate must offer at least one of them (SPDX).
const LICENCES: [&str; 14] = [
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Crates that must not come in, with the reason.
const BANNED: [(&str, &str); 3] = [
    ("openssl-sys", "needs a system library that Lambda's image lacks; rustls is used"),
    ("native-tls", "needs a system library that Lambda's image lacks; rustls is used"),
    ("dotenv", "unmaintained; settings come from the environment"),
];

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    license: Option<String>,
    source: Option<String>,
}

/// Checks every crate in the lock file.
pub async fn check(layout: &Layout) -> Result<()> {
    let mut cargo = Command::new("cargo");
    let arguments = [
        "metadata",
        "--locked",
        "--format-version",
        "1",
        "--filter-platform",
        "x86_64-unknown-linux-gnu",
    ];
    cargo.args(arguments).current_dir(layout.root());
    let metadata: Metadata =
        serde_json::from_str(&run(&mut cargo).await?).context("reading cargo's metadata")?;
    let problems: BTreeSet<String> = metadata.packages.iter().flat_map(problems).collect();
    let told: Vec<&str> = problems.iter().map(String::as_str).collect();
    ensure!(told.is_empty(), "{}", told.join("\n"));
    Ok(())
}

fn problems(package: &Package) -> Vec<String> {
    let name = format!("{} {}", package.name, package.version);
    let mut found = Vec::new();
    if let Some((_, reason)) = BANNED.iter().find(|(banned, _)| *banned == package.name) {
        found.push(format!("{name} is banned: {reason}"));
    }
    if package.source.as_ref().is_some_and(|source| !source.starts_with("registry+")) {
        found.push(format!("{name} does not come from the registry"));
    }
    match &package.license {
        Some(licence) if allowed(licence) => {}
        Some(licence) => found.push(format!("{name} is under {licence}")),
        None => found.push(format!("{name} names no licence")),
    }
    found
}

/// Whether an SPDX expression can be satisfied with allowed licences. Parentheses are taken apart
/// conservatively: every part joined by AND must offer an allowed one.
fn allowed(expression: &str) -> bool {
    let plain = expression.replace(['(', ')'], "").replace('/', " OR ");
    plain
        .split(" AND ")
        .all(|part| part.split(" OR ").any(|licence| LICENCES.contains(&licence.trim())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn licences_are_read_as_expressions() {
        for good in
            ["MIT", "MIT OR GPL-3.0", "MIT/Apache-2.0", "(MIT OR Apache-2.0) AND Unicode-3.0"]
        {
            assert!(allowed(good), "{good}");
        }
        for bad in ["GPL-3.0", "MIT AND GPL-3.0", "AGPL-3.0 OR GPL-3.0"] {
            assert!(!allowed(bad), "{bad}");
        }
    }

    #[test]
    fn a_banned_or_foreign_crate_is_named_with_the_reason() {
        let package = |name: &str, source: &str| Package {
            name: name.into(),
            version: "1.0.0".into(),
            license: Some("MIT".into()),
            source: Some(source.into()),
        };
        assert!(problems(&package("serde", "registry+x")).is_empty());
        assert!(problems(&package("native-tls", "registry+x"))[0].contains("rustls"));
        assert!(problems(&package("serde", "git+https://example.org"))[0].contains("registry"));
    }
}
