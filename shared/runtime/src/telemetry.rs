//! Logs as JSON lines. What is never logged stands in `docs/logging.md`.

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;

/// The crates whose logs below a warning would quote requests; they stay off at every level of ours.
const QUIET: [&str; 6] =
    ["aws_smithy_runtime", "aws_smithy_runtime_api", "aws_sdk", "hyper", "h2", "lambda_runtime"];

/// Starts logging; a second call changes nothing. `level` is `error`, `warn`, `info`, `debug` or
/// `trace`; anything else means `info`.
pub fn init(level: &str) {
    let level = level.parse().unwrap_or(LevelFilter::INFO);
    let quiet = QUIET.map(|target| (target, LevelFilter::WARN.min(level)));
    let filter = Targets::new().with_default(level).with_targets(quiet);
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_target(false)
        .without_time();
    let subscriber = tracing_subscriber::registry().with(filter).with(lines);
    drop(tracing::subscriber::set_global_default(subscriber));
}

/// Logs an error with its whole chain, once, at the boundary.
pub fn log_error(operation: &'static str, error: &dyn std::error::Error) {
    let mut chain = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        chain.push_str(": ");
        chain.push_str(&cause.to_string());
        source = cause.source();
    }
    tracing::error!(operation, error = chain, "failed");
}
