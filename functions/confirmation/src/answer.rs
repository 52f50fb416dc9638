//! What goes back to the gateway, and the headers that keep it harmless.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::style::STYLE;

/// The answer in the form that API Gateway takes (payload format 2.0).
#[derive(Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    /// The HTTP status.
    pub status_code: u16,
    /// Headers.
    pub headers: BTreeMap<&'static str, String>,
    /// Cookies that are set.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cookies: Vec<String>,
    /// The body.
    pub body: String,
    /// Whether the body is in base64: an archive is, a page is text.
    pub is_base64_encoded: bool,
}

impl std::fmt::Debug for Answer {
    /// Without the body, which may be somebody's data, and the cookies, which open a page.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Answer({}, {} characters)", self.status_code, self.body.len())
    }
}

/// Headers that every answer has.
pub(crate) fn headers() -> BTreeMap<&'static str, String> {
    let all = [
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("strict-transport-security", "max-age=31536000"),
    ];
    all.into_iter().map(|(name, value)| (name, value.to_owned())).collect()
}

/// A page that runs no script and loads nothing.
pub(crate) fn html(status_code: u16, body: String) -> Answer {
    let hash = STANDARD.encode(Sha256::digest(STYLE));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    );
    let mut headers = headers();
    headers.insert("content-type", "text/html; charset=utf-8".to_owned());
    headers.insert("content-security-policy", policy);
    headers.insert("x-frame-options", "DENY".to_owned());
    Answer { status_code, headers, body, ..Answer::default() }
}

/// A file that a browser keeps and does not show.
pub(crate) fn archive(name: &str, body: &[u8]) -> Answer {
    let mut headers = headers();
    headers.insert("content-type", "application/zip".to_owned());
    headers.insert("content-disposition", format!("attachment; filename=\"{name}\""));
    let body = STANDARD.encode(body);
    Answer { status_code: 200, headers, body, is_base64_encoded: true, ..Answer::default() }
}
