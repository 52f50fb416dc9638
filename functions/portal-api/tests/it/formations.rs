//! Starting a formation (G1).

use serde_json::json;

use store::keys;

use crate::data::{COORDINATOR, home, world};
use crate::world::{World, asks, with_header};

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
async fn g7_a_rotation_replaces_the_groups_that_it_names() {
    let world = world();
    let asked = format!("{ADDRESS}?kind=rotation&replace=for_published");
    assert_eq!(world.send(&asks(COORDINATOR, "POST", &asked)).await.status, 202);
    let order = world.held().orders[0].clone();
    assert_eq!((&order["kind"], &order["replace"]), (&json!("rotation"), &json!("for_published")));
    for (query, name) in
        [("?kind=rotation", "replace"), ("?kind=repair", "replace"), ("?kind=other", "kind")]
    {
        let refused = world.send(&asks(COORDINATOR, "POST", &format!("{ADDRESS}{query}"))).await;
        assert_eq!((refused.status, refused.problem()), (400, "parameters"), "{query}");
        assert_eq!(refused.body["errors"][0]["name"], name);
    }
    assert_eq!(world.held().orders.len(), 1);
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

/// Lets a student come back into group b/1 of published groups: then nobody has come or left.
fn nobody_came_or_left(world: &World) {
    let (formation, section) = ("for_published".parse().unwrap(), "b".parse().unwrap());
    let key = keys::group(&home(), &formation, &section, 1);
    let members = serde_dynamo::to_attribute_value(["stu_3", "stu_4"]).unwrap();
    world.held().items.get_mut(&(key.pk, key.sk)).unwrap().insert("members".to_owned(), members);
}

#[tokio::test]
async fn g8_a_repair_is_told_who_it_is_for_and_replaces_the_groups_that_it_names() {
    let world = world();
    let need = format!("{ADDRESS}/for_published/repair");
    let answer = world.send(&asks(COORDINATOR, "GET", &need)).await;
    assert_eq!((answer.status, &answer.body), (200, &json!({ "joined": 1, "left": 1 })));
    let asked = format!("{ADDRESS}?kind=repair&replace=for_published");
    assert_eq!(world.send(&asks(COORDINATOR, "POST", &asked)).await.status, 202);
    let order = world.held().orders[0].clone();
    assert_eq!((&order["kind"], &order["replace"]), (&json!("repair"), &json!("for_published")));
    let failed = format!("{ADDRESS}/for_failed/repair");
    let refused = world.send(&asks(COORDINATOR, "GET", &failed)).await;
    assert_eq!((refused.status, refused.problem()), (409, "no-groups"));
}

#[tokio::test]
async fn g8_groups_that_nobody_has_joined_or_left_are_not_repaired() {
    let world = world();
    nobody_came_or_left(&world);
    let asked = format!("{ADDRESS}?kind=repair&replace=for_published");
    let refused = world.send(&asks(COORDINATOR, "POST", &asked)).await;
    assert_eq!((refused.status, refused.problem()), (400, "parameters"), "{refused:?}");
    let error = &refused.body["errors"][0];
    assert!(error["words"]["da"].as_str().unwrap().starts_with("Ingen er kommet"), "{error}");
    assert!(world.held().orders.is_empty());
    // Another formation may be published by now, which whoever starts it is told of.
    world.held().order_answer =
        (json!({ "refused": "published", "formation": "for_published" }), false);
    let asked = format!("{ADDRESS}?kind=repair&replace=for_older");
    let other = world.send(&asks(COORDINATOR, "POST", &asked)).await;
    assert_eq!((other.status, other.problem()), (409, "groups-published"), "{other:?}");
}
