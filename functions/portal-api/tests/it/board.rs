//! G6: contacts change groups by hand while these await approval.

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value, json};
use store::keys;

use crate::data::{COORDINATOR, VIEWER, home, world};
use crate::world::{Answer, World, asks, with_body, with_header};

const BOARD: &str = "/api/cohorts/coh_computer-science-2026/formations/for_waiting/board";

async fn preview(world: &World, body: &Value) -> Answer {
    world.send(&with_body(asks(COORDINATOR, "POST", &format!("{BOARD}/preview")), body)).await
}

async fn change(world: &World, version: &str, body: &Value) -> Answer {
    let event = with_body(asks(COORDINATOR, "POST", &format!("{BOARD}/changes")), body);
    world.send(&with_header(event, "if-match", version)).await
}

async fn hold(world: &World, version: &str, body: &Value) -> Answer {
    let event = with_body(asks(COORDINATOR, "PUT", &format!("{BOARD}/holds")), body);
    world.send(&with_header(event, "if-match", version)).await
}

async fn board(world: &World) -> Value {
    world.send(&asks(COORDINATOR, "GET", BOARD)).await.body
}

/// Who is in which group of a section, by the groups' numbers.
async fn groups(world: &World, section: &str) -> Vec<(u64, Vec<String>)> {
    let path = BOARD.replace("/board", "/groups");
    let answer = world.send(&asks(COORDINATOR, "GET", &path)).await;
    let items = answer.body["items"].as_array().unwrap().clone();
    let members = |group: &Value| {
        let members = group["members"].as_array().unwrap().iter();
        members.map(|member| member["id"].as_str().unwrap().to_owned()).collect()
    };
    let here = items.iter().filter(|group| group["section"] == section);
    here.map(|group| (group["number"].as_u64().unwrap(), members(group))).collect()
}

fn ids(ids: &[&str]) -> Vec<String> {
    ids.iter().map(|id| (*id).to_owned()).collect()
}

#[tokio::test]
async fn g6_a_change_is_judged_before_it_is_made_and_does_what_was_said() {
    let world = world();
    let wish = json!({ "student": "stu_5", "to": 2 });
    let before = world.held().items.clone();
    let judged = preview(&world, &wish).await;
    assert_eq!(judged.status, 200, "{judged:?}");
    assert_eq!(world.held().items, before, "judging changes nothing");
    // Two of the same ambition stay, the third begins a group alone, which is smaller than allowed.
    let effect = &judged.body;
    assert_eq!(effect["groups"][0]["size"], json!({ "before": 3, "after": 2 }));
    assert!(
        effect["groups"][0]["score"]["after"].as_u64()
            > effect["groups"][0]["score"]["before"].as_u64()
    );
    assert_eq!(effect["out_of_size"], json!([2]));

    let made = change(&world, "\"0\"", &wish).await;
    assert_eq!((made.status, made.headers["etag"].as_str()), (200, "\"1\""), "{made:?}");
    assert_eq!(&made.body["effect"], effect, "it does what was said");
    assert_eq!(groups(&world, "a").await, [(1, ids(&["stu_1", "stu_2"])), (2, ids(&["stu_5"]))]);
    assert_eq!(groups(&world, "b").await.len(), 1, "other sections are not touched");
    let shown = world.send(&asks(COORDINATOR, "GET", &BOARD.replace("/board", ""))).await;
    let section = &shown.body["sections"][0];
    assert_eq!((&section["section"], &section["groups"]), (&json!("a"), &json!(2)), "{section}");
    assert_eq!(section["worst"], effect["worst"]["after"]);

    // Back again: the group that everybody left is gone.
    let back = change(&world, "\"1\"", &json!({ "student": "stu_5", "to": 1 })).await;
    assert_eq!(back.status, 200, "{back:?}");
    assert_eq!(groups(&world, "a").await, [(1, ids(&["stu_1", "stu_2", "stu_5"]))]);
    let actions: Vec<String> = {
        let held = world.held();
        held.audit.iter().map(|entry| entry["action"].as_s().unwrap().clone()).collect()
    };
    assert!(actions.contains(&"board.preview".to_owned()), "{actions:?}");
    assert!(actions.contains(&"board.change".to_owned()), "{actions:?}");
}

#[tokio::test]
async fn g6_two_students_change_places() {
    let world = world();
    change(&world, "\"0\"", &json!({ "student": "stu_5", "to": 2 })).await;
    let swapped = change(&world, "\"1\"", &json!({ "student": "stu_5", "with": "stu_1" })).await;
    assert_eq!(swapped.status, 200, "{swapped:?}");
    assert_eq!(groups(&world, "a").await, [(1, ids(&["stu_2", "stu_5"])), (2, ids(&["stu_1"]))]);
}

#[tokio::test]
async fn g6_of_two_contacts_the_second_is_told_and_overwrites_nothing() {
    let world = world();
    assert_eq!(board(&world).await["version"], 0);
    let mine = json!({ "student": "stu_5", "to": 2 });
    assert_eq!(change(&world, "\"0\"", &mine).await.status, 200);
    let late = change(&world, "\"0\"", &json!({ "student": "stu_1", "to": 2 })).await;
    assert_eq!((late.status, late.problem(), &late.body["version"]), (412, "stale", &json!(1)));
    assert_eq!(groups(&world, "a").await[0].1, ids(&["stu_1", "stu_2"]));
    // A change of one section is one of the board: what somebody saw of the whole is told as stale.
    let held = hold(&world, "\"0\"", &json!({ "groups": "a/1" })).await;
    assert_eq!(held.status, 412);

    // The decision comes between reading and writing.
    let key = keys::formation(&home(), &domain::FormationId::parse("for_waiting").unwrap());
    world.moves_when_read(&key, "status", "published");
    let over = change(&world, "\"1\"", &json!({ "student": "stu_1", "to": 2 })).await;
    assert!(over.status == 503 || over.status == 409, "{over:?}");
    assert_eq!(groups(&world, "a").await[0].1, ids(&["stu_1", "stu_2"]));
}

#[tokio::test]
async fn g6_what_is_held_fast_stays() {
    let world = world();
    change(&world, "\"0\"", &json!({ "student": "stu_5", "to": 2 })).await;
    let held = hold(&world, "\"1\"", &json!({ "groups": "a/2", "students": "stu_1" })).await;
    assert_eq!(held.status, 200, "{held:?}");
    assert_eq!(held.body["locked"], json!([{ "section": "a", "number": 2 }]));
    assert_eq!((&held.body["pinned"], &held.body["version"]), (&json!(["stu_1"]), &json!(2)));
    for (wish, word) in [
        (json!({ "student": "stu_5", "to": 1 }), "group-locked"),
        (json!({ "student": "stu_2", "to": 2 }), "group-locked"),
        (json!({ "student": "stu_1", "to": 3 }), "student-pinned"),
        (json!({ "student": "stu_2", "to": 1 }), "no-change"),
    ] {
        for answer in [preview(&world, &wish).await, change(&world, "\"2\"", &wish).await] {
            assert_eq!((answer.status, answer.problem()), (409, word), "{wish}");
        }
    }
    // Let go, everything moves again.
    assert_eq!(hold(&world, "\"2\"", &json!({})).await.body["locked"], json!([]));
    assert_eq!(change(&world, "\"3\"", &json!({ "student": "stu_5", "to": 1 })).await.status, 200);
    for body in [
        json!({ "groups": "a/9" }),
        json!({ "groups": "a" }),
        json!({ "students": "stu_nobody" }),
        json!({ "students": "Freja" }),
    ] {
        let refused = hold(&world, "\"4\"", &body).await;
        assert_eq!((refused.status, refused.problem()), (400, "parameters"), "{body}");
        assert!(!refused.text.contains("Freja"));
    }
}

#[tokio::test]
async fn g6_two_thousand_students_can_be_held_fast() {
    let world = world();
    let waiting = domain::FormationId::parse("for_waiting").unwrap();
    let section = domain::SectionId::parse("a").unwrap();
    let key = keys::group(&home(), &waiting, &section, 1);
    let all: Vec<String> = (0..2_000).map(|number| format!("stu_{number:032x}")).collect();
    let members = serde_dynamo::to_attribute_value(&all).unwrap();
    world.held().items.get_mut(&(key.pk, key.sk)).unwrap().insert("members".to_owned(), members);
    let held = hold(&world, "\"0\"", &json!({ "students": all.join(" ") })).await;
    assert_eq!(held.status, 200, "{}", held.text);
    assert_eq!(held.body["pinned"].as_array().unwrap().len(), 2_000);
    let more = "stu_00000000000000000000000000000000 ".repeat(4_000);
    let refused = hold(&world, "\"1\"", &json!({ "students": more })).await;
    assert_eq!((refused.status, refused.problem()), (400, "parameters"), "longer than an item");
}

#[tokio::test]
async fn g6_what_was_held_and_is_gone_with_an_erasure_is_let_go() {
    let world = world();
    change(&world, "\"0\"", &json!({ "student": "stu_5", "to": 2 })).await;
    let all = json!({ "groups": "a/1 a/2", "students": "stu_1" });
    assert_eq!(hold(&world, "\"1\"", &all).await.status, 200);
    let waiting = domain::FormationId::parse("for_waiting").unwrap();
    let section = domain::SectionId::parse("a").unwrap();
    let key = keys::group(&home(), &waiting, &section, 1);
    world.held().items.remove(&(key.pk, key.sk)).unwrap();
    // The page sends what it still shows.
    let held = hold(&world, "\"2\"", &all).await;
    assert_eq!(held.status, 200, "{held:?}");
    assert_eq!(held.body["locked"], json!([{ "section": "a", "number": 2 }]));
    assert_eq!(held.body["pinned"], json!([]));
}

#[tokio::test]
async fn g6_suggestions_name_what_they_would_do_and_changing_them_does_it() {
    let world = world();
    change(&world, "\"0\"", &json!({ "student": "stu_5", "to": 2 })).await;
    let path = format!("{BOARD}/suggestions?student=stu_5");
    let found = world.send(&asks(COORDINATOR, "GET", &path)).await;
    assert_eq!(found.status, 200, "{found:?}");
    let best = &found.body["items"][0];
    assert_eq!(best["change"]["student"], "stu_5", "{found:?}");
    let done = change(&world, "\"1\"", &best["change"]).await;
    assert_eq!((done.status, &done.body["effect"]), (200, &best["effect"]), "{done:?}");
}

#[tokio::test]
async fn g6_what_names_nobody_here_or_comes_too_late_is_refused() {
    let world = world();
    for wish in [
        json!({ "student": "stu_nobody", "to": 1 }),
        json!({ "student": "stu_1", "to": 7 }),
        json!({ "student": "stu_1", "with": "stu_3" }),
        json!({ "student": "stu_1" }),
        json!({ "student": "stu_1", "to": 0 }),
        json!({ "student": "stu_1", "to": 1, "with": "stu_2" }),
        json!({ "student": "stu_1", "to": 2, "more": 1 }),
    ] {
        for answer in [preview(&world, &wish).await, change(&world, "\"0\"", &wish).await] {
            assert_eq!((answer.status, answer.problem()), (400, "parameters"), "{wish}");
        }
    }
    let wish = json!({ "student": "stu_5", "to": 2 });
    // Published groups are no board any more.
    let published = BOARD.replace("for_waiting", "for_published");
    let event = with_body(asks(COORDINATOR, "POST", &format!("{published}/preview")), &wish);
    assert_eq!(world.send(&event).await.problem(), "not-awaiting-approval");
    let shown = world.send(&asks(COORDINATOR, "GET", &published)).await;
    assert_eq!(shown.body["editable"], false);
    let viewer = with_body(asks(VIEWER, "POST", &format!("{BOARD}/preview")), &wish);
    assert_eq!(world.send(&viewer).await.problem(), "role-too-low");
    // An erasure takes the answers of a formation with it.
    let key = keys::solve_input(
        &home(),
        &domain::FormationId::parse("for_waiting").unwrap(),
        &domain::SectionId::parse("a").unwrap(),
    );
    world.held().objects.remove(&key);
    assert_eq!(preview(&world, &wish).await.problem(), "no-answers");
    // Once somebody decided, nothing moves.
    let key = keys::formation(&home(), &domain::FormationId::parse("for_waiting").unwrap());
    let decision =
        json!({ "verdict": "approved", "by": COORDINATOR, "at": "2026-09-10T12:00:00Z" });
    let decision: AttributeValue = serde_dynamo::to_attribute_value(decision).unwrap();
    world.held().items.get_mut(&(key.pk, key.sk)).unwrap().insert("decision".into(), decision);
    assert_eq!(change(&world, "\"0\"", &wish).await.problem(), "already-decided");
}

#[tokio::test]
async fn d4_whose_answers_must_not_be_used_counts_as_having_given_none() {
    let wish = json!({ "student": "stu_2", "to": 2 });
    let effects = async |restricted: bool| {
        let world = world();
        if restricted {
            // The one whose ambition is not the others'.
            let key = keys::student(&home(), &domain::StudentId::parse("stu_5").unwrap());
            let since = AttributeValue::S("2026-09-09T12:00:00Z".into());
            let mut held = world.held();
            held.items.get_mut(&(key.pk, key.sk)).unwrap().insert("restricted".into(), since);
        }
        preview(&world, &wish).await.body["groups"][0]["score"].clone()
    };
    let (used, unused) = (effects(false).await, effects(true).await);
    assert!(used.is_object() && unused.is_object());
    assert_ne!(used, unused);
}
