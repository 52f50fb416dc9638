//! G3: conflicts with the price of each rule, and whom they are about.

use serde_json::json;
use store::keys;

use crate::data::{VIEWER, home, world};
use crate::world::{World, asks};

const FAILED: &str = "/api/cohorts/coh_computer-science-2026/formations/for_failed";

/// A formation that failed over a rule, with one of its students erased since.
fn conflicting() -> World {
    let world = world();
    let key = keys::formation(&home(), &"for_failed".parse().unwrap());
    let failure = json!({
        "code": "must_rules_conflict", "section": "a", "detail": "`free` in 1 of 1 groups",
        "explained": [
            { "da": "»Ledig« vil have to timer, men #1 og #2 har ingen.", "en": "“Free” asks for two hours, but #1 and #2 have none." },
            { "da": "Hvis »Ledig« må brydes, får grupperne 84 point.", "en": "If “Free” may be broken, the groups score 84." },
        ],
        "students": ["stu_5", "stu_erased"],
        "prices": [{ "sentence": 1, "criterion": "free", "broken": 0, "score": 8410, "now": 7900 }],
    });
    let failure = serde_dynamo::to_attribute_value(failure).unwrap();
    world.held().items.get_mut(&(key.pk, key.sk)).unwrap().insert("failure".into(), failure);
    world
}

#[tokio::test]
async fn g3_a_conflict_has_the_price_of_each_rule() {
    let answer = conflicting().send(&asks(VIEWER, "GET", FAILED)).await;
    let failure = &answer.body["failure"];
    let price =
        json!({ "sentence": 1, "criterion": "free", "must_broken": 0, "score": 8410, "now": 7900 });
    assert_eq!(failure["prices"], json!([price]), "{answer:?}");
    assert_eq!(failure["students"], json!(["stu_5", "stu_erased"]));
}

#[tokio::test]
async fn g3_whom_it_is_about_is_told_in_the_order_of_the_numbers_and_recorded() {
    let world = conflicting();
    let answer = world.send(&asks(VIEWER, "GET", &format!("{FAILED}/failure/students"))).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let expected = json!([{ "id": "stu_5", "name": "Alma Dahl" }, { "id": "stu_erased" }]);
    assert_eq!(answer.body["items"], expected);
    let held = world.held();
    let entry = held.audit.last().unwrap();
    assert_eq!(entry["action"].as_s().unwrap(), "formations.conflict");
}
