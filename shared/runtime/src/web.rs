//! What functions behind the HTTP API that only show something read of a request (payload format 2.0).
//!
//! A type of our own rather than a full model of the event: what is not read cannot be refused.

use std::collections::HashMap;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

/// One request. Path and query may carry tokens, so nothing but the method is printed.
#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Request {
    raw_path: Option<String>,
    raw_query_string: Option<String>,
    path_parameters: Option<HashMap<String, String>>,
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

    /// The query as it came, without its question mark.
    pub fn query(&self) -> &str {
        self.raw_query_string.as_deref().unwrap_or_default()
    }

    /// A part of the path by its name in the route; empty if the event names none.
    pub fn part(&self, name: &str) -> &str {
        let parts = self.path_parameters.as_ref();
        parts.and_then(|parts| parts.get(name)).map(String::as_str).unwrap_or_default()
    }

    /// A header by its name without regard to case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let headers = self.headers.as_ref()?;
        headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
    }

    /// Whether the reader has what this tag names already.
    pub fn has(&self, tag: &str) -> bool {
        self.header("if-none-match").is_some_and(|known| names(known, tag))
    }
}

impl std::fmt::Debug for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Request({} ..)", self.method())
    }
}

/// Whether an `If-None-Match` names a tag, however weakly (RFC 9110, 13.1.2).
pub fn names(known: &str, tag: &str) -> bool {
    let mut tags = known.split(',').map(|tag| tag.trim().trim_start_matches("W/"));
    tags.any(|known| known == "*" || known == tag)
}

/// A strong tag of what is sent.
pub fn tag(bytes: &[u8]) -> String {
    format!("\"{}\"", &STANDARD.encode(Sha256::digest(bytes))[..32])
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn request(event: serde_json::Value) -> Request {
        serde_json::from_value(event).expect("an event")
    }

    #[test]
    fn what_is_missing_or_null_is_empty() {
        for event in
            [json!({}), json!({ "headers": null, "pathParameters": null, "requestContext": null })]
        {
            let asked = request(event);
            assert_eq!(
                (asked.method(), asked.path(), asked.query(), asked.part("id")),
                ("", "", "", "")
            );
            assert!(asked.header("accept").is_none() && !asked.has("\"a\""));
        }
    }

    #[test]
    fn a_tag_is_known_by_any_of_the_readers_and_nothing_of_a_token_is_printed() {
        let tag = tag(b"page");
        for (known, has) in [
            (tag.clone(), true),
            (format!("\"other\", W/{tag}"), true),
            ("*".to_owned(), true),
            ("\"other\"".to_owned(), false),
        ] {
            assert_eq!(
                request(json!({ "headers": { "If-None-Match": known } })).has(&tag),
                has,
                "{known}"
            );
        }
        let asked = request(json!({
            "rawPath": "/secret", "rawQueryString": "secret", "pathParameters": { "token": "secret" },
            "requestContext": { "http": { "method": "GET" } },
        }));
        assert_eq!(format!("{asked:?}"), "Request(GET ..)");
        assert_eq!(
            (asked.path(), asked.query(), asked.part("token")),
            ("/secret", "secret", "secret")
        );
    }
}
