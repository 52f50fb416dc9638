//! The request as API Gateway's HTTP API hands it over (payload format 2.0), as far as it is read.

use std::collections::HashMap;

use serde::Deserialize;

/// One request. Its path carries a token, so nothing of it is printed.
#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Request {
    path_parameters: Option<HashMap<String, String>>,
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

impl Request {
    /// The method; empty if the event names none.
    pub(crate) fn method(&self) -> &str {
        let http = self.context.as_ref().and_then(|context| context.http.as_ref());
        http.and_then(|http| http.method.as_deref()).unwrap_or_default()
    }

    /// A part of the path by its name; empty if the event names none.
    pub(crate) fn part(&self, name: &str) -> &str {
        let parts = self.path_parameters.as_ref();
        parts.and_then(|parts| parts.get(name)).map(String::as_str).unwrap_or_default()
    }
}

impl std::fmt::Debug for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Request(..)")
    }
}
