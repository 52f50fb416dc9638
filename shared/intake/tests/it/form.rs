//! The sample cohort and questionnaires for it.
#![allow(dead_code, reason = "each test binary uses a part")]

use domain::cohort::Settings;
use jiff::Timestamp;
use serde_json::{Value, json};

/// A day on which the sample cohort is open.
pub(crate) fn now() -> Timestamp {
    "2026-11-20T09:00:00Z".parse().unwrap()
}

/// The settings in `events/onboarding/cohort.json`.
pub(crate) fn settings() -> Settings {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../events/onboarding/cohort.json");
    let value: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    serde_json::from_value(value["cohort"].clone()).unwrap()
}

/// An answer of a type to the field of a `ref`.
#[expect(clippy::needless_pass_by_value, reason = "calls read better with `json!(..)` alone")]
pub(crate) fn answer(reference: &str, kind: &str, value: Value) -> Value {
    json!({ "type": kind, kind: value, "field": { "id": format!("id_{reference}"), "type": "some", "ref": reference } })
}

/// The answers that say who somebody is.
pub(crate) fn identity(email: &str, section: &str) -> Vec<Value> {
    vec![
        answer("first_name", "text", json!("Ane")),
        answer("last_name", "text", json!("Holm")),
        answer("email", "email", json!(email)),
        answer("student_number", "text", json!("s260001")),
        answer("section", "choice", json!({ "id": "c1", "label": section })),
    ]
}

/// A submitted questionnaire.
pub(crate) fn payload(token: &str, submitted_at: &str, answers: &[Value]) -> Value {
    json!({
        "event_id": "01KAVQ4W4ZK1N3M5P7R9T0V2X4",
        "event_type": "form_response",
        "form_response": {
            "form_id": "Kq7Lm2Xa",
            "token": token,
            "landed_at": "2026-11-19T08:00:00Z",
            "submitted_at": submitted_at,
            "definition": { "id": "Kq7Lm2Xa", "fields": [] },
            "answers": answers,
        },
    })
}

/// The questionnaire of somebody in the first section.
pub(crate) fn complete(token: &str, submitted_at: &str) -> Value {
    payload(token, submitted_at, &identity("ane.holm@example.dk", "Hold 1"))
}

pub(crate) fn bytes(value: &Value) -> Vec<u8> {
    serde_json::to_vec(value).unwrap()
}
