//! What the function is asked, read strictly.

use domain::SubprocessorId;
use runtime::StepError;
use serde::Deserialize;
use serde_json::Value;

/// `{"announce": "example-translator"}`: tell every institution of this entry of the register.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The entry.
    pub announce: SubprocessorId,
}

impl Request {
    /// Reads a request.
    pub fn parse(payload: &Value) -> Result<Self, StepError> {
        serde_json::from_value(payload.clone()).map_err(|_| {
            let expected = "expected {\"announce\": the id of an entry of the register}";
            StepError::new("BadRequest", expected)
        })
    }
}
