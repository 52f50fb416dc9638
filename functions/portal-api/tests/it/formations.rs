//! Starting a formation (G1).

use serde_json::json;

use crate::data::{COORDINATOR, world};
use crate::world::{asks, with_header};

const ADDRESS: &str = "/api/cohorts/coh_computer-science-2026/formations";

#[tokio::test]
async fn g1_a_coordinator_starts_a_formation() {
    let world = world();
    let event = with_header(asks(COORDINATOR, "POST", ADDRESS), "idempotency-key", "my key");
    let answer = world.send(&event).await;
    assert_eq!(answer.status, 202);
    assert_eq!(answer.body, json!({ "formation": "for_new", "started": true }));
    assert_eq!(
        answer.headers["location"],
        "/api/cohorts/coh_computer-science-2026/formations/for_new"
    );
    assert_eq!(
        world.held().orders,
        [json!({
            "source": "contact", "institution": "ins_example-university", "cohort": "coh_computer-science-2026",
            "contact": COORDINATOR, "idempotency_key": "my key",
        })]
    );
}

#[tokio::test]
async fn g1_without_a_key_the_requests_own_id_keeps_a_resent_invocation_from_starting_two() {
    let world = world();
    world.send(&asks(COORDINATOR, "POST", ADDRESS)).await;
    assert_eq!(world.held().orders[0]["idempotency_key"], "request-1");
}

#[tokio::test]
async fn g1_a_key_that_is_no_key_is_refused_before_anything_starts() {
    for key in ["", "æ", "tab\there", &"k".repeat(129)] {
        let world = world();
        let event = with_header(asks(COORDINATOR, "POST", ADDRESS), "idempotency-key", key);
        let answer = world.send(&event).await;
        assert_eq!(answer.status, 400, "{key:?}");
        assert_eq!(answer.body["errors"][0]["in"], "header");
        assert!(world.held().orders.is_empty());
    }
}

#[tokio::test]
async fn g1_while_one_runs_another_is_refused_and_the_one_is_named() {
    let world = world();
    world.held().order_answer = (json!({ "refused": "busy", "formation": "for_running" }), false);
    let answer = world.send(&asks(COORDINATOR, "POST", ADDRESS)).await;
    assert_eq!((answer.status, answer.problem()), (409, "busy"));
    assert_eq!(answer.body["formation"], "for_running");
}

#[tokio::test]
async fn m3_published_groups_are_replaced_only_by_a_request_that_names_them() {
    let world = world();
    let refusal = json!({ "refused": "published", "formation": "for_published" });
    world.held().order_answer = (refusal, false);
    let answer = world.send(&asks(COORDINATOR, "POST", ADDRESS)).await;
    assert_eq!((answer.status, answer.problem()), (409, "groups-published"));
    assert_eq!(answer.body["formation"], "for_published");
    assert!(world.held().orders[0].get("replace").is_none());

    let meant = format!("{ADDRESS}?replace=for_published");
    world.send(&asks(COORDINATOR, "POST", &meant)).await;
    assert_eq!(world.held().orders[1]["replace"], "for_published");
    let answer = world.send(&asks(COORDINATOR, "POST", &format!("{ADDRESS}?replace=groups"))).await;
    assert_eq!((answer.status, answer.body["errors"][0]["name"].as_str()), (400, Some("replace")));
}

#[tokio::test]
async fn g1_a_cohort_that_went_meanwhile_is_not_found() {
    let world = world();
    world.held().order_answer = (json!({ "refused": "no_cohort" }), false);
    let answer = world.send(&asks(COORDINATOR, "POST", ADDRESS)).await;
    assert_eq!((answer.status, answer.problem()), (404, "not-found"));
}

#[tokio::test]
async fn g1_a_trigger_that_fails_is_a_fault_that_may_pass_and_its_words_stay_inside() {
    let world = world();
    let words = json!({ "errorType": "Transient", "errorMessage": "table app" });
    world.held().order_answer = (words, true);
    let answer = world.send(&asks(COORDINATOR, "POST", ADDRESS)).await;
    assert_eq!((answer.status, answer.problem()), (503, "unavailable"));
    assert!(!answer.body.to_string().contains("table app"));

    world.held().order_answer = (json!({ "surprise": 1 }), false);
    let answer = world.send(&asks(COORDINATOR, "POST", ADDRESS)).await;
    assert_eq!((answer.status, answer.problem()), (500, "internal"));
}
