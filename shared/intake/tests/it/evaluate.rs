//! Answers to evaluations: whose they are, and that nothing else is kept of them (M2).

use aws_sdk_dynamodb::types::AttributeValue;
use domain::cohort::Settings;
use domain::evaluation::{EvaluationToken, that_count};
use domain::ids::IdentityKey;
use domain::profile::Answer;
use domain::{Email, QuestionId, StudentId};
use intake::{About, Again, Outcome};
use serde_json::{Value, json};
use store::{Scope, keys};

use crate::form::{answer, bytes, complete, now, settings};
use crate::world::World;

const COHORT: &str = "INS#ins_example-university#COH#coh_computer-science-2026";
const EARLY: &str = "2026-11-19T08:20:00Z";
const LATE: &str = "2026-11-19T10:00:00Z";

/// The sample cohort with an evaluation of three questions.
fn evaluated() -> Settings {
    let question = |id: &str, kind: Value| {
        let label = json!({ "da": id, "en": id });
        json!({ "id": id, "refs": [id], "kind": kind, "label": label })
    };
    let yes_no = json!({ "choice": { "options": [
        { "code": "yes", "answers": [] }, { "code": "no", "answers": [] },
    ] } });
    let evaluation = json!({ "form": "Ev4Lu8Te", "hidden": "token", "questions": [
        question("content", json!({ "scale": { "min": 1, "max": 5 } })), question("again", yes_no.clone()),
        question("helped", json!({ "choices": { "options": [{ "code": "notes", "answers": ["Notes"] }] } })),
    ] });
    Settings { evaluation: serde_json::from_value(evaluation).unwrap(), ..settings() }
}

fn key() -> IdentityKey {
    IdentityKey::new(*b"0123456789abcdef0123456789abcdef")
}

fn scope() -> Scope {
    Scope::new(settings().institution, settings().id)
}

fn ane() -> StudentId {
    StudentId::derive(&key(), &scope().cohort, &Email::parse("ane.holm@example.dk").unwrap())
}

fn link(student: &StudentId) -> String {
    EvaluationToken::derive(&key(), &scope().cohort, student).as_str().to_owned()
}

/// What Typeform posts of somebody who came by a link.
fn posted(token: &str, submitted_at: &str, hidden: &Value) -> Value {
    json!({
        "event_id": "01KAVQ4W4ZK1N3M5P7R9T0V2X4", "event_type": "form_response",
        "form_response": {
            "form_id": "Ev4Lu8Te", "token": token, "landed_at": "2026-11-19T08:00:00Z",
            "submitted_at": submitted_at, "hidden": hidden, "definition": { "id": "Ev4Lu8Te", "fields": [] },
            "answers": [
                answer("content", "number", json!(4)), answer("again", "boolean", json!(true)),
                answer("helped", "choices", json!({ "labels": ["Notes"], "other": "Bo Lund helped, 010203-1234" })),
                answer("remarks", "text", json!("Ane Holm says hello, 010203-1234")),
            ],
        },
    })
}

async fn outcome(world: &World, payload: &Value) -> Outcome {
    world.intake().ingest(&bytes(payload), now(), &mut About::default()).await.unwrap().outcome
}

/// Ane has answered the questionnaire.
async fn open() -> World {
    let world = World::default();
    world.onboard(evaluated(), now()).await;
    assert_eq!(outcome(&world, &complete("tok1", EARLY)).await, Outcome::Current);
    world
}

fn evaluations(world: &World) -> Vec<String> {
    let all = world.keys(COHORT).into_iter();
    all.filter(|sk| sk.starts_with(keys::EVALUATION)).collect()
}

#[tokio::test]
async fn m2_of_an_evaluation_choices_and_numbers_are_kept_and_nobodys_words() {
    let world = open().await;
    let (objects, payload) =
        (world.objects(), posted("ev1", LATE, &json!({ "token": link(&ane()) })));
    assert_eq!(outcome(&world, &payload).await, Outcome::Evaluated);
    let stored =
        world.store().evaluation(&scope(), &"ev1".parse().unwrap()).await.unwrap().unwrap();
    assert_eq!(stored.student, ane());
    let id = |text: &str| QuestionId::parse(text).unwrap();
    let expected = [
        (id("content"), Answer::Scale(4)),
        (id("again"), Answer::Choice("yes".into())),
        (id("helped"), Answer::Choices(["notes".to_owned()].into())),
    ];
    assert_eq!(stored.profile.answers, expected.into());
    assert_eq!(world.objects(), objects, "no payload is kept");
    let item =
        format!("{:?}", world.held().items[&(COHORT.to_owned(), "EVALUATION#ev1".to_owned())]);
    for word in ["Ane", "Bo Lund", "010203", "hello", &link(&ane())] {
        assert!(!item.contains(word), "{word}");
    }
}

#[tokio::test]
async fn m2_an_evaluation_that_comes_again_changes_nothing_and_a_later_one_counts() {
    let world = open().await;
    let hidden = json!({ "token": link(&ane()) });
    let late = posted("ev2", LATE, &hidden);
    assert_eq!(outcome(&world, &late).await, Outcome::Evaluated);
    let items = world.held().items.clone();
    assert_eq!(outcome(&world, &late).await, Outcome::Duplicate);
    assert_eq!(world.held().items, items);
    assert_eq!(outcome(&world, &posted("ev1", EARLY, &hidden)).await, Outcome::Evaluated);
    let counting = that_count(world.store().all_evaluations(&scope()).await.unwrap());
    assert_eq!(counting[&ane()].token.as_str(), "ev2", "in whatever order they come");
}

#[tokio::test]
async fn m2_an_answer_that_is_nobodys_is_not_kept() {
    let world = open().await;
    let before = world.held().items.clone();
    let stranger = StudentId::parse("stu_00000000000000000000000000000000").unwrap();
    let elsewhere = EvaluationToken::derive(&key(), &"coh_other".parse().unwrap(), &ane());
    for hidden in [
        json!({}),
        json!({ "token": "" }),
        json!({ "token": "xxxxx" }),
        json!({ "token": ane().as_str() }),
        json!({ "other": link(&ane()) }),
        json!({ "token": elsewhere.as_str() }),
    ] {
        assert_eq!(
            outcome(&world, &posted("ev1", LATE, &hidden)).await,
            Outcome::Unaddressed,
            "{hidden}"
        );
    }
    let hidden = json!({ "token": link(&stranger) });
    assert_eq!(outcome(&world, &posted("ev1", LATE, &hidden)).await, Outcome::TooLate);
    let unreadable =
        json!({ "event_type": "form_response", "form_response": { "form_id": "Ev4Lu8Te" } });
    assert_eq!(outcome(&world, &unreadable).await, Outcome::Unaddressed);
    assert_eq!(world.held().items, before);
    assert_eq!(world.objects().len(), 1, "the questionnaire's alone");
}

#[tokio::test]
async fn d2_nothing_is_kept_of_who_is_erased_or_of_a_cohort_that_is_due() {
    let world = open().await;
    let payload = posted("ev1", LATE, &json!({ "token": link(&ane()) }));
    let at = (COHORT.to_owned(), format!("STUDENT#{}", ane()));
    let erasure = || AttributeValue::S("era_1".into());
    world.held().items.get_mut(&at).unwrap().insert("erasure".into(), erasure());
    assert_eq!(outcome(&world, &payload).await, Outcome::TooLate, "being erased");

    // Erased, and back with a new questionnaire: what was submitted before does not come back.
    world.held().items.get_mut(&at).unwrap().remove("erasure");
    let mark = keys::erased_student(&scope(), &ane());
    let item = [("until", LATE), ("erasure", "era_1"), ("pk", &mark.pk), ("sk", &mark.sk)];
    let item = item.map(|(name, value)| (name.to_owned(), AttributeValue::S(value.to_owned())));
    world.held().items.insert((mark.pk.clone(), mark.sk.clone()), item.into());
    assert_eq!(outcome(&world, &payload).await, Outcome::TooLate, "submitted before");
    let later = posted("ev2", "2026-11-19T11:00:00Z", &json!({ "token": link(&ane()) }));
    assert_eq!(outcome(&world, &later).await, Outcome::Evaluated);

    let due = "2027-12-01T00:00:00Z".parse().unwrap();
    let receipt =
        world.intake().ingest(&bytes(&payload), due, &mut About::default()).await.unwrap();
    assert_eq!(receipt.outcome, Outcome::TooLate);
    assert_eq!(evaluations(&world), ["EVALUATION#ev2"]);
}

#[tokio::test]
async fn m2_a_store_that_is_down_is_asked_again() {
    let world = open().await;
    world.held().down = vec!["transact"];
    let payload = bytes(&posted("ev1", LATE, &json!({ "token": link(&ane()) })));
    let failed = world.intake().ingest(&payload, now(), &mut About::default()).await.unwrap_err();
    assert!(matches!(failed, intake::IngestError::Store(_)));
    world.held().down = Vec::new();
    let receipt = world.intake().ingest(&payload, now(), &mut About::default()).await.unwrap();
    assert_eq!(receipt.outcome, Outcome::Evaluated);
}

#[tokio::test]
async fn m2_what_came_before_its_form_was_named_is_taken_in_as_an_evaluation() {
    let world = World::default();
    let payload = posted("ev1", LATE, &json!({ "token": link(&ane()) }));
    assert!(matches!(outcome(&world, &payload).await, Outcome::Quarantined(_)));
    assert_eq!(
        outcome(&world, &posted("ev2", LATE, &json!({}))).await,
        Outcome::Quarantined(domain::quarantine::QuarantineReason::UnknownForm)
    );
    world.onboard(evaluated(), now()).await;
    outcome(&world, &complete("tok1", EARLY)).await;
    let entries = world.store().quarantine_page(None, None, None).await.unwrap().items;
    assert_eq!(entries.len(), 2);
    for entry in &entries {
        assert_eq!(world.intake().again(None, entry, now()).await.unwrap(), Again::Accepted);
    }
    assert_eq!(evaluations(&world), ["EVALUATION#ev1"], "the other is nobody's");
    assert!(world.keys("UNASSIGNED").is_empty());
    assert!(world.objects().iter().all(|name| !name.starts_with("unassigned/")));
    let stored =
        world.store().evaluation(&scope(), &"ev1".parse().unwrap()).await.unwrap().unwrap();
    assert_eq!((stored.student, stored.profile.answers.len()), (ane(), 3));
}
