//! Erasing a person or the institution on request (D4, D6).

use serde_json::{Value, json};
use store::keys;

use crate::access::deactivated;
use crate::data::{COORDINATOR, OPERATOR, VIEWER, home, world};
use crate::world::{Answer, World, asks, with_body, with_header};

const STUDENT: &str = "stu_3";
const COHORT: &str = "/api/cohorts/coh_computer-science-2026";

fn path(student: &str) -> String {
    format!("{COHORT}/students/{student}/erasure")
}

const INSTITUTION: &str = "/api/institution/erasure";

fn instruction() -> Value {
    json!({
        "reference": "2027-512", "given_by": "Karen Holm, study director", "given_on": "2026-08-15",
        "confirm": home().institution,
    })
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
        assert_eq!(actions(&world), ["person.erase"], "{unknown}");
        assert!(world.held().erasing.is_empty());
    }
    let world = world();
    let foreign = "/api/cohorts/coh_elsewhere/students/stu_1/erasure";
    assert_eq!(post(&world, OPERATOR, foreign, &body("stu_1")).await.status, 404);
}

#[tokio::test]
async fn d6_what_is_not_confirmed_or_has_no_reference_changes_nothing_and_is_recorded() {
    let routes = [(path(STUDENT), STUDENT, "agreement_ended", "person.erase")];
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
async fn d6_a_deactivated_institution_is_erased_on_a_written_instruction_and_starts_once() {
    let world = deactivated(false);
    let answer = post(&world, OPERATOR, INSTITUTION, &instruction()).await;
    assert_eq!(answer.status, 202, "{answer:?}");
    let erasure = answer.body["erasure"].as_str().unwrap().to_owned();
    assert_eq!(answer.headers["location"], format!("/api/erasures/{erasure}/certificate"));
    let expected = json!({ "institution": home().institution, "erasure": erasure });
    assert_eq!(world.held().erasing, [(erasure.clone(), expected)], "ids, and nobody's name");
    let stored = record(&world, &erasure);
    let told = |name: &str| stored[name].as_str().unwrap().to_owned();
    assert_eq!(
        [told("status"), told("scope"), told("reason"), told("reference"), told("requested_by")],
        ["requested", "institution", "agreement_ended", "2027-512", OPERATOR]
    );
    let given = json!({ "given_by": "Karen Holm, study director", "given_on": "2026-08-15" });
    assert_eq!(stored["instruction"], given);
    let trail = serde_json::to_string(&actions(&world)).unwrap();
    assert_eq!(trail, "[\"institution.erase.requested\"]");
    // Again, with the same key or another: the same erasure, one execution, one audit entry.
    for key in ["9a0e4ef2", "another"] {
        let event = with_body(asks(OPERATOR, "POST", INSTITUTION), &instruction());
        let again = world.send(&with_header(event, "idempotency-key", key)).await;
        assert_eq!((again.status, again.body["erasure"].as_str()), (202, Some(erasure.as_str())));
    }
    assert_eq!(world.held().erasing.len(), 1);
    assert_eq!(actions(&world).len(), 1);
    // An operator follows it: the institution itself is out of everybody's reach.
    let listed = world.send(&asks(OPERATOR, "GET", "/api/erasures")).await;
    assert!(listed.each("/id").contains(&erasure.as_str()), "{listed:?}");
    let shown = serde_json::to_string(&listed.body).unwrap();
    assert!(!shown.contains("Karen Holm"), "{shown}");
}

#[tokio::test]
async fn d6_an_institution_whose_agreement_has_not_ended_is_not_erased() {
    for world in [world(), deactivated(true)] {
        let answer = post(&world, OPERATOR, INSTITUTION, &instruction()).await;
        assert_eq!((answer.status, answer.problem()), (409, "institution-active"));
        assert_eq!(actions(&world), ["institution.erase"]);
        let held = world.held();
        assert_eq!(held.audit[0]["problem"].as_s().unwrap(), "institution-active");
        assert!(held.erasing.is_empty());
    }
}

#[tokio::test]
async fn d6_an_erasure_of_an_institution_that_is_not_instructed_in_writing_is_refused_and_recorded()
{
    for (member, value) in [
        ("reference", Value::Null),
        ("given_by", json!("")),
        ("given_by", Value::Null),
        ("given_on", json!("yesterday")),
        ("given_on", json!("2036-08-15")),
        ("confirm", json!("ins_elsewhere")),
        ("confirm", json!("yes")),
        ("reason", json!("person_asked")),
        ("reason", json!("restored")),
        ("comment", json!("because")),
    ] {
        let world = deactivated(false);
        let before = world.held().items.clone();
        let mut body = instruction();
        body[member] = value.clone();
        let answer = post(&world, OPERATOR, INSTITUTION, &body).await;
        assert_eq!((answer.status, answer.problem()), (400, "parameters"), "{member} {value}");
        assert_eq!(answer.body["errors"][0]["name"], member);
        assert_eq!(actions(&world), ["institution.erase"]);
        assert_eq!(world.held().items, before);
        assert!(world.held().erasing.is_empty());
    }
    let world = deactivated(false);
    let event = with_body(asks(OPERATOR, "POST", INSTITUTION), &instruction());
    let answer = world.send(&with_header(event, "idempotency-key", &"x".repeat(129))).await;
    assert_eq!((answer.status, answer.problem()), (400, "parameters"));
    for contact in [VIEWER, COORDINATOR] {
        let answer = post(&deactivated(false), contact, INSTITUTION, &instruction()).await;
        assert_eq!((answer.status, answer.problem()), (403, "institution-deactivated"));
        let answer = post(&crate::data::world(), contact, INSTITUTION, &instruction()).await;
        assert_eq!((answer.status, answer.problem()), (403, "role-too-low"));
    }
}
