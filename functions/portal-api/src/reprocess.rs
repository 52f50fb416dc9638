//! The call of the function that maps quarantined questionnaires again.
//!
//! Safe to repeat, also when the answer to a call was lost: an entry that was taken in is out of quarantine, and
//! the others are looked at once more.

use std::time::Duration;

use aws_sdk_lambda::config::retry::RetryConfig;
use aws_sdk_lambda::config::timeout::TimeoutConfig;
use aws_sdk_lambda::error::ProvideErrorMetadata as _;
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::InvocationType;
use domain::ResponseToken;
use serde::{Deserialize, Serialize};
use store::Scope;

use crate::portal::Portal;
use crate::problem::Problem;

/// How long a run begins entries for, in seconds. With the start of the function and the last entry it ends within
/// the 29 seconds that a request may take.
const SECONDS: u32 = 8;

/// How long its answer is waited for: longer than for what answers at once, and shorter than a request may take.
const PATIENCE: Duration = Duration::from_secs(26);

/// What the function is told.
#[derive(Serialize)]
struct Order<'a> {
    institution: &'a str,
    cohort: &'a str,
    seconds: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<&'a ResponseToken>,
}

/// What the function answers.
#[derive(Deserialize)]
pub(crate) struct Run {
    /// Entries that are out of quarantine now.
    pub(crate) accepted: u64,
    /// Entries that were looked at and stay.
    pub(crate) still_quarantined: u64,
    /// Whether time ran out before the end.
    r#continue: bool,
    after: Option<ResponseToken>,
}

impl Run {
    /// The entry that another run goes on after, if this one did not come to the end.
    pub(crate) fn goes_on_after(self) -> Option<ResponseToken> {
        self.after.filter(|_| self.r#continue)
    }
}

/// Maps entries of a cohort's quarantine again, for as long as a request may take.
pub(crate) async fn reprocess(
    portal: &Portal,
    scope: &Scope,
    after: Option<&ResponseToken>,
) -> Result<Run, Problem> {
    let (institution, cohort) = (scope.institution.as_str(), scope.cohort.as_str());
    let order = Order { institution, cohort, seconds: SECONDS, after };
    let order = serde_json::to_vec(&order).map_err(|_| Problem::Internal)?;
    // Sent once: who waited in vain asks again, and by then the first run has ended.
    let patient = aws_sdk_lambda::config::Builder::new()
        .timeout_config(TimeoutConfig::builder().operation_attempt_timeout(PATIENCE).build())
        .retry_config(RetryConfig::disabled());
    let answer = portal
        .functions
        .invoke()
        .function_name(&portal.quarantine_reprocess)
        .invocation_type(InvocationType::RequestResponse)
        .payload(Blob::new(order))
        .customize()
        .config_override(patient)
        .send()
        .await
        .map_err(|error| unavailable(error.code()))?;
    if let Some(error) = answer.function_error() {
        return Err(unavailable(Some(error)));
    }
    let payload = answer.payload().map(Blob::as_ref).unwrap_or_default();
    serde_json::from_slice(payload).map_err(|_| {
        tracing::error!(operation = "reprocess", "the answer cannot be read");
        Problem::Internal
    })
}

fn unavailable(code: Option<&str>) -> Problem {
    tracing::error!(operation = "reprocess", error = code.unwrap_or("transport"), "failed");
    Problem::Unavailable
}
