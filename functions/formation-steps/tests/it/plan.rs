//! Several rounds planned at once, and taken up one after the other (G7).

use std::collections::{BTreeMap, BTreeSet};

use domain::cohort::Settings;
use domain::formation::{
    Around, BoardMarks, Decision, Formation, FormationStatus, Group, Keep, Kind, Verdict,
};
use domain::{FormationId, StudentId};
use serde_json::{Value, json};

use crate::sample::{profile, settings, student_id};
use crate::world::{World, now};

const TAKEN: &str = "for_22222222222222222222222222222222";

/// A cohort whose formation plans so many rounds.
async fn planning(settings: Settings, students: (usize, usize), rounds: u32) -> World {
    let world = World::with(settings, students.0, students.1).await;
    let key = store::keys::formation(&world.scope, &World::id());
    let plan = json!({ "formation": World::id(), "round": 1, "rounds": rounds });
    let mut held = world.table.held();
    let item = held.items.get_mut(&(key.pk, key.sk)).unwrap();
    item.insert("plan".into(), serde_dynamo::to_attribute_value(plan).unwrap());
    item.insert("kind".into(), serde_dynamo::to_attribute_value("rotation").unwrap());
    drop(held);
    world
}

fn round(world: &World, number: u32) -> FormationId {
    match number {
        1 => World::id(),
        _ => FormationId::of_round(&world.scope.cohort, &World::id(), number),
    }
}

async fn groups(world: &World, formation: &FormationId) -> Vec<Group> {
    world.table.store().all_groups(&world.scope, formation).await.unwrap()
}

async fn known(world: &World, formation: &FormationId) -> Formation {
    world.table.store().formation(&world.scope, formation).await.unwrap().unwrap()
}

fn pairs(groups: &[Group]) -> BTreeSet<(StudentId, StudentId)> {
    let mut all = BTreeSet::new();
    for group in groups {
        for one in &group.members {
            all.extend(
                group
                    .members
                    .iter()
                    .filter(|other| one < *other)
                    .map(|other| (one.clone(), other.clone())),
            );
        }
    }
    all
}

/// Runs the plan up to its groups, which await a contact whatever the settings say.
async fn planned(world: &World) {
    let answer = world.step("snapshot").await.unwrap();
    for section in answer["sections"].as_array().unwrap() {
        world.step_with("solve", section.clone()).await.unwrap();
    }
    assert_eq!(world.step("commit").await.unwrap(), json!({ "approval": true }));
}

async fn step(world: &World, id: &str, step: &str, more: Value) -> Value {
    let mut event = world.event(step, more);
    event["formation"] = json!(id);
    world.send(event, now).await.unwrap()
}

async fn approve_and_publish(world: &World, id: &str) {
    step(world, id, "request_approval", json!({ "task_token": format!("token-{id}") })).await;
    let by = "sub-anne".parse().unwrap();
    let decision = Decision { verdict: Verdict::Approved, by, at: now() };
    let store = world.table.store();
    store.decide_formation(&world.scope, &id.parse().unwrap(), &decision, 0).await.unwrap();
    step(world, id, "publish", json!({})).await;
}

/// The formation that takes up the second round, recorded as the trigger does.
async fn take_up(world: &World) {
    let waiting = round(world, 2);
    let next = Formation {
        id: TAKEN.parse().unwrap(),
        kind: Kind::Rotation,
        status: FormationStatus::Running,
        replaces: Some(World::id()),
        around: Some(Around { formation: waiting, version: 0, keep: Keep::All }),
        plan: None,
        sections: BTreeMap::new(),
        engine: None,
        ended_at: None,
        decision: None,
        task_token: None,
        board: BoardMarks::default(),
        ..known(world, &World::id()).await
    };
    let started = world.table.store().start_formation(&world.scope, &next, None).await.unwrap();
    assert_eq!(started, store::StartedFormation::New);
}

/// Runs the second round up to its groups; answers whether they await a contact.
async fn taken_up(world: &World) -> bool {
    take_up(world).await;
    let answer = step(world, TAKEN, "snapshot", json!({})).await;
    for section in answer["sections"].as_array().unwrap() {
        step(world, TAKEN, "solve", section.clone()).await;
    }
    let answer = step(world, TAKEN, "commit", json!({})).await;
    answer["approval"].as_bool().unwrap()
}

fn object(world: &World, student: &StudentId) {
    let key = store::keys::student(&world.scope, student);
    let mut held = world.table.held();
    let item = held.items.get_mut(&(key.pk, key.sk)).unwrap();
    let since = aws_sdk_dynamodb::types::AttributeValue::S("2026-09-01T10:00:00Z".into());
    item.insert("objected".into(), since);
}

#[tokio::test]
async fn g7_one_run_plans_every_round_and_nobody_meets_again() {
    let world = planning(settings(), (16, 20), 3).await;
    planned(&world).await;
    let mut met = BTreeSet::new();
    for number in 1..=3 {
        let id = round(&world, number);
        let formation = known(&world, &id).await;
        let waits = if number == 1 { FormationStatus::Running } else { FormationStatus::Planned };
        assert_eq!(formation.status, waits);
        let place = formation.plan.as_ref().unwrap();
        assert_eq!((place.formation.clone(), place.round, place.rounds), (World::id(), number, 3));
        let here = groups(&world, &id).await;
        let mut members: Vec<StudentId> = here.iter().flat_map(|g| g.members.clone()).collect();
        members.sort();
        assert_eq!(members, (0..36).map(student_id).collect::<Vec<_>>(), "round {number}");
        for pair in pairs(&here) {
            assert!(met.insert(pair.clone()), "{pair:?} meets again in round {number}");
        }
        for (section, result) in &formation.sections {
            assert_eq!((result.repeats, result.must_broken), (Some(0), 0), "{section} {number}");
            assert!(result.at_most.is_some_and(|most| most >= 3), "{section}");
            let told = &result.explained[0];
            assert!(told.en.starts_with("Nobody meets anybody") && told.da.starts_with("Ingen"));
        }
        // A round is judged after those before it: that nobody has met is told to the members.
        let new = |group: &Group| group.told.iter().any(|told| told.en.contains("before"));
        assert_eq!(here.iter().all(new), number > 1, "round {number}");
    }
}

#[tokio::test]
async fn g7_a_plan_that_is_written_twice_is_the_same_plan() {
    let world = planning(settings(), (9, 0), 3).await;
    planned(&world).await;
    let before = world.table.held().items.clone();
    world.step_with("solve", json!({ "section": "A" })).await.unwrap();
    world.step("commit").await.unwrap();
    assert!(before == world.table.held().items, "the second run changed something");
    assert_eq!(world.table.count("FORMATION#"), 3);
}

#[tokio::test]
async fn g7_a_round_is_taken_up_as_planned_without_those_who_left() {
    let world = planning(settings(), (16, 0), 2).await;
    planned(&world).await;
    approve_and_publish(&world, crate::world::FORMATION).await;
    let waiting = groups(&world, &round(&world, 2)).await;
    let gone = waiting.iter().find(|group| group.members.len() > 3).unwrap().members[0].clone();
    object(&world, &gone);
    // Who comes late is in no group of it: a repair places them.
    world.answers(40, "A", "token-late", 0, profile(40)).await;
    assert!(!taken_up(&world).await, "a contact approved it with the plan");
    let formation = known(&world, &TAKEN.parse().unwrap()).await;
    assert_eq!(formation.plan.map(|place| place.round), Some(2));
    let now = groups(&world, &TAKEN.parse().unwrap()).await;
    let without = |group: &Group| -> (u32, BTreeSet<StudentId>) {
        (group.number, group.members.iter().filter(|id| **id != gone).cloned().collect())
    };
    assert_eq!(
        now.iter().map(without).collect::<Vec<_>>(),
        waiting.iter().map(without).collect::<Vec<_>>()
    );
    assert!(now.iter().all(|group| !group.members.contains(&gone)));

    step(&world, TAKEN, "publish", json!({})).await;
    let cohort = world.cohort().await;
    assert_eq!(cohort.published_formation.unwrap().as_str(), TAKEN);
    assert_eq!(step(&world, TAKEN, "announce", json!({})).await, json!({ "messages": 15 }));
    // What waited is as it was.
    assert_eq!(known(&world, &round(&world, 2)).await.status, FormationStatus::Planned);
}

#[tokio::test]
async fn g7_a_round_that_breaks_a_size_since_somebody_left_awaits_a_contact() {
    let mut settings = settings();
    settings.sizes = domain::cohort::Sizes { min: 4, preferred: 4, max: 4 };
    let world = planning(settings, (16, 0), 2).await;
    planned(&world).await;
    approve_and_publish(&world, crate::world::FORMATION).await;
    object(&world, &student_id(3));
    assert!(taken_up(&world).await, "three are fewer than four");
    let sizes: Vec<usize> = groups(&world, &TAKEN.parse().unwrap())
        .await
        .iter()
        .map(|group| group.members.len())
        .collect();
    assert_eq!(sizes.iter().sum::<usize>(), 15);
    assert_eq!(sizes.iter().filter(|size| **size == 3).count(), 1);
}

#[tokio::test]
async fn g7_who_was_published_before_counts_in_every_round_of_a_plan() {
    let world = World::with(settings(), 16, 0).await;
    for step in ["snapshot", "solve", "commit", "publish"] {
        world.step_with(step, json!({ "section": "A" })).await.unwrap();
    }
    let mut met = pairs(&groups(&world, &World::id()).await);
    let plan: FormationId = TAKEN.parse().unwrap();
    let place = json!({ "formation": plan, "round": 1, "rounds": 3 });
    let next = Formation {
        id: plan.clone(),
        kind: Kind::Rotation,
        status: FormationStatus::Running,
        replaces: Some(World::id()),
        plan: serde_json::from_value(place).unwrap(),
        sections: BTreeMap::new(),
        engine: None,
        ended_at: None,
        ..known(&world, &World::id()).await
    };
    world.table.store().start_formation(&world.scope, &next, None).await.unwrap();
    for name in ["snapshot", "solve", "commit"] {
        step(&world, TAKEN, name, json!({ "section": "A" })).await;
    }
    for number in 1..=3 {
        let id = if number == 1 {
            plan.clone()
        } else {
            FormationId::of_round(&world.scope.cohort, &plan, number)
        };
        for pair in pairs(&groups(&world, &id).await) {
            assert!(met.insert(pair.clone()), "{pair:?} meets again in round {number}");
        }
    }
}
