//! A small client for the emulator's AWS APIs, for what only the emulator needs.
//!
//! The emulator reads region and service from the credential scope and checks the access key, not the signature;
//! so no signing and no SDK is needed here. Nothing in this module works against AWS, and nothing should.

use anyhow::{Context as _, Result, bail};
use reqwest::{Method, Response, header};
use serde_json::Value;

/// The emulator's administrator. Not a secret: the emulator listens on the loopback interface only.
pub const ACCESS_KEY: &str = "test";

/// Where one emulator listens.
#[derive(Debug, Clone)]
pub struct Emulator {
    endpoint: String,
    region: String,
    http: reqwest::Client,
}

impl Emulator {
    /// The emulator at `endpoint` (`http://127.0.0.1:port`).
    pub fn new(endpoint: impl Into<String>, region: impl Into<String>) -> Result<Self> {
        // Another client of this process may have chosen a provider already; either will do.
        let _chosen_before = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let http = reqwest::Client::builder().no_proxy().build().context("making a client")?;
        Ok(Self { endpoint: endpoint.into(), region: region.into(), http })
    }

    /// The endpoint that SDKs and the `aws` program are pointed at.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// The region of the stack.
    pub fn region(&self) -> &str {
        &self.region
    }

    /// Whether the emulator answers.
    pub async fn is_healthy(&self) -> bool {
        let answer = self.http.get(format!("{}/_ministack/health", self.endpoint)).send().await;
        answer.is_ok_and(|answer| answer.status().is_success())
    }

    /// Calls an operation of a service that speaks AWS's JSON protocol, e.g. `DynamoDB_20120810.ListTables`.
    pub async fn json(&self, service: &str, target: &str, body: &Value) -> Result<Value> {
        let request = self
            .http
            .post(format!("{}/", self.endpoint))
            .header(header::AUTHORIZATION, self.credential(service))
            .header("x-amz-target", target)
            .header(header::CONTENT_TYPE, "application/x-amz-json-1.1")
            .body(body.to_string());
        let answer = accepted(request.send().await?).await.with_context(|| target.to_owned())?;
        Ok(answer.json().await.unwrap_or(Value::Null))
    }

    /// Calls an operation of a service that speaks REST with JSON.
    pub async fn rest(
        &self,
        service: &str,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Value> {
        let mut request = self
            .http
            .request(method, format!("{}{path}", self.endpoint))
            .header(header::AUTHORIZATION, self.credential(service));
        if let Some(body) = body {
            request =
                request.header(header::CONTENT_TYPE, "application/json").body(body.to_string());
        }
        let answer =
            accepted(request.send().await?).await.with_context(|| format!("{service} {path}"))?;
        Ok(answer.json().await.unwrap_or(Value::Null))
    }

    /// Makes a bucket unless it is there.
    pub async fn make_bucket(&self, bucket: &str) -> Result<()> {
        let path = format!("/{bucket}");
        if self.exists(&path).await? {
            return Ok(());
        }
        let constraint = format!(
            "<CreateBucketConfiguration><LocationConstraint>{}</LocationConstraint></CreateBucketConfiguration>",
            self.region
        );
        self.put(&path, constraint.into_bytes()).await
    }

    /// Stores an object.
    pub async fn put_object(&self, bucket: &str, key: &str, bytes: Vec<u8>) -> Result<()> {
        self.put(&format!("/{bucket}/{key}"), bytes).await
    }

    async fn put(&self, path: &str, bytes: Vec<u8>) -> Result<()> {
        let request = self
            .http
            .put(format!("{}{path}", self.endpoint))
            .header(header::AUTHORIZATION, self.credential("s3"))
            .body(bytes);
        accepted(request.send().await?).await.with_context(|| format!("s3 {path}"))?;
        Ok(())
    }

    /// Reads an answer that is not JSON: an object or a listing of S3.
    pub async fn text(&self, path: &str) -> Result<String> {
        let request = self
            .http
            .get(format!("{}{path}", self.endpoint))
            .header(header::AUTHORIZATION, self.credential("s3"));
        let answer = accepted(request.send().await?).await.with_context(|| format!("s3 {path}"))?;
        Ok(answer.text().await?)
    }

    /// Whether an object is there.
    pub async fn has_object(&self, bucket: &str, key: &str) -> Result<bool> {
        self.exists(&format!("/{bucket}/{key}")).await
    }

    async fn exists(&self, path: &str) -> Result<bool> {
        let request = self
            .http
            .head(format!("{}{path}", self.endpoint))
            .header(header::AUTHORIZATION, self.credential("s3"));
        Ok(request.send().await?.status().is_success())
    }

    fn credential(&self, service: &str) -> String {
        format!(
            "AWS4-HMAC-SHA256 Credential={ACCESS_KEY}/20200101/{}/{service}/aws4_request, \
             SignedHeaders=host, Signature=0",
            self.region
        )
    }
}

async fn accepted(answer: Response) -> Result<Response> {
    let status = answer.status();
    if status.is_success() {
        return Ok(answer);
    }
    let body = answer.text().await.unwrap_or_default();
    bail!("{status}: {body}")
}
