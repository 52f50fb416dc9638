//! What the function is asked, read strictly.

use domain::SubprocessorId;
use runtime::StepError;
use serde::Deserialize;
use serde_json::Value;

/// One request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// `{"announce": "example-translator"}`: tell every institution of this entry of the register.
    Announce(SubprocessorId),
    /// `{"source": "hourly"}`: look whether every institution was told what it must be told.
    Watch,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Announce {
    announce: SubprocessorId,
}

#[derive(Deserialize)]
#[serde(tag = "source", rename_all = "snake_case", deny_unknown_fields)]
enum Tick {
    Hourly {},
}

impl Request {
    /// Reads a request.
    pub fn parse(payload: &Value) -> Result<Self, StepError> {
        if let Ok(Tick::Hourly {}) = serde_json::from_value(payload.clone()) {
            return Ok(Self::Watch);
        }
        let asked = serde_json::from_value::<Announce>(payload.clone());
        asked.map(|asked| Self::Announce(asked.announce)).map_err(|_| {
            let expected = "expected {\"announce\": the id of an entry of the register} or {\"source\": \"hourly\"}";
            StepError::new("BadRequest", expected)
        })
    }
}
