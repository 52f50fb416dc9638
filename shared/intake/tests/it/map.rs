use std::collections::BTreeSet;

use domain::QuestionId;
use domain::cohort::{QuestionKind, Settings, Source};
use domain::profile::Answer;
use domain::quarantine::QuarantineReason;
use intake::{Mapped, map};
use serde_json::{Value, json};
use typeform::Delivery;

use crate::form::{answer, bytes, identity, payload, settings};

fn mapped(settings: &Settings, answers: &[Value]) -> Result<Mapped, QuarantineReason> {
    let payload = payload("tok1", "2026-11-19T08:20:00Z", answers);
    map(settings, &Delivery::parse(&bytes(&payload)).unwrap().response)
}

/// Maps the identity and one more answer; the answer to `question`, and how many were dropped.
fn one(question: &str, kind: &str, value: Value) -> (Option<Answer>, u32) {
    several(question, &[answer(question, kind, value)])
}

fn several(question: &str, more: &[Value]) -> (Option<Answer>, u32) {
    let mut answers = identity("ane@example.dk", "Hold 2");
    answers.extend_from_slice(more);
    let mapped = mapped(&settings(), &answers).unwrap();
    let id = QuestionId::parse(question).unwrap();
    assert!(mapped.profile.answers.keys().all(|known| *known == id), "nothing else is answered");
    (mapped.profile.answers.get(&id).cloned(), mapped.dropped)
}

#[expect(clippy::unnecessary_wraps, reason = "compared with an answer that may be absent")]
fn choice(code: &str) -> Option<Answer> {
    Some(Answer::Choice(code.into()))
}

#[expect(clippy::unnecessary_wraps, reason = "compared with an answer that may be absent")]
fn codes(codes: &[&str]) -> Option<Answer> {
    Some(Answer::Choices(codes.iter().map(|&code| code.to_owned()).collect()))
}

#[test]
fn q3_a_scale_takes_whole_numbers_within_its_bounds() {
    assert_eq!(one("ambition", "number", json!(5)), (Some(Answer::Scale(5)), 0));
    assert_eq!(one("ambition", "number", json!(4.0)), (Some(Answer::Scale(4)), 0));
    assert_eq!(one("ambition", "choice", json!({ "label": "3" })), (Some(Answer::Scale(3)), 0));
    assert_eq!(one("ambition", "text", json!(" 2 ")), (Some(Answer::Scale(2)), 0));
    for off in [json!(0), json!(6), json!(-3), json!(2.5), json!(1e30)] {
        assert_eq!(one("ambition", "number", off.clone()), (None, 1), "{off}");
    }
    assert_eq!(one("ambition", "text", json!("much")), (None, 1));
}

#[test]
fn q3_students_are_named_by_address_among_other_words() {
    let mut settings = settings();
    let question = json!({
        "id": "partners", "refs": ["partners"], "kind": "students", "label": {"da": "x", "en": "x"},
    });
    settings.questions.push(serde_json::from_value(question).unwrap());
    let named = |text: &str| {
        let mut answers = identity("ane@example.dk", "Hold 2");
        answers.push(answer("partners", "text", json!(text)));
        let mapped = mapped(&settings, &answers).unwrap();
        assert!(mapped.profile.answers.is_empty(), "addresses stay out of the profile");
        let emails: Vec<String> =
            mapped.named.values().flatten().map(|email| email.as_str().to_owned()).collect();
        (emails, mapped.dropped)
    };
    let both = vec!["bo@example.dk".to_owned(), "eva@example.dk".to_owned()];
    assert_eq!(named("Bo <bo@example.dk>, eva@example.dk"), (both.clone(), 0));
    assert_eq!(named("bo@example.dk;eva@example.dk"), (both, 0));
    assert_eq!(named("Bo and Eva"), (vec![], 1));
    assert_eq!(named("  "), (vec![], 0));
}

#[test]
fn q3_a_choice_is_known_by_its_ref_before_its_label() {
    let both = json!({ "id": "x", "ref": "man", "label": "Kvinde" });
    assert_eq!(one("gender", "choice", both), (choice("man"), 0));
    assert_eq!(one("gender", "choice", json!({ "label": " KVINDE " })), (choice("woman"), 0));
    assert_eq!(
        one("gender", "choice", json!({ "ref": "c77", "label": "Woman" })),
        (choice("woman"), 0)
    );
    assert_eq!(one("gender", "text", json!("kvinde")), (choice("woman"), 0));
}

#[test]
fn q3_own_words_mean_the_option_they_name_or_else_other() {
    assert_eq!(one("gender", "choice", json!({ "other": "Mand" })), (choice("man"), 0));
    assert_eq!(one("gender", "choice", json!({ "other": "neither" })), (choice("other"), 0));
    // The question about the computer has no option `other`.
    assert_eq!(one("computer", "choice", json!({ "other": "an abacus" })), (None, 1));
    // A choice that nobody mapped is a gap in the mapping, not somebody's own words.
    assert_eq!(one("gender", "choice", json!({ "ref": "new", "label": "A new one" })), (None, 1));
}

#[test]
fn q3_several_choices_are_the_codes_that_are_known() {
    let value = json!({ "ids": ["1", "2", "3"], "labels": ["Python", "C eller C++", "Cobol"] });
    assert_eq!(one("languages_known", "choices", value), (codes(&["c", "python"]), 0));
    let other = json!({ "labels": ["Java"], "other": "Rust" });
    assert_eq!(one("languages_known", "choices", other), (codes(&["java", "other"]), 0));
    assert_eq!(one("languages_known", "choice", json!({ "label": "Java" })), (codes(&["java"]), 0));
    assert_eq!(one("languages_known", "choices", json!({ "labels": ["Cobol"] })), (None, 1));
    assert_eq!(one("languages_known", "choices", json!({ "labels": [] })), (None, 0));
    assert_eq!(one("languages_known", "date", json!("2026-01-01")), (None, 1));
}

#[test]
fn q3_availability_is_the_hours_of_all_its_fields() {
    let day = |name: &str, labels: &[&str]| {
        answer(&format!("availability_{name}"), "choices", json!({ "labels": labels }))
    };
    let slots =
        |hours: &[u16]| Some(Answer::Slots(hours.iter().copied().collect::<BTreeSet<u16>>()));
    let two =
        [day("mon", &["Formiddag (8-12)"]), day("tue", &["Morning (8-12)", "Evening (17-21)"])];
    assert_eq!(
        several("availability", &two),
        (slots(&[8, 9, 10, 11, 32, 33, 34, 35, 41, 42, 43, 44]), 0),
        "the same label means other hours on another day"
    );
    let never = [day("mon", &["Slet ikke"]), day("tue", &["Slet ikke"])];
    assert_eq!(several("availability", &never), (slots(&[]), 0));
    assert_eq!(several("availability", &[day("mon", &["Nat"])]), (None, 1));
    let by_ref = answer("availability_wed", "choices", json!({ "refs": ["wed_evening"] }));
    assert_eq!(several("availability", &[by_ref]), (slots(&[65, 66, 67, 68]), 0));
    assert_eq!(several("availability", &[]), (None, 0));
}

#[test]
fn q3_a_custom_question_keeps_text_of_any_answer_type() {
    let cases = [
        ("text", json!(" som det er "), "som det er"),
        ("choice", json!({ "ref": "r", "label": "Et" }), "Et"),
        ("choice", json!({ "other": "mit eget" }), "mit eget"),
        ("choices", json!({ "labels": ["Et", "To"], "other": "tre" }), "Et, To, tre"),
        ("date", json!("2026-09-01"), "2026-09-01"),
        ("boolean", json!(true), "true"),
        ("number", json!(1.5), "1.5"),
        ("file_url", json!("https://example.com/f"), "https://example.com/f"),
        ("url", json!("https://example.com"), "https://example.com"),
        ("signature", json!("https://example.com/s"), "https://example.com/s"),
        ("email", json!("a@example.dk"), "a@example.dk"),
        ("phone_number", json!("+4512345678"), "+4512345678"),
        (
            "payment",
            json!({ "amount": "10.00", "last4": "1234", "name": "A", "success": true }),
            "10.00",
        ),
        (
            "multi_format",
            json!({ "video_url": "https://example.com/v" }),
            "{\"video_url\":\"https://example.com/v\"}",
        ),
        ("matrix", json!({ "rows": [1] }), "{\"rows\":[1]}"),
    ];
    for (kind, value, expected) in cases {
        let (kept, dropped) = one("remarks", kind, value);
        assert_eq!((kept, dropped), (Some(Answer::Text(expected.into())), 0), "{kind}");
    }
    assert_eq!(one("remarks", "text", json!("  ")), (None, 0));
}

#[test]
fn q3_unknown_types_are_reported_wherever_they_are() {
    let mut answers = identity("ane@example.dk", "Hold 2");
    answers.push(answer("elsewhere", "matrix", json!([])));
    answers.push(answer("ambition", "hologram", json!({})));
    answers.push(answer("goal", "matrix", json!([])));
    let mapped = mapped(&settings(), &answers).unwrap();
    assert_eq!(mapped.unknown, 3);
    let names: Vec<&str> = mapped.profile.unknown_types.iter().map(String::as_str).collect();
    assert_eq!(names, ["hologram", "matrix"]);
    assert_eq!(mapped.dropped, 1, "ambition cannot be read");
}

#[test]
fn q3_long_texts_are_cut_so_that_an_item_can_hold_them() {
    let mut settings = settings();
    let text = settings.questions.iter().find(|q| q.kind == QuestionKind::Text).unwrap().clone();
    let mut answers = identity("ane@example.dk", "Hold 2");
    for n in 0..60 {
        let name = format!("essay{n}");
        settings.questions.push(domain::cohort::Question {
            id: QuestionId::parse(&*name).unwrap(),
            refs: vec![name.clone()],
            ..text.clone()
        });
        answers.push(answer(&name, "text", json!("å".repeat(9_000))));
    }
    let profile = mapped(&settings, &answers).unwrap().profile;
    let first = &profile.answers[&QuestionId::parse("essay0").unwrap()];
    assert!(matches!(first, Answer::Text(text) if text.chars().count() == 4_000));
    let kept: usize = profile
        .answers
        .values()
        .map(|answer| if let Answer::Text(text) = answer { text.len() } else { 0 })
        .sum();
    assert_eq!(kept, 100_000);
}

#[test]
fn q3_questions_are_found_by_ref_in_any_order_and_never_by_title() {
    let mut answers = identity("ane@example.dk", "Hold 3");
    answers.push(answer("ambition", "number", json!(4)));
    answers.reverse();
    let mapped_ = mapped(&settings(), &answers).unwrap();
    assert_eq!((mapped_.name.as_str(), mapped_.section.as_str()), ("Ane Holm", "C"));
    let mut renamed = answer("renamed", "number", json!(4));
    renamed["field"]["title"] = json!("Ambitionsniveau");
    let answers = [identity("ane@example.dk", "Hold 3"), vec![renamed]].concat();
    assert!(mapped(&settings(), &answers).unwrap().profile.answers.is_empty());
}

#[test]
fn q4_sections_by_id_ref_label_or_hidden_field() {
    let with = |value: Value| {
        let mut answers = identity("ane@example.dk", "");
        answers[4] = answer("section", "choice", value);
        mapped(&settings(), &answers).map(|mapped| mapped.section.to_string())
    };
    assert_eq!(with(json!({ "label": "b" })).as_deref(), Ok("B"));
    assert_eq!(
        with(json!({ "ref": "hold_4", "label": "Hold 1" })).as_deref(),
        Ok("D"),
        "ref first"
    );
    assert_eq!(with(json!({ "other": "hold 3" })).as_deref(), Ok("C"));
    assert_eq!(with(json!({ "label": "Hold 5" })), Err(QuarantineReason::UnknownSection));

    let mut hidden = settings();
    hidden.identity.section = Some(Source::Hidden("hold".into()));
    let mut sent = payload("t", "2026-11-19T08:20:00Z", &identity("ane@example.dk", "Hold 1"));
    let section = |sent: &Value| {
        let response = Delivery::parse(&bytes(sent)).unwrap().response;
        map(&hidden, &response).map(|mapped| mapped.section.to_string())
    };
    assert_eq!(section(&sent), Err(QuarantineReason::MissingSection));
    sent["form_response"]["hidden"] = json!({ "hold": "hold_2" });
    assert_eq!(section(&sent).as_deref(), Ok("B"));
}

#[test]
fn q4_a_cohort_with_one_section_needs_no_answer_but_does_not_overrule_one() {
    let mut single = settings();
    single.sections.truncate(1);
    let without = &identity("ane@example.dk", "")[..4];
    assert_eq!(mapped(&single, without).unwrap().section.as_str(), "A");
    single.identity.section = None;
    assert_eq!(mapped(&single, without).unwrap().section.as_str(), "A");
    single.identity.section = settings().identity.section;
    let other = mapped(&single, &identity("ane@example.dk", "Hold 2"));
    assert_eq!(other.unwrap_err(), QuarantineReason::UnknownSection);
}

#[test]
fn q4_an_address_may_be_asked_for_in_a_text_field() {
    let mut answers = identity("", "Hold 1");
    answers[2] = answer("email", "text", json!(" Ane@Example.dk "));
    assert_eq!(mapped(&settings(), &answers).unwrap().email.as_str(), "Ane@Example.dk");
    answers[2] = answer("email", "text", json!("ane at example.dk"));
    assert_eq!(mapped(&settings(), &answers).unwrap_err(), QuarantineReason::InvalidEmail);
}
