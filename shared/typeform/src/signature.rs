//! The `Typeform-Signature` header: `sha256=` followed by the standard base64 (with padding) of the
//! HMAC-SHA256 of the request body exactly as received.
//!
//! Source: <https://www.typeform.com/developers/webhooks/secure-your-webhooks/>. The scheme carries no
//! time and no nonce, so a captured delivery can be replayed; storing each response once by its token
//! is what makes a replay harmless.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::Sha256;

/// Name of the header, in the lower case in which API Gateway (payload format 2.0) hands it over.
pub const HEADER: &str = "typeform-signature";

const PREFIX: &str = "sha256=";
/// Bytes of an HMAC-SHA256.
const TAG_LENGTH: usize = 32;

/// Why a delivery is not believed. All of them deserve the same answer, 401; they are told apart for
/// the metrics only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// The header is absent or empty.
    #[error("the delivery carries no signature")]
    Missing,
    /// The header is not `sha256=` and the base64 of 32 bytes.
    #[error("the signature is not of the form sha256=<base64 of 32 bytes>")]
    Malformed,
    /// No valid secret gives this signature for this body.
    #[error("the signature does not match the body under any valid secret")]
    Mismatch,
}

/// Accepts `body` if `header` is its signature under any of `secrets`.
///
/// Several secrets are valid while one replaces another. Each comparison takes constant time and all
/// secrets are tried, so the time tells neither where a forged tag is wrong nor which secret fits. An
/// empty secret is never valid: it would let anybody sign.
pub fn verify(
    header: Option<&str>,
    body: &[u8],
    secrets: &[SecretString],
) -> Result<(), SignatureError> {
    let header =
        header.map(str::trim).filter(|text| !text.is_empty()).ok_or(SignatureError::Missing)?;
    let encoded = header.strip_prefix(PREFIX).ok_or(SignatureError::Malformed)?;
    let tag = STANDARD.decode(encoded).map_err(|_| SignatureError::Malformed)?;
    if tag.len() != TAG_LENGTH {
        return Err(SignatureError::Malformed);
    }

    let mut accepted = false;
    for secret in secrets.iter().filter(|secret| !secret.expose_secret().is_empty()) {
        accepted |= keyed(secret.expose_secret(), body).verify_slice(&tag).is_ok();
    }
    if accepted { Ok(()) } else { Err(SignatureError::Mismatch) }
}

/// The header value Typeform would send with `body`: for tests, events and the sample questionnaires.
pub fn sign(secret: &str, body: &[u8]) -> String {
    format!("{PREFIX}{}", STANDARD.encode(keyed(secret, body).finalize().into_bytes()))
}

fn keyed(secret: &str, body: &[u8]) -> Hmac<Sha256> {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes a key of any length");
    mac.update(body);
    mac
}
