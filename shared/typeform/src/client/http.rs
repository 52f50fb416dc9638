//! One request: paced, authorised, repeated on transient faults.

use std::{sync::Arc, time::Duration};

use reqwest::{Method, StatusCode, header, redirect::Policy};
use rustls::{ClientConfig, RootCertStore, crypto::aws_lc_rs};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use tokio::{sync::Mutex, time::Instant};
use url::Url;

use super::{ClientError, ClientSettings};

/// Longest wait a `Retry-After` header can ask for; a Lambda cannot wait for more.
const MAX_WAIT: Duration = Duration::from_secs(30);
/// Longest error code repeated in our own errors.
const MAX_CODE_LENGTH: usize = 64;

pub(super) struct Http {
    client: reqwest::Client,
    token: SecretString,
    min_interval: Duration,
    attempts: u32,
    first_backoff: Duration,
    /// When the next request may start.
    next: Mutex<Option<Instant>>,
}

impl Http {
    pub(super) fn new(settings: ClientSettings) -> Result<Self, ClientError> {
        // Redirects are refused so that the token goes nowhere else; proxies of the environment are not
        // asked because a function has none and a developer's would not reach the loopback interface.
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls()?)
            .redirect(Policy::none())
            .no_proxy()
            .user_agent(concat!("unihelper/", env!("CARGO_PKG_VERSION")))
            .timeout(settings.timeout)
            .build()
            .map_err(ClientError::Setup)?;
        Ok(Self {
            client,
            token: settings.token,
            min_interval: settings.min_interval,
            attempts: settings.attempts.max(1),
            first_backoff: settings.first_backoff,
            next: Mutex::new(None),
        })
    }

    /// Sends the request and answers the JSON of a 2xx, `Null` for an empty body.
    pub(super) async fn send(
        &self,
        method: Method,
        url: Url,
        body: Option<&Value>,
    ) -> Result<Value, ClientError> {
        let body = body.map(ToString::to_string);
        let mut attempt = 1;
        loop {
            self.pace().await;
            let outcome = self.once(&method, &url, body.clone()).await;
            let wait = match outcome {
                Ok(value) => return Ok(value),
                Err(Fault { retry: false, error, .. }) => return Err(error(attempt)),
                Err(Fault { error, .. }) if attempt >= self.attempts => return Err(error(attempt)),
                Err(Fault { wait: Some(wait), .. }) => wait.min(MAX_WAIT),
                Err(_) => {
                    self.first_backoff.saturating_mul(1 << (attempt - 1).min(6)).min(MAX_WAIT)
                }
            };
            attempt += 1;
            tokio::time::sleep(wait).await;
        }
    }

    async fn once(&self, method: &Method, url: &Url, body: Option<String>) -> Result<Value, Fault> {
        let mut request = self
            .client
            .request(method.clone(), url.clone())
            .bearer_auth(self.token.expose_secret())
            .header(header::ACCEPT, "application/json");
        if let Some(body) = body {
            request = request.header(header::CONTENT_TYPE, "application/json").body(body);
        }
        let response = request.send().await.map_err(Fault::transport)?;
        let status = response.status();
        let wait = retry_after(&response);
        let bytes = response.bytes().await.map_err(Fault::transport)?;
        if status.is_success() {
            if bytes.is_empty() {
                return Ok(Value::Null);
            }
            let parsed = serde_json::from_slice(&bytes);
            return parsed
                .map_err(|_| Fault::last(ClientError::UnexpectedAnswer { expected: "JSON" }));
        }
        Err(Fault::status(status, wait, &bytes))
    }

    /// Waits for this request's turn. Turns are handed out in order, also to callers side by side.
    async fn pace(&self) {
        let turn = {
            let mut next = self.next.lock().await;
            let now = Instant::now();
            let turn = next.map_or(now, |turn| turn.max(now));
            *next = Some(turn + self.min_interval);
            turn
        };
        tokio::time::sleep_until(turn).await;
    }
}

/// TLS 1.2 and 1.3 with the crypto library the AWS SDK already brings and Mozilla's roots compiled in:
/// reading the system's bundle would cost more than the rest of a cold start.
fn tls() -> Result<ClientConfig, ClientError> {
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(ClientError::Tls)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(config)
}

fn retry_after(response: &reqwest::Response) -> Option<Duration> {
    let value = response.headers().get(header::RETRY_AFTER)?.to_str().ok()?;
    value.trim().parse().ok().map(Duration::from_secs)
}

/// A failed attempt; the error is made when the number of attempts is known.
struct Fault {
    retry: bool,
    wait: Option<Duration>,
    error: Box<dyn FnOnce(u32) -> ClientError + Send>,
}

impl Fault {
    fn transport(source: reqwest::Error) -> Self {
        // The address holds response ids.
        let source = source.without_url();
        Self {
            retry: true,
            wait: None,
            error: Box::new(|attempts| ClientError::Transport { attempts, source }),
        }
    }

    fn last(error: ClientError) -> Self {
        Self { retry: false, wait: None, error: Box::new(|_| error) }
    }

    fn status(status: StatusCode, wait: Option<Duration>, body: &[u8]) -> Self {
        let number = status.as_u16();
        match status {
            StatusCode::TOO_MANY_REQUESTS => Self {
                retry: true,
                wait,
                error: Box::new(|attempts| ClientError::RateLimited { attempts }),
            },
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                Self::last(ClientError::Unauthorized { status: number })
            }
            StatusCode::NOT_FOUND => Self::last(ClientError::NotFound),
            _ => {
                let code = error_code(body);
                Self {
                    retry: status.is_server_error(),
                    wait,
                    error: Box::new(move |_| ClientError::Status { status: number, code }),
                }
            }
        }
    }
}

/// The vendor's `code`, if it looks like one: it ends up in logs.
fn error_code(body: &[u8]) -> Option<String> {
    let value: Value = serde_json::from_slice(body).ok()?;
    let code = value.get("code")?.as_str()?;
    let plain = code.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'_');
    (plain && (1..=MAX_CODE_LENGTH).contains(&code.len())).then(|| code.to_owned())
}
