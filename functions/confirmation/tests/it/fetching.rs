//! D4: the link by which a student fetches what is stored of them, once.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::rights::Purpose;
use jiff::Timestamp;
use serde_json::json;

use crate::memory::When;
use crate::world::{APP, AUDIT, World, link, now, token_of};

pub(crate) fn handed_over() -> World {
    World::with(&json!({
        "status": "fulfilled", "confirmed_at": "2026-09-09T09:00:00Z",
        "ended_at": "2026-09-10T08:00:00Z", "export_until": "2026-10-10T08:00:00Z",
        "download": { "nonce": "data", "expires_at": "2026-09-17T08:00:00Z", "number": 1 },
    }))
}

pub(crate) fn mine() -> String {
    token_of(Purpose::Download, "data")
}

#[tokio::test]
async fn d4_the_data_is_fetched_once_and_opening_the_link_fetches_nothing() {
    let world = handed_over();
    let (token, before) = (mine(), world.tables.plain(APP));
    for method in ["GET", "HEAD"] {
        let page = world.asks(method, link(&token)).await;
        assert_eq!(page.status_code, 200);
        assert_eq!(page.headers["content-type"], "text/html; charset=utf-8");
        assert_eq!(page.body.matches("<form method=\"post\">").count(), 2);
        assert!(!page.body.contains("Freja"));
    }
    assert_eq!(world.tables.plain(APP), before);
    assert!(world.tables.plain(AUDIT).is_empty());

    let file = world.asks("POST", link(&token)).await;
    assert_eq!((file.status_code, file.is_base64_encoded), (200, true));
    assert_eq!(file.headers["content-type"], "application/zip");
    assert_eq!(file.headers["cache-control"], "no-store");
    assert!(file.headers["content-disposition"].starts_with("attachment; filename=\"rrq_"));
    let archive = STANDARD.decode(&file.body).unwrap();
    assert!(archive.starts_with(b"PK"));
    let names = String::from_utf8_lossy(&archive).into_owned();
    assert!(names.contains("README.txt") && names.contains("data.json"));
    assert_eq!(world.stands().await.download.unwrap().used_at, Some(now()));
    let trail = world.tables.plain(AUDIT);
    let entry = trail.iter().find(|(key, _)| key.contains("ENTRY#")).unwrap().1;
    assert_eq!(entry["action"], "rights.fetch");
    assert_eq!(entry["ids"][0], "stu_1");

    for method in ["POST", "GET"] {
        let again = world.asks(method, link(&token)).await;
        assert_eq!((again.status_code, again.is_base64_encoded), (410, false), "{method}");
    }
}

#[tokio::test]
async fn d4_a_link_to_the_data_is_void_past_its_time_and_for_any_other_purpose() {
    let late = || -> Timestamp { "2026-09-17T08:00:00Z".parse().unwrap() };
    let world = handed_over();
    assert_eq!(world.asks_at("POST", link(&mine()), late).await.status_code, 410);
    for token in [token_of(Purpose::Confirm, "data"), token_of(Purpose::Download, "other")] {
        assert_eq!(world.asks("POST", link(&token)).await.status_code, 410);
    }
    // Nothing is handed out of a request that was not fulfilled, or of a student who is being erased.
    let early = World::with(&json!({ "status": "confirmed" }));
    assert_eq!(early.asks("POST", link(&mine())).await.status_code, 410);
    let key = keys::student(&crate::world::scope(), &"stu_1".parse().unwrap());
    world.put(
        &key,
        &json!({
            "id": "stu_1", "name": "Freja Lund", "email": "freja.lund@example.edu", "section": "a",
            "response": "token-1", "submitted_at": "2026-09-01T07:31:05Z", "erasure": "era_1",
        }),
    );
    assert_eq!(world.asks("POST", link(&mine())).await.status_code, 410);
    assert!(world.tables.plain(AUDIT).is_empty());
}

#[tokio::test]
async fn d4_a_call_that_dies_anywhere_hands_out_nothing_unrecorded_and_leaves_the_link_or_uses_it()
{
    let whole = handed_over();
    assert_eq!(whole.asks("POST", link(&mine())).await.status_code, 200);
    let calls = whole.gate.calls();
    assert!(calls > 8, "{calls}");
    for call in 0..calls {
        for when in [When::Before, When::After] {
            let world = handed_over();
            world.gate.fail(call, when);
            let first = world.asks("POST", link(&mine())).await;
            assert_eq!(first.status_code, 503, "{call} {when:?}");
            assert!(!first.is_base64_encoded);
            let used = world.stands().await.download.unwrap().used_at.is_some();
            let second = world.asks("POST", link(&mine())).await;
            assert_eq!(second.status_code, if used { 410 } else { 200 }, "{call} {when:?}");
            let trail = world.tables.plain(AUDIT);
            let entries = trail.keys().filter(|key| key.contains("ENTRY#")).count();
            assert_eq!(entries, 1, "{call} {when:?}");
        }
    }
}
