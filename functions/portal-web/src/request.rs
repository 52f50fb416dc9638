//! The request as API Gateway's HTTP API hands it over (payload format 2.0), as far as it is read.
//! What is not read cannot be refused, and the query, which carries the code of a sign-in, is not read.

use std::collections::HashMap;

use serde::Deserialize;

/// One request.
#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Request {
    raw_path: Option<String>,
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

    /// Whether the reader takes an encoding (RFC 9110, 12.5.3): it is named with a weight above zero.
    /// What is only meant by `*` is not sent; plain is never wrong.
    pub fn accepts(&self, encoding: &str) -> bool {
        let ranges = self.header("accept-encoding").unwrap_or_default().split(',');
        ranges.map(|range| range.split_once(';').unwrap_or((range, ""))).any(|(name, weight)| {
            let weight = weight.trim().trim_start_matches(['q', 'Q']).trim_start_matches('=');
            name.trim().eq_ignore_ascii_case(encoding)
                && (weight.is_empty() || weight.parse::<f32>().is_ok_and(|weight| weight > 0.0))
        })
    }
}

impl std::fmt::Debug for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Request({} ..)", self.method())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_encoding_is_taken_when_it_is_named_and_not_refused() {
        for (header, brotli, gzip) in [
            ("", false, false),
            ("gzip, deflate, br", true, true),
            ("GZIP;q=0.5, br;q=0", false, true),
            ("br; q=0.001", true, false),
            ("br;q=none", false, false),
            ("*", false, false),
            ("brotli, gzipped", false, false),
        ] {
            let event = json!({"headers": {"Accept-Encoding": header}});
            let request: Request = serde_json::from_value(event).unwrap();
            assert_eq!(
                (request.accepts("br"), request.accepts("gzip")),
                (brotli, gzip),
                "{header}"
            );
        }
    }
}
