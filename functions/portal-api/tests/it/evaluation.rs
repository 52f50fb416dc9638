//! M2: what contacts see of an evaluation, and how they name one.

use domain::cohort::Cohort;
use serde_json::{Value, json};
use store::keys;

use crate::data::{COORDINATOR, end_formation, home, world};
use crate::world::{World, asks, with_body, with_header};

const PATH: &str = "/api/cohorts/coh_computer-science-2026/evaluation";
const SETTINGS: &str = "/api/cohorts/coh_computer-science-2026/settings";

fn evaluation(form: &str) -> Value {
    let label = |da: &str, en: &str| json!({ "da": da, "en": en });
    json!({ "form": form, "hidden": "token", "questions": [
        { "id": "content", "refs": ["content"], "kind": { "scale": { "min": 1, "max": 5 } },
          "label": label("Hvor tilfreds er du?", "How content are you?") },
        { "id": "again", "refs": ["again"], "label": label("Igen?", "Again?"),
          "kind": { "choice": { "options": [{ "code": "yes" }, { "code": "no" }] } } },
    ] })
}

/// The cohort with an evaluation.
pub(crate) fn evaluated() -> World {
    let world = world();
    let key = keys::cohort(&home());
    let mut value: Value = {
        let held = world.held();
        serde_dynamo::from_item(held.items[&(key.pk.clone(), key.sk.clone())].clone()).unwrap()
    };
    value["evaluation"] = evaluation("Ev4Lu8Te");
    for name in ["pk", "sk"] {
        value.as_object_mut().unwrap().remove(name);
    }
    let cohort: Cohort = serde_json::from_value(value).unwrap();
    world.put(&key, &cohort);
    world
}

/// Groups of five with as many students.
pub(crate) fn form(world: &World, groups: usize) {
    world.held().items.retain(|(_, sk), _| {
        !sk.starts_with(keys::STUDENT) && !sk.starts_with("GROUP#for_published")
    });
    for number in 0..groups {
        let members: Vec<String> =
            (number * 5..number * 5 + 5).map(|one| format!("stu_e{one:02}")).collect();
        for id in &members {
            student(world, id, &json!({}));
        }
        let group: domain::formation::Group = serde_json::from_value(json!({
            "formation": "for_published", "section": "a", "number": number + 1, "members": members,
            "score": 2000 * (number + 1), "scores": {},
        }))
        .unwrap();
        let key = keys::group(&home(), &group.formation, &group.section, group.number);
        world.put(&key, &group);
    }
}

pub(crate) fn student(world: &World, id: &str, more: &Value) {
    let mut student = json!({
        "id": id, "name": "Somebody", "email": format!("{id}@example.edu"), "section": "a",
        "response": format!("token-{id}"), "submitted_at": "2026-09-01T08:00:00Z",
    });
    student.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    world.put(&keys::student(&home(), &id.parse().unwrap()), &student);
}

pub(crate) fn answers(world: &World, number: usize, minute: usize, content: u32) {
    let (id, token) = (format!("stu_e{number:02}"), format!("ev-{number}-{minute}"));
    let at = format!("2026-09-09T08:{minute:02}:00Z");
    let answer = json!({
        "token": token, "student": id, "submitted_at": at, "received_at": at,
        "profile": { "answers": { "content": { "scale": content }, "again": { "choice": "yes" } } },
    });
    world.put(&keys::evaluation(&home(), &token.parse().unwrap()), &answer);
}

async fn shown(world: &World) -> Value {
    let answer = world.send(&asks(COORDINATOR, "GET", PATH)).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.body
}

#[tokio::test]
async fn m2_a_cohort_without_an_evaluation_says_so() {
    let body = shown(&world()).await;
    assert_eq!((&body["named"], &body["published"]), (&json!(false), &json!(true)));
    assert_eq!(body["questions"], json!([]));
    let body = shown(&evaluated()).await;
    assert_eq!((&body["named"], body.get("answered")), (&json!(true), None), "nobody answered");
    assert_eq!(body["questions"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn m2_results_tell_rate_distribution_and_means_by_score() {
    let world = evaluated();
    form(&world, 12);
    for number in 0..60 {
        let content = [2, 3, 4][number / 20] + u32::from(number % 5 == 0);
        answers(&world, number, number % 59 + 1, content);
    }
    // Before the ones that count: what somebody answered first, and somebody who is in no group.
    answers(&world, 14, 0, 1);
    answers(&world, 70, 0, 1);
    let body = shown(&world).await;
    assert_eq!(
        (&body["asked"], &body["answered"], &body["rate"]),
        (&json!(60), &json!(60), &json!(100))
    );
    let content = &body["questions"][0];
    assert_eq!(
        content["label"],
        json!({ "da": "Hvor tilfreds er du?", "en": "How content are you?" })
    );
    let told = content["counts"].as_array().unwrap().iter().filter(|cell| !cell["count"].is_null());
    // 16 answered 2, 20 answered 3, 20 answered 4 and 4 answered 5: the least of the others is withheld with them.
    let cell = |cell: &str| json!({ "cell": cell, "count": 20 });
    assert_eq!(told.collect::<Vec<_>>(), [&cell("3"), &cell("4")]);
    let means: Vec<_> =
        content["thirds"].as_array().unwrap().iter().map(|third| &third["mean"]).collect();
    assert_eq!(means, [&json!(2.0), &json!(3.0), &json!(4.0)]);
    assert_eq!(
        content["thirds"][0],
        json!({
            "groups": 4, "score_from": 2000, "score_to": 8000, "answers": 20, "mean": 2.0,
        })
    );
    assert!(body["questions"][1].get("thirds").is_none());
    assert!(!body.to_string().contains("stu_"), "nobody is named");
}

#[tokio::test]
async fn m2_who_is_restricted_or_objects_is_neither_asked_nor_counted() {
    let world = evaluated();
    form(&world, 3);
    for number in 0..10 {
        answers(&world, number, number, 3);
    }
    assert_eq!(shown(&world).await["answered"], 10);
    student(&world, "stu_e00", &json!({ "restricted": "2026-09-08T08:00:00Z" }));
    student(&world, "stu_e14", &json!({ "objected": "2026-09-08T08:00:00Z" }));
    let body = shown(&world).await;
    assert_eq!((&body["asked"], &body["answered"]), (&json!(13), &json!(5)));
}

/// The settings as they are, with an evaluation.
async fn named(world: &World, form: &str) -> (Value, Value) {
    let known = world.send(&asks(COORDINATOR, "GET", SETTINGS)).await;
    let mut settings = known.body["settings"].clone();
    settings["evaluation"] = evaluation(form);
    let event = with_header(asks(COORDINATOR, "PUT", SETTINGS), "if-match", &known.headers["etag"]);
    (with_body(event, &settings), settings)
}

/// The institution may use another form.
fn may_use(world: &World, form: &str) {
    let key = keys::institution(&home().institution);
    let mut held = world.held();
    let item = held.items.get_mut(&(key.pk, key.sk)).unwrap();
    let form = aws_sdk_dynamodb::types::AttributeValue::S(form.to_owned());
    item.insert("forms".into(), aws_sdk_dynamodb::types::AttributeValue::L(vec![form]));
}

#[tokio::test]
async fn m2_a_coordinator_names_an_evaluation_which_is_claimed_and_stays() {
    let world = world();
    end_formation(&world);
    let (event, settings) = named(&world, "Ev4Lu8Te").await;
    let refused = world.send(&event).await;
    assert_eq!(refused.problem(), "parameters", "not made for the institution: {refused:?}");
    assert_eq!(refused.body["errors"][0]["pointer"], "/evaluation/form");

    may_use(&world, "Ev4Lu8Te");
    let done = world.send(&event).await;
    assert_eq!(done.status, 200, "{done:?}");
    assert_eq!(done.body["settings"]["evaluation"]["form"], "Ev4Lu8Te");
    let claim = keys::form(&"Ev4Lu8Te".parse().unwrap());
    let claimed = world.held().items[&(claim.pk, claim.sk)].clone();
    assert_eq!(claimed["purpose"].as_s().unwrap(), "evaluation");
    assert_eq!(claimed["cohort"].as_s().unwrap(), home().cohort.as_str());

    let mut renamed = evaluation("Ev4Lu8Te");
    renamed["hidden"] = json!("link");
    for (other, pointer) in [
        (Value::Null, "/evaluation/form"),
        (evaluation("Other123"), "/evaluation/form"),
        (renamed, "/evaluation/hidden"),
    ] {
        let mut changed = settings.clone();
        changed["evaluation"] = other;
        let event =
            with_header(asks(COORDINATOR, "PUT", SETTINGS), "if-match", &done.headers["etag"]);
        let answer = world.send(&with_body(event, &changed)).await;
        assert_eq!(answer.problem(), "parameters", "{answer:?}");
        assert_eq!(answer.body["errors"][0]["pointer"], pointer);
    }
}

#[tokio::test]
async fn m2_a_form_that_another_cohort_uses_is_no_evaluation() {
    let world = world();
    end_formation(&world);
    may_use(&world, "Taken123");
    let owner = json!({ "institution": "ins_example-university", "cohort": "coh_other" });
    world.put(&keys::form(&"Taken123".parse().unwrap()), &owner);
    let (event, _) = named(&world, "Taken123").await;
    let before = world.held().items.clone();
    let answer = world.send(&event).await;
    assert_eq!((answer.status, answer.problem()), (409, "form-taken"), "{answer:?}");
    let key = keys::cohort(&home());
    let at = (key.pk, key.sk);
    assert_eq!(world.held().items[&at], before[&at], "nothing was changed");
}

#[tokio::test]
async fn m2_once_somebody_answered_questions_change_no_more_than_their_names() {
    let world = evaluated();
    end_formation(&world);
    let change = async |edit: &dyn Fn(&mut Value)| {
        let known = world.send(&asks(COORDINATOR, "GET", SETTINGS)).await;
        let mut settings = known.body["settings"].clone();
        edit(&mut settings["evaluation"]["questions"]);
        let etag = &known.headers["etag"];
        let event = with_header(asks(COORDINATOR, "PUT", SETTINGS), "if-match", etag);
        world.send(&with_body(event, &settings)).await
    };
    let narrower = |questions: &mut Value| questions[0]["kind"]["scale"]["max"] = json!(4);
    let wider = |questions: &mut Value| questions[0]["kind"]["scale"]["max"] = json!(5);
    assert_eq!(change(&narrower).await.status, 200, "nobody has answered");
    assert_eq!(change(&wider).await.status, 200);
    answers(&world, 1, 1, 3);
    let others: [&dyn Fn(&mut Value); 4] = [
        &narrower,
        &|questions| questions[0]["id"] = json!("pleased"),
        &|questions| {
            questions[1]["kind"]["choice"]["options"] =
                json!([{ "code": "yes" }, { "code": "maybe" }]);
        },
        &|questions| drop(questions.as_array_mut().unwrap().pop()),
    ];
    for (place, edit) in others.into_iter().enumerate() {
        let answer = change(edit).await;
        assert_eq!((answer.status, answer.problem()), (400, "parameters"), "{place}: {answer:?}");
        assert_eq!(answer.body["errors"][0]["pointer"], "/evaluation/questions", "{place}");
    }
    let named = |questions: &mut Value| questions[0]["label"]["en"] = json!("Pleased?");
    assert_eq!(change(&named).await.status, 200);
}
