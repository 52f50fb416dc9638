//! Answers, with the headers that keep the portal harmless. The function's status codes are in this file.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use runtime::web::{Request, tag};
use serde::Serialize;

use crate::built::Built;
use crate::encoding;

/// A name with the hash of its contents never says anything else.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// What has a fixed name is asked for each time, and answered 304 while it is the same.
const ASK_AGAIN: &str = "no-cache";

/// The answer in the form that API Gateway takes (payload format 2.0).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    /// The HTTP status.
    pub status_code: u16,
    /// Headers.
    pub headers: BTreeMap<&'static str, String>,
    /// The body, in Base64 if `is_base64_encoded`.
    pub body: String,
    /// Whether the body is in Base64: packed files are.
    pub is_base64_encoded: bool,
}

impl Answer {
    /// A file whose name holds its hash.
    pub(crate) fn asset(file: &Built, kind: &'static str, request: &Request) -> Self {
        let mut answer = Self::new(200, "default-src 'none'; frame-ancestors 'none'");
        answer.headers.insert("cache-control", FOR_EVER.to_owned());
        answer.fill(file, kind, request);
        answer
    }

    /// The portal's page.
    pub(crate) fn page(file: &Built, policy: &str, request: &Request) -> Self {
        let tag = tag(file.plain);
        let mut answer = Self::checked(&tag, policy, request);
        if answer.status_code == 200 {
            answer.fill(file, "text/html; charset=utf-8", request);
        }
        answer.headers.insert("vary", "accept-encoding".to_owned());
        answer
    }

    /// A small document.
    pub(crate) fn document(body: &str, request: &Request) -> Self {
        let policy = "default-src 'none'; frame-ancestors 'none'";
        let mut answer = Self::checked(&tag(body.as_bytes()), policy, request);
        if answer.status_code == 200 {
            answer.headers.insert("content-type", "application/json".to_owned());
            body.clone_into(&mut answer.body);
        }
        answer
    }

    /// The portal is somewhere else on this origin.
    pub(crate) fn redirect(place: &str) -> Self {
        let mut answer = Self::new(302, "default-src 'none'; frame-ancestors 'none'");
        answer.headers.insert("location", place.to_owned());
        answer.headers.insert("cache-control", "no-store".to_owned());
        answer
    }

    /// Nothing is here.
    pub(crate) fn not_found() -> Self {
        Self::refusal(404, "Not found / Findes ikke")
    }

    /// The address is only read.
    pub(crate) fn method_not_allowed() -> Self {
        let mut answer = Self::refusal(405, "Method not allowed / Metoden er ikke tilladt");
        answer.headers.insert("allow", "GET, HEAD".to_owned());
        answer
    }

    /// The same without its body, as `HEAD` asks for.
    pub(crate) fn without_body(self) -> Self {
        Self { body: String::new(), is_base64_encoded: false, ..self }
    }

    /// 304 when the reader has it already (`If-None-Match`).
    fn checked(tag: &str, policy: &str, request: &Request) -> Self {
        let fresh = request.has(tag);
        let mut answer = Self::new(if fresh { 304 } else { 200 }, policy);
        answer.headers.insert("etag", tag.to_owned());
        answer.headers.insert("cache-control", ASK_AGAIN.to_owned());
        answer
    }

    /// Puts a file in, packed as the reader takes it.
    fn fill(&mut self, file: &Built, kind: &'static str, request: &Request) {
        self.headers.insert("content-type", kind.to_owned());
        self.headers.insert("vary", "accept-encoding".to_owned());
        let packed = [("br", file.brotli), ("gzip", file.gzip)];
        let packed =
            packed.into_iter().filter(|(encoding, _)| encoding::is_taken(request, encoding));
        let mut packed = packed.filter_map(|(encoding, bytes)| Some((encoding, bytes?)));
        if let Some((encoding, bytes)) = packed.next() {
            self.headers.insert("content-encoding", encoding.to_owned());
            self.body = STANDARD.encode(bytes);
            self.is_base64_encoded = true;
        } else if let Ok(text) = std::str::from_utf8(file.plain) {
            text.clone_into(&mut self.body);
        } else {
            self.body = STANDARD.encode(file.plain);
            self.is_base64_encoded = true;
        }
    }

    fn refusal(status: u16, body: &str) -> Self {
        let mut answer = Self::new(status, "default-src 'none'; frame-ancestors 'none'");
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
            ("cross-origin-resource-policy", "same-origin"),
            ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
        ];
        let headers = headers.into_iter().map(|(name, value)| (name, value.to_owned())).collect();
        Self { status_code, headers, body: String::new(), is_base64_encoded: false }
    }
}
