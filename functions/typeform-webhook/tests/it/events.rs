//! Every file in `events/typeform-webhook/`, by its name.

use serde_json::Value;
use typeform::signature::sign;

use crate::setup::{SECRET, Setup, said};

/// What a file is answered and how many items and objects it leaves.
fn expected(name: &str) -> (u16, &'static str, usize, usize) {
    match name {
        "complete"
        | "complete-base64"
        | "complete-mixed-case-header"
        | "complete-former-secret"
        | "complete-on-unknown-path"
        | "complete-with-traps"
        | "superseding"
        | "cpr" => (200, "accepted", 2, 1),
        "unknown-form" | "missing-email" | "unknown-section" | "unreadable" | "renamed-token" => {
            (200, "quarantined", 1, 1)
        }
        "partial" => (200, "partial", 0, 0),
        "test-payload" => (200, "test", 0, 0),
        "other-event" => (200, "ignored", 0, 0),
        "bad-signature" | "missing-signature" | "malformed-signature" | "changed-body" => {
            (401, "Signature missing or wrong", 0, 0)
        }
        "not-json" | "not-typeform" | "empty-body" => (400, "Not a questionnaire", 0, 0),
        "wrong-method" | "wrong-method-on-unknown-path" => (405, "Method not allowed", 0, 0),
        other => panic!("no expectation for {other}"),
    }
}

fn read(name: &str) -> Value {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../events/typeform-webhook/");
    serde_json::from_slice(&std::fs::read(format!("{folder}{name}.json")).unwrap()).unwrap()
}

fn names() -> Vec<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../events/typeform-webhook");
    let files = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = files
        .map(|file| file.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn every_event_is_answered_as_its_name_says() {
    let names = names();
    assert!(names.len() >= 25, "{names:?}");
    for name in names {
        let (status, words, items, objects) = expected(&name);
        let event = read(&name);
        let setup = Setup::new().await;
        let before = setup.world.held().items.len();
        let answer = setup.handle(&event).await;
        let right = event["body"].as_str().map(|body| sign(SECRET, body.as_bytes()));
        assert_eq!(answer.status_code, status, "{name}; signed rightly it has {right:?}");
        assert_eq!(said(&answer), words, "{name}");
        assert_eq!(setup.world.held().items.len() - before, items, "{name}");
        assert_eq!(setup.world.objects().len(), objects, "{name}");
    }
}

#[tokio::test]
async fn q2_events_one_after_the_other_leave_one_student() {
    let setup = Setup::new().await;
    for (name, words) in [
        ("superseding", "accepted"),
        ("complete", "superseded"),
        ("complete-base64", "duplicate"),
        ("superseding", "duplicate"),
    ] {
        assert_eq!(said(&setup.handle(&read(name)).await), words, "{name}");
    }
    let settings = crate::form::settings();
    let scope = store::Scope::new(settings.institution, settings.id);
    let students = setup.world.store().all_students(&scope).await.unwrap();
    assert_eq!(students.len(), 1);
    assert_eq!(students[0].response.as_str(), "sampletoken0003later");
}

#[tokio::test]
async fn q3_the_sample_questionnaire_answers_every_question_that_a_criterion_counts() {
    let setup = Setup::new().await;
    setup.handle(&read("complete")).await;
    let settings = crate::form::settings();
    let scope = store::Scope::new(settings.institution.clone(), settings.id.clone());
    let token = domain::ResponseToken::parse("sampletoken0001complete").unwrap();
    let response = setup.world.store().response(&scope, &token).await.unwrap().unwrap();
    for criterion in &settings.criteria {
        for question in criterion.rule.questions() {
            assert!(response.profile.answers.contains_key(question), "{question}");
        }
    }
}

#[tokio::test]
async fn q3_the_traps_of_the_wire_format_cost_what_cannot_be_known_and_no_more() {
    let setup = Setup::new().await;
    setup.handle(&read("complete-with-traps")).await;
    let settings = crate::form::settings();
    let scope = store::Scope::new(settings.institution, settings.id);
    let token = domain::ResponseToken::parse("sampletoken0002traps").unwrap();
    let profile = setup.world.store().response(&scope, &token).await.unwrap().unwrap().profile;
    let answers: std::collections::BTreeMap<&str, String> = profile
        .answers
        .iter()
        .map(|(id, answer)| (id.as_str(), serde_json::to_string(answer).unwrap()))
        .collect();
    assert_eq!(answers["languages_known"], r#"{"choices":["c","java","python"]}"#);
    assert!(!answers.contains_key("elective"), "own words that mean no option");
    assert!(!answers.contains_key("computer"), "no ref, and no definition to look it up in");
    assert_eq!(answers.len(), 16);
    assert_eq!(profile.unknown_types, ["matrix".to_owned()].into());
}
