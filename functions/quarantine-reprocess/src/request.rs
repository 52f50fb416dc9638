//! What the function is asked.

use domain::{CohortId, InstitutionId, ResponseToken};
use runtime::StepError;
use serde::Deserialize;
use serde_json::Value;
use store::Scope;

/// The name of the error for a request that cannot be understood.
pub const BAD_REQUEST: &str = "BadRequest";

/// Which entries are to be mapped again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The cohort whose quarantine it is; absent for the questionnaires of no cohort.
    pub scope: Option<Scope>,
    /// These alone, instead of all.
    pub tokens: Option<Vec<ResponseToken>>,
    /// Only what comes after this one, as a run that ran out of time said.
    pub after: Option<ResponseToken>,
    /// How long entries are begun for, in seconds, where somebody waits for the answer; absent as long as the
    /// function has.
    pub seconds: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    institution: Option<InstitutionId>,
    cohort: Option<CohortId>,
    #[serde(default)]
    unassigned: bool,
    tokens: Option<Vec<ResponseToken>>,
    after: Option<ResponseToken>,
    seconds: Option<u32>,
}

impl Request {
    /// Reads a request. The error does not repeat it: tokens stay out of logs.
    pub fn parse(payload: Value) -> Result<Self, StepError> {
        let refusal = || {
            StepError::new(
                BAD_REQUEST,
                "expected {\"institution\": \"ins_..\", \"cohort\": \"coh_..\"} or {\"unassigned\": true}, \
                 and optionally \"tokens\": [..], \"after\": \"..\" and \"seconds\": 1..",
            )
        };
        let Written { institution, cohort, unassigned, tokens, after, seconds } =
            serde_json::from_value(payload).map_err(|_| refusal())?;
        let scope = match (institution, cohort, unassigned) {
            (Some(institution), Some(cohort), false) => Some(Scope::new(institution, cohort)),
            (None, None, true) => None,
            _ => return Err(refusal()),
        };
        if seconds == Some(0) {
            return Err(refusal());
        }
        Ok(Self { scope, tokens, after, seconds })
    }
}
