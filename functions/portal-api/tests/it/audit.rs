//! D5: the audit trail for the controller, and whether it is whole.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::InstitutionId;
use domain::audit::{Head, Link, Walk};
use serde_json::Value;
use store::keys;

use crate::data::{COORDINATOR, FOREIGN, OPERATOR, VIEWER, world};
use crate::world::{Answer, REASON, World, asks, with_header};

const STUDENTS: &str = "/api/cohorts/coh_computer-science-2026/students";
const TRAIL: &str = "/api/audit";

fn institution() -> InstitutionId {
    InstitutionId::parse("ins_example-university").unwrap()
}

/// Three lists of students: by a viewer, an operator and a coordinator.
async fn looked_at() -> World {
    let world = world();
    for (number, who) in [VIEWER, OPERATOR, COORDINATOR].into_iter().enumerate() {
        let mut asked = asks(who, "GET", STUDENTS);
        asked["requestContext"]["requestId"] = format!("request-{number}").into();
        assert_eq!(world.send(&asked).await.status, 200);
    }
    world
}

/// A request of its own.
async fn get(world: &World, path: &str) -> Answer {
    let mut asked = asks(COORDINATOR, "GET", path);
    let number = world.held().audit.len();
    asked["requestContext"]["requestId"] = format!("reading-{number}").into();
    world.send(&asked).await
}

/// All items of all pages.
async fn pages(world: &World, path: &str) -> Vec<Value> {
    let mut items = Vec::new();
    let mut next = String::new();
    for _ in 0..50 {
        let answer = get(world, &format!("{path}{next}")).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        items.extend(answer.body["items"].as_array().unwrap().iter().cloned());
        let Some(cursor) = answer.body["next"].as_str() else { return items };
        next = format!("&cursor={cursor}");
    }
    panic!("the list has no end");
}

async fn count(world: &World, query: &str) -> usize {
    pages(world, &format!("{TRAIL}?{query}")).await.len()
}

#[tokio::test]
async fn d5_the_trail_is_listed_whole_as_it_stood_and_can_be_verified_elsewhere() {
    let world = looked_at().await;
    let items = pages(&world, "/api/audit?limit=1").await;
    assert_eq!(items.len(), 3, "the readings themselves come after the list was begun");
    assert_eq!(items[1]["reason"], REASON);
    assert_eq!(items[2]["actor"]["contact"], COORDINATOR);
    let mut walk = Walk::new(&institution(), Head::start(&institution()), []);
    for item in items {
        let link: Link = serde_json::from_value(item).unwrap();
        walk.step(link.sequence, Some(&link)).unwrap();
    }
    assert_eq!(walk.checked(), 3);
    // Each page was recorded, too.
    assert_eq!(count(&world, "action=audit.list").await, 3);
    // A last page with room leaves them out as well.
    assert_eq!(pages(&looked_at().await, "/api/audit?limit=2").await.len(), 3);
}

#[tokio::test]
async fn d5_filters_keep_what_they_name_and_a_foreign_trail_is_not_there() {
    let world = looked_at().await;
    for (query, expected) in [
        ("from=2026-09-10T12:00:00Z&action=students.list", 3),
        ("from=2026-09-10T12:00:01Z", 0),
        ("until=2026-09-10T12:00:00Z", 0),
        ("until=2026-09-10T12:00:01Z&action=students.list", 3),
        ("actor=sub-viewer", 1),
        ("actor=sub-nobody", 0),
        ("subject=stu_3&action=students.list", 3),
        ("subject=stu_none", 0),
        ("cohort=coh_computer-science-2026", 3),
        ("cohort=coh_other", 0),
        ("action=groups.list", 0),
        // Who was asked for is recorded with the reading.
        ("subject=stu_none", 1),
    ] {
        assert_eq!(count(&world, query).await, expected, "{query}");
    }
    let foreign = world.send(&asks(FOREIGN, "GET", TRAIL)).await;
    assert!(foreign.each("/institution").iter().all(|of| *of != institution().as_str()));
    let viewer = world.send(&asks(VIEWER, "GET", TRAIL)).await;
    assert_eq!((viewer.status, viewer.problem()), (403, "role-too-low"));
    let wrong = get(&world, "/api/audit?from=x&until=y&cohort=z&limit=0&other=1").await;
    let problems = wrong.body["errors"].as_array().unwrap().len();
    assert_eq!((wrong.status, problems), (400, 5), "{wrong:?}");
    let never = get(&world, "/api/audit?from=2026-09-10T12:00:00Z&until=2026-09-10T12:00:00Z");
    assert_eq!(never.await.problem(), "parameters");
}

#[tokio::test]
async fn d5_the_trail_as_a_table_runs_nothing_in_a_spreadsheet() {
    let world = world();
    let asked = asks(OPERATOR, "GET", STUDENTS);
    world.send(&with_header(asked, "x-reason", "=HYPERLINK(\"x\")")).await;
    let asked = with_header(asks(COORDINATOR, "GET", "/api/audit?limit=1"), "accept", "text/csv");
    let answer = world.send(&asked).await;
    assert_eq!(answer.headers["content-type"], "text/csv; charset=utf-8");
    let lines: Vec<&str> = answer.text.lines().collect();
    assert_eq!(lines.len(), 2);
    assert!(lines[0].starts_with("sequence,at,actor_kind"));
    assert!(lines[1].contains("\"'=HYPERLINK(\"\"x\"\")\""), "{}", lines[1]);
    assert!(!answer.headers.contains_key("x-next-cursor"));
    let asked = asks(COORDINATOR, "GET", "/api/audit?limit=1");
    let answer = world.send(&with_header(asked, "accept", "text/csv")).await;
    assert!(answer.headers.contains_key("x-next-cursor"), "the reading before is the second entry");
}

async fn verified(world: &World, from: &str) -> Value {
    let answer = get(world, &format!("/api/audit/verification{from}")).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.body
}

fn seal(world: &World, head: &Head) {
    let key = keys::audit_seal(&institution(), head.sequence, &head.hash);
    world.held().objects.insert(key, b"{}".to_vec());
}

#[tokio::test]
async fn d5_a_verification_tells_what_is_sound_and_goes_on_from_there() {
    let world = looked_at().await;
    let whole = verified(&world, "").await;
    assert_eq!((&whole["checked"], &whole["sound"]), (&3.into(), &true.into()));
    assert!(whole["next"].is_null() && whole["broken"].is_null());
    let head = whole["head"].as_str().unwrap();
    seal(&world, &Head::parse(head).unwrap());
    assert_eq!(verified(&world, "").await["sealed"], 1);
    let rest = verified(&world, &format!("?from={head}")).await;
    assert_eq!((&rest["checked"], &rest["sound"]), (&0.into(), &true.into()));
    let wrong = get(&world, "/api/audit/verification?from=3").await;
    assert_eq!((wrong.status, wrong.problem()), (400, "parameters"));
}

#[tokio::test]
async fn d5_a_trail_that_was_tampered_with_shows_in_its_verification() {
    for (change, sequence, flaw) in [
        ("removed", 2, "removed"),
        ("altered", 2, "altered"),
        ("cut", 3, "truncated"),
        ("written anew", 3, "rewritten"),
    ] {
        let world = looked_at().await;
        let last = verified(&world, "").await["head"].as_str().unwrap().to_owned();
        seal(&world, &Head::parse(&last).unwrap());
        {
            let mut held = world.held();
            match change {
                "removed" => drop(held.audit.remove(1)),
                "altered" => {
                    let nobody = AttributeValue::N("0".into());
                    held.audit[1].insert("subjects".into(), nobody);
                }
                _ => drop(held.audit.pop()),
            }
        }
        if change == "written anew" {
            let mut asked = asks(COORDINATOR, "GET", STUDENTS);
            asked["requestContext"]["requestId"] = "request-9".into();
            world.send(&asked).await;
        }
        let found = verified(&world, "").await;
        assert_eq!(found["sound"], false, "{change}");
        assert_eq!(found["broken"]["sequence"], sequence, "{change}: {found}");
        assert_eq!(found["broken"]["flaw"], flaw, "{change}");
        // Whoever kept the last head sees it without a seal.
        world.held().objects.clear();
        let kept = verified(&world, &format!("?from={last}")).await;
        let shows = ["cut", "written anew"].contains(&change);
        assert_eq!(kept["sound"], !shows, "{change}: {kept}");
    }
}
