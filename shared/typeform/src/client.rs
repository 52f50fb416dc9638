//! Client of Typeform's Responses, Forms and Webhooks APIs: what erasure, reconciliation and onboarding
//! need of them.
//!
//! All calls are paced below the vendor's two requests a second per account and repeated a few times on
//! 429, 5xx and broken connections. Every call may safely be made twice: reads change nothing, deletions
//! ignore what is gone, and a webhook is written whole under its tag.
//!
//! An account lives in one of the vendor's regions, each with its own base address. **The wrong address
//! answers with empty lists instead of an error**, so "nothing found" proves nothing until
//! [`TypeformClient::check_region`] has passed.
//!
//! Source: <https://www.typeform.com/developers/>.

mod error;
mod forms;
mod http;
mod responses;
mod webhooks;

use std::time::Duration;

use secrecy::SecretString;
use url::Url;

pub use error::ClientError;
pub use forms::Form;
pub use responses::{
    MAX_DELETE, MAX_PAGE_SIZE, ResponseType, ResponsesPage, ResponsesQuery, StoredResponse,
};
pub use webhooks::{Webhook, WebhookSettings};

/// Time between requests that keeps below two a second, with room for clock differences.
const MIN_INTERVAL: Duration = Duration::from_millis(550);
const ATTEMPTS: u32 = 4;
const FIRST_BACKOFF: Duration = Duration::from_millis(700);
const TIMEOUT: Duration = Duration::from_secs(20);

/// How the client reaches the API.
#[derive(Debug, Clone)]
pub struct ClientSettings {
    /// Address of the account's region, e.g. `https://api.eu.typeform.com`. `http` is accepted on the
    /// loopback interface only.
    pub base_url: String,
    /// Personal access token with the scopes `forms:read`, `responses:read`, `responses:write`,
    /// `webhooks:read` and `webhooks:write`.
    pub token: SecretString,
    /// Least time between the starts of two requests of this client.
    pub min_interval: Duration,
    /// How often a request is tried in all; at least once.
    pub attempts: u32,
    /// Wait before the second attempt; doubles each time. A `Retry-After` header wins.
    pub first_backoff: Duration,
    /// Longest time one attempt may take.
    pub timeout: Duration,
}

impl ClientSettings {
    /// The defaults: 550 ms between requests, four attempts from 700 ms, 20 s per attempt.
    pub fn new(base_url: impl Into<String>, token: SecretString) -> Self {
        Self {
            base_url: base_url.into(),
            token,
            min_interval: MIN_INTERVAL,
            attempts: ATTEMPTS,
            first_backoff: FIRST_BACKOFF,
            timeout: TIMEOUT,
        }
    }
}

/// A connection to one Typeform account. Share one per process: the pacing is per client.
pub struct TypeformClient {
    base: Url,
    http: http::Http,
}

impl TypeformClient {
    /// A client with the default settings.
    pub fn new(base_url: &str, token: SecretString) -> Result<Self, ClientError> {
        Self::with_settings(ClientSettings::new(base_url, token))
    }

    /// A client with settings of one's own.
    pub fn with_settings(settings: ClientSettings) -> Result<Self, ClientError> {
        let base = base_url(&settings.base_url)?;
        Ok(Self { base, http: http::Http::new(settings)? })
    }

    /// The base address with `segments` appended, each escaped.
    fn address(&self, segments: &[&str]) -> Url {
        let mut url = self.base.clone();
        url.path_segments_mut()
            .expect("base_url() accepts http and https only, which have paths")
            .pop_if_empty()
            .extend(segments);
        url
    }
}

fn base_url(text: &str) -> Result<Url, ClientError> {
    let url = Url::parse(text).map_err(|_| ClientError::BadBaseUrl)?;
    let plain = !url.has_host()
        || url.query().is_some()
        || url.fragment().is_some()
        || !url.username().is_empty();
    if plain {
        return Err(ClientError::BadBaseUrl);
    }
    let loopback = match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    match url.scheme() {
        "https" => Ok(url),
        "http" if loopback => Ok(url),
        "http" => Err(ClientError::InsecureBaseUrl),
        _ => Err(ClientError::BadBaseUrl),
    }
}
