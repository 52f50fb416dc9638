//! What a test logs, line by line. One subscriber serves all tests, because a test that logs without
//! one switches the line off for the whole process; each thread keeps its own lines.

use std::cell::RefCell;
use std::io::Write;
use std::sync::Once;

use serde_json::Value;

thread_local! {
    static LINES: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

struct Keep;

impl Write for Keep {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        LINES.with_borrow_mut(|lines| lines.write(bytes))
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// From now on this thread's lines are kept.
pub(crate) fn capture() {
    static STARTED: Once = Once::new();
    STARTED.call_once(|| {
        let layer = tracing_subscriber::fmt().json().flatten_event(true).without_time();
        let subscriber = layer.with_target(false).with_writer(|| Keep).finish();
        tracing::subscriber::set_global_default(subscriber).unwrap();
    });
    LINES.take();
}

/// All lines.
pub(crate) fn text() -> String {
    LINES.with_borrow(|lines| String::from_utf8(lines.clone()).unwrap())
}

/// The fields of the lines with a message, without what every line has.
pub(crate) fn lines(message: &str) -> Vec<Value> {
    let all = text();
    let all = all.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let mut found: Vec<Value> = all.filter(|line| line["message"] == message).collect();
    for line in &mut found {
        line.as_object_mut().unwrap().retain(|name, _| name != "message" && name != "level");
    }
    found
}
