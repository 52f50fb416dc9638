//! Operators run a failed formation again (G1).

use aws_sdk_sfn::types::ExecutionStatus;
use domain::FormationId;
use domain::formation::FormationStatus;
use formation_trigger::{Answer, Refusal};
use serde_json::{Value, json};
use store::Scope;

use crate::asked::contact;
use crate::world::World;

fn redrive(scope: &Scope, formation: &FormationId) -> Value {
    json!({
        "source": "redrive", "institution": scope.institution, "cohort": scope.cohort,
        "formation": formation,
    })
}

async fn started(world: &World, scope: &Scope) -> FormationId {
    match world.send(contact(scope, "k")).await.unwrap() {
        Answer::Accepted { formation, started: true } => formation,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn g1_a_failed_formation_runs_again_under_a_new_id_once() {
    let (world, scope) = World::with_cohort().await;
    let failed = started(&world, &scope).await;
    world.fail(&scope, &failed).await;
    let first = world.send_as(redrive(&scope, &failed), "a").await.unwrap();
    let second = world.send_as(redrive(&scope, &failed), "b").await.unwrap();
    let Answer::Accepted { formation, started: true } = first else { panic!("{first:?}") };
    assert_ne!(formation, failed);
    assert_eq!(second, Answer::Accepted { formation: formation.clone(), started: false });
    assert_eq!(world.executions().len(), 2);
    let old = world.formation(&scope, &failed).await;
    assert_eq!(old.status, FormationStatus::Failed, "the failure and its reason stay");
    assert_eq!(world.cohort(&scope).await.active_formation, Some(formation));
}

#[tokio::test]
async fn g1_a_stuck_formation_is_mended_and_run_again() {
    let (world, scope) = World::with_cohort().await;
    let stuck = started(&world, &scope).await;
    world.end(&stuck, ExecutionStatus::TimedOut);
    let answer = world.send(redrive(&scope, &stuck)).await.unwrap();
    assert!(matches!(answer, Answer::Accepted { started: true, .. }), "{answer:?}");
    assert_eq!(world.formation(&scope, &stuck).await.status, FormationStatus::Failed);
}

#[tokio::test]
async fn g1_what_runs_was_published_or_is_unknown_is_not_run_again() {
    let (world, scope) = World::with_cohort().await;
    let id = started(&world, &scope).await;
    let refused = |refused, formation: Option<&FormationId>| Answer::Refused {
        refused,
        formation: formation.cloned(),
    };
    let answer = world.send(redrive(&scope, &id)).await.unwrap();
    assert_eq!(answer, refused(Refusal::Busy, Some(&id)));
    world.publish(&scope, &id).await;
    let answer = world.send(redrive(&scope, &id)).await.unwrap();
    assert_eq!(answer, refused(Refusal::NotFailed, Some(&id)));
    let unknown = FormationId::parse("for_unknown").unwrap();
    let answer = world.send(redrive(&scope, &unknown)).await.unwrap();
    assert_eq!(answer, refused(Refusal::NoFormation, None));
    assert_eq!(world.executions().len(), 1);
}
