//! `cargo dev solve`: groups of a class list, without AWS and without a stack. The list and the
//! criteria are posed to the engine by the code that the formation uses.
//!
//! Exit codes: 0 the groups are written and every must rule holds; 2 a file or an argument cannot
//! be used, nothing is written; 3 the groups are written, but some break must rules (which ones is
//! in the file and on the terminal).

mod result;
mod write;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use clap::{Args, ValueEnum};
use grouping::{Lang, Options};
use posing::{merge_small, pose};

use crate::process::progress;
use result::{Formed, SectionGroups};

/// Form groups of a class list, on this machine alone.
#[derive(Debug, Args)]
pub struct Solve {
    /// The class list: CSV with a header line.
    #[arg(long)]
    csv: PathBuf,
    /// What its columns mean, which criteria count, how large groups are (docs/criteria.md).
    #[arg(long)]
    criteria: PathBuf,
    /// Where the groups go: `.csv` (a line per student) or `.json` (everything).
    #[arg(long)]
    out: PathBuf,
    /// Chooses among equally likely searches: the same seed gives the same groups.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Changes to judge per section; absent: as suits its number of students.
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..))]
    budget: Option<u64>,
    /// The language of reasons.
    #[arg(long, value_enum, default_value_t = Language::En)]
    lang: Language,
}

/// The languages of reasons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Language {
    /// Danish.
    Da,
    /// English.
    En,
}

impl From<Language> for Lang {
    fn from(language: Language) -> Self {
        match language {
            Language::Da => Self::Da,
            Language::En => Self::En,
        }
    }
}

impl Solve {
    /// Reads, solves, writes, and says how it went.
    pub fn run(self) -> ExitCode {
        match self.form() {
            Ok(formed) => {
                formed.tell();
                if formed.must_broken() > 0 { ExitCode::from(3) } else { ExitCode::SUCCESS }
            }
            Err(error) => {
                #[expect(clippy::print_stderr, reason = "where errors are reported")]
                {
                    eprintln!("error: {error:#}");
                }
                ExitCode::from(2)
            }
        }
    }

    fn form(&self) -> Result<Formed> {
        let write = write::by_extension(&self.out)?;
        for read in [&self.csv, &self.criteria] {
            if same_file(read, &self.out) {
                bail!("{}: is read, so nothing is written there", self.out.display());
            }
        }
        let (_, list) = crate::seed::read(&self.criteria, &self.csv)?;
        let inputs = list.inputs(self.seed, merge_small);
        let mut sections = Vec::with_capacity(inputs.len());
        for (section, input) in inputs {
            let place = || format!("{}, section `{section}`", self.csv.display());
            let posed = pose(&input).with_context(place)?;
            let mut options = Options::for_students(posed.problem.students, self.seed);
            options.budget = self.budget.unwrap_or(options.budget);
            let found = grouping::solve_or_explain(&posed.problem, &options);
            let (solution, conflicts) = found.with_context(place)?;
            let lang = self.lang.into();
            sections.push(SectionGroups::new(
                &list, section, &input, &posed, &solution, &conflicts, lang,
            ));
        }
        let formed = Formed::new(self.seed, sections);
        write_whole(&self.out, &write(&formed)?)?;
        progress(format!("{} written", self.out.display()));
        Ok(formed)
    }
}

/// Writes a file in one go, so that no half of one is ever taken for the result.
fn write_whole(path: &Path, contents: &[u8]) -> Result<()> {
    let Some(name) = path.file_name() else { bail!("{} names no file", path.display()) };
    let mut partial = name.to_owned();
    partial.push(".partial");
    let partial = path.with_file_name(partial);
    let written = std::fs::write(&partial, contents).and_then(|()| std::fs::rename(&partial, path));
    written.with_context(|| {
        // Whatever became of it is of no use, and it may not be there at all.
        drop(std::fs::remove_file(&partial));
        path.display().to_string()
    })
}

/// Whether two paths lead to one file that is there.
fn same_file(one: &Path, other: &Path) -> bool {
    let whole = |path: &Path| path.canonicalize().ok();
    whole(one).is_some_and(|one| whole(other) == Some(one))
}
