//! A contact asks for a plan of several rounds, and for the next of them (G7).

use domain::FormationId;
use domain::formation::{Formation, FormationStatus, Keep, Kind, PlannedRound};
use formation_trigger::{Answer, Refusal};
use serde_json::{Value, json};
use store::Scope;

use crate::asked::contact;
use crate::world::World;

fn accepted(answer: Answer) -> FormationId {
    match answer {
        Answer::Accepted { formation, .. } => formation,
        other => panic!("{other:?}"),
    }
}

fn planning(scope: &Scope, key: &str, rounds: u32) -> Value {
    let mut asked = contact(scope, key);
    asked["kind"] = json!("rotation");
    asked["rounds"] = json!(rounds);
    asked
}

/// A published plan of two rounds, the second of which waits.
async fn published() -> (World, Scope, FormationId, FormationId) {
    let (world, scope) = World::with_cohort().await;
    let plan = accepted(world.send(planning(&scope, "k", 2)).await.unwrap());
    let second = FormationId::of_round(&scope.cohort, &plan, 2);
    let waiting = Formation {
        id: second.clone(),
        status: FormationStatus::Planned,
        plan: Some(PlannedRound { formation: plan.clone(), round: 2, rounds: 2 }),
        ..world.formation(&scope, &plan).await
    };
    world.table.store().create_planned(&scope, &waiting).await.unwrap();
    world.publish(&scope, &plan).await;
    (world, scope, plan, second)
}

fn next(scope: &Scope, key: &str, waiting: &FormationId, replace: &FormationId) -> Value {
    let mut asked = contact(scope, key);
    asked["kind"] = json!("rotation");
    asked["replace"] = json!(replace);
    asked["around"] = json!({ "formation": waiting, "version": 0, "keep": "all" });
    asked
}

#[tokio::test]
async fn g7_a_formation_that_plans_rounds_is_the_first_of_them() {
    let (world, scope) = World::with_cohort().await;
    let id = accepted(world.send(planning(&scope, "k", 3)).await.unwrap());
    let plan = world.formation(&scope, &id).await;
    assert_eq!((plan.kind, plan.plans()), (Kind::Rotation, Some(3)));
    assert_eq!(plan.plan, Some(PlannedRound { formation: id.clone(), round: 1, rounds: 3 }));
    assert_eq!(accepted(world.send(planning(&scope, "k", 3)).await.unwrap()), id);

    // One that failed is planned again as a plan of its own.
    world.fail(&scope, &id).await;
    let again = json!({
        "source": "redrive", "institution": scope.institution, "cohort": scope.cohort,
        "formation": id,
    });
    let again = accepted(world.send(again).await.unwrap());
    assert_ne!(again, id);
    assert_eq!(world.formation(&scope, &again).await.plans(), Some(3));
}

#[tokio::test]
async fn g7_a_round_that_waits_is_taken_up_in_the_place_of_the_groups_that_are_named() {
    let (world, scope, plan, second) = Box::pin(published()).await;
    let stale = world.send(next(&scope, "l", &second, &second)).await.unwrap();
    let named = Answer::Refused { refused: Refusal::Published, formation: Some(plan.clone()) };
    assert_eq!(stale, named);
    let taken = accepted(world.send(next(&scope, "l", &second, &plan)).await.unwrap());
    let formation = world.formation(&scope, &taken).await;
    assert_eq!(formation.around.as_ref().unwrap().keep, Keep::All);
    let place = PlannedRound { formation: plan.clone(), round: 2, rounds: 2 };
    assert_eq!((formation.plan.clone(), formation.plans()), (Some(place), None));
    assert_eq!(world.formation(&scope, &second).await.status, FormationStatus::Planned);
    assert_eq!(world.cohort(&scope).await.active_formation, Some(taken.clone()));

    // One that failed is tried again as the same round, and what waits is still there.
    world.fail(&scope, &taken).await;
    let again = accepted(world.send(next(&scope, "m", &second, &plan)).await.unwrap());
    assert_ne!(again, taken);
    assert_eq!(world.formation(&scope, &again).await.plan, formation.plan);
}
