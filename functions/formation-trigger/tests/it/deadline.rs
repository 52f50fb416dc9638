//! The schedule's runs (G1).

use aws_sdk_dynamodb::types::AttributeValue;
use domain::formation::{FormationStatus, RequestedBy};
use formation_trigger::{Answer, Refusal, Sweep};
use serde_json::json;
use store::{Scope, StartedFormation};

use crate::world::{DEADLINE, World, deadline_formation};

async fn sweep(world: &World) -> Sweep {
    match world.send(json!({"source": "deadline"})).await.unwrap() {
        Answer::Swept(sweep) => sweep,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn g1_a_deadline_starts_one_formation_however_often_the_schedule_fires() {
    let (world, scope) = World::with_cohort().await;
    assert_eq!(sweep(&world).await, Sweep { due: 1, started: 1, ..Sweep::default() });
    let id = deadline_formation(scope.cohort.as_str());
    assert_eq!(world.executions(), [id.as_str()]);
    let formation = world.formation(&scope, &id).await;
    assert_eq!(formation.requested_by, RequestedBy::Deadline);
    assert_eq!(world.cohort(&scope).await.active_formation, Some(id.clone()));
    assert_eq!(sweep(&world).await, Sweep::default());
    assert_eq!(world.executions(), [id.as_str()]);
}

#[tokio::test]
async fn g1_the_input_of_an_execution_is_ids_only() {
    let (world, scope) = World::with_cohort().await;
    sweep(&world).await;
    let id = deadline_formation(scope.cohort.as_str());
    let runs = world.runs.lock().unwrap();
    let input: serde_json::Value = serde_json::from_str(&runs.executions[id.as_str()].1).unwrap();
    assert_eq!(
        input,
        json!({"institution": scope.institution, "cohort": scope.cohort, "formation": id})
    );
}

#[tokio::test]
async fn g1_a_cohort_stays_on_the_list_until_its_execution_was_accepted() {
    let (world, scope) = World::with_cohort().await;
    world.runs.lock().unwrap().down = true;
    let error = world.send(json!({"source": "deadline"})).await.unwrap_err();
    assert_eq!(error.name, "Transient");
    assert!(world.listed().await.contains(&scope));
    let id = deadline_formation(scope.cohort.as_str());
    assert_eq!(world.formation(&scope, &id).await.status, FormationStatus::Running);
    world.runs.lock().unwrap().down = false;
    // The record is there already; the next run only starts what it names.
    assert_eq!(sweep(&world).await, Sweep { due: 1, settled: 1, ..Sweep::default() });
    assert_eq!(world.executions(), [id.as_str()]);
    assert_eq!(world.listed().await, []);
}

#[tokio::test]
async fn g1_a_crash_before_leaving_the_list_starts_nothing_twice() {
    let (world, scope) = World::with_cohort().await;
    world.table.held().down.push("update_item");
    world.send(json!({"source": "deadline"})).await.unwrap_err();
    world.table.held().down.clear();
    assert!(world.listed().await.contains(&scope));
    assert_eq!(sweep(&world).await.settled, 1);
    assert_eq!(world.executions().len(), 1);
    assert_eq!(world.table.count("FORMATION#"), 1);
}

#[tokio::test]
async fn g1_one_failing_cohort_does_not_stop_the_others() {
    let (world, broken) = World::with_cohort().await;
    let fine = world.onboard("coh_law-2026", DEADLINE).await;
    world.table.held().broken_keys.push(format!("#COH#{}", broken.cohort));
    let error = world.send(json!({"source": "deadline"})).await.unwrap_err();
    assert_eq!(error.cause, "1 of 2 formations could not be started");
    assert_eq!(world.executions(), [deadline_formation(fine.cohort.as_str()).as_str()]);
    assert_eq!(world.listed().await, [broken]);
}

#[tokio::test]
async fn g1_a_deadline_to_come_starts_nothing() {
    let world = World::default();
    world.onboard("coh_later", "2026-12-15T11:02:00Z").await;
    assert_eq!(sweep(&world).await, Sweep::default());
    assert_eq!(world.executions().len(), 0);
}

#[tokio::test]
async fn g1_a_deadline_that_was_moved_counts_at_its_new_time() {
    let (world, scope) = World::with_cohort().await;
    let mut settings = world.cohort(&scope).await.settings;
    settings.deadline = "2026-12-20T11:00:00Z".parse().unwrap();
    assert_eq!(
        world.table.store().replace_settings(&settings, &settings).await.unwrap(),
        store::ChangedSettings::Done
    );
    sweep(&world).await;
    assert_eq!(world.executions().len(), 0);
}

#[tokio::test]
async fn d2_a_cohort_due_for_deletion_gets_no_formation_and_leaves_the_list() {
    let world = World::default();
    world.onboard("coh_old", "2026-01-15T11:00:00Z").await;
    assert_eq!(sweep(&world).await, Sweep { due: 1, settled: 1, ..Sweep::default() });
    assert_eq!((world.executions().len(), world.listed().await.len()), (0, 0));
    assert_eq!(world.table.count("FORMATION#"), 0);
}

#[tokio::test]
async fn g1_a_cohort_formed_before_its_deadline_is_not_formed_again() {
    let (world, scope) = World::with_cohort().await;
    let asked =
        json!({"source": "operator", "institution": scope.institution, "cohort": scope.cohort});
    let Answer::Accepted { formation, .. } = world.send(asked).await.unwrap() else { panic!() };
    assert_eq!(sweep(&world).await, Sweep { due: 1, busy: 1, ..Sweep::default() });
    world.publish(&scope, &formation).await;
    list(&world, &scope);
    assert_eq!(sweep(&world).await, Sweep { due: 1, settled: 1, ..Sweep::default() });
    assert_eq!(world.executions(), [formation.as_str()]);
    assert_eq!(world.listed().await, []);
}

/// Lists the cohort, as an index that lags behind would.
fn list(world: &World, scope: &Scope) {
    let key = store::keys::cohort(scope);
    let mut held = world.table.held();
    let cohort = held.items.get_mut(&(key.pk, key.sk)).unwrap();
    let listed = store::keys::deadline_sk(DEADLINE.parse().unwrap(), scope);
    cohort.insert("deadline_pk".into(), AttributeValue::S("DEADLINE".into()));
    cohort.insert("deadline_sk".into(), AttributeValue::S(listed));
}

#[tokio::test]
async fn p3_an_archived_cohort_forms_nothing_at_its_deadline_or_when_asked() {
    let (world, scope) = World::with_cohort().await;
    let store = world.table.store();
    let was = world.cohort(&scope).await;
    assert!(store.archive(&was, Some(was.created_at)).await.unwrap());
    assert!(!store.archive(&was, Some(was.created_at)).await.unwrap(), "it is another version now");
    assert_eq!(sweep(&world).await, Sweep::default());
    let asked =
        json!({"source": "operator", "institution": scope.institution, "cohort": scope.cohort});
    let refused = world.send(asked).await.unwrap();
    assert!(matches!(refused, Answer::Refused { refused: Refusal::NoCohort, .. }), "{refused:?}");
    assert_eq!(world.executions().len(), 0);

    let away = world.cohort(&scope).await;
    assert_eq!(away.settings_version, 1);
    assert!(store.archive(&away, None).await.unwrap());
    assert_eq!(sweep(&world).await, Sweep { due: 1, started: 1, ..Sweep::default() });
    // While groups are formed nothing is put away.
    let forming = world.cohort(&scope).await;
    assert!(!store.archive(&forming, Some(was.created_at)).await.unwrap());
}

#[tokio::test]
async fn d1_a_deadline_that_a_contact_moves_takes_list_and_deletion_date_with_it() {
    let (world, scope) = World::with_cohort().await;
    let store = world.table.store();
    let was = world.cohort(&scope).await;
    let mut settings = was.settings.clone();
    settings.deadline = "2026-12-20T11:00:00Z".parse().unwrap();
    assert_eq!(store.change_settings(&was, &settings).await.unwrap(), store::ChangedSettings::Done);
    let again = store.change_settings(&was, &settings).await.unwrap();
    assert_eq!(again, store::ChangedSettings::Stale, "it is another version now");
    let moved = world.cohort(&scope).await;
    assert_eq!((moved.delete_on.to_string().as_str(), moved.settings_version), ("2027-08-20", 1));
    assert_eq!(sweep(&world).await, Sweep::default());
    let due = store.due("2027-08-20".parse().unwrap()).await.unwrap();
    assert_eq!(due, [scope], "the sweep finds it on its new day");
}

/// The sweep reads a cohort, then records and leaves the list: a contact may come between.
#[tokio::test]
async fn g1_a_deadline_moved_after_it_was_read_starts_nothing_and_stays_listed() {
    let (world, scope) = World::with_cohort().await;
    let store = world.table.store();
    let read = world.cohort(&scope).await;
    let mut settings = read.settings.clone();
    settings.deadline = "2026-12-20T11:00:00Z".parse().unwrap();
    assert_eq!(
        store.change_settings(&read, &settings).await.unwrap(),
        store::ChangedSettings::Done
    );

    let wanted = formation_trigger::start::formation(
        deadline_formation(scope.cohort.as_str()),
        RequestedBy::Deadline,
        None,
        read.settings.deadline,
    );
    let started = store.start_formation(&scope, &wanted, Some(read.settings.deadline)).await;
    assert_eq!(started.unwrap(), StartedFormation::Moved);
    assert_eq!(world.table.count("FORMATION#"), 0);
    store.deadline_done(&scope, read.settings.deadline).await.unwrap();
    let listed = store.past_deadline(settings.deadline).await.unwrap();
    assert_eq!(listed, [scope], "the new deadline still counts");
}
