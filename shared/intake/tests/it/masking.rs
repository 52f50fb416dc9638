use domain::cohort::Source;
use intake::{mask_body, mask_json};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::form::{answer, bytes, payload};

fn with(answers: &[Value]) -> Value {
    payload("tok1", "2026-11-19T08:20:00Z", answers)
}

fn masked(answer: Value) -> (Value, u32) {
    let mut sent = with(&[answer]);
    let count = mask_json(&mut sent, None);
    (sent["form_response"]["answers"][0].clone(), count)
}

#[test]
fn q6_words_of_every_answer_type_are_masked() {
    let cpr = "nr. 010190-1234";
    for (kind, value) in [
        ("text", json!(cpr)),
        ("choice", json!({ "id": "c", "label": "a", "other": cpr })),
        ("choice", json!({ "label": cpr })),
        ("choices", json!({ "ids": ["c"], "labels": [cpr], "other": null })),
        ("payment", json!({ "amount": "1", "name": cpr })),
        ("hologram", json!({ "scene": [{ "caption": cpr }] })),
    ] {
        let (answer, count) = masked(answer("x", kind, value));
        assert_eq!(count, 1, "{kind}");
        assert!(!answer.to_string().contains("010190") && answer.to_string().contains("[CPR]"));
    }
}

#[test]
fn q6_numbers_count_with_and_without_their_leading_zero() {
    for number in [json!(3_112_991_234_u64), json!(101_901_234), json!(101_901_234.0)] {
        let (answer, count) = masked(answer("x", "number", number.clone()));
        assert_eq!((&answer["number"], count), (&json!("[CPR]"), 1), "{number}");
    }
    for number in [json!(5), json!(99_123_456), json!(991_901_234), json!(1.5), json!(-101_901_234)]
    {
        assert_eq!(masked(answer("x", "number", number.clone())).1, 0, "{number}");
    }
}

#[test]
fn q6_a_student_number_of_nine_digits_is_none_where_it_is_asked_for() {
    let number = || with(&[answer("student_number", "number", json!(202_301_234))]);
    assert_eq!(mask_json(&mut number(), Some(&Source::Field("student_number".into()))), 0);
    assert_eq!(mask_json(&mut number(), Some(&Source::Field("other".into()))), 1);
    assert_eq!(mask_json(&mut number(), Some(&Source::Hidden("student_number".into()))), 1);
    let mut ten = with(&[answer("student_number", "number", json!(3_112_991_234_u64))]);
    assert_eq!(mask_json(&mut ten, Some(&Source::Field("student_number".into()))), 1);
    let mut text = with(&[answer("student_number", "text", json!("010190-1234"))]);
    assert_eq!(mask_json(&mut text, Some(&Source::Field("student_number".into()))), 1);
}

#[test]
fn q6_what_only_looks_like_a_number_stays() {
    for (kind, value) in [
        ("email", json!("0101901234@example.dk")),
        ("text", json!("0101901234@example.dk")),
        ("phone_number", json!("0101901234")),
        ("url", json!("https://example.dk/0101901234")),
        ("file_url", json!("https://example.dk/0101901234.pdf")),
        ("date", json!("0101901234")),
        ("choice", json!({ "id": "0101901234", "ref": "0101901234", "label": "a" })),
        ("choices", json!({ "ids": ["0101901234"], "refs": ["0101901234"], "labels": ["a"] })),
    ] {
        assert_eq!(masked(answer("x", kind, value)).1, 0, "{kind}");
    }
    let mut sent = with(&[answer("0101901234", "text", json!("a"))]);
    sent["event_id"] = json!("0101901234");
    sent["form_response"]["token"] = json!("0101901234");
    sent["form_response"]["definition"]["title"] = json!("0101901234");
    let before = sent.clone();
    assert_eq!(mask_json(&mut sent, None), 0);
    assert_eq!(sent, before);
}

#[test]
fn q6_hidden_fields_and_variables_are_read_too() {
    let mut sent = with(&[]);
    sent["form_response"]["hidden"] = json!({
        "note": "cpr 010190-1234",
        "number": 101_901_234,
        "id": "0101901234",
        "session_token": "f40101901234ab",
        "email": "a0101901234@example.dk",
    });
    sent["form_response"]["variables"] = json!([
        { "key": "k", "type": "text", "text": "0101901234" },
        { "key": "n", "type": "number", "number": 101_901_234 },
    ]);
    assert_eq!(mask_json(&mut sent, None), 5);
    let hidden = &sent["form_response"]["hidden"];
    assert_eq!(hidden["note"], "cpr [CPR]");
    assert_eq!(hidden["id"], "[CPR]", "an identifier that is a CPR number is one");
    assert_eq!(hidden["session_token"], "f40101901234ab", "part of an identifier is none");
    assert_eq!(hidden["email"], "a0101901234@example.dk");
}

#[test]
fn q6_bytes_stay_as_received_when_nothing_was_masked() {
    let body = b"{ \"form_response\" : {\"answers\":[ ], \"b\":1.0e1, \"a\":2 } }";
    let kept = mask_body(body, None).unwrap();
    assert_eq!((kept.bytes.as_slice(), kept.count), (body.as_slice(), 0));
    assert!(mask_body(b"{", None).is_none());
}

proptest! {
    #[test]
    fn q6_masking_again_finds_nothing(texts in proptest::collection::vec("[0-9 a-z@.-]{0,16}|(0[1-9]|[12][0-9])(0[1-9]|1[0-2])[0-9]{2}-?[0-9]{4}", 0..6), number in any::<u64>()) {
        let mut answers: Vec<Value> = texts.iter().map(|text| answer("x", "text", json!(text))).collect();
        answers.push(answer("n", "number", json!(number)));
        let once = mask_body(&bytes(&with(&answers)), None).unwrap();
        let twice = mask_body(&once.bytes, None).unwrap();
        prop_assert_eq!(twice.count, 0);
        prop_assert_eq!(twice.bytes, once.bytes);
    }
}
