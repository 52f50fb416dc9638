//! What a test counts. Metrics are lines on the process's own standard output, past what a test captures;
//! so the test runs once more in a process of its own, and what that writes is read.
//!
//! Used by the tests of functions whose alarms hang on a metric (`#[path]`).

use std::process::Command;

use serde_json::Value;

/// Says that this is the second run.
const AGAIN: &str = "COUNTED_AGAIN";

/// The metrics that a test of this name writes, in order, zeroes aside; nothing in its second run.
pub(crate) fn counted(test: &str) -> Option<Vec<(String, u64)>> {
    if std::env::var_os(AGAIN).is_some() {
        return None;
    }
    let mut again = Command::new(std::env::current_exe().unwrap());
    again.args([test, "--exact", "--nocapture"]).env(AGAIN, "1");
    let ran = again.output().unwrap();
    let told = String::from_utf8(ran.stdout).unwrap();
    assert!(ran.status.success() && told.contains("1 passed"), "{test}: {told}");
    Some(told.lines().filter_map(metric).collect())
}

/// The metric in a line, if it is one; the name of the test may stand before it.
fn metric(line: &str) -> Option<(String, u64)> {
    let value: Value = serde_json::from_str(&line[line.find('{')?..]).ok()?;
    let name = value["_aws"]["CloudWatchMetrics"][0]["Metrics"][0]["Name"].as_str()?;
    let by = value[name].as_u64()?;
    (by > 0).then(|| (name.to_owned(), by))
}

/// Metrics as [`counted`] tells them, one each.
pub(crate) fn each(names: &[&str]) -> Vec<(String, u64)> {
    names.iter().map(|name| ((*name).to_owned(), 1)).collect()
}
