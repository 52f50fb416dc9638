//! How the client asks: pace, attempts, what it refuses to send.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use typeform::client::{ClientError, ClientSettings, ResponsesQuery, TypeformClient};

use crate::server::{TOKEN, ids, page, scripted, server};

#[tokio::test]
async fn transient_faults_are_tried_again() {
    let answers = vec![
        (429, json!({ "code": "TOO_MANY_REQUESTS" })),
        (503, Value::Null),
        (500, Value::Null),
        (200, page(&[])),
    ];
    let (script, client) = scripted(answers).await;
    client.responses("F", &ResponsesQuery::default()).await.unwrap();
    let seen = script.seen();
    assert_eq!(seen.len(), 4);
    // 20, 40, 80 ms: each wait is at least the double of the one before.
    for (pair, least) in seen.windows(2).zip([20, 40, 80]) {
        assert!(pair[1].at - pair[0].at >= Duration::from_millis(least), "attempt came too early");
    }
}

#[tokio::test]
async fn the_attempts_end() {
    let limited = vec![(429, Value::Null); 9];
    let (script, client) = scripted(limited).await;
    let error = client.form("F").await.unwrap_err();
    assert!(matches!(error, ClientError::RateLimited { attempts: 4 }), "{error:?}");
    assert!(error.is_transient());
    assert_eq!(script.lines().len(), 4);

    let (script, client) = scripted(vec![(502, json!({ "code": "BAD_GATEWAY" })); 9]).await;
    let error = client.form("F").await.unwrap_err();
    assert!(error.is_transient());
    assert_eq!(error.to_string(), "Typeform answered with status 502 (BAD_GATEWAY)");
    assert_eq!(script.lines().len(), 4);
}

#[tokio::test]
async fn the_server_says_how_long_to_wait() {
    let (script, settings) =
        server(vec![(429, Some("1"), String::new()), (200, None, page(&[]).to_string())]).await;
    let client = TypeformClient::with_settings(settings).unwrap();
    client.responses("F", &ResponsesQuery::default()).await.unwrap();
    let seen = script.seen();
    assert!(seen[1].at - seen[0].at >= Duration::from_millis(990));
}

#[tokio::test]
async fn lasting_faults_are_not_tried_again() {
    type Expected = fn(&ClientError) -> bool;
    let cases: [(u16, Value, Expected); 6] = [
        (401, Value::Null, |error| matches!(error, ClientError::Unauthorized { status: 401 })),
        (403, Value::Null, |error| matches!(error, ClientError::Unauthorized { status: 403 })),
        (404, Value::Null, |error| matches!(error, ClientError::NotFound)),
        (
            400,
            json!({ "code": "VALIDATION_ERROR" }),
            |error| matches!(error, ClientError::Status { status: 400, code: Some(code) } if code == "VALIDATION_ERROR"),
        ),
        // What is no code of the vendor's might be anything; it stays out of the error.
        (400, json!({ "code": "ida.krogh@example.edu" }), |error| {
            matches!(error, ClientError::Status { status: 400, code: None })
        }),
        // The token must not follow a redirect.
        (302, Value::Null, |error| {
            matches!(error, ClientError::Status { status: 302, code: None })
        }),
    ];
    for (status, body, expected) in cases {
        let (script, client) = scripted(vec![(status, body)]).await;
        let error = client.form("F").await.unwrap_err();
        assert!(expected(&error), "{status}: {error:?}");
        assert!(!error.is_transient());
        assert_eq!(script.lines().len(), 1, "{status}");
    }
}

#[tokio::test]
async fn a_server_that_is_down_is_a_transient_fault_without_the_address() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let settings = ClientSettings {
        min_interval: Duration::ZERO,
        first_backoff: Duration::from_millis(1),
        attempts: 2,
        ..ClientSettings::new(format!("http://{address}"), TOKEN.into())
    };
    let client = TypeformClient::with_settings(settings).unwrap();
    let error = client.responses_by_id("F", &ids(0..1)).await.unwrap_err();
    assert!(matches!(error, ClientError::Transport { attempts: 2, .. }), "{error:?}");
    assert!(error.is_transient());
    let chain = format!("{error:?}");
    assert!(!chain.contains("included_response_ids") && !chain.contains(TOKEN), "{chain}");
}

#[tokio::test]
async fn requests_side_by_side_keep_their_distance() {
    let (script, settings) = server(vec![(200, None, page(&[]).to_string()); 4]).await;
    let min_interval = Duration::from_millis(60);
    let client =
        TypeformClient::with_settings(ClientSettings { min_interval, ..settings }).unwrap();
    let query = ResponsesQuery::default();
    let start = Instant::now();
    let (a, b, c, d) = tokio::join!(
        client.responses("F", &query),
        client.responses("F", &query),
        client.responses("F", &query),
        client.responses("F", &query),
    );
    assert!([a, b, c, d].into_iter().all(|page| page.is_ok()));
    let last = script.seen().last().unwrap().at - start;
    assert!(last >= min_interval * 3, "{last:?}");
}

#[tokio::test]
async fn ids_that_would_change_the_address_are_refused() {
    let (script, client) = scripted(vec![]).await;
    let bad = ["", "..", "a/b", "a?b", "a,b", "æ"].map(str::to_owned);
    for id in &bad {
        let one = std::slice::from_ref(id);
        assert!(matches!(client.form(id).await, Err(ClientError::BadId)), "{id}");
        assert!(matches!(client.webhook("F", id).await, Err(ClientError::BadId)), "{id}");
        assert!(matches!(client.responses_by_id("F", one).await, Err(ClientError::BadId)), "{id}");
        assert!(matches!(client.delete_responses("F", one).await, Err(ClientError::BadId)), "{id}");
    }
    for page_size in [0, 1001] {
        let query = ResponsesQuery { page_size, ..ResponsesQuery::default() };
        assert!(matches!(client.responses("F", &query).await, Err(ClientError::BadPageSize)));
    }
    assert!(script.lines().is_empty());
}

#[test]
fn d10_base_addresses_must_be_encrypted_or_local() {
    let cases = [
        ("https://api.typeform.com", true),
        ("https://api.eu.typeform.com/", true),
        ("http://127.0.0.1:8080/eu", true),
        ("http://[::1]:8080", true),
        ("http://localhost:8080", true),
        ("http://api.typeform.com", false),
        ("http://10.0.0.7", false),
        ("http://localhost.example.edu", false),
        ("https://user:word@api.typeform.com", false),
        ("https://api.typeform.com?x=1", false),
        ("https://api.typeform.com#x", false),
        ("ftp://api.typeform.com", false),
        ("api.typeform.com", false),
        ("", false),
    ];
    for (base, accepted) in cases {
        let made = TypeformClient::new(base, TOKEN.into());
        assert_eq!(made.is_ok(), accepted, "{base}");
    }
}
