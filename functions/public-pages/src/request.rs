//! The request as API Gateway's HTTP API hands it over (payload format 2.0), as far as it is read.
//! What is not read cannot be refused.

use std::collections::HashMap;

use serde::Deserialize;

/// One request.
#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Request {
    raw_path: Option<String>,
    raw_query_string: Option<String>,
    headers: Option<HashMap<String, String>>,
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
    pub fn method(&self) -> &str {
        let http = self.context.as_ref().and_then(|context| context.http.as_ref());
        http.and_then(|http| http.method.as_deref()).unwrap_or_default()
    }

    /// The path.
    pub fn path(&self) -> &str {
        self.raw_path.as_deref().unwrap_or_default()
    }

    /// A header by its name without regard to case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let headers = self.headers.as_ref()?;
        headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
    }

    /// The first value of a query parameter.
    pub fn query(&self, name: &str) -> Option<String> {
        let raw = self.raw_query_string.as_deref().unwrap_or_default();
        let mut pairs = url::form_urlencoded::parse(raw.as_bytes());
        pairs.find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
    }
}

impl std::fmt::Debug for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Request({} ..)", self.method())
    }
}
