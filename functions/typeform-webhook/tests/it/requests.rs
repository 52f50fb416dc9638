use std::time::Duration;

use intake::{Outcome, Receipt};
use jiff::Timestamp;
use runtime::Metric;
use serde_json::{Value, json};
use typeform::signature::sign;
use typeform_webhook::answer::Decision;
use typeform_webhook::handler::time_left;

use crate::form::{bytes, complete, now};
use crate::log;
use crate::setup::{FORMER, SECRET, Setup, event, said};

const AT: &str = "2026-11-19T08:20:00Z";

/// The sort keys of the cohort's quarantine.
fn quarantined(setup: &Setup) -> Vec<String> {
    let settings = crate::form::settings();
    let cohort = store::Scope::new(settings.institution, settings.id);
    let mut kept = setup.world.keys(&store::keys::quarantine_partition(Some(&cohort)));
    kept.retain(|sk| sk.starts_with(store::keys::QUARANTINE));
    kept
}

fn body() -> Vec<u8> {
    bytes(&complete("tok1", AT))
}

#[tokio::test]
async fn q1_rejects_a_forged_signature_and_looks_at_nothing() {
    let setup = Setup::new().await;
    let body = body();
    let mut changed = body.clone();
    changed.push(b' ');
    let signed = sign(SECRET, &body);
    for (body, signature) in [
        (&body, sign("another secret", &body)),
        (&body, String::new()),
        (&body, signed.replace("sha256=", "")),
        (&body, signed.to_lowercase()),
        (&changed, signed),
    ] {
        let answer = setup.post(body, &signature).await;
        assert_eq!(answer.status_code, 401);
        assert_eq!(answer.headers["content-type"], "application/problem+json");
        assert!(answer.headers.contains_key("www-authenticate"));
    }
    assert!(setup.world.held().journal.is_empty());
}

#[tokio::test]
async fn q1_every_valid_secret_is_accepted() {
    for secret in [SECRET, FORMER] {
        let setup = Setup::new().await;
        let answer = setup.post(&body(), &sign(secret, &body())).await;
        assert_eq!((answer.status_code, said(&answer).as_str()), (200, "accepted"));
    }
}

#[tokio::test]
async fn q1_a_rotated_secret_works_without_a_restart() {
    use std::sync::atomic::{AtomicI64, Ordering};
    static PASSED: AtomicI64 = AtomicI64::new(0);
    fn clock() -> Timestamp {
        now() + jiff::SignedDuration::from_secs(PASSED.load(Ordering::SeqCst))
    }
    let setup = Setup::at(clock).await;
    setup.webhook.warm_up().await;
    setup.vault.rotate(&["new", SECRET]);
    let signature = sign("new", &body());
    assert_eq!(setup.post(&body(), &signature).await.status_code, 401, "read a moment ago");
    let reads = setup.vault.reads();
    PASSED.store(60, Ordering::SeqCst);
    assert_eq!(setup.post(&body(), &signature).await.status_code, 200);
    // Forgers cannot cause a reading each.
    for _ in 0..5 {
        assert_eq!(setup.post(&body(), &sign("forged", &body())).await.status_code, 401);
    }
    assert_eq!(setup.vault.reads(), reads + 1);
    // A retired secret is refused from then on.
    setup.vault.rotate(&["new"]);
    PASSED.store(120, Ordering::SeqCst);
    assert_eq!(setup.post(&body(), &sign("forged", &body())).await.status_code, 401);
    assert_eq!(setup.post(&body(), &sign(SECRET, &body())).await.status_code, 401);
}

#[tokio::test]
async fn q4_no_path_and_no_method_is_answered_404_or_410() {
    for method in ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "post", ""] {
        for path in ["/", "/webhooks/typeform", "/webhooks/typeform/", "/api/x", "/favicon.ico"] {
            let setup = Setup::new().await;
            let mut event = event("", "");
            event["rawPath"] = json!(path);
            event["requestContext"]["http"] = json!({ "method": method, "path": path });
            let answer = setup.handle(&event).await;
            assert_eq!((answer.status_code, answer.headers["allow"]), (405, "POST"));
        }
    }
    let setup = Setup::new().await;
    let body = String::from_utf8(body()).unwrap();
    let mut elsewhere = event(&body, &sign(SECRET, body.as_bytes()));
    elsewhere["rawPath"] = json!("/gone");
    elsewhere["requestContext"]["http"]["path"] = json!("/gone");
    assert_eq!(said(&setup.handle(&elsewhere).await), "accepted");
    assert_eq!(setup.handle(&json!({})).await.status_code, 405);
    assert_eq!(
        setup.handle(&json!({ "headers": null, "requestContext": null })).await.status_code,
        405
    );
}

#[tokio::test]
async fn q4_a_fault_of_any_dependency_is_503_and_the_same_delivery_succeeds_later() {
    for down in ["get_item", "put_object", "transact"] {
        let setup = Setup::new().await;
        setup.world.held().down = vec![down];
        let answer = setup.post(&body(), &sign(SECRET, &body())).await;
        assert_eq!((answer.status_code, answer.headers["retry-after"]), (503, "120"), "{down}");
        assert!(!answer.body.contains("InternalServerError"), "{}", answer.body);
        setup.world.held().down.clear();
        assert_eq!(said(&setup.post(&body(), &sign(SECRET, &body())).await), "accepted");
    }
    let setup = Setup::new().await;
    setup.vault.down(true);
    setup.webhook.warm_up().await;
    assert_eq!(setup.post(&body(), &sign(SECRET, &body())).await.status_code, 503);
    setup.vault.down(false);
    assert_eq!(said(&setup.post(&body(), &sign(SECRET, &body())).await), "accepted");
}

fn broken_clock() -> Timestamp {
    panic!("a fault nobody thought of")
}

#[tokio::test]
async fn q4_time_that_runs_out_and_a_panic_are_503() {
    let body = String::from_utf8(body()).unwrap();
    let request = || serde_json::from_value(event(&body, &sign(SECRET, body.as_bytes()))).unwrap();
    let (setup, _silent) = Setup::with_silent_vault().await;
    let answer = setup.webhook.handle(request(), Duration::from_millis(50)).await;
    assert_eq!(answer.status_code, 503);
    let setup = Setup::at(broken_clock).await;
    let answer = setup.webhook.handle(request(), Duration::from_secs(10)).await;
    assert_eq!(answer.status_code, 503);
    assert!(!answer.body.contains("nobody"));
}

#[tokio::test]
async fn a_body_over_one_mebibyte_is_413_signed_or_not() {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let setup = Setup::new().await;
    let limit = 1024 * 1024;
    let signed = |length: usize| {
        let body = " ".repeat(length);
        let signature = sign(SECRET, body.as_bytes());
        (body, signature)
    };
    let (large, signature) = signed(limit + 1);
    for signature in [signature.as_str(), ""] {
        assert_eq!(setup.handle(&event(&large, signature)).await.status_code, 413);
        let mut encoded = event(&STANDARD.encode(&large), signature);
        encoded["isBase64Encoded"] = json!(true);
        assert_eq!(setup.handle(&encoded).await.status_code, 413);
    }
    let (allowed, signature) = signed(limit);
    assert_eq!(setup.handle(&event(&allowed, &signature)).await.status_code, 400, "read, not JSON");
    let mut encoded = event(&STANDARD.encode(&allowed), &signature);
    encoded["isBase64Encoded"] = json!(true);
    assert_eq!(setup.handle(&encoded).await.status_code, 400);
    encoded["body"] = json!("&not base64&");
    assert_eq!(setup.handle(&encoded).await.status_code, 401);
}

#[tokio::test]
async fn d10_an_unsigned_body_is_not_read_and_no_answer_repeats_a_body() {
    let setup = Setup::new().await;
    assert_eq!(setup.post(b"{", "").await.status_code, 401, "before 400");
    let unreadable = br#"{"form_response":"ane@example.dk"}"#;
    let answer = setup.post(unreadable, &sign(SECRET, unreadable)).await;
    assert_eq!(answer.status_code, 400);
    let problem: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!((&problem["status"], &problem["type"]), (&json!(400), &json!("about:blank")));
    assert!(!answer.body.contains("ane@"));
}

#[tokio::test]
async fn q4_a_renamed_member_is_no_refusal() {
    let setup = Setup::new().await;
    let mut sent = complete("tok1", AT);
    let response = sent["form_response"].as_object_mut().unwrap();
    let token = response.remove("token").unwrap();
    response.insert("response_key".into(), token);
    let body = bytes(&sent);
    for outcome in ["quarantined", "duplicate"] {
        let answer = setup.post(&body, &sign(SECRET, &body)).await;
        assert_eq!((answer.status_code, said(&answer).as_str()), (200, outcome));
    }
    // It bears the signature of what is lost if nobody keeps it; others are not kept.
    assert_eq!(setup.post(&body, &sign("forged", &body)).await.status_code, 401);
    assert_eq!(quarantined(&setup).len(), 1);
}

#[tokio::test]
async fn d10_a_log_line_says_which_form_cohort_and_response_it_is_about_and_no_token() {
    log::capture();
    let setup = Setup::new().await;
    let mut stray = complete("tok2", AT);
    stray["form_response"]["form_id"] = json!("Another1");
    let mut odd = complete("tok3", AT);
    odd["form_response"]["submitted_at"] = json!("tomorrow");
    for sent in [&complete("tok1", AT), &stray, &odd] {
        let body = bytes(sent);
        setup.post(&body, &sign(SECRET, &body)).await;
    }
    setup.post(b"{}", "").await;
    setup.world.held().down = vec!["transact"];
    let body = bytes(&complete("tok4", AT));
    setup.post(&body, &sign(SECRET, &body)).await;

    let said = log::lines("delivery");
    let id = |token: &str| domain::ResponseToken::parse(token).unwrap().log_id();
    let known = |mut fields: Value| {
        let settings = crate::form::settings();
        fields["institution"] = json!(settings.institution);
        fields["cohort"] = json!(settings.id);
        fields["form"] = json!("Kq7Lm2Xa");
        fields
    };
    let kept = quarantined(&setup);
    let unreadable = kept.iter().find_map(|sk| sk.strip_prefix("QUARANTINE#unreadable_")).unwrap();
    let expected = [
        known(json!({ "decision": "accepted", "response": id("tok1") })),
        json!({ "decision": "quarantined", "reason": "unknown_form", "form": "Another1", "response": id("tok2") }),
        known(
            json!({ "decision": "quarantined", "reason": "unreadable", "response": id(&format!("unreadable_{unreadable}")) }),
        ),
        json!({ "decision": "unsigned" }),
        known(json!({ "decision": "unavailable", "response": id("tok4") })),
    ];
    assert_eq!(said, expected);
    for token in ["tok1", "tok2", "tok3", "tok4"] {
        assert!(!log::text().contains(token), "{}", log::text());
    }
}

#[test]
fn q1_q6_outcomes_are_counted() {
    let receipt = |outcome| Receipt { outcome, masked: 2, unknown: 1, dropped: 0 };
    let counted = |outcome| Decision::Taken(receipt(outcome)).metrics();
    let more = [(Metric::CprMasked, 2), (Metric::UnknownAnswerTypes, 1)];
    for (outcome, metric) in [
        (Outcome::Current, Metric::ResponsesAccepted),
        (Outcome::Superseded, Metric::ResponsesSuperseded),
        (
            Outcome::Quarantined(domain::quarantine::QuarantineReason::UnknownForm),
            Metric::ResponsesQuarantined,
        ),
    ] {
        assert_eq!(counted(outcome), [vec![(metric, 1)], more.to_vec()].concat());
    }
    assert_eq!(counted(Outcome::Duplicate), [(Metric::ResponsesDuplicate, 1)]);
    assert_eq!(Decision::Unsigned.metrics(), [(Metric::SignaturesRejected, 1)]);
    assert_eq!(Decision::TooLarge.metrics(), [(Metric::BodiesRejected, 1)]);
    assert_eq!(Decision::Unreadable.metrics(), [(Metric::BodiesRejected, 1)]);
    assert_eq!(Decision::Unavailable.metrics(), [(Metric::DeliveriesFailed, 1)]);
    assert!(Decision::WrongMethod.metrics().is_empty());
}

#[test]
fn a_second_is_kept_back_to_answer_in() {
    let deadline = u64::try_from(now().as_millisecond()).unwrap();
    assert_eq!(time_left(deadline + 20_000, now()), Duration::from_secs(19));
    assert_eq!(time_left(deadline + 500, now()), Duration::ZERO);
    // Only where an invocation is not Lambda's own.
    assert_eq!(time_left(0, now()), Duration::from_secs(15));
}
