//! Q4: questionnaires that could not be used are counted, and processed again when a coordinator asks.

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value, json};
use store::keys;

use crate::data::{COORDINATOR, VIEWER, home, world};
use crate::world::{Answer, World, asks, with_header};

const COHORT: &str = "/api/cohorts/coh_computer-science-2026";

async fn again(world: &World, query: &str) -> Answer {
    let event = asks(COORDINATOR, "POST", &format!("{COHORT}/quarantine/reprocess{query}"));
    world.send(&with_header(event, "idempotency-key", "key 1")).await
}

fn trail(world: &World) -> Vec<Value> {
    let held = world.held();
    held.audit.iter().map(|item| serde_dynamo::from_item(item.clone()).unwrap()).collect()
}

#[tokio::test]
async fn q4_a_coordinator_has_them_processed_again_and_is_told_what_became_of_them() {
    let world = world();
    world.held().run_answer.0 = json!({
        "examined": 15, "accepted": 12, "still_quarantined": 3,
        "by_reason": { "missing_email": 3 }, "continue": false,
    });
    let answer = again(&world, "").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.body, json!({ "accepted": 12, "remaining": 3 }));
    let order = json!({
        "institution": "ins_example-university", "cohort": "coh_computer-science-2026", "seconds": 8,
    });
    assert_eq!(world.held().runs, [order]);
    let trail = trail(&world);
    assert_eq!(trail.len(), 1);
    assert_eq!(trail[0]["action"], "quarantine.reprocess");
    assert_eq!(trail[0]["actor"], json!({ "contact": COORDINATOR }));
    assert_eq!(trail[0]["cohort"], "coh_computer-science-2026");
    assert_eq!(trail[0]["subjects"], 1, "as many as wait");
}

#[tokio::test]
async fn q4_where_time_ran_out_another_request_goes_on() {
    let world = world();
    world.held().run_answer.0 = json!({
        "examined": 2, "accepted": 2, "still_quarantined": 0, "by_reason": {},
        "continue": true, "after": "tok2",
    });
    let first = again(&world, "").await;
    assert_eq!(first.body, json!({ "accepted": 2, "remaining": 0, "after": "tok2" }));
    again(&world, "?after=tok2").await;
    assert_eq!(world.held().runs[1]["after"], "tok2");
}

#[tokio::test]
async fn q4_what_cannot_be_asked_is_refused_and_nothing_runs() {
    let archive = |world: &World, attribute: &str, value: &str| {
        let key = keys::cohort(&home());
        let value = AttributeValue::S(value.into());
        world.held().items.get_mut(&(key.pk, key.sk)).unwrap().insert(attribute.into(), value);
    };
    for (attribute, value, status, problem) in [
        ("archived_at", "2026-09-09T00:00:00Z", 409, "archived"),
        ("erasure", "era_1", 404, "not-found"),
    ] {
        let world = world();
        archive(&world, attribute, value);
        let answer = again(&world, "").await;
        assert_eq!((answer.status, answer.problem()), (status, problem));
        assert!(world.held().nothing_done());
        assert_eq!(trail(&world)[0]["problem"], problem, "the attempt is recorded");
    }
    let world = world();
    assert_eq!(again(&world, "?after=not%20a%20token").await.body["errors"][0]["name"], "after");
    let path = format!("{COHORT}/quarantine/reprocess");
    let without_key = world.send(&asks(COORDINATOR, "POST", &path)).await;
    assert_eq!(without_key.body["errors"][0]["name"], "idempotency-key");
    let event = with_header(asks(VIEWER, "POST", &path), "idempotency-key", "key 1");
    assert_eq!(world.send(&event).await.problem(), "role-too-low");
    assert!(world.held().nothing_done());
    assert_eq!(trail(&world).len(), 3, "each attempt is recorded");
}

#[tokio::test]
async fn q4_a_run_that_fails_says_nothing_of_its_reason_and_can_be_asked_for_again() {
    let world = world();
    let words = json!({ "errorType": "Transient", "errorMessage": "the run stopped" });
    world.held().run_answer = (words, true);
    let answer = again(&world, "").await;
    assert_eq!((answer.status, answer.problem()), (503, "unavailable"));
    assert!(!answer.text.contains("stopped"));
    world.held().run_answer = (json!({ "surprise": 1 }), false);
    assert_eq!(again(&world, "").await.status, 500);
}

#[tokio::test]
async fn q4_everybody_sees_how_many_wait_and_a_change_is_seen_by_its_tag() {
    let world = world();
    let here = async || world.send(&asks(VIEWER, "GET", COHORT)).await;
    let before = here().await;
    assert_eq!(before.body["quarantined"], 1);
    let token = "token-odd".parse().unwrap();
    let key = keys::quarantine(Some(&home()), &token);
    world.held().items.remove(&(key.pk, key.sk));
    let after = here().await;
    assert_eq!(after.body["quarantined"], 0);
    assert_ne!(before.headers["etag"], after.headers["etag"]);
}
