//! The portal's API as a signed-in contact calls it.

use anyhow::{Context as _, Result, bail};
use reqwest::Method;
use serde_json::Value;

use super::Service;

/// A signed-in contact.
#[derive(Clone)]
pub struct Portal {
    base: String,
    token: String,
    reason: Option<String>,
    http: reqwest::Client,
}

/// An answer of the API.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The content type.
    pub content_type: String,
    /// The JSON body, or null.
    pub body: Value,
}

impl Service {
    /// The API with a bearer token.
    pub fn portal(&self, token: &str) -> Result<Portal> {
        let (base, http) = (self.stack.http()?, self.http.clone());
        Ok(Portal { base, token: token.to_owned(), reason: None, http })
    }
}

impl Portal {
    /// The same, giving a reason with every call, as an operator must; a call's own header
    /// `x-reason` goes before it.
    #[must_use]
    pub fn with_reason(self, reason: &str) -> Self {
        Self { reason: Some(reason.to_owned()), ..self }
    }

    /// Calls a path such as `/api/cohorts`.
    pub async fn call(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
    ) -> Result<Answer> {
        self.ask(method, path, headers, None).await
    }

    /// Sends a JSON body to a path.
    pub async fn send(&self, method: Method, path: &str, body: &Value) -> Result<Answer> {
        self.ask(method, path, &[("content-type", "application/json")], Some(body)).await
    }

    /// Posts a JSON body under an idempotency key.
    pub async fn send_once(&self, key: &str, path: &str, body: &Value) -> Result<Answer> {
        let headers = [("content-type", "application/json"), ("idempotency-key", key)];
        self.ask(Method::POST, path, &headers, Some(body)).await
    }

    /// Changes the version of something that a caller has seen (`If-Match`).
    pub async fn change(
        &self,
        method: Method,
        path: &str,
        version: u64,
        body: &Value,
    ) -> Result<Answer> {
        let version = format!("\"{version}\"");
        let headers = [("content-type", "application/json"), ("if-match", version.as_str())];
        self.ask(method, path, &headers, Some(body)).await
    }

    /// Asks once, under an idempotency key, for something that begins from a version that a caller has seen.
    pub async fn change_once(
        &self,
        key: &str,
        path: &str,
        version: u64,
        body: &Value,
    ) -> Result<Answer> {
        let version = format!("\"{version}\"");
        let headers = [
            ("content-type", "application/json"),
            ("if-match", version.as_str()),
            ("idempotency-key", key),
        ];
        self.ask(Method::POST, path, &headers, Some(body)).await
    }

    async fn ask(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Result<Answer> {
        let mut request = self.http.request(method, format!("{}{path}", self.base));
        if let Some(body) = body {
            request = request.body(body.to_string());
        }
        if !self.token.is_empty() {
            request = request.bearer_auth(&self.token);
        }
        let says_why = headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("x-reason"));
        if let Some(reason) = self.reason.as_ref().filter(|_| !says_why) {
            request = request.header("x-reason", reason);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = request.send().await?;
        let status = answer.status().as_u16();
        let content_type = answer
            .headers()
            .get("content-type")
            .and_then(|v| v.to_str().ok())
            .unwrap_or_default()
            .to_owned();
        let bytes = answer.bytes().await?;
        let body = match content_type.as_str() {
            "application/pdf" => Value::String(String::from_utf8_lossy(&bytes).into_owned()),
            _ => serde_json::from_slice(&bytes).unwrap_or(Value::Null),
        };
        Ok(Answer { status, content_type, body })
    }

    /// Reads a resource that must be there.
    pub async fn get(&self, path: &str) -> Result<Value> {
        let answer = self.call(Method::GET, path, &[]).await?;
        if answer.status != 200 {
            bail!("GET {path} answered {}: {}", answer.status, answer.body);
        }
        Ok(answer.body)
    }

    /// Reads all pages of a list.
    pub async fn list(&self, path: &str) -> Result<Vec<Value>> {
        let mut found = Vec::new();
        let mut cursor: Option<String> = None;
        loop {
            let mark = if path.contains('?') { '&' } else { '?' };
            let page = match &cursor {
                Some(cursor) => self.get(&format!("{path}{mark}limit=200&cursor={cursor}")).await?,
                None => self.get(&format!("{path}{mark}limit=200")).await?,
            };
            let items = page["items"].as_array().with_context(|| format!("{path} has no items"))?;
            found.extend(items.iter().cloned());
            match page["next"].as_str() {
                Some(next) => cursor = Some(next.to_owned()),
                None => return Ok(found),
            }
        }
    }

    /// Starts something.
    pub async fn post(&self, path: &str, headers: &[(&str, &str)]) -> Result<Answer> {
        self.call(Method::POST, path, headers).await
    }
}
