//! Answers, with the headers that keep a page harmless. The function's status codes are in this file.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use runtime::web::{Request, tag};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

/// Caches may keep an answer for an hour: the register changes with a deployment or a date.
const CACHE: &str = "public, max-age=3600";

/// The answer in the form that API Gateway takes (payload format 2.0).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    /// The HTTP status.
    pub status_code: u16,
    /// Headers.
    pub headers: BTreeMap<&'static str, String>,
    /// The body.
    pub body: String,
    /// Never: the body is text.
    pub is_base64_encoded: bool,
}

impl Answer {
    /// A representation that was asked for, or 304 when the reader has it already (`If-None-Match`).
    pub(crate) fn found(kind: &'static str, policy: &str, body: String, request: &Request) -> Self {
        let tag = tag(body.as_bytes());
        let fresh = request.has(&tag);
        let mut answer = Self::new(if fresh { 304 } else { 200 }, policy);
        answer.headers.extend([
            ("etag", tag),
            ("cache-control", CACHE.to_owned()),
            ("vary", "accept-language".to_owned()),
        ]);
        if !fresh {
            answer.headers.insert("content-type", kind.to_owned());
            answer.body = body;
        }
        answer
    }

    /// Nothing is here.
    pub(crate) fn not_found() -> Self {
        Self::refusal(404, "Not found / Findes ikke")
    }

    /// The address is only read.
    pub(crate) fn method_not_allowed() -> Self {
        let mut answer = Self::refusal(405, "Method not allowed / Metoden er ikke tilladt");
        answer.headers.insert("allow", "GET".to_owned());
        answer
    }

    /// The page could not be made.
    pub(crate) fn broken() -> Self {
        Self::refusal(500, "Something broke / Noget gik galt")
    }

    fn refusal(status: u16, body: &str) -> Self {
        let mut answer = Self::new(status, "default-src 'none'");
        answer.headers.insert("content-type", "text/plain; charset=utf-8".to_owned());
        answer.headers.insert("cache-control", "no-store".to_owned());
        body.clone_into(&mut answer.body);
        answer
    }

    fn new(status_code: u16, policy: &str) -> Self {
        let headers = [
            ("content-security-policy", policy),
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "no-referrer"),
            ("strict-transport-security", "max-age=31536000"),
            ("cross-origin-opener-policy", "same-origin"),
        ];
        let headers = headers.into_iter().map(|(name, value)| (name, value.to_owned())).collect();
        Self { status_code, headers, body: String::new(), is_base64_encoded: false }
    }
}

/// A policy that lets a page apply one inline style sheet, known by its hash, and nothing else: no
/// script, no image, no form, no frame.
pub(crate) fn policy_for_style(style: &str) -> String {
    let hash = STANDARD.encode(Sha256::digest(style));
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
}
