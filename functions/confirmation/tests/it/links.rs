//! D4: which links confirm, and that each does so once.

use domain::rights::{Purpose, Status};
use jiff::Timestamp;
use serde_json::json;

use crate::memory::When;
use crate::world::{APP, REQUEST, World, link, now, token_of};

fn at_its_end() -> Timestamp {
    "2026-09-16T08:00:00Z".parse().unwrap()
}

fn mine() -> String {
    token_of(Purpose::Confirm, "first")
}

#[tokio::test]
async fn d4_opening_the_link_changes_nothing_and_pressing_the_button_confirms() {
    let world = World::with(&json!({}));
    let (token, before) = (mine(), world.tables.plain(APP));
    for method in ["GET", "HEAD", "GET", ""] {
        let page = world.asks(method, link(&token)).await;
        assert_eq!(page.status_code, 200);
        assert_eq!(page.body.matches("<form method=\"post\">").count(), 2, "a button per language");
        assert_eq!(
            world.tables.plain(APP),
            before,
            "programs that look for harmful mail open links"
        );
    }
    assert!(world.queued.lock().unwrap().is_empty());

    let page = world.asks("POST", link(&token)).await;
    assert_eq!(page.status_code, 200);
    assert!(page.body.contains("er bekræftet") && page.body.contains("is confirmed"));
    assert!(!page.body.contains("<form"));
    let stands = world.stands().await;
    assert_eq!((stands.status, stands.confirmed_at), (Status::Confirmed, Some(now())));
    assert_eq!(stands.link.unwrap().used_at, Some(now()));
    let queued = world.queued.lock().unwrap().clone();
    assert_eq!(queued.len(), 1, "the student is told");
    assert_eq!(queued[0]["cohort"], "coh_computer-science-2026");
}

#[tokio::test]
async fn d4_a_link_serves_once() {
    let world = World::with(&json!({}));
    let token = mine();
    assert_eq!(world.asks("POST", link(&token)).await.status_code, 200);
    let before = world.stands().await;
    for method in ["POST", "GET"] {
        let page = world.asks(method, link(&token)).await;
        assert_eq!(page.status_code, 410, "{method}");
        assert!(!page.body.contains("<form"));
    }
    assert_eq!(world.stands().await, before);
    let messages =
        world.tables.plain(APP).into_keys().filter(|key| key.contains(keys::MESSAGE)).count();
    assert_eq!(messages, 1, "one mail, however often");
}

#[tokio::test]
async fn d4_no_other_token_confirms() {
    let token = mine();
    let wrong = [
        token_of(Purpose::Confirm, "second"),
        token_of(Purpose::Download, "first"),
        token[..token.len() - 1].to_owned(),
        format!("{token}0"),
        token.to_uppercase(),
        "0".repeat(token.len()),
        String::new(),
    ];
    for token in &wrong {
        let world = World::with(&json!({}));
        let before = world.tables.plain(APP);
        for method in ["GET", "POST"] {
            let page = world.asks(method, link(token)).await;
            assert_eq!(page.status_code, 410, "{method} {token}");
        }
        assert_eq!(world.tables.plain(APP), before);
    }
}

#[tokio::test]
async fn d4_the_token_belongs_to_one_request_of_one_cohort() {
    let token = mine();
    let [institution, cohort, request, _] = link(&token);
    for parts in [
        ["ins_other", cohort, request, &token],
        [institution, "coh_other", request, &token],
        [institution, cohort, "rrq_other", &token],
        ["example", cohort, request, &token],
        [institution, "COH#x", request, &token],
        [institution, cohort, "", &token],
    ] {
        let world = World::with(&json!({}));
        assert_eq!(world.asks("POST", parts).await.status_code, 410, "{parts:?}");
        assert_eq!(world.stands().await.status, Status::Acknowledged);
    }
}

#[tokio::test]
async fn d4_a_link_ends_after_seven_days_and_when_a_newer_one_was_sent() {
    let world = World::with(&json!({}));
    let token = mine();
    for method in ["GET", "POST"] {
        assert_eq!(world.asks_at(method, link(&token), at_its_end).await.status_code, 410);
    }
    let newer = json!({ "nonce": "second", "expires_at": "2026-09-17T08:00:00Z", "number": 2 });
    let world = World::with(&json!({ "link": newer }));
    assert_eq!(world.asks("POST", link(&token)).await.status_code, 410);
    let newer = token_of(Purpose::Confirm, "second");
    assert_eq!(world.asks("POST", link(&newer)).await.status_code, 200);
}

#[tokio::test]
async fn d4_a_request_that_has_ended_is_not_confirmed_but_a_restriction_in_force_is() {
    for status in ["received", "refused", "lifted"] {
        let world = World::with(&json!({ "status": status }));
        assert_eq!(world.asks("POST", link(&mine())).await.status_code, 410, "{status}");
        assert_eq!(world.stands().await.confirmed_at, None);
    }
    let world = World::with(&json!({ "kind": "restriction", "status": "fulfilled" }));
    assert_eq!(world.asks("POST", link(&mine())).await.status_code, 200);
    let stands = world.stands().await;
    assert_eq!((stands.status, stands.confirmed_at), (Status::Fulfilled, Some(now())));
}

#[tokio::test]
async fn d4_the_link_dies_with_the_cohorts_data() {
    let world = World::with(&json!({}));
    let mut items = world.tables.items(APP);
    items.retain(|(_, sk), _| sk.starts_with("RIGHTS#"));
    world.tables.put(APP, items);
    assert_eq!(world.asks("POST", link(&mine())).await.status_code, 410);
    assert_eq!(world.stands().await.status, Status::Acknowledged);
}

#[tokio::test]
async fn d4_whatever_call_fails_the_student_tries_again_and_one_mail_is_on_its_way() {
    let token = mine();
    let calls = {
        let world = World::with(&json!({}));
        world.asks("POST", link(&token)).await;
        world.gate.calls()
    };
    assert!(calls >= 4, "{calls} calls");
    for call in 0..=calls {
        for when in [When::Before, When::After] {
            let world = World::with(&json!({}));
            // The last one is the call to the queue.
            let gate = if call == calls { &world.queue } else { &world.gate };
            gate.fail(if call == calls { 0 } else { call }, when);
            let page = world.asks("POST", link(&token)).await;
            assert_eq!(page.status_code, 503, "{call} {when:?}");
            assert!(!page.body.contains(REQUEST));
            world.asks("POST", link(&token)).await;
            assert_eq!(world.stands().await.status, Status::Confirmed, "{call} {when:?}");
            let mut queued = world.queued.lock().unwrap().clone();
            queued.dedup();
            assert_eq!(queued.len(), 1, "{call} {when:?}");
        }
    }
}
