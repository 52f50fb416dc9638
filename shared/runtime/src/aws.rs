//! AWS clients.

use aws_config::{BehaviorVersion, SdkConfig};
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode};
use aws_smithy_types::timeout::TimeoutConfig;
use std::time::Duration;

/// Amazon's roots, picked at build time.
const AMAZON_ROOTS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/amazon_roots.pem"));

/// The configuration that every client is made from: Amazon's roots pinned, time-outs set.
pub async fn sdk_config() -> SdkConfig {
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
    aws_config::defaults(BehaviorVersion::latest())
        .http_client(http)
        .timeout_config(timeouts)
        .load()
        .await
}
