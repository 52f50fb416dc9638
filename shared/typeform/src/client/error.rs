//! Why a call failed.

/// Why a call to Typeform failed. No variant carries an address, a token or text of an answer's body,
/// except the vendor's own error code.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The base address is not an http(s) address, or has a query, a fragment or a user.
    #[error("the base address of Typeform is not usable")]
    BadBaseUrl,
    /// The base address would send the token and the answers unencrypted.
    #[error("the base address of Typeform must be https")]
    InsecureBaseUrl,
    /// The HTTP client could not be made.
    #[error("the HTTP client could not be made")]
    Setup(#[source] reqwest::Error),
    /// The TLS library has no usable protocol version.
    #[error("TLS could not be set up")]
    Tls(#[source] rustls::Error),
    /// An id is not one of Typeform's: letters, digits, `_` and `-`.
    #[error("an id given to the Typeform client is not an identifier")]
    BadId,
    /// The page size is not between 1 and 1,000.
    #[error("the page size must be between 1 and 1000")]
    BadPageSize,
    /// No answer came, at any attempt.
    #[error("no answer from Typeform after {attempts} attempts")]
    Transport {
        /// Attempts made.
        attempts: u32,
        /// The last attempt's fault, without the address.
        #[source]
        source: reqwest::Error,
    },
    /// Typeform asked to slow down at every attempt.
    #[error("Typeform refused {attempts} attempts because of its rate limit")]
    RateLimited {
        /// Attempts made.
        attempts: u32,
    },
    /// The token is missing, wrong, or lacks a scope.
    #[error("Typeform refused the access token (status {status})")]
    Unauthorized {
        /// 401 or 403.
        status: u16,
    },
    /// There is no such form or webhook for this token.
    #[error("Typeform knows nothing of this address")]
    NotFound,
    /// Any other status; for 5xx, at every attempt.
    #[error("Typeform answered with status {status}{}", code.as_deref().map(|code| format!(" ({code})")).unwrap_or_default())]
    Status {
        /// The HTTP status.
        status: u16,
        /// The vendor's error code, e.g. `VALIDATION_ERROR`, if the answer has one.
        code: Option<String>,
    },
    /// The answer is not what the documentation says.
    #[error("Typeform's answer cannot be read: {expected} expected")]
    UnexpectedAnswer {
        /// What should have been there.
        expected: &'static str,
    },
    /// The form's responses are kept in another region than the base address.
    #[error(
        "the responses of this form are kept at {responses_at}, which is not the configured address"
    )]
    WrongRegion {
        /// Base address to configure instead.
        responses_at: String,
    },
    /// The form does not say where its responses are kept.
    #[error("Typeform does not say in which region the responses of this form are kept")]
    RegionUnknown,
}

impl ClientError {
    /// Whether the same call may succeed later without anybody changing anything.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Transport { .. } | Self::RateLimited { .. } => true,
            Self::Status { status, .. } => *status >= 500,
            _ => false,
        }
    }
}
