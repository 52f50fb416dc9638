//! Several rounds planned at once, and published one after the other (G7).

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value, json};
use store::keys;

use crate::data::{COORDINATOR, PLAN_VERSION, PLANNED, VIEWER, home, world};
use crate::world::{Answer, Item, World, asks, with_header};

const FORMATIONS: &str = "/api/cohorts/coh_computer-science-2026/formations";

async fn get(world: &World, below: &str) -> Answer {
    world.send(&asks(VIEWER, "GET", &format!("{FORMATIONS}/{below}"))).await
}

async fn publish(world: &World, formation: &str, seen: &str) -> Answer {
    let path = format!("{FORMATIONS}/{formation}/publish");
    world.send(&with_header(asks(COORDINATOR, "POST", &path), "if-match", seen)).await
}

fn set(world: &World, formation: &str, name: &str, value: &Value) {
    let key = keys::formation(&home(), &formation.parse().unwrap());
    let value = serde_dynamo::to_attribute_value(value).unwrap();
    world.held().items.get_mut(&(key.pk, key.sk)).unwrap().insert(name.to_owned(), value);
}

/// The last entry of the audit trail.
fn noted(world: &World) -> Item {
    world.held().audit.last().unwrap().clone()
}

/// A formation like another one.
fn put_like(world: &World, formation: &str, other: &str, changes: &Value) {
    let key = keys::formation(&home(), &formation.parse().unwrap());
    let mut item = world.held().items[&(key.pk, key.sk)].clone();
    let key = keys::formation(&home(), &other.parse().unwrap());
    item.insert("sk".into(), AttributeValue::S(key.sk.clone()));
    item.insert("id".into(), AttributeValue::S(other.into()));
    for (name, value) in changes.as_object().unwrap() {
        item.insert(name.clone(), serde_dynamo::to_attribute_value(value).unwrap());
    }
    world.held().items.insert((key.pk, key.sk), item);
}

#[tokio::test]
async fn g7_a_plan_of_rounds_is_asked_for_in_one_go() {
    let world = world();
    let asked = format!("{FORMATIONS}?rounds=3&replace=for_published");
    let answer = world.send(&asks(COORDINATOR, "POST", &asked)).await;
    assert_eq!(answer.status, 202, "{answer:?}");
    let order = world.held().orders[0].clone();
    assert_eq!((&order["rounds"], &order["kind"]), (&json!(3), &json!("rotation")));
    assert_eq!(order["replace"], "for_published");
    // Where nothing is published yet, nothing is named.
    let answer = world.send(&asks(COORDINATOR, "POST", &format!("{FORMATIONS}?rounds=30"))).await;
    assert_eq!(answer.status, 202, "{answer:?}");
    for query in ["rounds=1", "rounds=31", "rounds=x", "rounds=2&kind=repair&replace=for_published"]
    {
        let refused =
            world.send(&asks(COORDINATOR, "POST", &format!("{FORMATIONS}?{query}"))).await;
        assert_eq!((refused.status, refused.problem()), (400, "parameters"), "{query}");
        assert_eq!(refused.body["errors"][0]["name"], "rounds", "{query}");
    }
    assert_eq!(world.held().orders.len(), 2);
}

#[tokio::test]
async fn g9_a_plan_that_is_too_large_is_refused_with_how_large_it_may_be() {
    let world = world();
    let key = keys::student(&home(), &"stu_1".parse().unwrap());
    let item = world.held().items[&(key.pk.clone(), key.sk)].clone();
    for number in 0..10_000 {
        let id = format!("stu_many{number}");
        let key = keys::student(&home(), &id.parse().unwrap());
        let mut item = item.clone();
        item.insert("sk".into(), AttributeValue::S(key.sk.clone()));
        item.insert("id".into(), AttributeValue::S(id));
        world.held().items.insert((key.pk, key.sk), item);
    }
    let asked = |rounds: u32| asks(COORDINATOR, "POST", &format!("{FORMATIONS}?rounds={rounds}"));
    let refused = world.send(&asked(20)).await;
    assert_eq!((refused.status, refused.problem()), (400, "parameters"), "{refused:?}");
    let words = &refused.body["errors"][0]["words"];
    assert!(words["da"].as_str().unwrap().ends_with("Planlæg højst 19."), "{words}");
    assert!(words["en"].as_str().unwrap().ends_with("Plan at most 19."), "{words}");
    assert!(world.held().orders.is_empty());
    assert_eq!(world.send(&asked(19)).await.status, 202);
}

#[tokio::test]
async fn g7_a_plan_tells_where_its_rounds_stand_and_who_came_and_left() {
    let world = world();
    let answer = get(&world, "for_published/plan").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(
        answer.headers["etag"], PLAN_VERSION,
        "the example in the document and in events/portal-api/publish-round.json is out of date"
    );
    let body = &answer.body;
    assert_eq!((&body["plan"], &body["asked"]), (&json!("for_published"), &json!(2)));
    assert_eq!((&body["at_most"], &body["by_hand"]), (&json!(1), &json!(false)));
    assert_eq!((&body["joined"], &body["left"]), (&json!(0), &json!(0)));
    let rounds: Vec<(&Value, &Value, &Value)> = body["rounds"]
        .as_array()
        .unwrap()
        .iter()
        .map(|round| (&round["state"], &round["groups_of"], &round["sections"][0]["repeats"]))
        .collect();
    assert_eq!(
        rounds,
        [
            (&json!("published"), &json!("for_published"), &json!(0)),
            (&json!("next"), &json!(PLANNED), &json!(3)),
        ]
    );
    // The same from each of its rounds; one that is of none has none.
    assert_eq!(get(&world, &format!("{PLANNED}/plan")).await, answer);
    assert_eq!(get(&world, "for_waiting/plan").await.status, 404);

    let key = keys::student(&home(), &"stu_5".parse().unwrap());
    let since = serde_dynamo::to_attribute_value("2026-09-09T12:00:00Z").unwrap();
    world.held().items.get_mut(&(key.pk, key.sk)).unwrap().insert("objected".to_owned(), since);
    let fewer = get(&world, "for_published/plan").await;
    assert_eq!((&fewer.body["joined"], &fewer.body["left"]), (&json!(0), &json!(1)));
    assert_ne!(fewer.headers["etag"], PLAN_VERSION);
}

#[tokio::test]
async fn g7_rounds_that_wait_stand_in_the_plan_and_in_no_list() {
    let world = world();
    let list = world.send(&asks(VIEWER, "GET", FORMATIONS)).await;
    assert!(!list.each("/id").contains(&PLANNED));
    let cohort = "/api/cohorts/coh_computer-science-2026";
    let cohort = world.send(&asks(VIEWER, "GET", cohort)).await;
    assert_eq!(cohort.body["plan"], "for_published");
    assert_eq!(cohort.body["latest_formation"]["id"], "for_waiting");
    // Its groups are shown as others are.
    let groups = get(&world, &format!("{PLANNED}/groups")).await;
    assert_eq!((groups.status, groups.body["items"].as_array().unwrap().len()), (200, 2));
}

#[tokio::test]
async fn g7_who_meets_again_is_told_by_name_and_recorded() {
    let world = world();
    let answer = get(&world, &format!("{PLANNED}/meetings?limit=2")).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!((&answer.body["count"], &answer.body["rounds"]), (&json!(3), &json!(1)));
    let items = answer.body["items"].as_array().unwrap();
    assert_eq!(items.len(), 2);
    assert_eq!(items[0]["students"][0]["name"], "Freja Lund");
    assert_eq!(items[0]["students"][1]["name"], "Emil Holm");
    assert_eq!((&items[0]["before"], &items[0]["group"]), (&json!(1), &json!(1)));
    let next = answer.body["next"].as_str().unwrap();
    let rest = get(&world, &format!("{PLANNED}/meetings?limit=2&cursor={next}")).await;
    assert_eq!(rest.body["items"].as_array().unwrap().len(), 1);
    assert_eq!(rest.body.get("next"), None);
    assert_eq!(noted(&world)["action"].as_s().unwrap(), "groups.meetings");
    // Before the first published groups there are none.
    let first = get(&world, "for_published/meetings").await;
    assert_eq!((&first.body["count"], &first.body["rounds"]), (&json!(0), &json!(0)));
    let none = get(&world, "for_running/meetings").await;
    assert_eq!((none.status, none.problem()), (409, "no-groups"));
}

#[tokio::test]
async fn g7_the_next_round_is_published_in_the_place_of_the_groups_that_count() {
    let world = world();
    let answer = publish(&world, PLANNED, PLAN_VERSION).await;
    assert_eq!(answer.status, 202, "{answer:?}");
    assert_eq!(answer.headers["location"], format!("{FORMATIONS}/for_new"));
    assert_eq!(
        world.held().orders,
        [json!({
            "source": "contact", "institution": "ins_example-university",
            "cohort": "coh_computer-science-2026", "contact": COORDINATOR,
            "idempotency_key": "round:for_planned:0", "kind": "rotation", "replace": "for_published",
            "around": { "formation": PLANNED, "version": 0, "keep": "all" },
        })]
    );
    let entry = noted(&world);
    assert_eq!(entry["action"].as_s().unwrap(), "formations.publish_round");
    assert_eq!(entry["subjects"].as_n().unwrap(), "5");

    // It is under way: whoever asked is told of it again, others that the plan is another.
    let taken = json!({ "status": "running", "around": { "formation": PLANNED, "version": 0, "keep": "all" } });
    put_like(&world, PLANNED, "for_new", &taken);
    let again = publish(&world, PLANNED, PLAN_VERSION).await;
    assert_eq!((again.status, &again.body["started"]), (202, &json!(false)), "{again:?}");
    set(&world, "for_new", "requested_by", &json!({ "contact": "sub-somebody" }));
    let other = publish(&world, PLANNED, PLAN_VERSION).await;
    assert_eq!((other.status, other.problem()), (412, "stale"));
    assert!(other.body["version"].is_u64(), "{other:?}");
    assert_eq!(world.held().orders.len(), 1);

    // It failed: the next try is a formation of its own.
    set(&world, "for_new", "status", &json!("failed"));
    assert_eq!(publish(&world, PLANNED, PLAN_VERSION).await.status, 202);
    assert_eq!(world.held().orders[1]["idempotency_key"], "round:for_planned:1");
}

#[tokio::test]
async fn g7_a_round_that_is_not_the_next_one_is_not_published() {
    let world = world();
    for formation in ["for_published", "for_waiting"] {
        let answer = publish(&world, formation, PLAN_VERSION).await;
        assert_eq!((answer.status, answer.problem()), (409, "round-not-next"), "{formation}");
    }
    let stale = publish(&world, PLANNED, "\"7\"").await;
    assert_eq!((stale.status, stale.problem()), (412, "stale"));
    let path = format!("{FORMATIONS}/{PLANNED}/publish");
    let unseen = world.send(&asks(COORDINATOR, "POST", &path)).await;
    assert_eq!((unseen.status, unseen.problem()), (400, "parameters"));

    // Groups outside the plan count by now.
    let outside = json!({ "ended_at": "2026-09-09T10:00:00Z", "status": "published" });
    put_like(&world, "for_failed", "for_outside", &outside);
    let seen = get(&world, &format!("{PLANNED}/plan")).await;
    assert_eq!(seen.body["rounds"][1]["state"], "set_aside");
    let answer = publish(&world, PLANNED, &seen.headers["etag"]).await;
    assert_eq!((answer.status, answer.problem()), (409, "round-not-next"), "{answer:?}");
    assert!(world.held().orders.is_empty());
}

#[tokio::test]
async fn g7_the_rest_of_a_plan_is_not_formed_anew_and_a_round_that_waits_is_not_changed() {
    let world = world();
    let plan = json!({ "formation": "for_waiting", "round": 1, "rounds": 2 });
    set(&world, "for_waiting", "plan", &plan);
    let anew = |formation: &str| {
        let path = format!("{FORMATIONS}/{formation}/board/anew");
        let event = crate::world::with_body(asks(COORDINATOR, "POST", &path), &json!({}));
        with_header(with_header(event, "idempotency-key", "k"), "if-match", "\"0\"")
    };
    let refused = world.send(&anew("for_waiting")).await;
    assert_eq!((refused.status, refused.problem()), (400, "parameters"), "{refused:?}");
    let words = &refused.body["errors"][0]["words"];
    assert!(words["da"].as_str().unwrap().contains("plan") && words["en"].is_string(), "{words}");
    let waits = world.send(&anew(PLANNED)).await;
    assert_eq!((waits.status, waits.problem()), (409, "not-awaiting-approval"));
    assert!(world.held().orders.is_empty());
}
