//! The rest formed anew around what contacts hold fast (G6).

use std::collections::BTreeMap;

use domain::StudentId;
use domain::formation::{Around, BoardMarks, Formation, FormationStatus, Group, Keep, SolveInput};
use formation_steps::solve::Solved;
use serde_json::{Value, json};

use crate::sample::{profile, settings, student_id};
use crate::world::{World, now};

const SECOND: &str = "for_22222222222222222222222222222222";

/// Groups that await a decision.
async fn awaiting() -> World {
    let mut settings = settings();
    settings.approval = true;
    let world = World::with(settings, 24, 8).await;
    world.up_to("commit").await;
    world.step_with("request_approval", json!({ "task_token": "token-1" })).await.unwrap();
    world
}

/// The formation that begins from them, recorded as the trigger does.
async fn begin(world: &World, keep: Keep) {
    let base = world.formation().await;
    let around = Around { formation: base.id.clone(), version: base.board.version, keep };
    let next = Formation {
        id: SECOND.parse().unwrap(),
        status: FormationStatus::Running,
        around: Some(around),
        seed: 43,
        sections: BTreeMap::new(),
        engine: None,
        task_token: None,
        board: BoardMarks::default(),
        ..base
    };
    let started = world.table.store().start_formation(&world.scope, &next, None).await.unwrap();
    assert_eq!(started, store::StartedFormation::New);
}

async fn step(world: &World, step: &str, more: Value) -> Value {
    let mut event = world.event(step, more);
    event["formation"] = json!(SECOND);
    world.send(event, now).await.unwrap()
}

/// Runs the second formation up to its groups.
async fn formed(world: &World) -> BTreeMap<(String, u32), Group> {
    let answer = step(world, "snapshot", json!({})).await;
    for section in answer["sections"].as_array().unwrap() {
        step(world, "solve", section.clone()).await;
    }
    assert_eq!(step(world, "commit", json!({})).await, json!({ "approval": true }));
    groups(world, SECOND).await
}

async fn groups(world: &World, formation: &str) -> BTreeMap<(String, u32), Group> {
    let id = formation.parse().unwrap();
    let all = world.table.store().all_groups(&world.scope, &id).await.unwrap();
    all.into_iter().map(|group| ((group.section.to_string(), group.number), group)).collect()
}

/// Holds fast: groups of section A by number, and students.
fn hold(world: &World, locked: &[u32], pinned: &[&StudentId]) {
    let locked: Vec<Value> =
        locked.iter().map(|number| json!({ "section": "A", "number": number })).collect();
    let board = json!({ "version": 2, "locked": locked, "pinned": pinned });
    let key = store::keys::formation(&world.scope, &World::id());
    let mut held = world.table.held();
    let item = held.items.get_mut(&(key.pk, key.sk)).unwrap();
    item.insert("board".to_owned(), serde_dynamo::to_attribute_value(board).unwrap());
}

fn put(world: &World, group: &Group) {
    let key = store::keys::group(&world.scope, &group.formation, &group.section, group.number);
    let item: std::collections::HashMap<String, aws_sdk_dynamodb::types::AttributeValue> =
        serde_dynamo::to_item(group).unwrap();
    world.table.held().items.get_mut(&(key.pk, key.sk)).unwrap().extend(item);
}

fn everybody(groups: &BTreeMap<(String, u32), Group>) -> Vec<&StudentId> {
    let mut all: Vec<&StudentId> = groups.values().flat_map(|group| &group.members).collect();
    all.sort();
    all
}

#[tokio::test]
async fn g6_what_is_held_stays_in_its_place_and_the_rest_is_formed_anew() {
    let world = awaiting().await;
    // By hand somebody made two groups worse.
    let good = groups(&world, crate::world::FORMATION).await;
    let [mut two, mut four] = [2, 4].map(|number| good[&("A".to_owned(), number)].clone());
    two.members[..2].swap_with_slice(&mut four.members[..2]);
    put(&world, &two);
    put(&world, &four);
    let before = groups(&world, crate::world::FORMATION).await;
    let at = |number| &before[&("A".to_owned(), number)];
    let held = at(3).members[0].clone();
    hold(&world, &[1], &[&held]);
    // Who answers now is not among those whose groups they are.
    world.answers(40, "A", "token-late", 5, profile(40)).await;
    begin(&world, Keep::Held).await;
    let after = formed(&world).await;
    assert_eq!(everybody(&after), everybody(&before));
    let members = |group: &Group| {
        let mut members = group.members.clone();
        members.sort();
        members
    };
    assert_eq!(members(&after[&("A".to_owned(), 1)]), members(at(1)), "it is locked");
    assert!(after[&("A".to_owned(), 3)].members.contains(&held), "held fast in group 3");
    for worse in [at(2), at(4)] {
        let stays = after.values().any(|group| members(group) == members(worse));
        assert!(!stays, "group {} was formed anew", worse.number);
    }
    assert!(after.values().all(|group| (3..=5).contains(&group.members.len())));
    // The groups they came from stay to be compared with.
    assert_eq!(groups(&world, crate::world::FORMATION).await, before);
}

#[tokio::test]
async fn g6_a_repeated_snapshot_holds_what_was_held_when_it_was_taken() {
    let world = awaiting().await;
    hold(&world, &[1], &[]);
    begin(&world, Keep::Held).await;
    step(&world, "snapshot", json!({})).await;
    let taken = world.outside().objects.clone();
    hold(&world, &[2], &[]);
    step(&world, "snapshot", json!({})).await;
    assert!(world.outside().objects == taken, "the objects differ");
}

#[tokio::test]
async fn g6_groups_of_any_size_and_rule_that_were_set_aside_are_taken_up_as_they_were() {
    let world = awaiting().await;
    let mut before = groups(&world, crate::world::FORMATION).await;
    // By hand, one group was made smaller than allowed and one larger.
    let [one, two] = [1, 2].map(|number| ("A".to_owned(), number));
    let mut small = before[&one].clone();
    let mut large = before[&two].clone();
    large.members.extend(small.members.drain(1..));
    for group in [small, large] {
        put(&world, &group);
        before.insert((group.section.to_string(), group.number), group);
    }
    assert!(before[&two].members.len() > 5);
    begin(&world, Keep::All).await;
    let after = formed(&world).await;
    assert_eq!(after.keys().collect::<Vec<_>>(), before.keys().collect::<Vec<_>>());
    for (place, group) in &before {
        let mut was = group.members.clone();
        was.sort();
        let mut now = after[place].members.clone();
        now.sort();
        assert_eq!(now, was, "{place:?}");
        assert!(after[place].score > 0 || after[place].members.len() == 1);
    }
}

#[tokio::test]
async fn d4_who_must_not_be_taken_any_more_is_in_no_group_that_is_formed_anew() {
    let world = awaiting().await;
    let before = groups(&world, crate::world::FORMATION).await;
    let out = before[&("A".to_owned(), 1)].members[0].clone();
    hold(&world, &[1], &[&out]);
    let key = store::keys::student(&world.scope, &out);
    let since = aws_sdk_dynamodb::types::AttributeValue::S("2026-09-01T10:00:00Z".into());
    world.table.held().items.get_mut(&(key.pk, key.sk)).unwrap().insert("objected".into(), since);
    begin(&world, Keep::Held).await;
    let after = formed(&world).await;
    assert_eq!(everybody(&after).len(), everybody(&before).len() - 1);
    assert!(!everybody(&after).contains(&&out));
    let named = world.outside().objects.iter().any(|(key, body)| {
        key.contains(SECOND) && String::from_utf8_lossy(body).contains(out.as_str())
    });
    assert!(!named, "nor in what the solver reads");
}

#[test]
fn g6_a_must_rule_that_what_is_held_breaks_is_shown_and_no_failure() {
    let mut input: SolveInput = crate::sample::input(12);
    let id = |number: usize| student_id(number);
    let apart = json!({
        "id": "apart", "weight": 1, "hardness": "must", "rule": { "apart": { "sets": [[id(0), id(1)]] } },
    });
    input.criteria.push(serde_json::from_value(apart).unwrap());
    let group = |number: u32, from: usize, locked: bool| {
        let members: Vec<StudentId> = (from..from + 4).map(id).collect();
        json!({ "number": number, "members": members, "locked": locked })
    };
    let laid = json!([group(4, 0, true), group(7, 4, false), group(9, 8, false)]);
    input.laid = serde_json::from_value(laid).unwrap();
    let body = serde_json::to_vec(&input).unwrap();
    let section = "A".parse().unwrap();
    let solved = formation_steps::solve::solve(&body, &World::id(), &section).unwrap();
    let formation_steps::solve::Solved::Groups(output) = solved else { panic!("{solved:?}") };
    let broken: Vec<(u32, &[String])> = output
        .groups
        .iter()
        .filter(|group| !group.must_broken.is_empty())
        .map(|group| (group.number, group.must_broken.as_slice()))
        .collect();
    assert_eq!(broken, [(4, ["apart".to_owned()].as_slice())]);
    assert_eq!(output.result.must_broken, 1);
    let told: Vec<&str> = output.result.explained.iter().map(|told| told.en.as_str()).collect();
    assert!(
        told.contains(&"All must rules can hold if what is held fast now is let go."),
        "{told:?}"
    );
}

#[test]
fn g3_must_rules_in_conflict_are_explained_whether_groups_are_laid_out_or_not() {
    let mut input: SolveInput = crate::sample::input(12);
    let id = |number: usize| student_id(number);
    let rule = |name: &str| {
        let sets = json!({ "sets": [[id(0), id(1)]] });
        let rule = json!({ "id": name, "weight": 1, "hardness": "must", "rule": { name: sets } });
        serde_json::from_value(rule).unwrap()
    };
    input.criteria[3].rule = domain::cohort::Rule::Overlap {
        question: "free".parse().unwrap(),
        min_slots: 60,
        min_length: 1,
    };
    input.criteria[3].hardness = domain::cohort::Hardness::Must;
    input.criteria.push(rule("together"));
    let group = |number: u32, from: usize, locked: bool| {
        let members: Vec<StudentId> = (from..from + 4).map(id).collect();
        json!({ "number": number, "members": members, "locked": locked })
    };
    let solved = |input: &SolveInput| {
        let body = serde_json::to_vec(input).unwrap();
        formation_steps::solve::solve(&body, &World::id(), &"A".parse().unwrap()).unwrap()
    };
    // Nothing is held, so there is a failure as usual.
    let laid = json!([group(4, 0, false), group(7, 4, false), group(9, 8, false)]);
    input.laid = serde_json::from_value(laid).unwrap();
    let Solved::Failed(failure) = solved(&input) else { panic!("no failure") };
    assert_eq!(failure.code, domain::formation::FailureCode::MustRulesConflict);
    assert!(failure.explained[0].en.contains("at least 60"), "{:?}", failure.explained);
    // A group is held, so the groups are shown, with why.
    let laid = json!([group(4, 0, true), group(7, 4, false), group(9, 8, false)]);
    input.laid = serde_json::from_value(laid).unwrap();
    let Solved::Groups(output) = solved(&input) else { panic!("a failure") };
    let explained = &output.result.explained;
    assert!(explained.iter().any(|told| told.en.contains("at least 60")), "{explained:?}");
    // Whom they mean is a member of a group: what names a student by id would outlive an erasure.
    assert!(explained.iter().any(|told| told.en.contains("a member of group 4")), "{explained:?}");
    assert!(
        explained.iter().any(|told| told.da.contains("et medlem af gruppe 4")),
        "{explained:?}"
    );
    assert!(!format!("{explained:?}").contains("stu_"), "{explained:?}");
}

#[test]
fn g3_rules_that_contradict_each_other_name_students_by_numbers() {
    let mut input: SolveInput = crate::sample::input(12);
    for name in ["together", "apart"] {
        let sets = json!({ "sets": [[student_id(3), student_id(7)]] });
        let rule = json!({ "id": name, "weight": 1, "hardness": "must", "rule": { name: sets } });
        input.criteria.push(serde_json::from_value(rule).unwrap());
    }
    let body = serde_json::to_vec(&input).unwrap();
    let solved = formation_steps::solve::solve(&body, &World::id(), &"A".parse().unwrap()).unwrap();
    let Solved::Failed(failure) = solved else { panic!("no failure") };
    let told = &failure.explained[0].en;
    assert!(told.contains("#1") && told.contains("#2") && !told.contains("stu_"), "{told}");
    assert_eq!(failure.students, [student_id(3), student_id(7)]);
}
