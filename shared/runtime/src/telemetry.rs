//! Logs as JSON lines. What is never logged stands in `docs/logging.md`.

use tracing_subscriber::EnvFilter;

/// Starts logging; a second call changes nothing. `level` is a `tracing` filter such as `info`.
pub fn init(level: &str) {
    // The SDK's own debug logs would quote requests; they stay off at every level of ours.
    let filter = format!(
        "{level},aws_smithy_runtime=warn,aws_smithy_runtime_api=warn,aws_sdk=warn,hyper=warn,h2=warn,lambda_runtime=warn"
    );
    let filter = EnvFilter::try_new(filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let subscriber = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_target(false)
        .without_time()
        .with_env_filter(filter)
        .finish();
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
