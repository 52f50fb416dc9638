//! `cargo dev privacy`: what a data protection officer reads, from one source.
//!
//! `docs/privacy.json` says which duty is carried by which code and shown by which test, and where
//! personal data lies. `docs/privacy.md` and `docs/record-of-processing.md` are written from it. A
//! test compares them, looks whether each file and each test that is named is there, and whether
//! every kind of item and object that `shared/keys` can name is in the data map: a new place for
//! personal data cannot be forgotten.

mod pages;
mod source;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};

pub use source::{Duty, Place, Source};

use crate::layout::{Layout, rust_files};
use crate::process::progress;

/// The source.
const SOURCE: &str = "docs/privacy.json";

/// Folders with the project's own code.
const CODE: [&str; 4] = ["functions", "shared", "infra", "tests"];

/// Reads the source.
pub fn read(layout: &Layout) -> Result<Source> {
    let text = fs::read_to_string(layout.path(SOURCE));
    let text = text.with_context(|| format!("reading {SOURCE}"))?;
    serde_json::from_str(&text).with_context(|| format!("reading {SOURCE}"))
}

/// The documents with their paths.
pub fn documents(source: &Source) -> [(&'static str, String); 2] {
    [
        ("docs/privacy.md", pages::privacy(source)),
        ("docs/record-of-processing.md", pages::record(source)),
    ]
}

/// Writes the documents.
pub fn write(layout: &Layout) -> Result<()> {
    let source = read(layout)?;
    for (path, text) in documents(&source) {
        fs::write(layout.path(path), text).with_context(|| format!("writing {path}"))?;
        progress(format!("{path} is current"));
    }
    Ok(())
}

/// Whether the documents are what the source says.
pub fn are_current(layout: &Layout, source: &Source) -> Result<()> {
    for (path, text) in documents(source) {
        let known = fs::read_to_string(layout.path(path)).unwrap_or_default();
        ensure!(known == text, "{path} is not current: run `cargo dev privacy`");
    }
    Ok(())
}

/// What the source names and nobody finds: files, and tests by their function's name.
pub fn missing(layout: &Layout, source: &Source) -> Result<Vec<String>> {
    let tests = tests(layout)?;
    let mut missing = Vec::new();
    for duty in &source.duties {
        for path in &duty.code {
            if !layout.path(path).exists() {
                missing.push(format!("{}: no file {path}", duty.clause));
            }
        }
        for test in &duty.tests {
            if !tests.contains(test) {
                missing.push(format!("{}: no test {test}", duty.clause));
            }
        }
        if duty.code.is_empty() && duty.organised.is_none() {
            missing.push(format!("{}: neither code nor who sees to it", duty.clause));
        }
        if !duty.code.is_empty() && duty.tests.is_empty() {
            missing.push(format!("{}: code that no test shows", duty.clause));
        }
    }
    Ok(missing)
}

/// Kinds of keys and of objects that the crate `keys` can name and the data map does not mention.
pub fn unmapped(layout: &Layout, source: &Source) -> Result<Vec<String>> {
    let mut code = String::new();
    texts(&layout.path("shared/keys/src"), &mut |text| code.push_str(text))?;
    // Key prefixes are constants that end in `#`, or words in capitals that stand alone.
    let mut named: BTreeSet<String> = BTreeSet::new();
    for literal in code.split('"').skip(1).step_by(2) {
        let letters = literal.trim_end_matches('#');
        let capital = |c: char| c.is_ascii_uppercase() || c == '_';
        if letters.len() > 2 && letters.chars().all(capital) && literal.ends_with('#') {
            named.insert(literal.to_owned());
        }
    }
    ensure!(named.len() > 5, "the crate `keys` names its prefixes in another way now");
    let known: BTreeSet<&str> = source.places.iter().flat_map(Place::keys).collect();
    Ok(named.into_iter().filter(|prefix| !known.contains(prefix.as_str())).collect())
}

/// The names of all test functions whose name begins with the id of a requirement.
pub fn tests(layout: &Layout) -> Result<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    for folder in CODE {
        texts(&layout.path(folder), &mut |text| {
            for (at, _) in text.match_indices("fn ") {
                let name: String = text[at + 3..]
                    .chars()
                    .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
                    .collect();
                let id = name.split('_').next().unwrap_or_default();
                if id.len() > 1
                    && id.starts_with(|c: char| "qgmpd".contains(c))
                    && id[1..].bytes().all(|byte| byte.is_ascii_digit())
                {
                    found.insert(name);
                }
            }
        })?;
    }
    Ok(found)
}

/// Hands over each Rust file below a folder.
fn texts(folder: &Path, take: &mut dyn FnMut(&str)) -> Result<()> {
    for path in rust_files(folder)? {
        take(&fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?);
    }
    Ok(())
}
