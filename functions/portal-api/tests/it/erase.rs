//! Erasing a person or the institution on request (D4, D6).

use serde_json::{Value, json};
use store::keys;

use crate::data::{COORDINATOR, OPERATOR, home, world};
use crate::world::{Answer, World, asks, with_body};

const STUDENT: &str = "stu_3";
const COHORT: &str = "/api/cohorts/coh_computer-science-2026";

fn path(student: &str) -> String {
    format!("{COHORT}/students/{student}/erasure")
}

fn body(confirm: &str) -> Value {
    json!({ "reference": "2027-031", "confirm": confirm })
}

async fn post(world: &World, caller: &str, path: &str, body: &Value) -> Answer {
    world.send(&with_body(asks(caller, "POST", path), body)).await
}

fn actions(world: &World) -> Vec<String> {
    let held = world.held();
    held.audit.iter().map(|entry| entry["action"].as_s().unwrap().clone()).collect()
}

fn record(world: &World, erasure: &str) -> Value {
    let key = keys::erasure(&home().institution, &erasure.parse().unwrap());
    serde_dynamo::from_item(world.held().items[&(key.pk, key.sk)].clone()).unwrap()
}

#[tokio::test]
async fn d4_a_person_is_out_of_sight_and_the_erasure_starts_once() {
    let world = world();
    let answer = post(&world, OPERATOR, &path(STUDENT), &body(STUDENT)).await;
    assert_eq!(answer.status, 202, "{answer:?}");
    let erasure = answer.body["erasure"].as_str().unwrap().to_owned();
    assert_eq!(answer.headers["location"], format!("/api/erasures/{erasure}/certificate"));
    let expected = json!({
        "institution": "ins_example-university", "cohort": "coh_computer-science-2026",
        "student": STUDENT, "erasure": erasure,
    });
    assert_eq!(world.held().erasing, [(erasure.clone(), expected)]);
    let stored = record(&world, &erasure);
    let told = |name: &str| stored[name].as_str().unwrap().to_owned();
    assert_eq!(
        [told("status"), told("scope"), told("reason"), told("reference"), told("requested_by")],
        ["requested", "person", "person_asked", "2027-031", OPERATOR]
    );
    // Again, also with another case: the same erasure, one execution, one audit entry.
    let mut another = body(STUDENT);
    another["reference"] = "2027-032".into();
    let again = post(&world, OPERATOR, &path(STUDENT), &another).await;
    assert_eq!((again.status, again.body["erasure"].as_str().unwrap()), (202, erasure.as_str()));
    assert_eq!(world.held().erasing.len(), 1);
    assert_eq!(actions(&world), ["person.erase.requested"]);

    let students = world.send(&asks(COORDINATOR, "GET", &format!("{COHORT}/students"))).await;
    assert!(!students.each("/id").contains(&STUDENT), "{students:?}");
    let cohort = world.send(&asks(COORDINATOR, "GET", COHORT)).await;
    assert_eq!(cohort.body["responses"]["students"], 4, "{cohort:?}");
}

#[tokio::test]
async fn d4_a_request_whose_start_failed_starts_when_it_is_asked_again() {
    let world = world();
    world.break_machine(true);
    let answer = post(&world, OPERATOR, &path(STUDENT), &body(STUDENT)).await;
    assert_eq!((answer.status, answer.problem()), (503, "unavailable"));
    world.break_machine(false);
    let answer = post(&world, OPERATOR, &path(STUDENT), &body(STUDENT)).await;
    assert_eq!((answer.status, world.held().erasing.len()), (202, 1));
}

#[tokio::test]
async fn d4_an_unknown_person_is_404_and_the_attempt_is_recorded() {
    for unknown in ["stu_nobody", "coh_1", "x"] {
        let world = world();
        let answer = post(&world, OPERATOR, &path(unknown), &body(unknown)).await;
        assert_eq!((answer.status, answer.problem()), (404, "not-found"), "{unknown}");
        let audit = actions(&world);
        assert_eq!(audit.last().map(String::as_str), Some("person.erase"));
        assert!(world.held().erasing.is_empty());
    }
    let world = world();
    let foreign = "/api/cohorts/coh_elsewhere/students/stu_1/erasure";
    assert_eq!(post(&world, OPERATOR, foreign, &body("stu_1")).await.status, 404);
}

#[tokio::test]
async fn d6_what_is_not_confirmed_or_has_no_reference_changes_nothing_and_is_recorded() {
    let institution = "ins_example-university";
    let routes = [
        (path(STUDENT), STUDENT, "agreement_ended", "person.erase"),
        ("/api/institution/erasure".to_owned(), institution, "person_asked", "institution.erase"),
    ];
    for (path, id, foreign_reason, refused) in routes {
        for (member, value) in [
            ("reference", Value::Null),
            ("reference", json!("")),
            ("confirm", json!("yes")),
            ("confirm", Value::Null),
            ("reason", json!(foreign_reason)),
            ("reason", json!("retention_ended")),
            ("comment", json!("because")),
        ] {
            let world = world();
            let mut body = body(id);
            body[member] = value.clone();
            let answer = post(&world, OPERATOR, &path, &body).await;
            assert_eq!((answer.status, answer.problem()), (400, "parameters"), "{member} {value}");
            assert_eq!(answer.body["errors"][0]["name"], member);
            assert_eq!(actions(&world), [refused]);
            assert!(world.held().erasing.is_empty());
        }
        let answer = post(&world(), COORDINATOR, &path, &body(id)).await;
        assert_eq!((answer.status, answer.problem()), (403, "role-too-low"));
    }
}

#[tokio::test]
async fn d6_an_institution_is_erased_on_its_operators_confirmed_request() {
    let world = world();
    let mut asked = body("ins_example-university");
    asked["reason"] = "controller_instructed".into();
    let answer = post(&world, OPERATOR, "/api/institution/erasure", &asked).await;
    assert_eq!(answer.status, 202, "{answer:?}");
    let erasure = answer.body["erasure"].as_str().unwrap().to_owned();
    let expected = json!({ "institution": "ins_example-university", "erasure": erasure });
    assert_eq!(world.held().erasing, [(erasure.clone(), expected)]);
    let stored = record(&world, &erasure);
    assert_eq!((&stored["scope"], &stored["reason"]), (&json!("institution"), &asked["reason"]));
    assert_eq!(actions(&world), ["institution.erase.requested"]);
    let again = post(&world, OPERATOR, "/api/institution/erasure", &asked).await;
    assert_eq!((again.status, world.held().erasing.len()), (202, 1));
}
