//! The controller's instruction to keep data longer (D1).

use serde_json::{Value, json};
use store::keys;

use crate::data::{COORDINATOR, OPERATOR, home, world};
use crate::world::{Answer, World, asks, with_body};

const TERM: &str = "/api/cohorts/coh_computer-science-2026/retention";

fn instruction() -> Value {
    json!({
        "until": "2028-01-31", "given_by": "Karen Holm, study director",
        "given_on": "2026-09-08", "reference": "2026-417",
    })
}

async fn extend(world: &World, body: &Value) -> Answer {
    world.send(&with_body(asks(OPERATOR, "PUT", &format!("{TERM}/extension")), body)).await
}

async fn revoke(world: &World) -> Answer {
    world.send(&asks(OPERATOR, "DELETE", &format!("{TERM}/extension"))).await
}

async fn term(world: &World) -> Value {
    let answer = world.send(&asks(COORDINATOR, "GET", TERM)).await;
    assert_eq!(answer.status, 200);
    answer.body
}

/// An attribute of the cohort's item.
fn stored(world: &World, name: &str) -> Value {
    let key = keys::cohort(&home());
    let item = world.held().items[&(key.pk, key.sk)].clone();
    let item: Value = serde_dynamo::from_item(item).unwrap();
    item[name].clone()
}

fn actions(world: &World) -> Vec<String> {
    let held = world.held();
    let say = |entry: &crate::world::Item| {
        let refused = entry["outcome"].as_s().unwrap() == "refused";
        format!("{}{}", entry["action"].as_s().unwrap(), if refused { ": refused" } else { "" })
    };
    held.audit.iter().map(say).collect()
}

#[tokio::test]
async fn d1_an_instruction_extends_the_term_and_is_shown_with_it() {
    let world = world();
    let before = term(&world).await;
    let (regular, latest) =
        (before["regular_delete_on"].clone(), before["latest_extension"].clone());
    assert_eq!((&before["delete_on"], before.get("extension")), (&regular, None));
    let answer = extend(&world, &instruction()).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let mut noted = instruction();
    noted["noted_by"] = json!(OPERATOR);
    noted["noted_at"] = json!("2026-09-10T12:00:00Z");
    let expected = json!({
        "delete_on": "2028-01-31", "regular_delete_on": regular, "latest_extension": latest,
        "extension": noted,
    });
    assert_eq!(answer.body, expected);
    assert_eq!(term(&world).await, expected);
    assert_eq!(stored(&world, "delete_on"), "2028-01-31");
    // The index that the sweep asks moves with it.
    assert!(stored(&world, "retention_sk").as_str().unwrap().starts_with("2028-01-31"));
    assert_eq!(stored(&world, "extension"), noted);
    assert_eq!(actions(&world), ["retention.show", "retention.extend", "retention.show"]);
}

#[tokio::test]
async fn d1_a_revoked_instruction_leaves_the_regular_term() {
    let world = world();
    let before = term(&world).await;
    extend(&world, &instruction()).await;
    for _ in 0..2 {
        let answer = revoke(&world).await;
        assert_eq!((answer.status, &answer.body), (200, &before));
    }
    assert_eq!(stored(&world, "delete_on"), before["regular_delete_on"]);
    assert_eq!(stored(&world, "extension"), Value::Null);
}

#[tokio::test]
async fn d1_the_same_instruction_again_keeps_who_noted_it_first() {
    let world = world();
    let first = extend(&world, &instruction()).await;
    let before = stored(&world, "extension");
    let again = extend(&world, &instruction()).await;
    assert_eq!(again, first);
    assert_eq!(stored(&world, "extension"), before);
    let mut another = instruction();
    another["reference"] = json!("2026-500");
    assert_eq!(extend(&world, &another).await.body["extension"]["reference"], "2026-500");
}

#[tokio::test]
async fn d1_what_is_no_instruction_changes_nothing_and_is_recorded() {
    let long = "x".repeat(201);
    let cases: [(&str, Value); 13] = [
        ("until", json!("2028-09-08")),
        ("until", json!("2027-05-07")),
        ("until", json!("2028-02-30")),
        ("until", json!("2028-01-31T10:00:00Z")),
        ("until", Value::Null),
        ("given_by", json!(" ")),
        ("given_by", json!(7)),
        ("given_by", json!("Karen\nHolm")),
        ("given_on", json!("2026-09-11")),
        ("given_on", json!("yesterday")),
        ("reference", json!("")),
        ("reference", json!(long)),
        ("reason", json!("because")),
    ];
    for (member, value) in cases {
        let world = world();
        let mut body = instruction();
        body[member] = value.clone();
        let answer = extend(&world, &body).await;
        assert_eq!((answer.status, answer.problem()), (400, "parameters"), "{member} {value}");
        let told = &answer.body["errors"];
        assert_eq!((&told[0]["in"], &told[0]["name"]), (&json!("body"), &json!(member)), "{told}");
        assert_eq!(told.as_array().unwrap().len(), 1, "{told}");
        assert_eq!(stored(&world, "extension"), Value::Null);
        assert_eq!(actions(&world), ["retention.extend: refused"]);
    }
    let world = world();
    let everything = extend(&world, &json!({})).await;
    let named: Vec<&Value> =
        everything.body["errors"].as_array().unwrap().iter().map(|error| &error["name"]).collect();
    assert_eq!(named, ["until", "given_on", "given_by", "reference"]);
    for body in [json!([]), json!("text"), json!({ "until": "x".repeat(20_000) })] {
        let answer = extend(&world, &body).await;
        assert_eq!((answer.status, answer.problem()), (400, "parameters"));
        assert_eq!(answer.body["errors"][0]["name"], "");
    }
    let bare = asks(OPERATOR, "PUT", &format!("{TERM}/extension"));
    assert_eq!(world.send(&bare).await.problem(), "parameters");
}

#[tokio::test]
async fn d1_a_term_that_moved_meanwhile_is_not_overwritten() {
    // Between reading the cohort and writing the instruction groups are published.
    let world = world();
    let key = keys::cohort(&home());
    world.moves_when_read(&key, "delete_on", "2027-06-01");
    let answer = extend(&world, &instruction()).await;
    assert_eq!((answer.status, answer.problem()), (503, "unavailable"));
    assert_eq!(stored(&world, "extension"), Value::Null);
    assert_eq!(extend(&world, &instruction()).await.status, 200);
}
