//! G6: the rest formed anew, and groups that were set aside taken up again.

use serde_json::{Value, json};
use store::keys;

use crate::data::{COORDINATOR, TOKEN, home};
use crate::world::{Answer, World, asks, with_body, with_header};

const FORMATIONS: &str = "/api/cohorts/coh_computer-science-2026/formations";

/// Groups of students who are all there.
fn world() -> World {
    let world = crate::data::world();
    all_there(&world);
    world
}

/// Puts a student into the place of the one who is gone.
pub(crate) fn all_there(world: &World) {
    let (formation, section) = ("for_waiting".parse().unwrap(), "b".parse().unwrap());
    let key = keys::group(&home(), &formation, &section, 1);
    let members = serde_dynamo::to_attribute_value(["stu_3", "stu_4"]).unwrap();
    let mut held = world.held();
    held.items.get_mut(&(key.pk, key.sk)).unwrap().insert("members".to_owned(), members);
}

/// Lets students object.
fn object(world: &World, students: &[&str]) {
    for student in students {
        let key = keys::student(&home(), &student.parse().unwrap());
        let since = serde_dynamo::to_attribute_value("2026-09-09T12:00:00Z").unwrap();
        let mut held = world.held();
        held.items.get_mut(&(key.pk, key.sk)).unwrap().insert("objected".to_owned(), since);
    }
}

async fn anew(world: &World, formation: &str, version: &str, body: &Value) -> Answer {
    let path = format!("{FORMATIONS}/{formation}/board/anew");
    let event = with_body(asks(COORDINATOR, "POST", &path), body);
    let event = with_header(event, "idempotency-key", "my key");
    world.send(&with_header(event, "if-match", version)).await
}

/// Gives a formation another member.
fn set(world: &World, formation: &str, name: &str, value: &Value) {
    let key = keys::formation(&home(), &formation.parse().unwrap());
    let value = serde_dynamo::to_attribute_value(value).unwrap();
    world.held().items.get_mut(&(key.pk, key.sk)).unwrap().insert(name.to_owned(), value);
}

#[tokio::test]
async fn g6_the_rest_is_asked_for_and_the_machine_that_waits_is_told() {
    for (body, keep) in [(json!({}), "held"), (json!({ "keep": "all" }), "all")] {
        let world = self::world();
        let answer = anew(&world, "for_waiting", "\"0\"", &body).await;
        assert_eq!(answer.status, 202, "{answer:?}");
        assert_eq!(answer.body, json!({ "formation": "for_new", "started": true }));
        assert_eq!(answer.headers["location"], format!("{FORMATIONS}/for_new"));
        let held = world.held();
        assert_eq!(
            held.orders,
            [json!({
                "source": "contact", "institution": "ins_example-university",
                "cohort": "coh_computer-science-2026", "contact": COORDINATOR, "idempotency_key": "my key",
                "around": { "formation": "for_waiting", "version": 0, "keep": keep },
            })]
        );
        assert_eq!(held.told, [(TOKEN.to_owned(), "Rejected".to_owned())]);
        let entry = held.audit.iter().find(|entry| entry["action"].as_s().unwrap() == "board.anew");
        assert!(entry.is_some(), "it stands in the audit trail");
    }
}

#[tokio::test]
async fn g6_a_call_that_broke_off_before_the_machine_was_told_is_completed_by_making_it_again() {
    let world = self::world();
    world.break_machine(true);
    let broken = anew(&world, "for_waiting", "\"0\"", &json!({})).await;
    assert_eq!((broken.status, broken.problem()), (503, "unavailable"));
    // The trigger has set the groups aside, and knows the formation when it is asked again.
    set(&world, "for_waiting", "status", &json!("rejected"));
    world.held().order_answer = (json!({ "formation": "for_new", "started": false }), false);
    world.break_machine(false);
    let again = anew(&world, "for_waiting", "\"0\"", &json!({})).await;
    assert_eq!((again.status, &again.body["started"]), (202, &json!(false)), "{again:?}");
    assert_eq!(world.held().told, [(TOKEN.to_owned(), "Rejected".to_owned())]);
}

#[tokio::test]
async fn g6_of_two_contacts_the_second_is_told_what_happened() {
    let world = self::world();
    set(&world, "for_waiting", "board", &json!({ "version": 4, "locked": [], "pinned": [] }));
    let late = anew(&world, "for_waiting", "\"3\"", &json!({})).await;
    assert_eq!((late.status, late.problem(), &late.body["version"]), (412, "stale", &json!(4)));
    assert!(world.held().orders.is_empty());
    // Between reading and the transaction.
    world.held().order_answer = (json!({ "refused": "moved" }), false);
    let key = keys::formation(&home(), &"for_waiting".parse().unwrap());
    world.moves_when_read(&key, "status", "published");
    let over = anew(&world, "for_waiting", "\"4\"", &json!({})).await;
    assert_eq!((over.status, over.problem()), (409, "not-awaiting-approval"), "{over:?}");
    assert!(world.held().told.is_empty(), "nobody ended what others published");

    let world = self::world();
    world.held().order_answer = (json!({ "refused": "busy", "formation": "for_other" }), false);
    let busy = anew(&world, "for_waiting", "\"0\"", &json!({})).await;
    assert_eq!((busy.problem(), &busy.body["formation"]), ("busy", &json!("for_other")));
    assert!(world.held().told.is_empty());
}

#[tokio::test]
async fn g6_a_rest_that_fits_no_sizes_is_told_before_anything_happens() {
    let world = self::world();
    let path = format!("{FORMATIONS}/for_waiting/board/changes");
    let alone =
        with_body(asks(COORDINATOR, "POST", &path), &json!({ "student": "stu_5", "to": 2 }));
    assert_eq!(world.send(&with_header(alone, "if-match", "\"0\"")).await.status, 200);
    let path = format!("{FORMATIONS}/for_waiting/board/holds");
    let lock = with_body(asks(COORDINATOR, "PUT", &path), &json!({ "groups": "a/1" }));
    assert_eq!(world.send(&with_header(lock, "if-match", "\"1\"")).await.status, 200);
    let refused = anew(&world, "for_waiting", "\"2\"", &json!({})).await;
    assert_eq!((refused.status, refused.problem()), (400, "parameters"), "{refused:?}");
    let errors = refused.body["errors"].as_array().unwrap();
    assert_eq!(errors.len(), 1, "section b has room");
    assert!(errors[0]["words"]["da"].as_str().unwrap().starts_with("Hold a:"), "{errors:?}");
    assert!(world.held().orders.is_empty() && world.held().told.is_empty());
    // As they are they can be kept.
    let kept = anew(&world, "for_waiting", "\"2\"", &json!({ "keep": "all" })).await;
    assert_eq!(kept.status, 202, "{kept:?}");
}

#[tokio::test]
async fn g6_who_objects_takes_no_seat_when_it_is_told_whether_the_rest_fits() {
    let world = self::world();
    object(&world, &["stu_1"]);
    assert_eq!(anew(&world, "for_waiting", "\"0\"", &json!({})).await.status, 202);

    let world = self::world();
    object(&world, &["stu_3"]);
    let refused = anew(&world, "for_waiting", "\"0\"", &json!({})).await;
    assert_eq!((refused.status, refused.problem()), (400, "parameters"), "{refused:?}");
    let errors = refused.body["errors"].as_array().unwrap();
    assert_eq!(errors.len(), 1, "two are left in section a");
    assert!(errors[0]["words"]["da"].as_str().unwrap().starts_with("Hold b:"), "{errors:?}");

    object(&world, &["stu_1", "stu_2", "stu_4", "stu_5"]);
    let nobody = anew(&world, "for_waiting", "\"0\"", &json!({ "keep": "all" })).await;
    assert_eq!((nobody.status, nobody.problem()), (400, "parameters"), "{nobody:?}");
    assert!(world.held().orders.is_empty() && world.held().told.is_empty());
}

#[tokio::test]
async fn g6_what_cannot_be_begun_from_is_refused() {
    for (formation, problem) in [
        ("for_published", "not-awaiting-approval"),
        ("for_running", "no-groups"),
        ("for_failed", "no-groups"),
        ("for_never", "not-found"),
    ] {
        let world = self::world();
        let answer = anew(&world, formation, "\"0\"", &json!({})).await;
        assert_eq!(answer.problem(), problem, "{formation}");
        assert!(world.held().orders.is_empty());
    }
    let world = self::world();
    let decision =
        json!({ "verdict": "approved", "by": COORDINATOR, "at": "2026-09-10T12:00:00Z" });
    set(&world, "for_waiting", "decision", &decision);
    let answer = anew(&world, "for_waiting", "\"0\"", &json!({})).await;
    assert_eq!(answer.problem(), "already-decided");
    for body in [json!({ "keep": "some" }), json!({ "keep": "all", "more": 1 })] {
        let answer = anew(&self::world(), "for_waiting", "\"0\"", &body).await;
        assert_eq!((answer.status, answer.problem()), (400, "parameters"), "{body}");
    }
}

#[tokio::test]
async fn g8_the_rest_of_a_repair_is_not_formed_anew_but_it_is_taken_up_again() {
    let world = self::world();
    set(&world, "for_waiting", "kind", &json!("repair"));
    set(&world, "for_waiting", "replaces", &json!("for_published"));
    let refused = anew(&world, "for_waiting", "\"0\"", &json!({ "keep": "held" })).await;
    assert_eq!((refused.status, refused.problem()), (400, "parameters"), "{refused:?}");
    let error = &refused.body["errors"][0];
    assert!(error["words"]["da"].as_str().unwrap().starts_with("En reparation"), "{error}");
    assert!(world.held().orders.is_empty() && world.held().told.is_empty());
    let kept = anew(&world, "for_waiting", "\"0\"", &json!({ "keep": "all" })).await;
    assert_eq!(kept.status, 202, "{kept:?}");
    assert_eq!(world.held().orders[0]["kind"], "repair");
}
