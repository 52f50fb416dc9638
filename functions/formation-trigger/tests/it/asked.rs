//! Contacts and operators ask (G1).

use aws_sdk_sfn::types::ExecutionStatus;
use domain::ContactId;
use domain::formation::{FailureCode, FormationStatus, Kind, RequestedBy};
use formation_trigger::{Answer, Refusal};
use serde_json::{Value, json};
use store::Scope;

use crate::world::World;

pub(crate) fn contact(scope: &Scope, key: &str) -> Value {
    json!({
        "source": "contact", "institution": scope.institution, "cohort": scope.cohort,
        "contact": "sub-1", "idempotency_key": key,
    })
}

fn accepted(answer: Answer) -> (domain::FormationId, bool) {
    match answer {
        Answer::Accepted { formation, started } => (formation, started),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn g1_a_contact_starts_a_formation_and_asking_again_with_the_key_starts_no_other() {
    let (world, scope) = World::with_cohort().await;
    let (id, started) = accepted(world.send(contact(&scope, "k")).await.unwrap());
    assert!(started);
    let by = world.formation(&scope, &id).await.requested_by;
    assert_eq!(by, RequestedBy::Contact(ContactId::parse("sub-1").unwrap()));
    let again = accepted(world.send_as(contact(&scope, "k"), "invocation-2").await.unwrap());
    assert_eq!(again, (id.clone(), false));
    assert_eq!(world.executions(), [id.as_str()]);
}

#[tokio::test]
async fn g1_without_a_key_the_invocation_is_the_key() {
    let (world, scope) = World::with_cohort().await;
    let asked =
        json!({"source": "operator", "institution": scope.institution, "cohort": scope.cohort});
    let (first, _) = accepted(world.send_as(asked.clone(), "a").await.unwrap());
    assert_eq!(accepted(world.send_as(asked.clone(), "a").await.unwrap()), (first.clone(), false));
    world.fail(&scope, &first).await;
    let (second, started) = accepted(world.send_as(asked, "b").await.unwrap());
    assert!(started && second != first);
}

#[tokio::test]
async fn g1_a_second_formation_at_the_same_time_is_refused() {
    let (world, scope) = World::with_cohort().await;
    let (id, _) = accepted(world.send(contact(&scope, "k")).await.unwrap());
    let answer = world.send(contact(&scope, "l")).await.unwrap();
    assert_eq!(serde_json::to_value(&answer).unwrap(), json!({"refused": "busy", "formation": id}));
    assert_eq!(world.executions(), [id.as_str()]);
    assert_eq!(world.table.count("FORMATION#"), 1);
}

#[tokio::test]
async fn g1_two_at_once_start_one() {
    let (world, scope) = World::with_cohort().await;
    let (one, other) =
        tokio::join!(world.send(contact(&scope, "k")), world.send(contact(&scope, "l")));
    let started = [one.unwrap(), other.unwrap()]
        .iter()
        .filter(|answer| matches!(answer, Answer::Accepted { started: true, .. }))
        .count();
    assert_eq!((started, world.executions().len()), (1, 1));
}

#[tokio::test]
async fn g1_a_crash_between_record_and_start_is_mended_by_whoever_comes_next() {
    let (world, scope) = World::with_cohort().await;
    world.runs.lock().unwrap().down = true;
    assert_eq!(world.send(contact(&scope, "k")).await.unwrap_err().name, "Transient");
    world.runs.lock().unwrap().down = false;
    assert_eq!(world.executions().len(), 0);
    let active = world.cohort(&scope).await.active_formation.unwrap();
    let answer = world.send(contact(&scope, "l")).await.unwrap();
    assert_eq!(answer, Answer::Refused { refused: Refusal::Busy, formation: Some(active.clone()) });
    assert_eq!(world.executions(), [active.as_str()]);
}

#[tokio::test]
async fn g1_an_execution_that_died_makes_room() {
    for dead in [ExecutionStatus::Failed, ExecutionStatus::TimedOut, ExecutionStatus::Aborted] {
        let (world, scope) = World::with_cohort().await;
        let (first, _) = accepted(world.send(contact(&scope, "k")).await.unwrap());
        world.end(&first, dead);
        let (second, started) = accepted(world.send(contact(&scope, "l")).await.unwrap());
        assert!(started);
        let first = world.formation(&scope, &first).await;
        assert_eq!(first.status, FormationStatus::Failed);
        assert_eq!(first.failure.unwrap().code, FailureCode::Internal);
        assert_eq!(world.cohort(&scope).await.active_formation, Some(second));
    }
}

#[tokio::test]
async fn g1_asking_again_for_one_that_died_says_so_on_its_record() {
    let (world, scope) = World::with_cohort().await;
    let (id, _) = accepted(world.send(contact(&scope, "k")).await.unwrap());
    world.end(&id, ExecutionStatus::Aborted);
    assert_eq!(accepted(world.send(contact(&scope, "k")).await.unwrap()), (id.clone(), false));
    assert_eq!(world.formation(&scope, &id).await.status, FormationStatus::Failed);
}

#[tokio::test]
async fn g1_a_formation_that_ended_is_never_executed_again() {
    let (world, scope) = World::with_cohort().await;
    let (id, _) = accepted(world.send(contact(&scope, "k")).await.unwrap());
    world.publish(&scope, &id).await;
    let starts = world.runs.lock().unwrap().starts;
    // After 90 days Step Functions forgets the name and would take it again.
    world.runs.lock().unwrap().executions.clear();
    assert_eq!(accepted(world.send(contact(&scope, "k")).await.unwrap()), (id, false));
    assert_eq!(world.runs.lock().unwrap().starts, starts);
}

#[tokio::test]
async fn d2_a_cohort_that_is_not_there_or_due_is_refused() {
    let world = World::default();
    let old = world.onboard("coh_old", "2026-01-15T11:00:00Z").await;
    let unknown = Scope::new(old.institution.clone(), "coh_unknown".parse().unwrap());
    for scope in [old, unknown] {
        let answer = world.send(contact(&scope, "k")).await.unwrap();
        assert_eq!(serde_json::to_value(&answer).unwrap(), json!({"refused": "no_cohort"}));
    }
    assert_eq!(world.table.count("FORMATION#"), 0);
}

#[tokio::test]
async fn m3_published_groups_are_replaced_only_by_a_request_that_names_them() {
    let (world, scope) = World::with_cohort().await;
    let Answer::Accepted { formation: first, .. } = world.send(contact(&scope, "a")).await.unwrap()
    else {
        panic!("nothing stands in the way")
    };
    world.publish(&scope, &first).await;
    let published = Answer::Refused { refused: Refusal::Published, formation: Some(first.clone()) };
    assert_eq!(world.send(contact(&scope, "b")).await.unwrap(), published);
    let mut another = contact(&scope, "b");
    another["replace"] = "for_another".into();
    assert_eq!(world.send(another).await.unwrap(), published);
    assert_eq!(world.executions().len(), 1);
    // The same request as before is answered as before: it asks for nothing new.
    let again = world.send(contact(&scope, "a")).await.unwrap();
    assert_eq!(again, Answer::Accepted { formation: first.clone(), started: false });

    let mut meant = contact(&scope, "b");
    meant["replace"] = first.as_str().into();
    meant["kind"] = "rotation".into();
    let Answer::Accepted { formation: second, started: true } = world.send(meant).await.unwrap()
    else {
        panic!("it names the groups")
    };
    let rotation = world.formation(&scope, &second).await;
    assert_eq!((rotation.replaces, rotation.kind), (Some(first.clone()), Kind::Rotation));
    // A failed one is run again with the same intention.
    world.fail(&scope, &second).await;
    let redrive = serde_json::json!({
        "source": "redrive", "institution": scope.institution, "cohort": scope.cohort,
        "formation": second,
    });
    let Answer::Accepted { formation: third, started: true } = world.send(redrive).await.unwrap()
    else {
        panic!("it may be run again")
    };
    let again = world.formation(&scope, &third).await;
    assert_eq!((again.replaces, again.kind), (Some(first), Kind::Rotation));
}
