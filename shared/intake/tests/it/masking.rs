use domain::cohort::{Settings, Source};
use intake::{mask_body, mask_json};
use serde_json::{Value, json};

use crate::form::{answer, payload, settings};

fn with(answers: &[Value]) -> Value {
    payload("tok1", "2026-11-19T08:20:00Z", answers)
}

fn masked(answer: Value) -> (Value, u32) {
    let mut sent = with(&[answer]);
    let count = mask_json(&mut sent, Some(&settings()));
    (sent["form_response"]["answers"][0].clone(), count)
}

/// The sample cohort, asking for the student number elsewhere.
fn asking(student_number: Source) -> Settings {
    let mut settings = settings();
    settings.identity.student_number = Some(student_number);
    settings
}

#[test]
fn q6_words_of_every_answer_type_are_masked() {
    let cpr = "nr. 010190-1234";
    for (kind, value) in [
        ("text", json!(cpr)),
        ("text", json!("010190\t1234")),
        ("text", json!("010190\u{2212}1234")),
        ("text", json!("010190\u{202f}1234")),
        ("text", json!("01011990-1234")),
        ("choice", json!({ "id": "c", "label": "a", "other": cpr })),
        ("choice", json!({ "label": cpr })),
        ("choices", json!({ "ids": ["c"], "labels": [cpr], "other": null })),
        ("payment", json!({ "amount": "1", "name": cpr })),
        ("payment", json!({ "amount": "1", "last4": "0101901234" })),
        ("phone_number", json!("0101901234")),
        ("url", json!("https://example.dk/?cpr=010190%2D1234")),
        ("file_url", json!("https://example.dk/0101901234.pdf")),
        ("signature", json!("https://example.dk/010190-1234.png")),
        ("email", json!("010190-1234")),
        ("email", json!("ane@example.dk 010190-1234")),
        ("date", json!("0101901234")),
        ("hologram", json!({ "scene": [{ "caption": cpr }] })),
        ("hologram", json!({ "id": "010190-1234", "ref": { "token": "a" } })),
        ("hologram", json!({ "0101901234": true })),
    ] {
        let sent = value.to_string();
        let (answer, count) = masked(answer("x", kind, value));
        assert_eq!(count, 1, "{kind} {sent}");
        let kept = answer.to_string();
        assert!(!kept.contains("1234") && kept.contains("[CPR]"), "{kind} {kept}");
    }
}

#[test]
fn q6_every_member_of_the_payload_is_read_known_or_not() {
    for path in [
        "/form_response/hidden/ref",
        "/form_response/hidden/student_id",
        "/form_response/hidden/token",
        "/form_response/hidden/email",
        "/form_response/variables/0/key",
        "/form_response/variables/0/text",
        "/form_response/calculated/outcome/title",
        "/form_response/definition/title",
        "/form_response/definition/fields/0/title",
        "/form_response/definition/fields/0/properties/description",
        "/form_response/ending/title",
        "/form_response/thankyou_screen_ref",
        "/form_response/respondent/0/notes/id",
        "/form_response/choice/id",
        "/form_response/answers/0/token",
        "/form_response/answers/0/note/ref",
        "/form_response/response_url",
        "/form_response/landed_at",
        "/metadata/referer",
        "/event_type",
    ] {
        for (written, left) in [
            ("cpr=010190-1234", "cpr=[CPR]"),
            ("x 010190-1234", "x [CPR]"),
            ("0101901234", "[CPR]"),
        ] {
            let mut sent = json!(written);
            for name in path.split('/').skip(1).collect::<Vec<_>>().into_iter().rev() {
                sent = if name == "0" { json!([sent]) } else { json!({ name: sent }) };
            }
            assert_eq!(mask_json(&mut sent, None), 1, "{path}");
            assert_eq!(sent.pointer(path), Some(&json!(left)), "{path}");
        }
    }
}

#[test]
fn q6_ten_digits_are_a_number_and_nine_where_the_cohort_is_known() {
    for number in [json!(3_112_991_234_u64), json!(3_112_991_234.0), json!(10_119_901_234_u64)] {
        let mut unknown = with(&[answer("x", "number", number.clone())]);
        assert_eq!(mask_json(&mut unknown, None), 1, "{number}");
        assert_eq!(masked(answer("x", "number", number.clone())).1, 1, "{number}");
    }
    for number in [json!(101_901_234), json!(101_901_234.0)] {
        let mut unknown = with(&[answer("x", "number", number.clone())]);
        assert_eq!(mask_json(&mut unknown, None), 0, "{number}");
        let (answer, count) = masked(answer("x", "number", number.clone()));
        assert_eq!((&answer["number"], count), (&json!("[CPR]"), 1), "{number}");
    }
    // No day, no month, too few digits, too many, no whole number.
    for number in [
        json!(5),
        json!(99_123_456),
        json!(991_901_234),
        json!(113_011_234),
        json!(3_212_991_234_u64),
        json!(20_230_123_456_789_u64),
        json!(1.5),
        json!(-101_901_234),
    ] {
        assert_eq!(masked(answer("x", "number", number.clone())).1, 0, "{number}");
    }
}

#[test]
fn q6_a_student_number_of_nine_digits_is_none_where_it_is_asked_for() {
    let number = || with(&[answer("student_number", "number", json!(202_301_234))]);
    let count = |mut sent: Value, settings: &Settings| mask_json(&mut sent, Some(settings));
    let here = asking(Source::Field("student_number".into()));
    assert_eq!(count(number(), &here), 0);
    assert_eq!(count(number(), &asking(Source::Field("other".into()))), 1);
    assert_eq!(count(number(), &asking(Source::Hidden("student_number".into()))), 1);
    let hidden = || {
        let mut sent = with(&[]);
        sent["form_response"]["hidden"] = json!({ "student_number": 202_301_234 });
        sent
    };
    assert_eq!(count(hidden(), &asking(Source::Hidden("student_number".into()))), 0);
    assert_eq!(count(hidden(), &here), 1);
    // Only the definition tells which question it is.
    let mut by_id = number();
    by_id["form_response"]["answers"][0]["field"] = json!({ "id": "f9" });
    by_id["form_response"]["definition"]["fields"] =
        json!([{ "id": "f9", "ref": "student_number" }]);
    assert_eq!(count(by_id, &here), 0);
    let ten = with(&[answer("student_number", "number", json!(3_112_991_234_u64))]);
    assert_eq!(count(ten, &here), 1);
    let text = with(&[answer("student_number", "text", json!("010190-1234"))]);
    assert_eq!(count(text, &here), 1);
}

#[test]
fn q6_what_the_service_works_with_stays() {
    for (kind, value) in [
        ("email", json!("0101901234@example.dk")),
        ("text", json!("0101901234@example.dk")),
        ("phone_number", json!("+3112991234")),
        ("date", json!("1990-01-01")),
        ("choice", json!({ "id": "0101901234", "ref": "010190-1234", "label": "a" })),
        ("choices", json!({ "ids": ["0101901234"], "refs": ["0101901234"], "labels": ["a"] })),
    ] {
        assert_eq!(masked(answer("x", kind, value)).1, 0, "{kind}");
    }
    let mut sent = with(&[answer("0101901234", "text", json!("a"))]);
    sent["event_id"] = json!("0101901234");
    let response = &mut sent["form_response"];
    response["form_id"] = json!("0101901234");
    response["token"] = json!("0101901234");
    response["submitted_at"] = json!("2026-11-19T08:20:31.12991234Z");
    response["definition"] = json!({ "id": "0101901234", "fields": [
        { "id": "0101901234", "ref": "0101901234", "choices": [{ "id": "0101901234", "ref": "0101901234" }] },
    ] });
    response["ending"] = json!({ "id": "0101901234", "ref": "0101901234" });
    response["hidden"] = json!({ "session": "f40101901234ab", "email": "a0101901234@example.dk" });
    let before = sent.clone();
    assert_eq!(mask_json(&mut sent, Some(&settings())), 0);
    assert_eq!(sent, before);
}

#[test]
fn q6_no_member_is_lost_when_names_are_masked() {
    let mut sent = json!({ "form_response": { "hidden": {
        "010190-1234": "a", "020290-1234": "b", "[CPR]": "c",
    } } });
    assert_eq!(mask_json(&mut sent, None), 2);
    let hidden = sent["form_response"]["hidden"].as_object().unwrap();
    let mut kept: Vec<&str> = hidden.values().filter_map(Value::as_str).collect();
    kept.sort_unstable();
    assert_eq!(kept, ["a", "b", "c"]);
}

#[test]
fn q6_bytes_stay_as_received_when_nothing_was_masked() {
    let body = b"{ \"form_response\" : {\"answers\":[ ], \"b\":1.0e1, \"a\":2 } }";
    let kept = mask_body(body, None).unwrap();
    assert_eq!((kept.bytes.as_slice(), kept.count), (body.as_slice(), 0));
    assert!(mask_body(b"{", None).is_none());
}

#[test]
fn q6_a_member_that_is_there_twice_hides_no_number() {
    let body = br#"{"form_response":{"note":"010190-1234","note":"a"}}"#;
    let kept = String::from_utf8(mask_body(body, None).unwrap().bytes).unwrap();
    assert_eq!(kept, r#"{"form_response":{"note":"a"}}"#);
}
