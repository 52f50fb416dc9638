//! Q3, Q5: what a delivery is read as.

use serde_json::{Value, json};
use typeform::{
    Delivery, PayloadError,
    payload::{AnswerValue, Choice, EventType},
};

use crate::fixtures;

fn choice(choice: &Choice) -> Value {
    json!([choice.id, choice.reference, choice.label, choice.other])
}

fn value(value: &AnswerValue) -> Value {
    match value {
        AnswerValue::Choice(one) => json!({ "choice": choice(one) }),
        AnswerValue::Choices(several) => json!({
            "choices": several.selected.iter().map(choice).collect::<Vec<_>>(),
            "other": several.other,
        }),
        AnswerValue::Date(date) => json!({ "date": date.to_string() }),
        AnswerValue::Boolean(flag) => json!({ "boolean": flag }),
        AnswerValue::Number(number) => json!({ "number": number }),
        AnswerValue::MultiFormat(object) => json!({ "multi_format": object }),
        AnswerValue::Payment(paid) => {
            json!({ "payment": [paid.amount, paid.last4, paid.name, paid.success] })
        }
        AnswerValue::Text(text)
        | AnswerValue::FileUrl(text)
        | AnswerValue::Url(text)
        | AnswerValue::Signature(text)
        | AnswerValue::Email(text)
        | AnswerValue::PhoneNumber(text) => json!({ value.kind(): text }),
        AnswerValue::Unknown { kind, raw } => json!({ "unknown": kind, "raw": raw }),
    }
}

/// All that was read, for comparison with a fixture's `expect`.
fn projection(delivery: &Delivery) -> Value {
    let response = &delivery.response;
    let event_type = match &delivery.event_type {
        EventType::Complete => "complete",
        EventType::Partial => "partial",
        EventType::Other(name) => name,
    };
    json!({
        "event_id": delivery.event_id,
        "event_type": event_type,
        "form_id": response.form_id,
        "token": response.token,
        "landed_at": response.landed_at,
        "submitted_at": response.submitted_at,
        "hidden": response.hidden,
        "answers": response.answers.iter().map(|answer| json!({
            "id": answer.field.id,
            "ref": answer.field.reference,
            "kind": answer.field.kind,
            "value": value(&answer.value),
        })).collect::<Vec<_>>(),
    })
}

#[test]
fn q3_every_answer_type_and_every_trap_is_read() {
    for (name, case) in fixtures::all("payload") {
        let delivery = Delivery::parse(&fixtures::body(&case))
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let read = projection(&delivery);
        for (key, expected) in case["expect"].as_object().unwrap() {
            let (Some(read), Some(expected)) = (read[key].as_array(), expected.as_array()) else {
                assert_eq!(&read[key], expected, "{name}: {key}");
                continue;
            };
            for (at, (read, expected)) in read.iter().zip(expected).enumerate() {
                assert_eq!(read, expected, "{name}: {key} {at}");
            }
            assert_eq!(read.len(), expected.len(), "{name}: {key}");
        }
    }
}

#[test]
fn q3_answers_are_found_by_ref() {
    let cases = fixtures::all("payload");
    let (_, case) = cases.iter().find(|(name, _)| name == "missing_ref").unwrap();
    let response = Delivery::parse(&fixtures::body(case)).unwrap().response;
    let answer = response.answer("email").unwrap();
    assert_eq!(answer.value, AnswerValue::Email("noah.lund@example.dk".to_owned()));
    assert!(response.answer("nobody").is_none());
}

#[test]
fn q4_what_cannot_be_read_names_the_reason() {
    for (name, case) in fixtures::all("errors") {
        let error = Delivery::parse(&fixtures::body(&case)).unwrap_err();
        assert_eq!(format!("{error:?}"), case["error"].as_str().unwrap(), "{name}");
    }
}

#[test]
fn q4_broken_json_names_the_place_and_not_the_text() {
    let bodies: [(&[u8], usize, usize); 4] = [
        (b"", 1, 0),
        (b"{\"answers\":\n[freja.holm@example.dk]}", 2, 3),
        (b"{\"a\": \"\xff\"}", 1, 8),
        (b"{} {}", 1, 4),
    ];
    for (body, line, column) in bodies {
        let error = Delivery::parse(body).unwrap_err();
        assert_eq!(error, PayloadError::NotJson { line, column });
        assert!(!error.to_string().contains("freja"));
    }
}

/// Every text of a response that could be somebody's: answers, hidden fields, choices in own words.
fn leaves(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) if text.len() > 3 => found.push(text.clone()),
        Value::Array(list) => list.iter().for_each(|value| leaves(value, found)),
        Value::Object(object) => object.values().for_each(|value| leaves(value, found)),
        _ => {}
    }
}

#[test]
fn d10_debug_shows_no_personal_data() {
    let mut checked = 0;
    for (name, case) in fixtures::all("payload") {
        let delivery = Delivery::parse(&fixtures::body(&case)).unwrap();
        let shown = format!("{delivery:?} {:?}", delivery.response.answers);
        let mut texts = vec![delivery.response.token.clone()];
        leaves(&case["payload"]["form_response"]["hidden"], &mut texts);
        for answer in case["payload"]["form_response"]["answers"].as_array().into_iter().flatten() {
            let kind = answer["type"].as_str().unwrap_or_default();
            leaves(&answer[kind], &mut texts);
        }
        for text in texts {
            assert!(!shown.contains(&text), "{name}: {text} is shown");
            checked += 1;
        }
    }
    assert!(checked > 50, "only {checked} texts looked for");
}
