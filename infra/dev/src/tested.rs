//! What a run of `cargo test` printed, and which of its end-to-end tests deserve a second try.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, ensure};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;

/// More failures than this are no accident of timing.
const MOST: usize = 3;

/// One program of tests, as it told its results.
#[derive(Debug, Default)]
struct Program {
    tests: BTreeSet<String>,
    failed: BTreeSet<String>,
}

/// A run of one or more programs of tests.
#[derive(Debug, Default)]
pub struct Tested {
    programs: Vec<Program>,
    passed: bool,
}

impl Tested {
    /// Runs a command that tests; its output is seen as it comes.
    pub async fn run(command: &mut Command) -> Result<Self> {
        let mut child = command
            .stdin(std::process::Stdio::null())
            .stdout(std::process::Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("cargo cannot be started")?;
        let printed = child.stdout.take().context("cargo without output")?;
        let mut lines = BufReader::new(printed).lines();
        let mut tested = Self::default();
        while let Some(line) = lines.next_line().await.context("reading what tests print")? {
            println!("{line}");
            tested.hear(&line);
        }
        tested.passed = child.wait().await.context("waiting for cargo")?.success();
        Ok(tested)
    }

    fn hear(&mut self, line: &str) {
        if line.starts_with("running ") && (line.ends_with(" tests") || line.ends_with(" test")) {
            self.programs.push(Program::default());
        }
        let Some((test, result)) =
            line.strip_prefix("test ").and_then(|told| told.rsplit_once(" ... "))
        else {
            return;
        };
        if let Some(program) = self.programs.last_mut() {
            program.tests.insert(test.to_owned());
            if result == "FAILED" {
                program.failed.insert(test.to_owned());
            }
        }
    }

    /// An error unless all have passed.
    pub fn all_passed(&self) -> Result<()> {
        ensure!(self.passed, "tests failed");
        Ok(())
    }

    /// The tests of the program made of `these` that failed, if nothing else did and they are few: a test on a
    /// running stack can meet a moment that another test made, and passes when it is run again. What fails
    /// twice is broken.
    pub fn second_try(&self, these: &BTreeSet<String>) -> Option<&BTreeSet<String>> {
        if self.passed {
            return None;
        }
        let mut with_failures = self.programs.iter().filter(|program| !program.failed.is_empty());
        let program = with_failures.next()?;
        let alone = with_failures.next().is_none();
        (alone && program.tests == *these && program.failed.len() <= MOST)
            .then_some(&program.failed)
    }
}

/// The tests that `cargo test … -- --list` names.
pub fn listed(printed: &str) -> BTreeSet<String> {
    printed.lines().filter_map(|line| line.strip_suffix(": test")).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::{Tested, listed};

    const UNIT: &str = "running 2 tests\ntest names::hold ... ok\ntest names::fall ... ok\n";
    const STACK: &str = "running 3 tests\ntest mail::once ... FAILED\ntest mail::late ... ok\n\
        test mail::once has been running for over 60 seconds\ntest board::moves ... ok\n";

    fn heard(printed: &[&str]) -> Tested {
        let mut tested = Tested::default();
        printed.iter().flat_map(|program| program.lines()).for_each(|line| tested.hear(line));
        tested
    }

    fn end_to_end() -> std::collections::BTreeSet<String> {
        listed("board::moves: test\nmail::late: test\nmail::once: test\n\n3 tests, 0 benchmarks\n")
    }

    #[test]
    fn what_failed_on_the_stack_alone_is_tried_again() {
        let tested = heard(&[UNIT, STACK]);
        let again: Vec<_> = tested.second_try(&end_to_end()).into_iter().flatten().collect();
        assert_eq!(again, ["mail::once"]);
    }

    #[test]
    fn nothing_else_is_tried_again() {
        let fallen = UNIT.replace("fall ... ok", "fall ... FAILED");
        assert!(heard(&[&fallen, STACK]).second_try(&end_to_end()).is_none(), "two programs fell");
        assert!(heard(&[&fallen]).second_try(&end_to_end()).is_none(), "another program fell");
        assert!(heard(&[UNIT]).second_try(&end_to_end()).is_none(), "it did not compile");
        let all = "running 4 tests\n".to_owned()
            + &["a", "b", "c", "d"].map(|test| format!("test {test} ... FAILED\n")).concat();
        let four = listed("a: test\nb: test\nc: test\nd: test\n");
        assert!(heard(&[&all]).second_try(&four).is_none(), "many fell");
    }
}
