//! Q1: the signature of a delivery.

use proptest::prelude::*;
use secrecy::SecretString;
use typeform::signature::{SignatureError, sign, verify};

fn secrets(texts: &[&str]) -> Vec<SecretString> {
    texts.iter().map(|text| SecretString::from(*text)).collect()
}

/// RFC 4231, test case 2 (key "Jefe"), in base64.
#[test]
fn q1_signs_like_the_published_vector() {
    let signature = sign("Jefe", b"what do ya want for nothing?");
    assert_eq!(signature, "sha256=W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM=");
}

#[test]
fn q1_accepts_each_of_several_valid_secrets() {
    let body = br#"{"event_id":"1"}"#;
    for secret in ["current", "previous"] {
        let header = sign(secret, body);
        assert_eq!(verify(Some(&header), body, &secrets(&["current", "previous"])), Ok(()));
        assert_eq!(verify(Some(&header), body, &secrets(&["next"])), Err(SignatureError::Mismatch));
    }
}

#[test]
fn q1_rejects_a_forged_signature() {
    let body = b"{}";
    let good = sign("secret", body);
    let tag = good.strip_prefix("sha256=").unwrap();
    let hex = format!("sha256={}", "ab".repeat(32));
    let cases = [
        (None, SignatureError::Missing),
        (Some(String::new()), SignatureError::Missing),
        (Some("  ".to_owned()), SignatureError::Missing),
        (Some(tag.to_owned()), SignatureError::Malformed),
        (Some(format!("sha1={tag}")), SignatureError::Malformed),
        (Some("sha256=".to_owned()), SignatureError::Malformed),
        (Some("sha256=not base64!".to_owned()), SignatureError::Malformed),
        (Some(good.trim_end_matches('=').to_owned()), SignatureError::Malformed),
        (Some("sha256=AAAA".to_owned()), SignatureError::Malformed),
        (Some(hex), SignatureError::Malformed),
        // API Gateway joins a header sent twice by a comma.
        (Some(format!("{good},{good}")), SignatureError::Malformed),
        (Some(sign("other", body)), SignatureError::Mismatch),
        (Some(sign("secret", b"{} ")), SignatureError::Mismatch),
    ];
    for (header, expected) in cases {
        assert_eq!(
            verify(header.as_deref(), body, &secrets(&["secret"])),
            Err(expected),
            "{header:?}"
        );
    }
}

#[test]
fn q1_accepts_nothing_without_a_secret() {
    let body = b"{}";
    assert_eq!(verify(Some(&sign("", body)), body, &secrets(&[""])), Err(SignatureError::Mismatch));
    assert_eq!(verify(Some(&sign("", body)), body, &[]), Err(SignatureError::Mismatch));
}

proptest! {
    #[test]
    fn q1_round_trip(secret in ".{1,80}", body in proptest::collection::vec(any::<u8>(), 0..2000)) {
        prop_assert_eq!(verify(Some(&sign(&secret, &body)), &body, &secrets(&[&secret])), Ok(()));
    }

    #[test]
    fn q1_one_changed_bit_is_noticed(body in proptest::collection::vec(any::<u8>(), 1..200), at: usize, bit in 0..8u8) {
        let header = sign("secret", &body);
        let mut changed = body;
        let at = at % changed.len();
        changed[at] ^= 1 << bit;
        prop_assert_eq!(verify(Some(&header), &changed, &secrets(&["secret"])), Err(SignatureError::Mismatch));
    }

    #[test]
    fn q1_any_header_is_refused_without_panic(header in ".{0,100}") {
        let refused = verify(Some(&header), b"body", &secrets(&["secret"])).is_err();
        prop_assert!(refused);
    }
}
