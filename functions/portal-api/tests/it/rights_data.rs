//! Requests for the data itself through the API (D4): what is handed out, to whom, and how a person's
//! erasure is begun.

use domain::message::{About, Message, MessageStatus, RightsStep};
use domain::rights::{RightsRequest, Status};
use serde_json::{Value, json};
use store::keys;

use crate::data::{COORDINATOR, FOREIGN, OPERATOR, home, put_request, world};
use crate::world::{Answer, World, asks, with_body};

const RIGHTS: &str = "/api/cohorts/coh_computer-science-2026/rights";

async fn get(world: &World, path: &str) -> Answer {
    world.send(&asks(OPERATOR, "GET", &format!("{RIGHTS}{path}"))).await
}

async fn post(world: &World, path: &str) -> Answer {
    world.send(&with_body(asks(OPERATOR, "POST", &format!("{RIGHTS}{path}")), &json!({}))).await
}

fn request(world: &World, id: &str) -> RightsRequest {
    let key = keys::rights(&home(), &id.parse().unwrap());
    serde_dynamo::from_item(world.held().items[&(key.pk, key.sk)].clone()).unwrap()
}

/// Actions of the audit trail with their outcome.
fn trail(world: &World) -> Vec<(String, String)> {
    let told = |entry: &crate::world::Item| {
        let entry: Value = serde_dynamo::from_item(entry.clone()).unwrap();
        let problem = entry["problem"].as_str().unwrap_or("done").to_owned();
        (entry["action"].as_str().unwrap().to_owned(), problem)
    };
    world.held().audit.iter().map(told).collect()
}

fn entry(action: &str, outcome: &str) -> (String, String) {
    (action.to_owned(), outcome.to_owned())
}

/// Lets the letter that the erasure begins have come to this.
fn letter(world: &World, status: MessageStatus) {
    let about = About::Rights {
        student: "stu_3".parse().unwrap(),
        request: "rrq_erasure".parse().unwrap(),
        step: RightsStep::Erasing,
        number: 0,
    };
    let message = Message { status, ..Message::queued(about, crate::data::now()) };
    world.put(&keys::message(&(&home()).into(), &message.id), &message);
}

#[tokio::test]
async fn d4_the_operator_gets_the_data_of_a_confirmed_request_and_the_trail_says_so() {
    let world = world();
    let before = world.held().items.clone();
    let answer = get(&world, "/rrq_access/export").await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.headers["content-type"], "application/zip");
    assert_eq!(answer.headers["content-disposition"], "attachment; filename=\"rrq_access.zip\"");
    assert_eq!(answer.headers["cache-control"], "no-store");
    assert!(answer.bytes.starts_with(b"PK"));
    assert_eq!(trail(&world), [entry("rights.export", "done")]);
    let named: Value = serde_dynamo::from_item(world.held().audit[0].clone()).unwrap();
    assert_eq!(named["ids"], json!(["stu_3", "rrq_access"]));
    assert_eq!(world.held().items, before, "nothing of it is kept");
    assert_eq!(world.held().objects.keys().filter(|key| key.contains("exports")).count(), 0);
}

#[tokio::test]
async fn d4_no_data_is_handed_out_before_the_student_confirmed_or_of_another_kind_of_request() {
    for (id, changes, problem) in [
        ("rrq_x", json!({ "kind": "access" }), "not-confirmed"),
        ("rrq_x", json!({ "kind": "access", "status": "acknowledged" }), "not-confirmed"),
        ("rrq_x", json!({ "kind": "portability", "status": "refused" }), "wrong-state"),
        ("rrq_erasure", json!({ "kind": "erasure", "status": "confirmed" }), "wrong-kind"),
        ("rrq_received", json!({}), "wrong-kind"),
    ] {
        for (method, step) in [("GET", "export"), ("POST", "hand-over")] {
            let world = world();
            put_request(&world, &home(), id, &changes);
            let before = request(&world, id);
            let address = format!("{RIGHTS}/{id}/{step}");
            let event = asks(OPERATOR, method, &address);
            let event = if method == "POST" { with_body(event, &json!({})) } else { event };
            let answer = world.send(&event).await;
            assert_eq!((answer.status, answer.problem()), (409, problem), "{id} {step} {changes}");
            let action = if method == "GET" { "rights.export" } else { "rights.hand_over" };
            assert_eq!(trail(&world), [entry(action, problem)]);
            assert_eq!(request(&world, id), before);
            assert!(!answer.bytes.starts_with(b"PK"));
        }
    }
    for (subject, status) in [(COORDINATOR, 403), (FOREIGN, 404)] {
        for step in ["export", "erase", "hand-over"] {
            let world = world();
            let method = if step == "export" { "GET" } else { "POST" };
            let address = format!("{RIGHTS}/rrq_access/{step}");
            let answer = world.send(&with_body(asks(subject, method, &address), &json!({}))).await;
            assert_eq!(answer.status, status, "{subject} {step}");
            assert_eq!(trail(&world).len(), 1);
        }
    }
}

#[tokio::test]
async fn d4_handing_over_mails_a_link_and_another_one_on_request() {
    let world = world();
    let answer = post(&world, "/rrq_access/hand-over").await;
    assert_eq!((answer.status, &answer.body["status"]), (200, &json!("fulfilled")));
    assert_eq!(answer.body["fetch_until"], "2026-10-10T12:00:00Z");
    let link = request(&world, "rrq_access").download.unwrap();
    assert_eq!((link.number, link.expires_at), (1, "2026-09-17T12:00:00Z".parse().unwrap()));
    assert!(!answer.text.contains(&link.nonce), "links go to the student alone");
    let again = post(&world, "/rrq_access/hand-over").await;
    assert_eq!((again.status, again.problem()), (409, "wrong-state"));
    let queued = world.held().queued.clone();
    assert_eq!((queued.len(), &queued[0]), (2, &queued[1]), "one mail, put on its way twice");

    let renewed = post(&world, "/rrq_access/link").await;
    assert_eq!(renewed.status, 200, "{renewed:?}");
    let newer = request(&world, "rrq_access").download.unwrap();
    assert!(newer.number == 2 && newer.nonce != link.nonce);
    assert_ne!(world.held().queued[2], queued[0], "a new link is a new mail");
    // The operator still sees what was handed over.
    assert_eq!(get(&world, "/rrq_access/export").await.status, 200);
}

#[tokio::test]
async fn d4_an_erasure_begins_once_the_student_was_told_and_ends_with_the_certificate() {
    let world = world();
    let first = post(&world, "/rrq_erasure/erase").await;
    assert_eq!((first.status, &first.body["erasure"]), (202, &Value::Null), "{first:?}");
    assert_eq!(first.body["erasure_told_at"], "2026-09-10T12:00:00Z");
    assert!(world.held().erasing.is_empty(), "the address is needed until the letter is out");
    assert_eq!(world.held().queued.len(), 1);

    letter(&world, MessageStatus::Accepted);
    let second = post(&world, "/rrq_erasure/erase").await;
    assert_eq!(second.status, 202, "{second:?}");
    let erasure = second.body["erasure"].as_str().unwrap().to_owned();
    let started = world.held().erasing.clone();
    assert_eq!(started.len(), 1);
    assert_eq!(started[0].0, erasure);
    assert_eq!(started[0].1["student"], "stu_3");
    // Once more changes nothing.
    let items = world.held().items.clone();
    let third = post(&world, "/rrq_erasure/erase").await;
    assert_eq!((third.status, &third.body), (202, &second.body));
    assert_eq!(world.held().items, items);
    // It cannot be refused any more, and it is still owed.
    let refuse = json!({ "ground": "withdrawn", "reason": "Never mind." });
    let address = format!("{RIGHTS}/rrq_erasure/refuse");
    let refused = world.send(&with_body(asks(OPERATOR, "POST", &address), &refuse)).await;
    assert_eq!((refused.status, refused.problem()), (409, "wrong-state"));
    assert_eq!(request(&world, "rrq_erasure").status, Status::Confirmed);

    complete(&world, &erasure);
    let shown = get(&world, "/rrq_erasure").await;
    assert_eq!(shown.body["status"], "fulfilled");
    assert_eq!(shown.body["ended_at"], "2026-09-10T13:00:00Z");
    assert_eq!(request(&world, "rrq_erasure").status, Status::Fulfilled);
}

/// What the end of an erasure leaves of its record.
fn complete(world: &World, erasure: &str) {
    let key = keys::erasure(&home().institution, &erasure.parse().unwrap());
    let mut held = world.held();
    let item = held.items.get_mut(&(key.pk, key.sk)).unwrap();
    let text = |text: &str| aws_sdk_dynamodb::types::AttributeValue::S(text.to_owned());
    item.insert("status".into(), text("completed"));
    item.insert("completed_at".into(), text("2026-09-10T13:00:00Z"));
    item.remove("student");
}

#[tokio::test]
async fn d4_a_letter_that_cannot_arrive_keeps_no_erasure_waiting() {
    for status in [MessageStatus::Failed, MessageStatus::Bounced, MessageStatus::Complained] {
        let world = world();
        letter(&world, status);
        let answer = post(&world, "/rrq_erasure/erase").await;
        assert!(answer.body["erasure"].is_string(), "{status:?}: {answer:?}");
        assert_eq!(world.held().erasing.len(), 1);
    }
    // Nor does one that has waited for a day.
    let world = world();
    let told = json!({
        "kind": "erasure", "status": "confirmed", "confirmed_at": "2026-09-09T09:00:00Z",
        "version": 3, "erasure_told_at": "2026-09-09T12:00:00Z",
    });
    put_request(&world, &home(), "rrq_erasure", &told);
    assert!(post(&world, "/rrq_erasure/erase").await.body["erasure"].is_string());
}

#[tokio::test]
async fn d4_a_call_that_died_after_the_erasure_had_begun_is_made_up_for() {
    let world = world();
    letter(&world, MessageStatus::Delivered);
    let id = post(&world, "/rrq_erasure/erase").await.body["erasure"].clone();
    // As if the call had died before it noted the erasure, and the student is gone by now.
    let told = json!({
        "kind": "erasure", "status": "confirmed", "confirmed_at": "2026-09-09T09:00:00Z",
        "version": 3, "erasure_told_at": "2026-09-10T12:00:00Z", "student": "stu_erased",
    });
    put_request(&world, &home(), "rrq_erasure", &told);
    complete(&world, id.as_str().unwrap());
    let answer = post(&world, "/rrq_erasure/erase").await;
    assert_eq!(answer.body["erasure"], id, "{answer:?}");
    assert_eq!(answer.body["status"], "fulfilled");
    assert_eq!(world.held().erasing.len(), 1, "nothing is started again");
}

#[tokio::test]
async fn d4_an_erasure_that_was_not_confirmed_or_is_of_another_kind_begins_nothing() {
    for (id, changes, problem) in [
        ("rrq_x", json!({ "kind": "erasure" }), "not-confirmed"),
        ("rrq_x", json!({ "kind": "erasure", "status": "refused" }), "wrong-state"),
        ("rrq_access", json!({ "kind": "access", "status": "confirmed" }), "wrong-kind"),
    ] {
        let world = world();
        put_request(&world, &home(), id, &changes);
        let before = world.held().items.clone();
        let answer = post(&world, &format!("/{id}/erase")).await;
        assert_eq!((answer.status, answer.problem()), (409, problem), "{changes}");
        assert_eq!(trail(&world), [entry("rights.erase", problem)]);
        assert_eq!(world.held().items, before);
        assert!(world.held().erasing.is_empty() && world.held().queued.is_empty());
    }
}

fn put_answers(world: &World) -> Value {
    let response = json!({
        "token": "token-2", "student": "stu_3", "section": "b",
        "submitted_at": "2026-09-01T07:31:05Z", "received_at": "2026-09-01T07:31:06Z", "masked": 0,
        "profile": { "answers": { "ambition": { "scale": 2 }, "times": { "slots": [34] } } },
    });
    let typed: domain::student::Response = serde_json::from_value(response.clone()).unwrap();
    world.put(&keys::response(&home(), &typed.token), &typed);
    response
}

async fn rectify(world: &World, body: &Value) -> Answer {
    let address = format!("{RIGHTS}/rrq_confirmed/rectify");
    world.send(&with_body(asks(OPERATOR, "POST", &address), body)).await
}

#[tokio::test]
async fn d4_answers_are_put_right_in_a_copy_that_counts_and_what_was_submitted_is_kept() {
    let world = world();
    put_answers(&world);
    let body = json!({ "section": "a", "answers": { "ambition": 5, "times": null } });
    let answer = rectify(&world, &body).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.body["changed"], json!(["answers.ambition", "answers.times", "section"]));
    let key = keys::student(&home(), &"stu_3".parse().unwrap());
    let student: domain::student::Student =
        serde_dynamo::from_item(world.held().items[&(key.pk, key.sk)].clone()).unwrap();
    assert_eq!(student.response.as_str(), "corrected_confirmed");
    assert_eq!(student.submitted_at, crate::data::now());
    let read = |token: &str| -> domain::student::Response {
        let key = keys::response(&home(), &token.parse().unwrap());
        serde_dynamo::from_item(world.held().items[&(key.pk, key.sk)].clone()).unwrap()
    };
    let corrected = serde_json::to_value(read("corrected_confirmed")).unwrap();
    assert_eq!(corrected["profile"]["answers"], json!({ "ambition": { "scale": 5 } }));
    assert_eq!((&corrected["section"], &corrected["student"]), (&json!("a"), &json!("stu_3")));
    let before = serde_json::to_value(read("token-2")).unwrap();
    assert_eq!(before["profile"]["answers"]["ambition"], json!({ "scale": 2 }));
    let entry: Value = serde_dynamo::from_item(world.held().audit[0].clone()).unwrap();
    assert!(!entry.to_string().contains("ambition"), "the trail holds no value and no question");
}

#[tokio::test]
async fn d4_answers_that_the_questionnaire_does_not_take_change_nothing() {
    for (answers, name) in [
        (json!({ "ambition": 6 }), "answers.ambition"),
        (json!({ "ambition": "4" }), "answers.ambition"),
        (json!({ "times": [35] }), "answers.times"),
        (json!({ "times": 34 }), "answers.times"),
        (json!({ "shoe-size": 44 }), "answers.shoe-size"),
        (json!({}), "answers"),
        (json!("secret-value"), "answers"),
    ] {
        let world = world();
        put_answers(&world);
        let before = world.held().items.clone();
        let answer = rectify(&world, &json!({ "answers": answers })).await;
        assert_eq!((answer.status, answer.problem()), (400, "parameters"), "{answers}");
        assert_eq!(answer.body["errors"][0]["name"], name, "{answers}");
        assert!(!answer.text.contains("secret-value"));
        assert_eq!(world.held().items, before);
        assert_eq!(trail(&world), [entry("rights.rectify", "parameters")]);
    }
}
