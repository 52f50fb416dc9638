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
    cookies: Option<Vec<String>>,
    body: Option<String>,
    is_base64_encoded: bool,
    #[serde(rename = "requestContext")]
    context: Option<Context>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Context {
    http: Option<Http>,
    #[serde(rename = "requestId")]
    request_id: Option<String>,
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

    /// The gateway's id of the request; empty if the event names none.
    pub fn id(&self) -> &str {
        let id = self.context.as_ref().and_then(|context| context.request_id.as_deref());
        id.unwrap_or_default()
    }

    /// A cookie by its name. The gateway lists cookies apart from the headers.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        let listed = self.cookies.iter().flatten().map(String::as_str);
        let all = listed.chain(self.header("cookie")).flat_map(|line| line.split(';'));
        all.filter_map(|pair| pair.trim().split_once('='))
            .find(|(it, _)| *it == name)
            .map(|it| it.1)
    }

    /// A member of the query by its name.
    pub fn asked(&self, name: &str) -> Option<String> {
        member(self.query().as_bytes(), name)
    }

    /// A field of the form that was sent; a body that is none has no fields.
    pub fn field(&self, name: &str) -> Option<String> {
        let body = self.body.as_deref().unwrap_or_default();
        if self.is_base64_encoded {
            return member(&STANDARD.decode(body).ok()?, name);
        }
        member(body.as_bytes(), name)
    }

    /// Whether a browser says that another site's page sent this. Browsers that say nothing are believed.
    pub fn is_from_elsewhere(&self) -> bool {
        self.header("sec-fetch-site").is_some_and(|site| !["same-origin", "none"].contains(&site))
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

/// The first member of that name in a text that is encoded like a form.
fn member(encoded: &[u8], name: &str) -> Option<String> {
    let mut members = form_urlencoded::parse(encoded);
    members.find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
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
    fn cookies_and_fields_are_found_by_their_names() {
        for event in [
            json!({ "cookies": ["other=1", "mine=a=b"] }),
            json!({ "headers": { "Cookie": "other=1; mine=a=b" } }),
        ] {
            let asked = request(event);
            assert_eq!((asked.cookie("mine"), asked.cookie("min")), (Some("a=b"), None));
        }
        for event in [
            json!({ "body": "name=J%C3%B8rgen+%26+co&name=x" }),
            json!({ "body": STANDARD.encode("name=J%C3%B8rgen+%26+co"), "isBase64Encoded": true }),
        ] {
            let asked = request(event);
            assert_eq!(asked.field("name").as_deref(), Some("Jørgen & co"));
            assert_eq!(asked.field("other"), None);
        }
        let asked =
            request(json!({ "body": "%", "isBase64Encoded": true, "rawQueryString": "a=1" }));
        assert_eq!((asked.field("name"), asked.asked("a").as_deref()), (None, Some("1")));
    }

    #[test]
    fn what_another_site_sends_is_told_apart_where_the_browser_says_so() {
        for (site, elsewhere) in
            [("same-origin", false), ("none", false), ("same-site", true), ("cross-site", true)]
        {
            let asked = request(json!({ "headers": { "sec-fetch-site": site } }));
            assert_eq!(asked.is_from_elsewhere(), elsewhere, "{site}");
        }
        assert!(!request(json!({})).is_from_elsewhere());
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
            "cookies": ["a=secret"], "body": "secret",
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
