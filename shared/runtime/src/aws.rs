//! AWS clients.

use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_secretsmanager::config::BehaviorVersion;
use aws_sdk_secretsmanager::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode};
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use aws_types::region::Region;

use crate::settings::{Reader, SettingsError};

/// Amazon's roots, picked at build time.
const AMAZON_ROOTS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/amazon_roots.pem"));

/// What may be told of a failed call: a service's messages may quote names, addresses and keys; its code
/// does not.
pub fn code<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> &str {
    match error {
        SdkError::ServiceError(service) => service.err().code().unwrap_or("unknown"),
        SdkError::TimeoutError(_) => "timeout",
        SdkError::DispatchFailure(_) => "dispatch",
        _ => "other",
    }
}

/// The configuration that every client is made from: Amazon's roots pinned, time-outs set, the
/// credentials and the endpoint that the environment names.
///
/// Lambda hands credentials over in the environment, where they stay valid as long as the process
/// lives; no other place is looked at.
pub fn sdk_config(region: &str) -> Result<SdkConfig, SettingsError> {
    let trust = TrustStore::empty().with_pem_certificate(AMAZON_ROOTS);
    let tls = TlsContext::builder()
        .with_trust_store(trust)
        .build()
        .expect("the compiled-in roots are valid");
    let http = aws_smithy_http_client::Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::AwsLc))
        .tls_context(tls)
        .build_https();
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(2))
        .operation_attempt_timeout(Duration::from_secs(8))
        .build();
    let mut environment = Reader::environment();
    let credentials = Credentials::new(
        environment.text("AWS_ACCESS_KEY_ID"),
        environment.text("AWS_SECRET_ACCESS_KEY"),
        environment.optional("AWS_SESSION_TOKEN"),
        None,
        "Environment",
    );
    let mut config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(region.to_owned()))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .retry_config(RetryConfig::standard())
        .timeout_config(timeouts)
        .sleep_impl(TokioSleep::new())
        .http_client(http);
    config.set_endpoint_url(environment.optional("AWS_ENDPOINT_URL"));
    environment.finish(config.build())
}
