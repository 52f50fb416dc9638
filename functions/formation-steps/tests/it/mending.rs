//! Published groups mended by a formation of its own, after somebody came late or left (G8).

use std::collections::{BTreeMap, BTreeSet};

use domain::formation::{BoardMarks, Decision, Formation, FormationStatus, Group, Kind, Verdict};
use domain::message::About;
use domain::{FormationId, StudentId};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::sample::{profile, settings, student_id};
use crate::world::{World, now};

const SECOND: &str = "for_22222222222222222222222222222222";
const THIRD: &str = "for_33333333333333333333333333333333";

type Groups = BTreeMap<(String, u32), Group>;

async fn groups(world: &World, formation: &str) -> Groups {
    let id = formation.parse().unwrap();
    let all = world.table.store().all_groups(&world.scope, &id).await.unwrap();
    all.into_iter().map(|group| ((group.section.to_string(), group.number), group)).collect()
}

fn company(group: &Group) -> BTreeSet<&StudentId> {
    group.members.iter().collect()
}

fn group_of<'g>(groups: &'g Groups, student: &StudentId) -> &'g Group {
    groups.values().find(|group| group.members.contains(student)).expect("a group")
}

/// A formation that mends another one's groups, recorded as the trigger does.
async fn ask(world: &World, id: &str, replaces: &str) {
    let base: FormationId = replaces.parse().unwrap();
    let known = world.table.store().formation(&world.scope, &base).await.unwrap().unwrap();
    let next = Formation {
        id: id.parse().unwrap(),
        kind: Kind::Repair,
        status: FormationStatus::Running,
        replaces: Some(base),
        sections: BTreeMap::new(),
        engine: None,
        ended_at: None,
        decision: None,
        task_token: None,
        board: BoardMarks::default(),
        requested_at: known.requested_at + SignedDuration::from_hours(1),
        ..known
    };
    let started = world.table.store().start_formation(&world.scope, &next, None).await.unwrap();
    assert_eq!(started, store::StartedFormation::New);
}

async fn step(world: &World, id: &str, step: &str, more: Value) -> Value {
    let mut event = world.event(step, more);
    event["formation"] = json!(id);
    world.send(event, now).await.unwrap()
}

/// Runs a repair up to its groups, which await a contact whatever the settings say.
async fn formed(world: &World, id: &str) -> Groups {
    let answer = step(world, id, "snapshot", json!({})).await;
    for section in answer["sections"].as_array().unwrap() {
        step(world, id, "solve", section.clone()).await;
    }
    assert_eq!(step(world, id, "commit", json!({})).await, json!({ "approval": true }));
    groups(world, id).await
}

async fn mended(world: &World, id: &str, replaces: &str) -> Groups {
    ask(world, id, replaces).await;
    formed(world, id).await
}

async fn publish(world: &World, id: &str) {
    step(world, id, "request_approval", json!({ "task_token": format!("token-{id}") })).await;
    let by = "sub-anne".parse().unwrap();
    let decision = Decision { verdict: Verdict::Approved, by, at: now() };
    let store = world.table.store();
    store.decide_formation(&world.scope, &id.parse().unwrap(), &decision, 0).await.unwrap();
    step(world, id, "publish", json!({})).await;
}

fn restrict(world: &World, student: &StudentId) {
    let key = store::keys::student(&world.scope, student);
    let mut held = world.table.held();
    let item = held.items.get_mut(&(key.pk, key.sk)).unwrap();
    let since = aws_sdk_dynamodb::types::AttributeValue::S("2026-09-01T10:00:00Z".into());
    item.insert("restricted".into(), since);
}

#[tokio::test]
async fn g8_a_late_joiner_is_placed_and_one_group_changes() {
    let world = World::with_students(14, 8).await;
    world.up_to("announce").await;
    let before = groups(&world, crate::world::FORMATION).await;
    world.answers(40, "A", "token-late", 5, profile(40)).await;
    let after = mended(&world, SECOND, crate::world::FORMATION).await;

    let late = student_id(40);
    let joined = group_of(&after, &late);
    assert!((3..=5).contains(&joined.members.len()));
    let others = after.iter().filter(|(at, group)| company(group) != company(&before[*at]));
    assert_eq!(others.count(), 1, "one group got other company");
    assert!(joined.explained[0].en.starts_with("The group has changed: 1 joined, 0 left"));
    let same = after.values().find(|group| group.number != joined.number).unwrap();
    assert!(!same.explained[0].en.contains("changed"), "{:?}", same.explained);
    let id = SECOND.parse().unwrap();
    let record = world.table.store().formation(&world.scope, &id).await.unwrap().unwrap();
    let section = &record.sections[&"A".parse().unwrap()];
    assert_eq!((section.students, section.groups), (15, 4));
    assert_eq!(
        section.explained[0].en,
        "Repair: 1 without a group got one, 0 left theirs. 1 of 4 groups got other members, and 0 students changed groups."
    );
}

#[tokio::test]
async fn g8_only_whose_group_changed_is_told_and_each_once() {
    let world = World::with_students(14, 8).await;
    world.up_to("announce").await;
    let place: store::MessagePlace = (&world.scope).into();
    for message in world.table.store().messages(&place, None, None).await.unwrap().items {
        set(&world, store::keys::message(&place, &message.id), "status", &json!("delivered"));
    }
    world.answers(40, "A", "token-late", 5, profile(40)).await;
    let after = mended(&world, SECOND, crate::world::FORMATION).await;
    publish(&world, SECOND).await;
    world.outside().queued.clear();
    let joined = company(group_of(&after, &student_id(40)));
    let answer = step(&world, SECOND, "announce", json!({})).await;
    assert_eq!(answer, json!({ "messages": joined.len() }));
    step(&world, SECOND, "announce", json!({})).await;
    let all = world.table.store().messages(&place, None, None).await.unwrap().items;
    let told: Vec<&StudentId> = all
        .iter()
        .filter_map(|message| match &message.about {
            About::Group { student, formation, .. } if formation.as_str() == SECOND => {
                Some(student)
            }
            _ => None,
        })
        .collect();
    assert_eq!(told.len(), joined.len());
    assert_eq!(told.into_iter().collect::<BTreeSet<_>>(), joined);
}

#[tokio::test]
async fn g8_who_left_is_made_up_for_and_nobody_is_formed_anew() {
    let world = World::with_students(12, 12).await;
    world.up_to("announce").await;
    let before = groups(&world, crate::world::FORMATION).await;
    // Two of a group of four leave: the two who remain are too few.
    let small = before.values().find(|group| group.members.len() == 4).unwrap().clone();
    let gone: Vec<StudentId> = small.members[..2].to_vec();
    for id in &gone {
        restrict(&world, id);
    }
    let after = mended(&world, SECOND, crate::world::FORMATION).await;
    let everybody: BTreeSet<&StudentId> = after.values().flat_map(company).collect();
    assert_eq!(everybody.len(), 22);
    assert!(gone.iter().all(|id| !everybody.contains(id)));
    assert!(after.values().all(|group| (3..=5).contains(&group.members.len())));
    let changed = before.iter().filter(|(at, group)| {
        at.0 == small.section.as_str()
            && after.get(*at).is_none_or(|now| company(now) != company(group))
    });
    assert!(changed.count() <= 3, "the small group and at most two that help it");
    // The other section is as it was.
    let elsewhere = |groups: &Groups| {
        let all = groups.iter().filter(|(at, _)| at.0 != small.section.as_str());
        all.map(|(at, group)| (at.clone(), company(group).into_iter().cloned().collect::<Vec<_>>()))
            .collect::<Vec<_>>()
    };
    assert_eq!(elsewhere(&after), elsewhere(&before));
}

#[tokio::test]
async fn g8_who_changed_sections_leaves_one_group_and_joins_another() {
    let world = World::with_students(13, 11).await;
    world.up_to("announce").await;
    world.answers(0, "B", "token-moved", 5, profile(0)).await;
    let after = mended(&world, SECOND, crate::world::FORMATION).await;
    assert_eq!(group_of(&after, &student_id(0)).section.as_str(), "B");
    let of = |section: &str| {
        after
            .iter()
            .filter(|(at, _)| at.0 == section)
            .map(|(_, it)| it.members.len())
            .sum::<usize>()
    };
    assert_eq!((of("A"), of("B")), (12, 12));
}

#[tokio::test]
async fn g8_what_is_mended_is_one_round_with_what_it_was() {
    let mut settings = settings();
    settings.criteria.push(
        serde_json::from_value(json!({
            "id": "new", "weight": 50, "hardness": "must", "rule": { "not_again": {} },
        }))
        .unwrap(),
    );
    let world = World::with(settings, 12, 8).await;
    world.up_to("announce").await;
    let before = groups(&world, crate::world::FORMATION).await;
    world.answers(40, "A", "token-late", 5, profile(40)).await;
    let second = mended(&world, SECOND, crate::world::FORMATION).await;
    let same = |one: &Groups, other: &Groups| {
        one.iter()
            .filter(|(at, it)| other.get(*at).is_some_and(|o| company(o) == company(it)))
            .count()
    };
    assert_eq!(same(&before, &second), before.len() - 1, "nobody is parted for having met");
    assert!(second.values().all(|group| group.must_broken.is_empty()));
    publish(&world, SECOND).await;
    world.answers(41, "B", "token-later", 6, profile(41)).await;
    let third = mended(&world, THIRD, SECOND).await;
    assert_eq!(same(&second, &third), second.len() - 1);
    assert!(third.values().all(|group| group.must_broken.is_empty()));
}

#[tokio::test]
async fn g8_late_joiners_of_a_section_without_groups_go_where_small_sections_go() {
    let mut settings = settings();
    settings.small_sections = domain::cohort::SmallSections::Merge;
    let world = World::with(settings, 12, 8).await;
    world.up_to("announce").await;
    for number in [40, 41] {
        world.answers(number, "C", &format!("token-{number}"), 5, profile(number)).await;
    }
    let after = mended(&world, SECOND, crate::world::FORMATION).await;
    assert!(after.keys().all(|(section, _)| section != "C"));
    for number in [40, 41] {
        assert_eq!(group_of(&after, &student_id(number)).section.as_str(), "B");
    }
    // Who comes from there after that finds them.
    publish(&world, SECOND).await;
    world.answers(42, "C", "token-42", 6, profile(42)).await;
    let third = mended(&world, THIRD, SECOND).await;
    assert_eq!(group_of(&third, &student_id(42)).section.as_str(), "B");
}

#[tokio::test]
async fn g8_a_repeated_snapshot_mends_what_it_took_first() {
    let world = World::with_students(12, 8).await;
    world.up_to("announce").await;
    world.answers(40, "A", "token-late", 5, profile(40)).await;
    ask(&world, SECOND, crate::world::FORMATION).await;
    step(&world, SECOND, "snapshot", json!({})).await;
    let taken = world.outside().objects.clone();
    world.answers(41, "A", "token-later", 6, profile(41)).await;
    step(&world, SECOND, "snapshot", json!({})).await;
    assert!(world.outside().objects == taken, "the objects differ");
}

fn set(world: &World, key: store::keys::Key, name: &str, value: &Value) {
    let value = serde_dynamo::to_attribute_value(value).unwrap();
    world.table.held().items.get_mut(&(key.pk, key.sk)).unwrap().insert(name.to_owned(), value);
}

#[tokio::test]
async fn g8_who_was_not_told_of_their_unchanged_group_is_told_with_the_repair() {
    let world = World::with_students(14, 8).await;
    world.up_to("announce").await;
    let place: store::MessagePlace = (&world.scope).into();
    let first = world.table.store().messages(&place, None, None).await.unwrap().items;
    // One mail still waits behind the rate, one came back; the others went.
    for (index, message) in first.iter().enumerate() {
        let status = ["queued", "bounced", "delivered", "unknown"][index.min(3)];
        set(&world, store::keys::message(&place, &message.id), "status", &json!(status));
    }
    world.answers(40, "A", "token-late", 5, profile(40)).await;
    let after = mended(&world, SECOND, crate::world::FORMATION).await;
    publish(&world, SECOND).await;
    let mut expected: BTreeSet<&StudentId> = company(group_of(&after, &student_id(40)));
    for message in &first[..2] {
        expected.extend(message.about.student());
    }
    let answer = step(&world, SECOND, "announce", json!({})).await;
    assert_eq!(answer, json!({ "messages": expected.len() }));
}

#[tokio::test]
async fn d1_a_repair_keeps_nothing_longer() {
    let world = World::with_students(12, 8).await;
    world.up_to("announce").await;
    let before = world.cohort().await;
    let months_later: runtime::clock::Clock = || "2027-04-15T11:01:00Z".parse().unwrap();
    world.answers(40, "A", "token-late", 5, profile(40)).await;
    mended(&world, SECOND, crate::world::FORMATION).await;
    step(&world, SECOND, "request_approval", json!({ "task_token": "token-2" })).await;
    let by = "sub-anne".parse().unwrap();
    let decision = Decision { verdict: Verdict::Approved, by, at: months_later() };
    let store = world.table.store();
    store.decide_formation(&world.scope, &SECOND.parse().unwrap(), &decision, 0).await.unwrap();
    let mut event = world.event("publish", json!({}));
    event["formation"] = json!(SECOND);
    world.send(event, months_later).await.unwrap();
    let after = world.cohort().await;
    assert_eq!(after.published_formation, Some(SECOND.parse().unwrap()));
    assert_eq!(after.delete_on, before.delete_on);
    assert_eq!(after.last_formation_at, before.last_formation_at);
}

#[tokio::test]
async fn g8_who_is_left_alone_is_not_left_so() {
    let mut settings = settings();
    settings.criteria = vec![
        serde_json::from_value(json!({
            "id": "not-alone", "weight": 5, "hardness": "must",
            "rule": { "never_alone": { "question": "gender", "codes": ["f"] } },
        }))
        .unwrap(),
    ];
    let world = World::new(settings).await;
    for number in 0..12 {
        let mut profile = profile(number);
        let gender = if number < 4 { "f" } else { "m" };
        let answer = domain::profile::Answer::Choice(gender.to_owned());
        profile.answers.insert("gender".parse().unwrap(), answer);
        world.answers(number, "A", &format!("token-{number}"), 0, profile).await;
    }
    for step in ["snapshot", "solve", "commit", "publish"] {
        let more = if step == "solve" { json!({ "section": "A" }) } else { json!({}) };
        world.step_with(step, more).await.unwrap();
    }
    let women = |group: &Group| {
        (0..4).filter(|number| group.members.contains(&student_id(*number))).count()
    };
    let before = groups(&world, crate::world::FORMATION).await;
    let pair = before.values().find(|group| women(group) > 0).unwrap();
    let leaves = (0..4).map(student_id).find(|id| pair.members.contains(id)).unwrap();
    restrict(&world, &leaves);
    let after = mended(&world, SECOND, crate::world::FORMATION).await;
    assert!(after.values().all(|group| women(group) != 1), "a lone woman was mended");
    assert!(after.values().all(|group| group.must_broken.is_empty()));
}

#[tokio::test]
async fn g7_a_rotation_after_a_repair_looks_back_on_both_as_one_round() {
    let mut settings = settings();
    settings.criteria.push(
        serde_json::from_value(json!({
            "id": "new", "weight": 5, "hardness": "should", "rule": { "not_again": { "rounds": 1 } },
        }))
        .unwrap(),
    );
    let world = World::with(settings, 12, 8).await;
    world.up_to("announce").await;
    let before = groups(&world, crate::world::FORMATION).await;
    world.answers(40, "A", "token-late", 5, profile(40)).await;
    let second = mended(&world, SECOND, crate::world::FORMATION).await;
    publish(&world, SECOND).await;
    ask(&world, THIRD, SECOND).await;
    let key = store::keys::formation(&world.scope, &THIRD.parse().unwrap());
    set(&world, key, "kind", &json!("rotation"));
    step(&world, THIRD, "snapshot", json!({})).await;
    let name = format!(
        "institutions/{}/cohorts/{}/formations/{THIRD}/input/A.json",
        world.scope.institution, world.scope.cohort
    );
    let input: domain::formation::SolveInput =
        serde_json::from_slice(&world.outside().objects[&name]).unwrap();
    assert_eq!(input.past.len(), 1, "one round");
    let met: BTreeSet<BTreeSet<&StudentId>> =
        input.past[0].iter().map(|group| group.iter().collect()).collect();
    for group in second.values().filter(|group| group.section.as_str() == "A") {
        assert!(met.contains(&company(group)));
    }
    let pairs = |groups: &mut dyn Iterator<Item = &Group>| {
        let mut all = BTreeSet::new();
        for group in groups {
            for one in &group.members {
                all.extend(
                    group.members.iter().filter(|o| *o > one).map(|o| (one.clone(), o.clone())),
                );
            }
        }
        all
    };
    let both = before.values().chain(second.values());
    let known = pairs(&mut both.filter(|group| group.section.as_str() == "A"));
    let mut found = Vec::new();
    for group in &input.past[0] {
        for (place, one) in group.iter().enumerate() {
            for other in &group[place + 1..] {
                found.push((one.min(other).clone(), one.max(other).clone()));
            }
        }
    }
    let count = found.len();
    let found: BTreeSet<_> = found.into_iter().collect();
    assert_eq!(found.len(), count, "nobody met twice in it");
    assert_eq!(found, known);
}
