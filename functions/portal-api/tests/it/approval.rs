//! The decision about groups that await it (G6).

use domain::formation::Formation;
use serde_json::json;
use store::keys;

use crate::data::{COORDINATOR, OPERATOR, TOKEN, home, world};
use crate::world::{Answer, World, asks, with_header};

async fn decide(world: &World, subject: &str, formation: &str, verb: &str) -> Answer {
    decide_at(world, subject, formation, verb, 0).await
}

async fn decide_at(
    world: &World,
    subject: &str,
    formation: &str,
    verb: &str,
    version: u32,
) -> Answer {
    let address = format!("/api/cohorts/coh_computer-science-2026/formations/{formation}/{verb}");
    let event = with_header(asks(subject, "POST", &address), "if-match", &format!("\"{version}\""));
    world.send(&event).await
}

/// Somebody changes the groups by hand.
fn change(world: &World, version: u32) {
    let id = "for_waiting".parse().unwrap();
    let key = keys::formation(&home(), &id);
    let item = world.held().items[&(key.pk.clone(), key.sk.clone())].clone();
    let mut formation: Formation = serde_dynamo::from_item(item).unwrap();
    formation.board.version = version;
    world.put(&key, &formation);
}

#[tokio::test]
async fn g6_groups_that_somebody_changed_meanwhile_are_not_decided_about() {
    for word in ["approve", "reject"] {
        let world = world();
        change(&world, 2);
        let shown = "/api/cohorts/coh_computer-science-2026/formations/for_waiting";
        let shown = world.send(&asks(COORDINATOR, "GET", shown)).await;
        assert_eq!(shown.body["board_version"], 2);
        let before = world.held().items.clone();
        let answer = decide_at(&world, COORDINATOR, "for_waiting", word, 1).await;
        assert_eq!((answer.status, answer.problem()), (412, "stale"));
        assert_eq!(answer.body["version"], 2);
        assert!(world.held().told.is_empty() && world.held().items == before);
        // Whoever names no version has seen none.
        let address =
            format!("/api/cohorts/coh_computer-science-2026/formations/for_waiting/{word}");
        assert_eq!(world.send(&asks(COORDINATOR, "POST", &address)).await.status, 400);
        assert_eq!(decide_at(&world, COORDINATOR, "for_waiting", word, 2).await.status, 202);
    }
}

#[tokio::test]
async fn g6_groups_that_are_changed_in_the_very_moment_are_not_decided_about() {
    let world = world();
    let key = keys::formation(&home(), &"for_waiting".parse().unwrap());
    world.moves_when_read(&key, "board", "1");
    let answer = decide(&world, COORDINATOR, "for_waiting", "approve").await;
    assert_eq!((answer.status, answer.problem()), (412, "stale"));
    assert!(world.held().told.is_empty());
}

/// Lets the state machine end the formation, as its tasks do.
fn end(world: &World, status: &str) {
    let id = "for_waiting".parse().unwrap();
    let key = keys::formation(&home(), &id);
    let item = world.held().items[&(key.pk.clone(), key.sk.clone())].clone();
    let mut value: serde_json::Value = serde_dynamo::from_item(item).unwrap();
    value["status"] = status.into();
    value.as_object_mut().unwrap().remove("task_token");
    world.put(&key, &serde_json::from_value::<Formation>(value).unwrap());
}

#[tokio::test]
async fn g6_a_decision_is_noted_and_the_state_machine_told() {
    for (word, verdict, told) in
        [("approve", "approved", "approved"), ("reject", "rejected", "Rejected")]
    {
        let world = world();
        let answer = decide(&world, COORDINATOR, "for_waiting", word).await;
        assert_eq!(answer.status, 202);
        assert_eq!(answer.body, json!({ "formation": "for_waiting", "verdict": verdict }));
        assert_eq!(
            answer.headers["location"],
            "/api/cohorts/coh_computer-science-2026/formations/for_waiting"
        );
        assert_eq!(world.held().told, [(TOKEN.to_owned(), told.to_owned())]);

        let shown = "/api/cohorts/coh_computer-science-2026/formations/for_waiting";
        let shown = world.send(&asks(COORDINATOR, "GET", shown)).await;
        let expected =
            json!({ "verdict": verdict, "by": COORDINATOR, "at": "2026-09-10T12:00:00Z" });
        assert_eq!(shown.body["decision"], expected);
    }
}

#[tokio::test]
async fn g6_deciding_again_answers_the_same_and_changes_nothing() {
    for (word, status) in [("approve", "published"), ("reject", "rejected")] {
        let world = world();
        let first = decide(&world, COORDINATOR, "for_waiting", word).await;
        world.held().machine_past = true;
        let again = decide(&world, OPERATOR, "for_waiting", word).await;
        assert_eq!(again, first, "the machine has taken the token already");
        end(&world, status);
        world.held().told.clear();
        let later = decide(&world, OPERATOR, "for_waiting", word).await;
        assert_eq!(later, first);
        let held = world.held();
        assert!(held.told.is_empty(), "an ended formation has nobody to tell");
        assert_eq!(held.audit.len(), 1, "one decision, one entry");
    }
}

#[tokio::test]
async fn g6_of_two_contacts_the_first_decides() {
    for (first, second, stands) in
        [("approve", "reject", "approved"), ("reject", "approve", "rejected")]
    {
        let world = world();
        decide(&world, COORDINATOR, "for_waiting", first).await;
        world.held().told.clear();
        let answer = decide(&world, OPERATOR, "for_waiting", second).await;
        assert_eq!((answer.status, answer.problem()), (409, "already-decided"));
        assert_eq!(answer.body["verdict"], stands);
        assert!(world.held().told.is_empty());
    }
}

#[tokio::test]
async fn g6_a_call_that_broke_off_is_completed_by_making_it_again() {
    let world = world();
    world.break_machine(true);
    let broken = decide(&world, COORDINATOR, "for_waiting", "approve").await;
    assert_eq!((broken.status, broken.problem()), (503, "unavailable"));
    world.break_machine(false);
    let again = decide(&world, COORDINATOR, "for_waiting", "approve").await;
    assert_eq!(again.status, 202);
    assert_eq!(world.held().told, [(TOKEN.to_owned(), "approved".to_owned())]);
}

#[tokio::test]
async fn g6_only_groups_that_await_a_decision_can_get_one() {
    for (formation, status) in
        [("for_running", "running"), ("for_failed", "failed"), ("for_published", "published")]
    {
        for word in ["approve", "reject"] {
            let world = world();
            let answer = decide(&world, COORDINATOR, formation, word).await;
            assert_eq!((answer.status, answer.problem()), (409, "not-awaiting-approval"));
            assert_eq!(answer.body["formation_status"], status);
            assert!(world.held().nothing_done());
        }
    }
    let answer = decide(&world(), COORDINATOR, "for_never", "approve").await;
    assert_eq!(answer.status, 404);
}

#[tokio::test]
async fn g6_a_decision_that_came_too_late_is_not_called_done() {
    let world = world();
    decide(&world, COORDINATOR, "for_waiting", "approve").await;
    end(&world, "failed");
    let answer = decide(&world, COORDINATOR, "for_waiting", "approve").await;
    assert_eq!((answer.status, answer.problem()), (409, "not-awaiting-approval"));
}
