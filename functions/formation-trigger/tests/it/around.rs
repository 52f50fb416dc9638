//! A contact asks for the rest anew, around what is held fast (G6).

use domain::FormationId;
use domain::formation::{BoardMarks, FormationStatus, Keep, Verdict};
use formation_trigger::{Answer, Refusal};
use serde_json::{Value, json};
use store::{Scope, keys};

use crate::asked::contact;
use crate::world::World;

/// A cohort whose groups await a decision, with one group locked and one student held fast.
async fn awaiting() -> (World, Scope, FormationId) {
    let (world, scope) = World::with_cohort().await;
    let Answer::Accepted { formation: base, .. } = world.send(contact(&scope, "k")).await.unwrap()
    else {
        panic!("nothing stands in the way")
    };
    world.table.store().await_approval(&scope, &base, "token").await.unwrap();
    set(
        &world,
        &scope,
        &base,
        "board",
        &json!({
            "version": 3, "locked": [{ "section": "A", "number": 2 }], "pinned": ["stu_1"],
        }),
    );
    (world, scope, base)
}

fn set(world: &World, scope: &Scope, id: &FormationId, name: &str, value: &Value) {
    let key = keys::formation(scope, id);
    let value = serde_dynamo::to_attribute_value(value).unwrap();
    let mut held = world.table.held();
    held.items.get_mut(&(key.pk, key.sk)).unwrap().insert(name.to_owned(), value);
}

fn anew(scope: &Scope, key: &str, base: &FormationId, version: u32, keep: &str) -> Value {
    let mut asked = contact(scope, key);
    asked["around"] = json!({ "formation": base, "version": version, "keep": keep });
    asked
}

fn accepted(answer: Answer) -> (FormationId, bool) {
    match answer {
        Answer::Accepted { formation, started } => (formation, started),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn g6_groups_are_set_aside_for_those_that_are_formed_from_them() {
    let (world, scope, base) = awaiting().await;
    let asked = anew(&scope, "l", &base, 3, "held");
    let (id, started) = accepted(world.send(asked.clone()).await.unwrap());
    assert!(started && id != base);
    let was = world.formation(&scope, &base).await;
    assert_eq!(was.status, FormationStatus::Rejected);
    assert_eq!(was.decision.as_ref().unwrap().verdict, Verdict::Rejected);
    assert_eq!(was.decision.unwrap().by.as_str(), "sub-1");
    assert_eq!(was.task_token.as_deref(), Some("token"), "the machine is still to be told");
    assert_eq!(world.cohort(&scope).await.active_formation, Some(id.clone()));
    let now = world.formation(&scope, &id).await;
    assert_eq!(now.around.as_ref().unwrap().keep, Keep::Held);
    // What was held fast stays so, and the new board begins to count anew.
    assert_eq!(now.board, BoardMarks { version: 0, ..was.board });

    // The same request again starts nothing new.
    assert_eq!(accepted(world.send(asked).await.unwrap()), (id.clone(), false));
    assert_eq!(world.executions().len(), 2);
    // What the old machine does when it is told changes nothing any more.
    let store = world.table.store();
    let done = store.reject_formation(&scope, &base, crate::world::now()).await.unwrap();
    assert_eq!(done, store::Transition::Past);
    assert_eq!(world.cohort(&scope).await.active_formation, Some(id));
}

#[tokio::test]
async fn g6_of_two_contacts_who_ask_at_once_one_starts() {
    let (world, scope, base) = awaiting().await;
    let (one, other) = tokio::join!(
        world.send(anew(&scope, "l", &base, 3, "held")),
        world.send(anew(&scope, "m", &base, 3, "held"))
    );
    let answers = [one.unwrap(), other.unwrap()];
    let started = |answer: &&Answer| matches!(answer, Answer::Accepted { started: true, .. });
    assert_eq!(answers.iter().filter(started).count(), 1, "{answers:?}");
    assert_eq!((world.executions().len(), world.table.count("FORMATION#")), (2, 2));
}

#[tokio::test]
async fn g6_what_changed_since_it_was_seen_is_not_begun_from() {
    let moved = Answer::Refused { refused: Refusal::Moved, formation: None };
    let (world, scope, base) = awaiting().await;
    for version in [0, 2, 4] {
        let asked = anew(&scope, "l", &base, version, "held");
        assert_eq!(world.send(asked).await.unwrap(), moved, "version {version}");
    }
    // Somebody approved them.
    let decision = json!({ "verdict": "approved", "by": "sub-2", "at": "2026-12-15T11:00:30Z" });
    set(&world, &scope, &base, "decision", &decision);
    assert_eq!(world.send(anew(&scope, "l", &base, 3, "held")).await.unwrap(), moved);
    assert_eq!(world.formation(&scope, &base).await.status, FormationStatus::AwaitingApproval);
    assert_eq!(world.cohort(&scope).await.active_formation, Some(base.clone()));
    // Published groups are not begun from, nor is what is not there.
    world.publish(&scope, &base).await;
    assert_eq!(world.send(anew(&scope, "l", &base, 3, "held")).await.unwrap(), moved);
    let nowhere = "for_nowhere".parse().unwrap();
    assert_eq!(world.send(anew(&scope, "l", &nowhere, 0, "held")).await.unwrap(), moved);
    assert_eq!(world.table.count("FORMATION#"), 1);
}

#[tokio::test]
async fn g6_groups_that_were_set_aside_are_taken_up_again_once_nothing_awaits() {
    let (world, scope, base) = awaiting().await;
    let (second, _) = accepted(world.send(anew(&scope, "l", &base, 3, "held")).await.unwrap());
    let again = anew(&scope, "m", &base, 3, "all");
    let busy = Answer::Refused { refused: Refusal::Busy, formation: Some(second.clone()) };
    assert_eq!(world.send(again.clone()).await.unwrap(), busy);
    world.fail(&scope, &second).await;
    let (third, started) = accepted(world.send(again).await.unwrap());
    assert!(started);
    assert_eq!(world.formation(&scope, &third).await.around.unwrap().keep, Keep::All);
    assert_eq!(world.cohort(&scope).await.active_formation, Some(third));
}
