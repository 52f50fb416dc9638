//! What was answered to evaluations goes with the person and with the cohort, here and at Typeform (M2, D2).

use domain::StudentId;
use domain::cohort::Settings;
use domain::evaluation::{EvaluationAnswer, EvaluationToken};
use serde_json::{Value, json};
use store::{ChangedSettings, Store, StoredEvaluation, keys};

use crate::machine::{End, Machine};
use crate::memory::Gate;
use crate::persons;
use crate::world::{APP, DUE, OTHER, World, from, input, key, scope};

/// The cohorts' evaluations.
const FORM: &str = "Ev4Lu8Te";

fn student(cohort: &str, number: usize) -> StudentId {
    StudentId::parse(format!("stu_{cohort}_{number:02}")).unwrap()
}

/// The cohort has an evaluation; student 3 has answered twice, and once more without it being delivered, student
/// 4 once, and somebody without a link.
async fn evaluate(world: &World, cohort: &str) {
    let store = Store::new(world.tables.client(&Gate::default()), APP);
    let scope = scope(cohort);
    let known = store.cohort_even_if_gone(&scope).await.unwrap().unwrap().settings;
    let question = json!({ "id": "content", "refs": ["content"], "kind": { "scale": { "min": 1, "max": 5 } },
        "label": { "da": "Tilfreds", "en": "Content" } });
    let evaluation = json!({ "form": FORM, "hidden": "token", "questions": [question] });
    let settings = Settings { evaluation: from(evaluation), ..known.clone() };
    assert_eq!(store.replace_settings(&known, &settings).await.unwrap(), ChangedSettings::Done);
    // Who is being erased already answered before.
    let own = keys::student(&scope, &student(cohort, 3));
    let at = (own.pk, own.sk);
    let mut items = world.tables.items(APP);
    let erasure = items.get_mut(&at).unwrap().remove("erasure");
    world.tables.put(APP, items);
    for (token, number) in [("ev-a", 3), ("ev-b", 3), ("ev-c", 4)] {
        let student = student(cohort, number);
        let answer: EvaluationAnswer = from(json!({
            "token": token, "student": student, "submitted_at": "2027-01-20T08:00:00Z",
            "received_at": "2027-01-20T08:00:01Z", "profile": { "answers": { "content": { "scale": 4 } } },
        }));
        assert_eq!(store.store_evaluation(&scope, &answer).await.unwrap(), StoredEvaluation::New);
        assert_eq!(
            store.store_evaluation(&scope, &answer).await.unwrap(),
            StoredEvaluation::Duplicate
        );
    }
    if let Some(erasure) = erasure {
        let mut items = world.tables.items(APP);
        items.get_mut(&at).unwrap().insert("erasure".to_owned(), erasure);
        world.tables.put(APP, items);
        let late: EvaluationAnswer = from(json!({
            "token": "ev-late", "student": student(cohort, 3), "submitted_at": "2027-08-20T08:00:00Z",
            "received_at": "2027-08-20T08:00:01Z", "profile": { "answers": {} },
        }));
        assert_eq!(
            store.store_evaluation(&scope, &late).await.unwrap(),
            StoredEvaluation::SenderGone
        );
    }
    let link = |number: usize| {
        EvaluationToken::derive(&key(), &scope.cohort, &student(cohort, number)).as_str().to_owned()
    };
    for (kind, token, number) in [
        ("completed", "ev-a", 3),
        ("completed", "ev-b", 3),
        ("completed", "ev-missed", 3),
        ("partial", "ev-begun", 3),
        ("completed", "ev-c", 4),
    ] {
        world.typeform.add_by(FORM, kind, token, &link(number));
    }
    world.typeform.add(FORM, "completed", &["ev-nobodys"]);
}

fn evaluations(world: &World, cohort: &str) -> Vec<String> {
    let partition = keys::cohort_partition(&scope(cohort));
    let items = world.tables.items(APP).into_keys();
    let all = items.filter(|(pk, sk)| *pk == partition && sk.starts_with(keys::EVALUATION));
    all.map(|(_, sk)| sk).collect()
}

async fn erased(world: &World, input: Value) -> Value {
    assert_eq!(Machine::new().run(&world.systems(), input).await, End::Succeeded);
    world.certificates().remove(0)
}

#[tokio::test]
async fn m2_a_persons_evaluations_go_here_and_at_typeform_and_nobody_elses_do() {
    let world = persons::asked().await;
    evaluate(&world, OTHER).await;
    assert_eq!(evaluations(&world, OTHER).len(), 3);
    let certificate = erased(&world, persons::input()).await;
    assert_eq!(evaluations(&world, OTHER), ["EVALUATION#ev-c"]);
    assert_eq!(world.typeform.tokens(FORM), ["ev-c", "ev-nobodys"]);
    assert!(!world.typeform.webhooks(FORM).is_empty(), "others still answer");
    let deleted = &certificate["deleted"];
    assert_eq!(deleted["dynamodb.evaluations"], 2);
    assert_eq!(deleted["typeform.evaluations"], 4, "what was begun or not delivered, too");
    assert_eq!(certificate["left_over"]["typeform"], 0);
}

#[tokio::test]
async fn m2_what_typeform_keeps_of_a_persons_evaluation_is_found_when_it_is_read_back() {
    let world = persons::asked().await;
    evaluate(&world, OTHER).await;
    world.typeform.keep("ev-missed");
    let end = Machine::new().run(&world.systems(), persons::input()).await;
    assert!(matches!(end, End::Failed(_)), "{end:?}");
    assert!(world.certificates().is_empty());
}

#[tokio::test]
async fn m2_a_persons_evaluations_go_under_whichever_name_their_token_stands() {
    let world = persons::asked().await;
    evaluate(&world, OTHER).await;
    let store = Store::new(world.tables.client(&Gate::default()), APP);
    let was = store.cohort_even_if_gone(&scope(OTHER)).await.unwrap().unwrap().settings;
    let mut renamed = was.clone();
    renamed.evaluation.as_mut().unwrap().hidden = "another".to_owned();
    assert_eq!(store.replace_settings(&was, &renamed).await.unwrap(), ChangedSettings::Done);
    let certificate = erased(&world, persons::input()).await;
    assert_eq!(world.typeform.tokens(FORM), ["ev-c", "ev-nobodys"]);
    assert_eq!(certificate["deleted"]["typeform.evaluations"], 4);
}

#[tokio::test]
async fn m2_a_persons_evaluations_go_at_typeform_also_if_the_form_has_lost_its_hidden_field() {
    let world = persons::asked().await;
    evaluate(&world, OTHER).await;
    for taken_in in ["ev-a", "ev-b"] {
        world.typeform.unlink(FORM, taken_in);
    }
    let certificate = erased(&world, persons::input()).await;
    assert_eq!(world.typeform.tokens(FORM), ["ev-c", "ev-nobodys"]);
    assert_eq!(certificate["deleted"]["typeform.evaluations"], 4);
}

/// A contact names an evaluation while an operator replaces the settings that were read before.
#[tokio::test]
async fn m2_an_evaluation_that_was_named_meanwhile_is_not_dropped() {
    let world = World::new().await;
    let store = Store::new(world.tables.client(&Gate::default()), APP);
    let before = store.cohort_even_if_gone(&scope(OTHER)).await.unwrap().unwrap().settings;
    evaluate(&world, OTHER).await;
    let mended = Settings { approval: !before.approval, ..before.clone() };
    let replaced = store.replace_settings(&before, &mended).await.unwrap();
    assert_eq!(replaced, ChangedSettings::Stale);
    let now = store.cohort_even_if_gone(&scope(OTHER)).await.unwrap().unwrap().settings;
    assert_eq!(now.evaluation.as_ref().map(|known| known.form.as_str()), Some(FORM));
    // Read anew it is replaced, and the evaluation stays.
    let mended = Settings { approval: !now.approval, ..now.clone() };
    assert_eq!(store.replace_settings(&now, &mended).await.unwrap(), ChangedSettings::Done);
}

#[tokio::test]
async fn m2_a_cohorts_evaluations_go_with_it() {
    let world = World::new().await;
    evaluate(&world, DUE).await;
    let certificate = erased(&world, input()).await;
    assert!(evaluations(&world, DUE).is_empty());
    assert!(world.typeform.tokens(FORM).is_empty(), "those without a link, too");
    assert!(world.typeform.webhooks(FORM).is_empty());
    let deleted = &certificate["deleted"];
    assert_eq!(
        (&deleted["dynamodb.evaluations"], &deleted["typeform.evaluations"]),
        (&json!(3), &json!(6))
    );
}

#[tokio::test]
async fn m2_an_evaluation_that_is_gone_at_typeform_with_answers_of_it_here_needs_a_word() {
    let world = World::new().await;
    evaluate(&world, DUE).await;
    world.typeform.remove(FORM);
    let end = Machine::new().run(&world.systems(), input()).await;
    assert_eq!(end, End::Failed("FormMissing".to_owned()));
    assert!(world.certificates().is_empty());
}
