//! Requests of students through the API (D4): each step, and each that is refused.

use domain::message::Message;
use domain::rights::RightsRequest;
use domain::student::{Student, Suppression};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use store::keys::{self, Key};

use crate::data::{FOREIGN, OPERATOR, home, put_request, world};
use crate::world::{Answer, World, asks, with_body, with_header};

const RIGHTS: &str = "/api/cohorts/coh_computer-science-2026/rights";

async fn post(world: &World, path: &str, body: &Value) -> Answer {
    world.send(&with_body(asks(OPERATOR, "POST", &format!("{RIGHTS}{path}")), body)).await
}

fn stored<T: DeserializeOwned>(world: &World, key: Key) -> T {
    serde_dynamo::from_item(world.held().items[&(key.pk, key.sk)].clone()).unwrap()
}

fn request(world: &World, id: &str) -> RightsRequest {
    stored(world, keys::rights(&home(), &id.parse().unwrap()))
}

fn student(world: &World, id: &str) -> Student {
    stored(world, keys::student(&home(), &id.parse().unwrap()))
}

/// The steps that mails in the outbox tell of, in the order in which they were queued.
fn told(world: &World) -> Vec<String> {
    let queued = world.held().queued.clone();
    let step = |body: &String| {
        let body: Value = serde_json::from_str(body).unwrap();
        let id = body["message"].as_str().unwrap().parse().unwrap();
        let message: Message = stored(world, keys::message(&(&home()).into(), &id));
        let about = serde_json::to_value(&message.about).unwrap();
        assert_eq!(about["kind"], "rights");
        about["step"].as_str().unwrap().to_owned()
    };
    queued.iter().map(step).collect()
}

/// What the audit trail names: action, outcome and whether a refusal says which.
fn trail(world: &World) -> Vec<(String, String)> {
    let held = world.held();
    let told = |entry: &crate::world::Item| {
        let entry: Value = serde_dynamo::from_item(entry.clone()).unwrap();
        let problem = entry["problem"].as_str().unwrap_or("done").to_owned();
        (entry["action"].as_str().unwrap().to_owned(), problem)
    };
    held.audit.iter().map(told).collect()
}

fn entry(action: &str, outcome: &str) -> (String, String) {
    (action.to_owned(), outcome.to_owned())
}

fn new() -> Value {
    json!({
        "kind": "access", "student": "stu_3", "received_at": "2026-09-10T07:00:00Z", "channel": "email",
    })
}

#[tokio::test]
async fn d4_a_request_is_noted_once_under_its_key_and_its_clock_runs_from_when_it_came() {
    let world = world();
    let event = with_body(asks(OPERATOR, "POST", RIGHTS), &new());
    let event = with_header(event, "idempotency-key", "case 7");
    let first = world.send(&event).await;
    assert_eq!(first.status, 202, "{first:?}");
    assert_eq!(first.body["status"], "received");
    assert_eq!(first.body["acknowledge_by"], "2026-09-12T07:00:00Z");
    assert_eq!(first.body["due_on"], "2026-10-10");
    assert_eq!(first.body["noted_by"], OPERATOR);
    let before = world.held().items.clone();
    let again = world.send(&event).await;
    assert_eq!((&again.body, again.status), (&first.body, 202));
    assert_eq!(world.held().items, before, "nothing new is noted");
    let another = world.send(&with_header(event, "idempotency-key", "case 8")).await;
    assert_ne!(another.body["id"], first.body["id"]);
    assert_eq!(trail(&world), vec![entry("rights.note", "done"); 3]);
    // Nobody hears anything before it is acknowledged.
    assert!(told(&world).is_empty());
    // The clock finds it in the index of what is owed.
    let key = keys::rights(&home(), &first.body["id"].as_str().unwrap().parse().unwrap());
    assert!(world.held().items[&(key.pk, key.sk)].contains_key("duties_sk"));
}

#[tokio::test]
async fn d4_the_one_that_is_due_first_stands_first_and_what_has_ended_last() {
    let world = world();
    let early = json!({ "received_at": "2026-08-20T07:00:00Z" });
    put_request(&world, &home(), "rrq_zz", &early);
    let answer = world.send(&asks(OPERATOR, "GET", RIGHTS)).await;
    let ids = answer.each("/id");
    assert_eq!((ids[0], ids[ids.len() - 1]), ("rrq_zz", "rrq_in_force"));
    assert_eq!(answer.body["items"][0]["alert"], "unacknowledged");
    assert_eq!(trail(&world), [entry("rights.list", "done")]);
}

#[tokio::test]
async fn d4_a_request_without_what_it_must_say_changes_nothing_and_is_recorded() {
    for (member, value) in [
        ("kind", json!("curiosity")),
        ("kind", Value::Null),
        ("channel", json!("pigeon")),
        ("student", json!("Freja")),
        ("received_at", json!("2026-09-10T12:00:01Z")),
        ("received_at", json!("yesterday")),
        ("name", json!("Freja")),
    ] {
        let world = world();
        let before = world.held().items.clone();
        let mut body = new();
        body[member] = value.clone();
        let answer = post(&world, "", &body).await;
        assert_eq!((answer.status, answer.problem()), (400, "parameters"), "{member} {value}");
        assert_eq!(answer.body["errors"][0]["name"], member);
        assert_eq!(trail(&world), [entry("rights.note", "parameters")]);
        assert_eq!(world.held().items, before);
    }
    let world = world();
    let mut body = new();
    body["student"] = "stu_nobody".into();
    let answer = post(&world, "", &body).await;
    assert_eq!((answer.status, answer.problem()), (404, "not-found"));
    assert_eq!(trail(&world), [entry("rights.note", "not-found")]);
}

#[tokio::test]
async fn d4_another_institutions_request_is_not_there_on_any_step() {
    let steps = [
        "",
        "/rrq_told/link",
        "/rrq_told/refuse",
        "/rrq_received/acknowledge",
        "/rrq_received/extend",
        "/rrq_received/restrict",
        "/rrq_in_force/lift",
        "/rrq_confirmed/rectify",
        "/rrq_access/hand-over",
        "/rrq_erasure/erase",
    ];
    for path in steps {
        let world = world();
        let before = world.held().items.clone();
        let address = format!("{RIGHTS}{path}");
        let answer = world.send(&with_body(asks(FOREIGN, "POST", &address), &json!({}))).await;
        assert_eq!((answer.status, answer.problem()), (404, "not-found"), "{path}");
        assert_eq!(trail(&world).len(), 1, "{path}");
        assert_eq!(trail(&world)[0].1, "not-found");
        assert_eq!(world.held().items, before);
        assert!(world.held().erasing.is_empty() && told(&world).is_empty(), "{path}");
    }
    for path in ["", "/rrq_access", "/rrq_access/export"] {
        let world = world();
        let answer = world.send(&asks(FOREIGN, "GET", &format!("{RIGHTS}{path}"))).await;
        assert_eq!((answer.status, answer.problem()), (404, "not-found"), "{path}");
        assert_eq!(trail(&world).len(), 1, "{path}");
    }
    let answer = post(&world(), "/rrq_unknown/acknowledge", &json!({})).await;
    assert_eq!(answer.status, 404);
}

#[tokio::test]
async fn d4_acknowledging_mails_a_link_and_a_second_call_changes_nothing() {
    let world = world();
    let answer = post(&world, "/rrq_received/acknowledge", &json!({})).await;
    assert_eq!((answer.status, &answer.body["status"]), (200, &json!("acknowledged")));
    let link = request(&world, "rrq_received").link.unwrap();
    assert_eq!((link.number, link.nonce.len(), link.used_at), (1, 32, None));
    assert_eq!(link.expires_at, "2026-09-17T12:00:00Z".parse().unwrap());
    assert!(!answer.body.to_string().contains(&link.nonce), "links go to the student alone");
    assert_eq!(told(&world), ["received"]);

    let again = post(&world, "/rrq_received/acknowledge", &json!({})).await;
    assert_eq!((again.status, again.problem()), (409, "wrong-state"), "{again:?}");
    assert_eq!(request(&world, "rrq_received").link.unwrap(), link);
    // The mail still waits, so its id is queued once more; there is one mail.
    assert_eq!(told(&world), ["received", "received"]);
    let queued = world.held().queued.clone();
    assert_eq!(queued[0], queued[1]);

    let renewed = post(&world, "/rrq_received/link", &json!({})).await;
    assert_eq!(renewed.status, 200);
    let newer = request(&world, "rrq_received").link.unwrap();
    assert!(newer.number == 2 && newer.nonce != link.nonce, "the earlier link is void");
    assert_ne!(world.held().queued[2], queued[0], "a new link is a new mail");
    let steps = ["acknowledge", "acknowledge", "renew_link"].map(|step| format!("rights.{step}"));
    assert_eq!(trail(&world).into_iter().map(|(action, _)| action).collect::<Vec<_>>(), steps);
}

#[tokio::test]
async fn d4_an_extension_needs_a_reason_and_a_day_within_90_days() {
    let reason = json!("Answers lie in several stores.");
    for (until, why, status, problem) in [
        (json!("2026-11-20"), Value::Null, 400, "parameters"),
        (json!("2026-11-20"), json!(" "), 400, "parameters"),
        (json!("soon"), reason.clone(), 400, "parameters"),
        (json!("2026-12-09"), reason.clone(), 409, "day-not-allowed"),
        (json!("2026-10-09"), reason.clone(), 409, "day-not-allowed"),
    ] {
        let world = world();
        let before = request(&world, "rrq_received");
        let body = json!({ "until": until, "reason": why });
        let answer = post(&world, "/rrq_received/extend", &body).await;
        assert_eq!((answer.status, answer.problem()), (status, problem), "{until} {why}");
        assert_eq!(request(&world, "rrq_received"), before);
        assert_eq!(trail(&world), [entry("rights.extend", problem)]);
        assert!(told(&world).is_empty());
    }
    let world = world();
    let body = json!({ "until": "2026-12-08", "reason": reason });
    let answer = post(&world, "/rrq_received/extend", &body).await;
    assert_eq!((answer.status, &answer.body["due_on"]), (200, &json!("2026-12-08")));
    assert_eq!(told(&world), ["extended"]);
    let again = post(&world, "/rrq_received/extend", &body).await;
    assert_eq!((again.status, again.problem()), (409, "extended-before"));
}

#[tokio::test]
async fn d4_a_refusal_names_its_ground_and_ends_the_request() {
    let reason = json!("The link was not used.");
    for (ground, why, member) in [
        (json!("because"), reason.clone(), "ground"),
        (Value::Null, reason.clone(), "ground"),
        (json!("unfounded"), Value::Null, "reason"),
    ] {
        let world = world();
        let body = json!({ "ground": ground, "reason": why });
        let answer = post(&world, "/rrq_told/refuse", &body).await;
        assert_eq!((answer.status, answer.problem()), (400, "parameters"));
        assert_eq!(answer.body["errors"][0]["name"], member);
        assert_eq!(trail(&world), [entry("rights.refuse", "parameters")]);
    }
    let world = world();
    let body = json!({ "ground": "not_identified", "reason": reason });
    let answer = post(&world, "/rrq_told/refuse", &body).await;
    assert_eq!((answer.status, &answer.body["status"]), (200, &json!("refused")));
    assert_eq!(told(&world), ["refused"]);
    let key = keys::rights(&home(), &"rrq_told".parse().unwrap());
    assert!(!world.held().items[&(key.pk, key.sk)].contains_key("duties_sk"), "nothing is owed");
    let again = post(&world, "/rrq_told/refuse", &body).await;
    assert_eq!(again.status, 409);
}

#[tokio::test]
async fn d4_a_restriction_takes_the_student_out_and_lifting_it_brings_them_back() {
    let world = world();
    let answer = post(&world, "/rrq_received/restrict", &json!({})).await;
    assert_eq!((answer.status, &answer.body["status"]), (200, &json!("fulfilled")));
    let restricted = student(&world, "stu_3");
    assert!(restricted.restricted.is_some() && !restricted.takes_part());
    let again = post(&world, "/rrq_received/restrict", &json!({})).await;
    assert_eq!((again.status, again.problem()), (409, "wrong-state"));

    let lifted = post(&world, "/rrq_received/lift", &json!({})).await;
    assert_eq!((lifted.status, &lifted.body["status"]), (200, &json!("lifted")));
    assert!(student(&world, "stu_3").takes_part());
    assert_eq!(told(&world), ["done", "done", "lifted"]);
    assert_eq!(
        trail(&world),
        [
            entry("rights.restrict", "done"),
            entry("rights.restrict", "wrong-state"),
            entry("rights.lift", "done"),
        ]
    );
}

#[tokio::test]
async fn d4_an_objection_and_a_rectification_wait_for_the_students_own_word() {
    for (kind, step, body) in [
        ("objection", "restrict", json!({})),
        ("rectification", "rectify", json!({ "name": "Ida Bech" })),
    ] {
        let world = world();
        let before = student(&world, "stu_3");
        put_request(&world, &home(), "rrq_unsure", &json!({ "kind": kind }));
        let answer = post(&world, &format!("/rrq_unsure/{step}"), &body).await;
        assert_eq!((answer.status, answer.problem()), (409, "not-confirmed"), "{kind}");
        assert_eq!(student(&world, "stu_3"), before);
    }
    let world = world();
    let confirmed = json!({ "kind": "objection", "status": "confirmed" });
    put_request(&world, &home(), "rrq_sure", &confirmed);
    assert_eq!(post(&world, "/rrq_sure/restrict", &json!({})).await.status, 200);
    let objected = student(&world, "stu_3");
    assert!(objected.objected.is_some() && objected.restricted.is_none());
}

#[tokio::test]
async fn d4_a_rectification_changes_what_it_names_and_the_trail_holds_no_value() {
    let world = world();
    let before = student(&world, "stu_3");
    let body = json!({ "name": "Ida Bech", "section": "a" });
    let answer = post(&world, "/rrq_confirmed/rectify", &body).await;
    assert_eq!((answer.status, &answer.body["changed"]), (200, &json!(["name", "section"])));
    let after = student(&world, "stu_3");
    assert_eq!((after.name.as_str(), after.section.as_str()), ("Ida Bech", "a"));
    assert_eq!((after.number, after.email), (before.number, before.email));
    assert_eq!(told(&world), ["done"]);
    let audit: Vec<Value> = {
        let held = world.held();
        held.audit.iter().map(|entry| serde_dynamo::from_item(entry.clone()).unwrap()).collect()
    };
    assert!(!json!(audit).to_string().contains("Bech"), "{audit:?}");
}

#[tokio::test]
async fn d4_a_rectification_of_nothing_or_to_what_is_not_there_changes_nothing() {
    for (body, status, problem) in [
        (json!({}), 400, "parameters"),
        (json!({ "section": "nowhere" }), 400, "parameters"),
        (json!({ "email": "secret-not-an-address" }), 400, "parameters"),
    ] {
        let world = world();
        let before = student(&world, "stu_3");
        let answer = post(&world, "/rrq_confirmed/rectify", &body).await;
        assert_eq!((answer.status, answer.problem()), (status, problem), "{body}");
        assert!(!answer.text.contains("secret"));
        assert_eq!(student(&world, "stu_3"), before);
        assert_eq!(trail(&world), [entry("rights.rectify", problem)]);
    }
}

#[tokio::test]
async fn d4_an_address_is_put_right_and_the_student_stays_who_they_are() {
    let world = world();
    let key = keys::student(&home(), &"stu_3".parse().unwrap());
    let before = Student { suppressed: Some(Suppression::Bounced), ..student(&world, "stu_3") };
    world.put(&key, &before);
    let body = json!({ "email": "  ida.new@example.edu " });
    let answer = post(&world, "/rrq_confirmed/rectify", &body).await;
    assert_eq!((answer.status, &answer.body["changed"]), (200, &json!(["email"])), "{answer:?}");
    let after = student(&world, "stu_3");
    assert_eq!(after.email.as_str(), "ida.new@example.edu");
    assert_eq!(after.former, std::slice::from_ref(&before.email));
    // The new address has bounced nothing; when it began tells late bounces of the former apart.
    assert_eq!(after.suppressed, None);
    let since = world.held().items[&(key.pk.clone(), key.sk.clone())]["email_since"].clone();
    let ended = request(&world, "rrq_confirmed").ended_at.unwrap();
    assert_eq!(since.as_n().unwrap(), &ended.as_millisecond().to_string());
    assert_eq!((after.id, after.response), (before.id, before.response));
    assert_eq!(told(&world), ["done"]);
    let trail = serde_json::to_string(&trail(&world)).unwrap();
    assert!(!trail.contains("ida") && !answer.text.contains("ida.new"), "{trail} {answer:?}");
}

#[tokio::test]
async fn d4_another_students_address_is_refused() {
    let world = world();
    let other = student(&world, "stu_2");
    let body = json!({ "email": other.email.as_str().to_uppercase() });
    let answer = post(&world, "/rrq_confirmed/rectify", &body).await;
    assert_eq!((answer.status, answer.problem()), (400, "parameters"), "{answer:?}");
    assert_eq!(trail(&world), [entry("rights.rectify", "parameters")]);
    assert!(student(&world, "stu_3").former.is_empty());
}

#[tokio::test]
async fn d4_a_step_of_another_kind_of_request_is_refused_and_recorded() {
    for (path, action, body) in [
        ("/rrq_confirmed/restrict", "rights.restrict", json!({})),
        ("/rrq_confirmed/lift", "rights.lift", json!({})),
        ("/rrq_received/rectify", "rights.rectify", json!({ "name": "Ida" })),
    ] {
        let world = world();
        let before = world.held().items.clone();
        let answer = post(&world, path, &body).await;
        assert_eq!((answer.status, answer.problem()), (409, "wrong-kind"), "{path}");
        assert_eq!(trail(&world), [entry(action, "wrong-kind")]);
        assert_eq!(world.held().items, before);
    }
}

#[tokio::test]
async fn d4_a_student_who_answers_meanwhile_or_another_step_is_not_overwritten() {
    let world = world();
    let key = keys::student(&home(), &"stu_3".parse().unwrap());
    world.moves_when_read(&key, "response", "newer");
    let answer = post(&world, "/rrq_received/restrict", &json!({})).await;
    assert_eq!((answer.status, answer.problem()), (503, "unavailable"));
    assert!(student(&world, "stu_3").takes_part());
    assert_eq!(request(&world, "rrq_received").version, 0);
    assert_eq!(post(&world, "/rrq_received/restrict", &json!({})).await.status, 200);
}
