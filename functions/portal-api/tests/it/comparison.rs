//! G6: two formations side by side.

use domain::formation::Group;
use serde_json::{Value, json};
use store::keys;

use crate::data::{COORDINATOR, VIEWER, home, world};
use crate::world::{Answer, World, asks};

const FORMATIONS: &str = "/api/cohorts/coh_computer-science-2026/formations";

async fn compare(world: &World, formation: &str, query: &str) -> Answer {
    let path = format!("{FORMATIONS}/{formation}/comparison{query}");
    world.send(&asks(VIEWER, "GET", &path)).await
}

fn put(world: &World, section: &str, number: u32, members: &[&str], score: i64) {
    let group: Group = serde_json::from_value(json!({
        "formation": "for_waiting", "section": section, "number": number, "members": members,
        "score": score, "scores": { "same": score }, "must_broken": [],
    }))
    .unwrap();
    world.put(&keys::group(&home(), &group.formation, &group.section, number), &group);
}

/// The published groups, but for Alma, who is alone, and Noah, who came.
fn changed() -> World {
    let world = world();
    put(&world, "a", 1, &["stu_1", "stu_2"], 9000);
    put(&world, "a", 2, &["stu_5"], 5000);
    put(&world, "b", 1, &["stu_3", "stu_gone", "stu_4"], 7000);
    world
}

#[tokio::test]
async fn g6_scores_rules_criteria_and_who_moves_stand_side_by_side() {
    let world = changed();
    let answer = compare(&world, "for_waiting", "?with=for_published").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let body = &answer.body;
    assert_eq!(body["before"]["formation"], "for_published");
    let before = json!({ "groups": 2, "mean": 7500, "worst": 7500, "must_broken": 2 });
    let after = json!({ "groups": 3, "mean": 7000, "worst": 5000, "must_broken": 0 });
    assert_eq!((&body["before"]["standing"], &body["after"]["standing"]), (&before, &after));
    assert_eq!((&body["before"]["students"], &body["after"]["students"]), (&json!(5), &json!(6)));
    let criteria = body["criteria"].as_array().unwrap();
    let ids: Vec<&Value> = criteria.iter().map(|one| &one["criterion"]).collect();
    assert_eq!(ids, ["same", "free", "retired"]);
    assert_eq!(criteria[0]["before"]["mean"], 9000);
    assert_eq!(criteria[0]["after"]["worst"], 5000);
    assert_eq!(criteria[2].get("after"), None, "it counts no more");
    assert_eq!((&body["stay"], &body["moved"]), (&json!(4), &json!(2)));
    assert_eq!(
        body["items"],
        json!([
            { "student": "stu_5", "name": "Alma Dahl", "section": "a", "from": 1, "to": 2, "kept": 0 },
            { "student": "stu_4", "name": "Noah Vang", "section": "b", "to": 1, "kept": 0 },
        ])
    );
    let held = world.held();
    let entry = &held.audit.last().unwrap();
    assert_eq!(entry["action"].as_s().unwrap(), "formations.compare");
}

#[tokio::test]
async fn p1_those_who_move_come_page_by_page() {
    let world = changed();
    let first = compare(&world, "for_waiting", "?with=for_published&limit=1").await;
    assert_eq!(
        (&first.body["moved"], &first.body["items"][0]["student"]),
        (&json!(2), &json!("stu_5"))
    );
    let cursor = first.body["next"].as_str().unwrap();
    let query = format!("?with=for_published&limit=1&cursor={cursor}");
    let second = compare(&world, "for_waiting", &query).await;
    assert_eq!(second.body["items"][0]["student"], "stu_4", "{second:?}");
    assert_eq!(second.body.get("next"), None);
    // A cursor of another comparison.
    let other = format!("?with=for_waiting&limit=1&cursor={cursor}");
    assert_eq!(compare(&world, "for_waiting", &other).await.status, 400);
}

#[tokio::test]
async fn g6_without_another_it_is_compared_with_the_one_it_begins_from_or_the_latest() {
    let world = changed();
    let answer = compare(&world, "for_waiting", "").await;
    assert_eq!(answer.body["before"]["formation"], "for_published");
    let key = keys::formation(&home(), &"for_published".parse().unwrap());
    let published = world.held().items.remove(&(key.pk.clone(), key.sk.clone())).unwrap();
    let alone = compare(&world, "for_waiting", "").await;
    assert_eq!(alone.body["before"]["formation"], "for_waiting", "there is no other: {alone:?}");
    assert_eq!(alone.body["moved"], 0);
    world.held().items.insert((key.pk, key.sk), published);
    let key = keys::formation(&home(), &"for_waiting".parse().unwrap());
    let around = json!({ "formation": "for_failed", "version": 0, "keep": "held" });
    let around = serde_dynamo::to_attribute_value(around).unwrap();
    world.held().items.get_mut(&(key.pk, key.sk)).unwrap().insert("around".into(), around);
    let answer = compare(&world, "for_waiting", "").await;
    assert_eq!(
        (answer.status, answer.problem()),
        (409, "no-groups"),
        "it begins from one that failed"
    );
}

#[tokio::test]
async fn g6_what_is_not_there_or_has_no_groups_is_not_compared() {
    for (formation, query, problem) in [
        ("for_waiting", "?with=for_running", "no-groups"),
        ("for_running", "?with=for_waiting", "no-groups"),
        ("for_waiting", "?with=for_never", "not-found"),
        ("for_waiting", "?with=waiting", "parameters"),
    ] {
        let answer = compare(&world(), formation, query).await;
        assert_eq!(answer.problem(), problem, "{formation}{query}");
    }
    let path = format!("{FORMATIONS}/for_waiting/comparison?with=for_published");
    assert_eq!(world().send(&asks(COORDINATOR, "GET", &path)).await.status, 200);
}
