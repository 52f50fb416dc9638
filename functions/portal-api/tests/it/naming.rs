//! G2, D2: a contact names students in rules: who is to be apart or together.

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value, json};
use store::keys;

use crate::data::{end_formation, home, world};
use crate::settings::{COHORT, LATER, attribute, places, replace, show, stored};
use crate::world::World;

/// The settings of a cohort with one more rule, which keeps these students apart.
async fn apart(world: &World, cohort: &str, students: &[&str]) -> Value {
    let mut settings = show(world, cohort).await.body["settings"].clone();
    let rule = json!({"apart": {"sets": [students]}});
    settings["criteria"]
        .as_array_mut()
        .unwrap()
        .push(json!({"id": "quarrel", "rule": rule, "weight": 50, "hardness": "must"}));
    settings
}

#[tokio::test]
async fn g2_a_contact_keeps_students_apart_who_are_in_the_cohort() {
    let world = world();
    end_formation(&world);
    let at = attribute(&world, &home(), "criteria").as_array().unwrap().len();
    let here = format!("/criteria/{at}/rule");
    for nobody in ["stu_invented", "ane@example.dk", "stu_6"] {
        let settings = apart(&world, COHORT, &["stu_1", nobody]).await;
        let answer = replace(&world, COHORT, "\"3\"", &settings).await;
        assert_eq!(places(&answer), [here.as_str()], "{nobody}");
        assert!(!answer.text.contains(nobody), "{answer:?}");
    }
    let settings = apart(&world, COHORT, &["stu_1", "stu_2"]).await;
    let answer = replace(&world, COHORT, "\"3\"", &settings).await;
    assert_eq!((answer.status, &answer.body["settings"]), (200, &settings), "{answer:?}");
    // Who was named, by whom and who looked at it stands in the trail (D5), and by it in the students' own data.
    let ids = |world: &World, action: &str| {
        let held = world.held();
        let last = held.audit.iter().rfind(|entry| entry["action"].as_s().unwrap() == action);
        let entry: Value = serde_dynamo::from_item(last.unwrap().clone()).unwrap();
        (entry["subjects"].clone(), entry["ids"].clone())
    };
    let named = json!(["coh_computer-science-2026", "stu_1", "stu_2"]);
    assert_eq!(ids(&world, "settings.replace"), (json!(3), named.clone()));
    show(&world, COHORT).await;
    assert_eq!(ids(&world, "settings.show"), (json!(2), json!(["stu_1", "stu_2"])));
    // Of another cohort nobody is known here.
    let elsewhere = apart(&world, LATER, &["stu_1", "stu_2"]).await;
    let answer = replace(&world, LATER, "\"0\"", &elsewhere).await;
    assert_eq!(answer.status, 400, "{answer:?}");
    // Who is named stays so without another look, and is taken out again.
    let mut less = settings.clone();
    less["approval"] = json!(false);
    assert_eq!(replace(&world, COHORT, "\"4\"", &less).await.status, 200);
    less["criteria"].as_array_mut().unwrap().pop();
    assert_eq!(replace(&world, COHORT, "\"5\"", &less).await.status, 200);
    assert_eq!(ids(&world, "settings.replace"), (json!(3), named), "taking out is told as well");
}

#[tokio::test]
async fn g2_who_is_brought_together_is_of_one_section_unless_small_ones_are_merged() {
    let world = world();
    end_formation(&world);
    let mut settings = show(&world, COHORT).await.body["settings"].clone();
    let at = settings["criteria"].as_array().unwrap().len();
    let rule = |kind: &str, students: &[&str]| json!({"id": "pair", "rule": {kind: {"sets": [students]}}, "weight": 5, "hardness": "could"});
    settings["criteria"].as_array_mut().unwrap().push(rule("together", &["stu_1", "stu_3"]));
    let answer = replace(&world, COHORT, "\"3\"", &settings).await;
    assert_eq!(places(&answer), [format!("/criteria/{at}/rule")]);
    let problem = answer.body["errors"][0]["problem"].as_str().unwrap();
    assert!(problem.contains("different sections"), "{problem}");
    let mut merged = settings.clone();
    merged["small_sections"] = json!("merge");
    assert_eq!(replace(&world, COHORT, "\"3\"", &merged).await.status, 200);
    merged["criteria"][at] = rule("apart", &["stu_1", "stu_3"]);
    merged["small_sections"] = json!("refuse");
    assert_eq!(replace(&world, COHORT, "\"4\"", &merged).await.status, 200);
    merged["criteria"][at] = rule("together", &["stu_1", "stu_5"]);
    assert_eq!(replace(&world, COHORT, "\"5\"", &merged).await.status, 200);
}

#[tokio::test]
async fn d4_nobody_is_named_anew_who_is_restricted_or_takes_no_part() {
    for flag in ["restricted", "objected"] {
        let world = world();
        end_formation(&world);
        let key = keys::student(&home(), &domain::StudentId::parse("stu_2").unwrap());
        let at = AttributeValue::S("2026-09-09T07:00:00Z".into());
        let named = apart(&world, COHORT, &["stu_1", "stu_2"]).await;
        world.held().items.get_mut(&(key.pk, key.sk)).unwrap().insert(flag.to_owned(), at);
        assert_eq!(places(&replace(&world, COHORT, "\"3\"", &named).await).len(), 1, "{flag}");
    }
}

#[tokio::test]
async fn d2_nobody_is_named_by_a_rule_once_their_erasure_has_begun() {
    let world = world();
    end_formation(&world);
    let before = stored(&world, &home());
    let settings = apart(&world, COHORT, &["stu_1", "stu_2"]).await;
    world.moves_when_read(
        &keys::student(&home(), &domain::StudentId::parse("stu_1").unwrap()),
        "erasure",
        "era_1",
    );
    let answer = replace(&world, COHORT, "\"3\"", &settings).await;
    assert_eq!(places(&answer).len(), 1, "{answer:?}");
    assert_eq!(stored(&world, &home()), before, "nothing was changed");
}

#[tokio::test]
async fn g2_so_many_are_named_at_once_as_one_change_can_look_for() {
    let world = world();
    end_formation(&world);
    let many: Vec<String> = (0..91).map(|number| format!("stu_many_{number}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let answer = replace(&world, COHORT, "\"3\"", &apart(&world, COHORT, &many).await).await;
    places(&answer);
    let problem = answer.body["errors"][0]["problem"].as_str().unwrap();
    assert!(problem.contains("more than 90"), "{problem}");
}
