//! The stand-in behaves as documented, seen through the project's own client and in raw HTTP.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::time::Duration;

use axum::{
    body::{Body, to_bytes},
    http::Request,
};
use serde_json::{Value, json};
use tower::ServiceExt as _;
use typeform::client::{
    ClientError, ClientSettings, ResponsesQuery, TypeformClient, WebhookSettings,
};

use super::{Settings, StandIn, router, serve};

const TOKEN: &str = "tfp_invented";
const FORM: &str = "Fq7Lm2Xa";

fn payload(number: u32) -> Value {
    json!({
        "event_id": format!("e{number}"), "event_type": "form_response",
        "form_response": {
            "form_id": FORM, "token": format!("tok{number:04}"), "landed_at": "2026-08-20T08:00:00Z",
            "submitted_at": format!("2026-08-20T09:{:02}:{:02}Z", number / 60, number % 60),
            "definition": { "id": FORM, "fields": [] },
            "answers": [{
                "type": "email", "email": format!("student{number}@example.edu"),
                "field": { "id": "fMail02", "ref": "email", "type": "email" },
            }],
        },
    })
}

/// A stand-in with one form of `count` responses, and its base address without the region.
async fn standin(count: u32, settings: Settings) -> (StandIn, String) {
    let state = StandIn::new(settings);
    let fields = json!({ "title": "Welcome", "fields": [{ "id": "fMail02", "ref": "email", "type": "email" }] });
    state.put_form(FORM, fields.as_object().unwrap().clone());
    state.add_responses(FORM, (0..count).map(payload).collect()).unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let served = state.clone();
    tokio::spawn(async move { serve(listener, served).await.unwrap() });
    (state, base)
}

fn client(base: &str, region: &str) -> TypeformClient {
    let settings = ClientSettings {
        min_interval: Duration::ZERO,
        first_backoff: Duration::from_millis(5),
        ..ClientSettings::new(format!("{base}/{region}"), TOKEN.into())
    };
    TypeformClient::with_settings(settings).unwrap()
}

async fn raw(
    state: &StandIn,
    method: &str,
    path: &str,
    token: Option<&str>,
    body: &Value,
) -> (u16, Value) {
    let mut request =
        Request::builder().method(method).uri(path).header("content-type", "application/json");
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
    let response = router(state.clone()).oneshot(request.body(body).unwrap()).await.unwrap();
    let status = response.status().as_u16();
    let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
}

#[tokio::test]
async fn pages_by_cursor_from_the_newest_to_the_oldest() {
    let (_, base) = standin(7, Settings::new(TOKEN)).await;
    let client = client(&base, "eu");
    let mut query = ResponsesQuery { page_size: 3, ..ResponsesQuery::default() };
    let mut seen = Vec::new();
    loop {
        let page = client.responses(FORM, &query).await.unwrap();
        assert_eq!(page.total_items, 7);
        let Some(cursor) = page.next_before() else { break };
        query.before = Some(cursor.to_owned());
        seen.extend(page.items.iter().map(|item| item.token.clone()));
    }
    let expected: Vec<_> = (0..7).rev().map(|number| format!("tok{number:04}")).collect();
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn lists_only_what_the_window_and_the_type_ask_for() {
    let (state, _) = standin(5, Settings::new(TOKEN)).await;
    let mut partial = payload(9);
    partial["event_type"] = "form_response_partial".into();
    partial["form_response"].as_object_mut().unwrap().remove("submitted_at");
    state.add_responses(FORM, vec![partial]).unwrap();
    let cases = [
        ("", vec![4, 3, 2, 1, 0]),
        ("page_size=2", vec![4, 3]),
        ("since=2026-08-20T09:00:03", vec![4, 3]),
        ("since=2026-08-20T09:00:01Z&until=2026-08-20T09:00:02Z", vec![2, 1]),
        ("until=1787216401", vec![1, 0]),
        ("after=tok0002", vec![3, 4]),
        ("before=tok0002&page_size=1", vec![1]),
        ("included_response_ids=tok0001,tok0003,nobody", vec![3, 1]),
        ("excluded_response_ids=tok0001,tok0003", vec![4, 2, 0]),
        ("response_type=partial", vec![9]),
        ("response_type=partial,completed&page_size=1000", vec![4, 3, 2, 1, 0, 9]),
        ("response_type=started", vec![]),
    ];
    for (query, expected) in cases {
        let path = format!("/eu/forms/{FORM}/responses?{query}");
        let (status, page) = raw(&state, "GET", &path, Some(TOKEN), &Value::Null).await;
        let tokens: Vec<_> =
            page["items"].as_array().unwrap().iter().map(|item| item["token"].clone()).collect();
        let expected: Vec<_> =
            expected.iter().map(|number| json!(format!("tok{number:04}"))).collect();
        assert_eq!((status, tokens), (200, expected), "{query}");
    }
}

#[tokio::test]
async fn refuses_what_the_api_refuses() {
    let (state, _) = standin(1, Settings::new(TOKEN)).await;
    let responses = format!("/eu/forms/{FORM}/responses");
    let many: Vec<_> = (0..1001).map(|number| format!("t{number}")).collect();
    let cases = [
        ("GET", responses.clone(), None, Value::Null, 401),
        ("GET", responses.clone(), Some("wrong"), Value::Null, 403),
        ("GET", format!("{responses}?page_size=1001"), Some(TOKEN), Value::Null, 400),
        ("GET", format!("{responses}?page_size=0"), Some(TOKEN), Value::Null, 400),
        ("GET", format!("{responses}?response_type=lost"), Some(TOKEN), Value::Null, 400),
        ("GET", format!("{responses}?since=yesterday"), Some(TOKEN), Value::Null, 400),
        ("GET", format!("{responses}?before=tok0000&after=tok0000"), Some(TOKEN), Value::Null, 400),
        ("GET", format!("{responses}?before=nobody"), Some(TOKEN), Value::Null, 400),
        ("GET", format!("{responses}?colour=red"), Some(TOKEN), Value::Null, 400),
        ("GET", "/eu/forms/Nowhere1/responses".to_owned(), Some(TOKEN), Value::Null, 404),
        ("GET", "/eu/forms/Nowhere1".to_owned(), Some(TOKEN), Value::Null, 404),
        ("GET", format!("/mars/forms/{FORM}"), Some(TOKEN), Value::Null, 404),
        ("DELETE", responses.clone(), Some(TOKEN), Value::Null, 400),
        ("DELETE", responses.clone(), Some(TOKEN), json!({ "included_response_ids": many }), 400),
        (
            "DELETE",
            responses.clone(),
            Some(TOKEN),
            json!({ "included_response_ids": ["unknown"] }),
            200,
        ),
        ("DELETE", format!("{responses}?included_response_ids=a,b"), Some(TOKEN), Value::Null, 200),
        (
            "PUT",
            format!("/eu/forms/{FORM}/webhooks/t"),
            Some(TOKEN),
            json!({ "url": "http://example.edu/" }),
            400,
        ),
    ];
    for (method, path, token, body, expected) in cases {
        let (status, _) = raw(&state, method, &path, token, &body).await;
        assert_eq!(status, expected, "{method} {path}");
    }
    assert_eq!(state.counters()["unauthorized"], 2);
}

#[tokio::test]
async fn d2_deletes_only_after_some_looks() {
    let settings = Settings { delete_after_reads: 2, ..Settings::new(TOKEN) };
    let (state, base) = standin(3, settings).await;
    let client = client(&base, "eu");
    let ids: Vec<_> = ["tok0000", "tok0002", "unknown"].map(str::to_owned).to_vec();
    client.delete_responses(FORM, &ids).await.unwrap();
    // A second registration does not start the wait anew.
    for left in [2, 2, 0] {
        assert_eq!(client.responses_by_id(FORM, &ids).await.unwrap().len(), left);
        client.delete_responses(FORM, &ids).await.unwrap();
    }
    let page = client.responses(FORM, &ResponsesQuery::everything()).await.unwrap();
    assert_eq!(page.items.iter().map(|item| item.token.as_str()).collect::<Vec<_>>(), ["tok0001"]);
    assert_eq!(state.counters()["responses_delete"], 4);
}

#[tokio::test]
async fn d2_deletes_only_after_some_time() {
    let delete_after = Duration::from_millis(300);
    let settings = Settings { delete_after, delete_after_reads: 0, ..Settings::new(TOKEN) };
    let (_, base) = standin(1, settings).await;
    let client = client(&base, "eu");
    let ids = ["tok0000".to_owned()];
    let start = std::time::Instant::now();
    client.delete_responses(FORM, &ids).await.unwrap();
    while !client.responses_by_id(FORM, &ids).await.unwrap().is_empty() {
        assert!(start.elapsed() < Duration::from_secs(10), "never deleted");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(start.elapsed() >= delete_after, "deleted at once");
}

#[tokio::test]
async fn d2_the_wrong_region_looks_empty_and_is_noticed() {
    let (_, base) = standin(2, Settings::new(TOKEN)).await;
    let (home, away) = (client(&base, "eu"), client(&base, "us"));
    assert_eq!(away.responses(FORM, &ResponsesQuery::everything()).await.unwrap().total_items, 0);
    away.delete_responses(FORM, &["tok0000".to_owned()]).await.unwrap();
    assert_eq!(home.responses(FORM, &ResponsesQuery::everything()).await.unwrap().total_items, 2);

    let form = away.form(FORM).await.unwrap();
    home.check_region(&form).unwrap();
    let error = away.check_region(&form).unwrap_err();
    let ClientError::WrongRegion { responses_at } = error else { panic!("{error}") };
    assert_eq!(responses_at, format!("{base}/eu"));
}

#[tokio::test]
async fn the_rate_limit_is_per_second_and_spares_webhooks() {
    let settings = Settings { max_per_second: Some(2), ..Settings::new(TOKEN) };
    let (state, _) = standin(1, settings).await;
    let path = format!("/eu/forms/{FORM}");
    let mut statuses = Vec::new();
    // The third within a second is refused; a machine that stands still for a second lets it in.
    while statuses.last() != Some(&429) {
        assert!(statuses.len() < 50, "all were admitted");
        statuses.push(raw(&state, "GET", &path, Some(TOKEN), &Value::Null).await.0);
    }
    assert!(statuses.len() >= 3, "{statuses:?}");
    assert!(statuses.iter().rev().skip(1).all(|status| *status == 200), "{statuses:?}");
    let webhook = format!("{path}/webhooks/unihelper");
    assert_eq!(raw(&state, "GET", &webhook, Some(TOKEN), &Value::Null).await.0, 404);
    let deadline = std::time::Instant::now() + Duration::from_secs(10);
    while raw(&state, "GET", &path, Some(TOKEN), &Value::Null).await.0 == 429 {
        assert!(std::time::Instant::now() < deadline, "never admitted again");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(state.counters()["throttled"].as_u64().unwrap() >= 1);
}

#[tokio::test]
async fn webhooks_are_kept_by_tag() {
    let (_, base) = standin(0, Settings::new(TOKEN)).await;
    let client = client(&base, "eu");
    assert_eq!(client.webhook(FORM, "unihelper").await.unwrap(), None);
    let settings = WebhookSettings {
        url: "https://api.example.edu/webhooks/typeform".to_owned(),
        enabled: true,
        secret: "invented".into(),
        partial: false,
    };
    let put = client.put_webhook(FORM, "unihelper", &settings).await.unwrap();
    assert!(put.enabled);
    assert_eq!(client.webhook(FORM, "unihelper").await.unwrap(), Some(put));
    assert!(client.delete_webhook(FORM, "unihelper").await.unwrap());
    assert!(!client.delete_webhook(FORM, "unihelper").await.unwrap());
}

#[tokio::test]
async fn a_webhook_payload_comes_back_as_the_api_shows_it() {
    let (_, base) = standin(1, Settings::new(TOKEN)).await;
    let client = client(&base, "eu");
    let form = client.form(FORM).await.unwrap();
    let stored = client.responses_by_id(FORM, &["tok0000".to_owned()]).await.unwrap();
    let sent = typeform::Delivery::parse(payload(0).to_string().as_bytes()).unwrap();
    let read = stored[0].response(FORM, &form.definition).unwrap();
    assert_eq!(read.answers, sent.response.answers);
    assert_eq!((read.token, read.submitted_at), (sent.response.token, sent.response.submitted_at));
    assert!(stored[0].raw().get("metadata").is_none());
}

#[tokio::test]
async fn the_control_endpoints_fill_inspect_and_change_it() {
    let state = StandIn::new(Settings::new(TOKEN));
    let path = format!("/_standin/forms/{FORM}");
    assert_eq!(raw(&state, "GET", &path, None, &Value::Null).await.0, 404);
    assert_eq!(
        raw(&state, "PUT", &path, None, &json!({ "title": "x", "fields": [] })).await.0,
        204
    );
    let (_, added) =
        raw(&state, "POST", &format!("{path}/responses"), None, &json!([payload(0), payload(1)]))
            .await;
    assert_eq!(added, json!({ "added": 2 }));
    let (status, _) =
        raw(&state, "POST", &format!("{path}/responses"), None, &json!({ "answers": [] })).await;
    assert_eq!(status, 400);
    raw(
        &state,
        "DELETE",
        &format!("/eu/forms/{FORM}/responses?included_response_ids=tok0001"),
        Some(TOKEN),
        &Value::Null,
    )
    .await;
    let (_, told) = raw(&state, "GET", &path, None, &Value::Null).await;
    assert_eq!(told, json!({ "kept": ["tok0000"], "pending_deletion": ["tok0001"] }));

    let settings = "/_standin/settings";
    assert_eq!(
        raw(&state, "PATCH", settings, None, &json!({ "fail_next": 1, "max_per_second": null }))
            .await
            .0,
        204
    );
    assert_eq!(raw(&state, "PATCH", settings, None, &json!({ "colour": 1 })).await.0, 400);
    let form = format!("/eu/forms/{FORM}");
    assert_eq!(raw(&state, "GET", &form, Some(TOKEN), &Value::Null).await.0, 503);
    assert_eq!(raw(&state, "GET", &form, Some(TOKEN), &Value::Null).await.0, 200);
    let (_, counters) = raw(&state, "GET", "/_standin/counters", None, &Value::Null).await;
    assert_eq!(counters, json!({ "form_get": 1, "responses_delete": 1 }));
}
