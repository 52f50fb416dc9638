//! What the client asks for, and what it reads from the answers.

use serde_json::{Value, json};
use typeform::client::{
    ClientError, MAX_DELETE, ResponseType, ResponsesQuery, TypeformClient, WebhookSettings,
};

use crate::server::{TOKEN, ids, item, page, scripted, server};

#[tokio::test]
async fn q7_asks_for_pages_as_documented() {
    let (script, client) =
        scripted(vec![(200, page(&[item("a"), item("b")])), (200, page(&[]))]).await;
    let mut query = ResponsesQuery {
        page_size: 500,
        since: Some("2026-08-20T09:00:00.75Z".parse().unwrap()),
        until: Some("2026-08-21T00:00:00Z".parse().unwrap()),
        response_types: vec![ResponseType::Partial, ResponseType::Completed],
        ..ResponsesQuery::default()
    };
    let first = client.responses("Fq7Lm2Xa", &query).await.unwrap();
    assert_eq!((first.total_items, first.next_before()), (2, Some("b")));
    query = ResponsesQuery {
        before: first.next_before().map(str::to_owned),
        ..ResponsesQuery::default()
    };
    let last = client.responses("Fq7Lm2Xa", &query).await.unwrap();
    assert_eq!((last.items.len(), last.next_before()), (0, None));
    assert_eq!(
        script.lines(),
        [
            "GET /eu/forms/Fq7Lm2Xa/responses?page_size=500&response_type=partial%2Ccompleted\
         &since=2026-08-20T09%3A00%3A00Z&until=2026-08-21T00%3A00%3A00Z",
            "GET /eu/forms/Fq7Lm2Xa/responses?page_size=1000&response_type=completed&before=b",
        ]
    );
    assert!(script.seen().iter().all(|seen| seen.authorisation == format!("Bearer {TOKEN}")));
}

#[tokio::test]
async fn d10_metadata_is_dropped_and_answers_are_not_shown() {
    let (_, client) = scripted(vec![(200, page(&[item("a")]))]).await;
    let page = client.responses("Fq7Lm2Xa", &ResponsesQuery::everything()).await.unwrap();
    let stored = &page.items[0];
    assert!(stored.raw().get("metadata").is_none());
    assert_eq!(stored.raw()["answers"][0]["email"], "ida.krogh@example.edu");
    let response = stored.response("Fq7Lm2Xa", &typeform::payload::Definition::default()).unwrap();
    assert_eq!(
        (response.form_id.as_str(), response.token.as_str(), response.answers.len()),
        ("Fq7Lm2Xa", "a", 1)
    );
    let shown = format!("{page:?} {response:?}");
    assert!(!shown.contains("ida.krogh") && !shown.contains("0a1b2c"), "{shown}");
}

#[tokio::test]
async fn d2_unfinished_responses_are_listed_for_deletion() {
    let started = json!({ "token": "s1", "response_type": "started", "submitted_at": "0001-01-01T00:00:00Z", "answers": null });
    let (script, client) = scripted(vec![(200, page(&[started]))]).await;
    let page = client.responses("F", &ResponsesQuery::everything()).await.unwrap();
    assert_eq!(
        (page.items[0].token.as_str(), page.items[0].response_type),
        ("s1", Some(ResponseType::Started))
    );
    assert!(page.items[0].response("F", &typeform::payload::Definition::default()).is_ok());
    assert!(script.lines()[0].ends_with("response_type=started%2Cpartial%2Ccompleted"));
}

#[tokio::test]
async fn d2_deletes_in_chunks_the_api_takes() {
    let (script, client) =
        scripted(vec![(200, Value::Null), (200, Value::Null), (200, Value::Null)]).await;
    client.delete_responses("F", &ids(0..MAX_DELETE * 2 + 1)).await.unwrap();
    let sent: Vec<Vec<String>> = script
        .seen()
        .iter()
        .map(|seen| {
            assert_eq!(
                seen.line, "DELETE /eu/forms/F/responses",
                "ids belong in the body, not in a logged address"
            );
            let body: Value = serde_json::from_str(&seen.body).unwrap();
            serde_json::from_value(body["included_response_ids"].clone()).unwrap()
        })
        .collect();
    assert_eq!(sent.iter().map(Vec::len).collect::<Vec<_>>(), [1000, 1000, 1]);
    assert_eq!(sent.concat(), ids(0..2001));
}

#[tokio::test]
async fn d2_asks_nothing_when_there_is_nothing_to_delete() {
    let (script, client) = scripted(vec![]).await;
    client.delete_responses("F", &[]).await.unwrap();
    assert!(client.responses_by_id("F", &[]).await.unwrap().is_empty());
    assert!(script.lines().is_empty());
}

#[tokio::test]
async fn d2_looks_up_ids_of_every_type_in_addresses_of_bounded_length() {
    // The second answer brings a response nobody asked for.
    let (script, client) =
        scripted(vec![(200, page(&[item("t7")])), (200, page(&[item("t149"), item("t7")]))]).await;
    let found = client.responses_by_id("F", &ids(0..150)).await.unwrap();
    assert_eq!(found.iter().map(|item| item.token.as_str()).collect::<Vec<_>>(), ["t7", "t149"]);
    let lines = script.lines();
    assert_eq!(lines.len(), 2);
    assert!(lines[0].starts_with("GET /eu/forms/F/responses?page_size=100&response_type=started%2Cpartial%2Ccompleted&included_response_ids=t0%2Ct1%2C"));
    assert!(lines[1].contains("page_size=50&"));
    assert!(lines.iter().all(|line| line.len() < 8000));
}

#[tokio::test]
async fn d2_a_page_it_cannot_read_is_no_empty_page() {
    let unreadable = [
        json!({ "total_items": 0 }),
        json!({ "total_items": 0, "items": null }),
        json!({ "items": [] }),
        json!([]),
        Value::Null,
        page(&[json!({ "answers": [] })]),
        page(&[json!("t1")]),
        page(&[json!({ "token": "../t1" })]),
    ];
    for body in unreadable {
        let (_, client) = scripted(vec![(200, body.clone())]).await;
        let error = client.responses("F", &ResponsesQuery::default()).await.unwrap_err();
        assert!(matches!(error, ClientError::UnexpectedAnswer { .. }), "{body}: {error:?}");
    }
    let (_, settings) =
        server(vec![(200, None, "<html>ida.krogh@example.edu</html>".to_owned())]).await;
    let client = TypeformClient::with_settings(settings).unwrap();
    let error = client.form("F").await.unwrap_err();
    assert!(matches!(error, ClientError::UnexpectedAnswer { expected: "JSON" }));
}

#[tokio::test]
async fn d2_the_region_is_verified_by_the_forms_own_link() {
    let link = |link: &str| json!({ "id": "F", "fields": [], "_links": { "responses": link } });
    let (script, client) = scripted(vec![
        (200, json!({ "id": "F", "fields": [] })),
        (200, link("https://api.typeform.com/forms/F/responses")),
    ])
    .await;
    let form = client.form("F").await.unwrap();
    assert!(matches!(client.check_region(&form), Err(ClientError::RegionUnknown)));
    let form = client.form("F").await.unwrap();
    let Err(ClientError::WrongRegion { responses_at }) = client.check_region(&form) else {
        panic!("not noticed")
    };
    assert_eq!(responses_at, "https://api.typeform.com");
    assert_eq!(script.lines(), ["GET /eu/forms/F", "GET /eu/forms/F"]);

    let eu = TypeformClient::new("https://api.eu.typeform.com/", TOKEN.into()).unwrap();
    let at = |address: &str| {
        let mut form = form.clone();
        form.responses_url = Some(address.parse().unwrap());
        eu.check_region(&form).is_ok()
    };
    assert!(at("https://api.eu.typeform.com/forms/F/responses"));
    assert!(!at("https://api.typeform.eu/forms/F/responses"));
    assert!(!at("https://api.eu.typeform.com/forms/G/responses"));
    assert!(!at("http://api.eu.typeform.com/forms/F/responses"));
}

#[tokio::test]
async fn q3_the_forms_api_gives_the_definition() {
    let body = json!({ "id": "F", "fields": [
        { "id": "f1", "ref": "ambition", "type": "multiple_choice",
          "properties": { "choices": [{ "id": "c1", "ref": "top", "label": "Højt" }] } },
        { "id": "f2", "ref": "about", "type": "group", "properties": { "fields": [
            { "id": "f3", "ref": "email", "type": "email" } ] } },
    ] });
    let (_, client) = scripted(vec![(200, body)]).await;
    let definition = client.form("F").await.unwrap().definition;
    assert_eq!(definition.field("f1").unwrap().choices[0].reference.as_deref(), Some("top"));
    assert_eq!(definition.field_by_ref("email").unwrap().id, "f3");
}

#[tokio::test]
async fn q7_webhooks_are_read_written_and_deleted() {
    let kept = json!({ "id": "w", "tag": "unihelper", "url": "https://api.example.edu/w", "enabled": false, "secret": "s" });
    let (script, client) = scripted(vec![
        (404, Value::Null),
        (200, kept.clone()),
        (200, kept),
        (204, Value::Null),
        (404, Value::Null),
    ])
    .await;
    assert_eq!(client.webhook("F", "unihelper").await.unwrap(), None);
    assert!(!client.webhook("F", "unihelper").await.unwrap().unwrap().enabled);
    let settings = WebhookSettings {
        url: "https://api.example.edu/w".to_owned(),
        enabled: true,
        secret: "invented".into(),
        partial: false,
    };
    client.put_webhook("F", "unihelper", &settings).await.unwrap();
    assert!(client.delete_webhook("F", "unihelper").await.unwrap());
    assert!(!client.delete_webhook("F", "unihelper").await.unwrap());
    let body: Value = serde_json::from_str(&script.seen()[2].body).unwrap();
    let expected = json!({
        "url": "https://api.example.edu/w", "enabled": true, "secret": "invented",
        "event_types": { "form_response": true, "form_response_partial": false },
    });
    assert_eq!(body, expected);
    assert_eq!(script.lines()[2], "PUT /eu/forms/F/webhooks/unihelper");
    assert!(!format!("{settings:?}").contains("invented"));
}
