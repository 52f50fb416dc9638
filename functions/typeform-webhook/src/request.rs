//! The request as API Gateway's HTTP API hands it over (payload format 2.0), as far as it is read.
//!
//! A type of our own rather than a full model of the event: what is not read cannot be refused. A
//! member that does not parse would fail the invocation, which API Gateway answers with 500 instead
//! of the 503 that Typeform retries for ten hours.

use std::collections::HashMap;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Deserialize;

/// The longest body that is accepted, in bytes. A questionnaire of twenty questions has about 20,000.
pub const LONGEST_BODY: usize = 1024 * 1024;

/// One request.
#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Request {
    headers: Option<HashMap<String, String>>,
    body: Option<String>,
    is_base64_encoded: Option<bool>,
    #[serde(rename = "requestContext")]
    context: Option<Context>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Context {
    http: Option<Http>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Http {
    method: Option<String>,
}

/// Why a body cannot be handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyError {
    /// It is longer than [`LONGEST_BODY`].
    TooLarge,
    /// It is said to be base64 and is not.
    NotBase64,
}

impl Request {
    /// The method; empty if the event names none.
    pub fn method(&self) -> &str {
        let http = self.context.as_ref().and_then(|context| context.http.as_ref());
        http.and_then(|http| http.method.as_deref()).unwrap_or_default()
    }

    /// A header by its name without regard to case. API Gateway writes names in lower case; other
    /// ways to invoke the function need not.
    pub fn header(&self, name: &str) -> Option<&str> {
        let headers = self.headers.as_ref()?;
        headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The body's bytes exactly as Typeform sent them. Too long a body is refused before it is decoded.
    pub fn body(self) -> Result<Vec<u8>, BodyError> {
        let body = self.body.unwrap_or_default();
        if self.is_base64_encoded != Some(true) {
            return if body.len() > LONGEST_BODY {
                Err(BodyError::TooLarge)
            } else {
                Ok(body.into_bytes())
            };
        }
        if body.len() > LONGEST_BODY.div_ceil(3) * 4 {
            return Err(BodyError::TooLarge);
        }
        let bytes = STANDARD.decode(body).map_err(|_| BodyError::NotBase64)?;
        if bytes.len() > LONGEST_BODY { Err(BodyError::TooLarge) } else { Ok(bytes) }
    }
}

impl std::fmt::Debug for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Request({} ..)", self.method())
    }
}
