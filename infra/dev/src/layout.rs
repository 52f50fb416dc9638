//! Where things are in the repository.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::{Context as _, Result, bail};

/// The stack that commands mean when none is named.
pub const DEFAULT_STACK: &str = "unihelper";

/// A repository on disk.
#[derive(Debug, Clone)]
pub struct Layout {
    root: PathBuf,
}

impl Layout {
    /// The repository that the current directory lies in.
    pub fn find() -> Result<Self> {
        let here = std::env::current_dir().context("the current directory is gone")?;
        here.ancestors()
            .find(|folder| folder.join("infra/template.yaml").is_file())
            .map(|root| Self { root: root.to_owned() })
            .with_context(|| format!("{} is not inside the repository", here.display()))
    }

    /// The top folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// A file or folder by its path below the top folder.
    pub fn path(&self, below: &str) -> PathBuf {
        self.root.join(below)
    }

    /// The template of the whole system.
    pub fn template(&self) -> PathBuf {
        self.path("infra/template.yaml")
    }

    /// Where a stack keeps its state: its server's process, log and files.
    pub fn state(&self, stack: &StackName) -> PathBuf {
        self.path("target/dev").join(&stack.0)
    }

    /// Where a stack's addresses and sign-in are written for other programs.
    pub fn description(&self, stack: &StackName) -> PathBuf {
        if stack.0 == DEFAULT_STACK {
            self.path("target/dev/stack.json")
        } else {
            self.state(stack).join("stack.json")
        }
    }

    /// The functions: every folder below `functions/`, sorted.
    pub fn functions(&self) -> Result<Vec<String>> {
        let folder = self.path("functions");
        let mut names = Vec::new();
        for entry in folder.read_dir().with_context(|| format!("reading {}", folder.display()))? {
            let entry = entry?;
            if entry.path().join("Cargo.toml").is_file() {
                names.push(entry.file_name().to_string_lossy().into_owned());
            }
        }
        names.sort();
        Ok(names)
    }
}

/// The Rust files below a folder, sorted; not those of dependencies and of builds.
pub fn rust_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in folder.read_dir().with_context(|| format!("reading {}", folder.display()))? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default();
        if path.is_dir() && name != "node_modules" && name != "target" {
            found.extend(rust_files(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// The name of a stack, locally and in CloudFormation.
///
/// It becomes part of the sign-in domain, of bucket and of function names, which bounds its letters and length.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StackName(String);

impl StackName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for StackName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for StackName {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        let letters =
            text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        let ends = text.starts_with(|c: char| c.is_ascii_lowercase()) && !text.ends_with('-');
        if !letters || !ends || text.len() > 30 {
            bail!(
                "a stack's name has at most 30 of a-z, 0-9 and -, starts with a letter and ends in none of -"
            );
        }
        Ok(Self(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_a_sign_in_domain_cannot_hold_are_refused() {
        assert!("unihelper".parse::<StackName>().is_ok());
        assert!("test-2".parse::<StackName>().is_ok());
        for bad in ["", "Uni", "2uni", "uni-", "uni_helper", "u/../v", &"u".repeat(31)] {
            assert!(bad.parse::<StackName>().is_err(), "{bad}");
        }
    }
}
