//! D9: what contacts see of everybody's answers tells nothing of anybody's.

use serde_json::{Value, json};
use store::keys;

use crate::data::{COORDINATOR, home, world};
use crate::world::{World, asks};

const PATH: &str = "/api/cohorts/coh_computer-science-2026/distribution";

/// Somebody who answers a minute after the one before.
fn answers(world: &World, number: u32, ambition: u32, restricted: bool) {
    let (id, token) = (format!("stu_d{number:02}"), format!("token-d{number}"));
    let at = format!("2026-09-02T08:{number:02}:00Z");
    let mut student = json!({
        "id": id, "name": "Somebody", "email": format!("d{number}@example.edu"), "section": "a",
        "response": token, "submitted_at": at,
    });
    if restricted {
        student["restricted"] = at.as_str().into();
    }
    let response = json!({
        "token": token, "student": id, "section": "a", "submitted_at": at, "received_at": at,
        "profile": { "answers": { "ambition": { "scale": ambition } } },
    });
    world.put(&keys::student(&home(), &id.parse().unwrap()), &student);
    world.put(&keys::response(&home(), &token.parse().unwrap()), &response);
}

/// A cohort of whom 6 answered 1 and 24 answered 4: one more would be told as 25.
fn thirty() -> World {
    let world = world();
    world.held().items.retain(|(_, sk), _| !sk.starts_with(keys::STUDENT));
    for number in 0..30 {
        answers(&world, number, if number % 5 == 0 { 1 } else { 4 }, false);
    }
    world
}

async fn shown(world: &World) -> Value {
    let answer = world.send(&asks(COORDINATOR, "GET", PATH)).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.body
}

#[tokio::test]
async fn d9_small_cells_and_what_they_would_follow_from_are_withheld() {
    let body = shown(&thirty()).await;
    assert_eq!(body["students"], 30);
    let first = &body["criteria"][0];
    assert_eq!(first["criterion"], "same");
    let question = &first["questions"][0];
    assert_eq!((&question["question"], &question["several"]), (&json!("ambition"), &json!(false)));
    let counts = question["counts"].as_array().unwrap();
    let told: Vec<&Value> = counts.iter().filter(|cell| !cell["count"].is_null()).collect();
    assert_eq!(
        told,
        [&json!({ "cell": "4", "count": 20 })],
        "the smallest that could be told is not"
    );
    assert_eq!(counts.len(), 6);
}

#[tokio::test]
async fn d9_one_more_answer_changes_nothing_until_five_have_come() {
    let world = thirty();
    let before = shown(&world).await;
    for number in 30..34 {
        answers(&world, number, 4, false);
        assert_eq!(shown(&world).await, before, "{number}");
    }
    // Who asked that the data is stored and nothing more is not the fifth.
    answers(&world, 34, 4, true);
    assert_eq!(shown(&world).await, before);
    answers(&world, 35, 4, false);
    assert_ne!(shown(&world).await, before);
}

#[tokio::test]
async fn d9_few_answers_show_nothing() {
    let body = shown(&world()).await;
    assert_eq!(body["students"], 0, "students without a response in this world");
    assert!(body["criteria"][0]["questions"][0].get("counts").is_none(), "{body}");
}
