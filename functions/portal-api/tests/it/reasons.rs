//! D5: operators say why, and every refused attempt at personal data is recorded.

use serde_json::{Value, json};

use crate::data::{COORDINATOR, OPERATOR, VIEWER, world};
use crate::document::{Operation, operations};
use crate::world::{REASON, World, asks, asks_without_reason, with_header};

const STUDENTS: &str = "/api/cohorts/coh_computer-science-2026/students";

/// Whether the document asks operators for a reason.
fn asks_for_reason(operation: &Operation) -> bool {
    let parameters = operation.described["parameters"].as_array();
    parameters
        .is_some_and(|all| all.iter().any(|one| one["name"] == "X-Reason" && one["in"] == "header"))
}

/// What stands in the audit trail.
fn trail(world: &World) -> Vec<Value> {
    let held = world.held();
    held.audit.iter().map(|item| serde_dynamo::from_item(item.clone()).unwrap()).collect()
}

#[tokio::test]
async fn d5_an_operator_without_a_reason_sees_and_changes_nobodys_data_on_any_route() {
    for operation in operations() {
        let case = format!("{} {}", operation.method, operation.path);
        assert_eq!(
            asks_for_reason(&operation),
            operation.is_audited(),
            "{case}: what is recorded needs a reason, and the other way round (reasons.rs)"
        );
        let bare = asks_without_reason(OPERATOR, &operation.method, &operation.path);
        for (reason, word) in [
            (None, "reason-required"),
            (Some(" "), "reason-required"),
            (Some("a@b.dk"), "parameters"),
        ] {
            let world = world();
            let before = world.held().items.clone();
            let event = operation.with_body(bare.clone());
            let event = match reason {
                Some(reason) => with_header(event, "x-reason", reason),
                None => event,
            };
            let answer = world.send(&event).await;
            if !asks_for_reason(&operation) {
                assert!(answer.status < 300 || word == "parameters", "{case}: {answer:?}");
                continue;
            }
            assert_eq!((answer.status, answer.problem()), (400, word), "{case}");
            assert_eq!(world.held().items, before, "{case}: nothing changes");
            assert!(world.held().orders.is_empty() && world.held().told.is_empty(), "{case}");
            let trail = trail(&world);
            assert_eq!(trail.len(), 1, "{case}: {trail:?}");
            let entry = &trail[0];
            assert_eq!((&entry["outcome"], &entry["problem"]), (&json!("refused"), &json!(word)));
            assert_eq!(entry["actor"], json!({ "contact": OPERATOR }));
            let action = entry["action"].as_str().unwrap();
            assert!(action.starts_with(&format!("{} /api/", operation.method)), "{action}");
            assert!(!entry.to_string().contains("a@b.dk"), "{entry}");
        }
    }
}

#[tokio::test]
async fn d5_the_reason_stands_with_the_entry() {
    let world = world();
    for (reason, kept) in [("sag 12, ændring", "sag 12, ændring"), ("  Case 7 ", "Case 7")] {
        let event = asks_without_reason(OPERATOR, "GET", STUDENTS);
        world.send(&with_header(event, "x-reason", reason)).await;
        assert_eq!(trail(&world).pop().unwrap()["reason"], kept);
    }
    // A contact of the institution may give one and need not.
    world.send(&asks(VIEWER, "GET", STUDENTS)).await;
    assert_eq!(trail(&world).pop().unwrap().get("reason"), None);
    world.send(&with_header(asks(VIEWER, "GET", STUDENTS), "x-reason", "the dean asks")).await;
    assert_eq!(trail(&world).pop().unwrap()["reason"], "the dean asks");
}

#[tokio::test]
async fn d5_every_refused_attempt_is_recorded_once_with_its_problem() {
    let start = "/api/cohorts/coh_computer-science-2026/formations";
    for (subject, method, path, cohort, word) in [
        (VIEWER, "POST", start, "coh_computer-science-2026", "role-too-low"),
        (COORDINATOR, "GET", "/api/quarantine", "", "role-too-low"),
        (VIEWER, "GET", "/api/cohorts/coh_foreign/students", "coh_foreign", "not-found"),
        (VIEWER, "GET", "/api/cohorts/x/students", "", "not-found"),
        (
            OPERATOR,
            "GET",
            &format!("{STUDENTS}?nonsense=1"),
            "coh_computer-science-2026",
            "parameters",
        ),
        (
            OPERATOR,
            "PUT",
            "/api/cohorts/coh_computer-science-2026/retention/extension",
            "coh_computer-science-2026",
            "parameters",
        ),
    ] {
        let world = world();
        let answer = world.send(&asks(subject, method, path)).await;
        assert_eq!(answer.problem(), word, "{method} {path}");
        let trail = trail(&world);
        assert_eq!(trail.len(), 1, "{method} {path}: {trail:?}");
        let entry = &trail[0];
        assert_eq!(entry["problem"], word);
        assert_eq!(entry["cohort"].as_str().unwrap_or_default(), cohort, "{entry}");
        assert_eq!(entry["subjects"], 0);
        let reason = if subject == OPERATOR { json!(REASON) } else { Value::Null };
        assert_eq!(entry["reason"], reason);

        // Who cannot be recorded is told to come again.
        let broken = crate::data::world();
        broken.break_audit();
        let answer = broken.send(&asks(subject, method, path)).await;
        assert_eq!((answer.status, answer.problem()), (503, "unavailable"), "{method} {path}");
    }
    // What is nowhere, or no attempt at personal data, leaves no entry.
    for (method, path) in [("GET", "/api/nowhere"), ("GET", "/api/cohorts/coh_foreign")] {
        let world = world();
        assert_eq!(world.send(&asks(VIEWER, method, path)).await.status, 404);
        assert!(trail(&world).is_empty(), "{method} {path}");
    }
}
