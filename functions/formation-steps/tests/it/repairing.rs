//! Groups after one of their members was erased (D4).

use std::collections::{BTreeMap, BTreeSet};

use domain::cohort::Settings;
use domain::formation::{Group, GroupChange, GroupPlace};
use domain::message::About;
use domain::{ErasureId, StudentId};
use serde_json::{Value, json};
use store::Order;

use crate::sample::settings;
use crate::world::{World, now};

const ERASURE: &str = "era_0123456789abcdef0123456789abcdef";

/// Published groups of these many students in section A, mails of the formation aside.
async fn published(settings: Settings, students: usize) -> World {
    let world = World::with(settings, students, 3).await;
    world.up_to("publish").await;
    world.outside().queued.clear();
    world
}

async fn groups(world: &World) -> Vec<Group> {
    world.table.store().all_groups(&world.scope, &World::id()).await.unwrap()
}

fn sizes(groups: &[Group], section: &str) -> Vec<usize> {
    let here = groups.iter().filter(|group| group.section.as_str() == section);
    here.map(|group| group.members.len()).collect()
}

/// What an erasure leaves: a member less in the smallest group of section A, and no student.
async fn erase_one(world: &World) -> (Group, StudentId) {
    let all = groups(world).await;
    let here = all.into_iter().filter(|group| group.section.as_str() == "A");
    let mut group = here.min_by_key(|group| group.members.len()).unwrap();
    let gone = group.members.pop().unwrap();
    let erasure = ErasureId::parse(ERASURE).unwrap();
    group.change = Some(GroupChange { erasure, repaired: false });
    group.told.clear();
    world.table.store().put_groups(&world.scope, std::slice::from_ref(&group)).await.unwrap();
    let own = store::keys::student(&world.scope, &gone);
    assert!(world.table.held().items.remove(&(own.pk, own.sk)).is_some());
    (group, gone)
}

async fn repair(world: &World) -> Value {
    try_repair(world).await.unwrap()
}

async fn try_repair(world: &World) -> Result<Value, runtime::StepError> {
    let event = json!({
        "step": "repair", "institution": world.scope.institution, "cohort": world.scope.cohort,
        "erasure": ERASURE,
    });
    world.send(event, now).await
}

/// Who is told of which group.
async fn told(world: &World) -> BTreeSet<(StudentId, u32)> {
    let place = (&world.scope).into();
    let messages = world.table.store().messages(&place, None, None).await.unwrap().items;
    let changed = messages.into_iter().filter_map(|message| match message.about {
        About::GroupChanged { student, group, .. } => Some((student, group)),
        _ => None,
    });
    changed.collect()
}

fn members(groups: &[&Group]) -> BTreeSet<(StudentId, u32)> {
    let of = |group: &&Group| -> Vec<_> {
        group.members.iter().map(|student| (student.clone(), group.number)).collect()
    };
    groups.iter().flat_map(of).collect()
}

#[tokio::test]
async fn d4_a_group_that_stays_large_enough_keeps_its_members_and_is_judged_anew() {
    let world = published(settings(), 16).await;
    let before = groups(&world).await;
    assert_eq!(sizes(&before, "A"), [4, 4, 4, 4]);
    let (lost, gone) = erase_one(&world).await;
    assert_eq!(repair(&world).await, json!({ "groups": 1, "messages": 3 }));
    let after = groups(&world).await;
    let find = |all: &[Group], number| {
        all.iter().find(|g| g.section.as_str() == "A" && g.number == number).cloned().unwrap()
    };
    let now_is = find(&after, lost.number);
    assert_eq!(
        now_is.members.iter().collect::<BTreeSet<_>>(),
        lost.members.iter().collect::<BTreeSet<_>>()
    );
    assert!(!now_is.members.contains(&gone) && now_is.change.as_ref().unwrap().repaired);
    assert!(now_is.explained[0].en.starts_with("A member was erased"), "{:?}", now_is.explained);
    assert!(now_is.explained.len() > 1 && !now_is.scores.is_empty());
    let others = |all: Vec<Group>| -> Vec<Group> {
        all.into_iter().filter(|g| (g.section.as_str(), g.number) != ("A", lost.number)).collect()
    };
    assert_eq!(others(after), others(before), "another group changed");
    assert_eq!(told(&world).await, members(&[&now_is]));
}

#[tokio::test]
async fn d4_a_group_that_becomes_too_small_is_mended_with_few_changes_and_all_who_are_in_them_know()
{
    let mut settings = settings();
    settings.sizes = domain::cohort::Sizes { min: 3, preferred: 3, max: 4 };
    let world = published(settings, 12).await;
    let before = groups(&world).await;
    let (lost, gone) = erase_one(&world).await;
    assert_eq!(lost.members.len(), 2, "it has become too small");
    let answer = repair(&world).await;
    let after = groups(&world).await;
    let sizes = sizes(&after, "A");
    assert!(sizes.iter().all(|size| (3..=4).contains(size)), "{sizes:?}");
    assert_eq!(sizes.iter().sum::<usize>(), 11);
    let old: BTreeMap<_, _> =
        before.iter().map(|g| ((g.section.clone(), g.number), g.members.clone())).collect();
    let changed: Vec<&Group> = after
        .iter()
        .filter(|group| {
            let was: BTreeSet<_> = old[&(group.section.clone(), group.number)].iter().collect();
            was != group.members.iter().collect()
        })
        .collect();
    assert!(changed.len() <= 3, "{} groups changed", changed.len());
    assert!(changed.iter().all(|group| group.section.as_str() == "A"));
    assert!(changed.iter().all(|group| !group.members.contains(&gone)));
    assert_eq!(told(&world).await, members(&changed));
    assert_eq!(answer["messages"], told(&world).await.len());
    // Once more: nothing changes, nobody is told again.
    world.outside().queued.clear();
    let place = (&world.scope).into();
    for message in world.table.store().messages(&place, None, None).await.unwrap().items {
        let lease = now() + jiff::SignedDuration::from_secs(60);
        world.table.store().claim_message(&place, &message, now(), lease).await.unwrap();
    }
    assert_eq!(repair(&world).await, json!({ "groups": 0, "messages": 0 }));
    assert_eq!(groups(&world).await, after);
    let audit = world.audit.audit();
    let links = audit.links(&world.scope.institution, Order::Oldest, None, None).await.unwrap();
    let entries = links.iter().filter_map(|stored| stored.link.as_ref());
    let notes: Vec<_> = entries.filter(|link| link.entry.action == "formation.repair").collect();
    assert_eq!(notes.len(), 1);
    assert!(notes[0].entry.ids.iter().all(|id| *id != gone.to_string()));
}

#[tokio::test]
async fn d4_groups_that_wait_for_approval_are_repaired_and_nobody_is_told_yet() {
    let mut settings = settings();
    settings.sizes = domain::cohort::Sizes { min: 3, preferred: 3, max: 4 };
    settings.approval = true;
    let world = World::with(settings, 12, 3).await;
    world.up_to("commit").await;
    world.step_with("request_approval", json!({ "task_token": "token-1" })).await.unwrap();
    let (lost, gone) = erase_one(&world).await;
    assert_eq!(lost.members.len(), 2, "it has become too small");
    assert_eq!(repair(&world).await["messages"], 0);
    let after = groups(&world).await;
    let sizes = sizes(&after, "A");
    assert!(sizes.iter().all(|size| (3..=4).contains(size)), "{sizes:?}");
    assert_eq!(sizes.iter().sum::<usize>(), 11);
    assert!(after.iter().all(|group| !group.members.contains(&gone)));
    assert!(told(&world).await.is_empty());
    assert_eq!(repair(&world).await, json!({ "groups": 0, "messages": 0 }));
}

#[tokio::test]
async fn d4_a_repair_leaves_alone_what_a_contact_holds_fast() {
    let mut settings = settings();
    settings.sizes = domain::cohort::Sizes { min: 3, preferred: 3, max: 4 };
    settings.approval = true;
    for by_member in [false, true] {
        let world = World::with(settings.clone(), 12, 3).await;
        world.up_to("commit").await;
        world.step_with("request_approval", json!({ "task_token": "token-1" })).await.unwrap();
        let (lost, _) = erase_one(&world).await;
        let before = groups(&world).await;
        let others = before.iter().filter(|group| group.number != lost.number);
        let others: Vec<&Group> = others.filter(|group| group.section.as_str() == "A").collect();
        let store = world.table.store();
        let was = store.formation(&world.scope, &World::id()).await.unwrap().unwrap();
        let mut held = was.clone();
        held.board.version = 1;
        for group in &others {
            if by_member {
                held.board.pinned.push(group.members[0].clone());
            } else {
                let (section, number) = (group.section.clone(), group.number);
                held.board.locked.push(GroupPlace { section, number });
            }
        }
        assert!(store.edit_groups(&world.scope, &was, &held, &[]).await.unwrap());
        repair(&world).await;
        let after = groups(&world).await;
        for group in others {
            assert!(after.contains(group), "{group:?} was held");
        }
        let left = after.iter().find(|it| it.section == lost.section && it.number == lost.number);
        assert_eq!(left.unwrap().members.len(), 2, "there was nobody to fill it");
    }
}

#[tokio::test]
async fn d4_a_repair_that_dies_before_its_mails_is_completed_by_the_next() {
    let world = published(settings(), 16).await;
    erase_one(&world).await;
    world.outside().refuses = 100;
    assert_eq!(try_repair(&world).await.unwrap_err().name, "Transient");
    let after = groups(&world).await;
    world.outside().refuses = 0;
    assert_eq!(repair(&world).await, json!({ "groups": 0, "messages": 3 }));
    assert_eq!(groups(&world).await, after);
    assert_eq!(world.outside().queued.len(), 3);
}

#[tokio::test]
async fn d4_without_an_entry_in_the_trail_no_group_is_changed() {
    let world = published(settings(), 16).await;
    let (lost, _) = erase_one(&world).await;
    world.audit.held().down.push("transact");
    assert_eq!(try_repair(&world).await.unwrap_err().name, "Transient");
    assert!(groups(&world).await.contains(&lost));
}

#[tokio::test]
async fn d4_groups_are_repaired_also_where_no_mails_are_agreed_and_settings_fit_no_more() {
    let mut settings = settings();
    settings.mail_agreed = false;
    let world = published(settings.clone(), 16).await;
    erase_one(&world).await;
    assert_eq!(repair(&world).await, json!({ "groups": 1, "messages": 0 }));
    // A criterion on a question that is gone: the group stays as it is.
    let world = published(settings.clone(), 16).await;
    let (lost, _) = erase_one(&world).await;
    settings.questions.retain(|question| question.id.as_str() != "ambition");
    assert_eq!(
        world.table.store().replace_settings(&settings, &settings).await.unwrap(),
        store::ChangedSettings::Done
    );
    assert_eq!(repair(&world).await, json!({ "groups": 1, "messages": 0 }));
    let left = groups(&world)
        .await
        .into_iter()
        .find(|g| g.section == lost.section && g.number == lost.number);
    assert_eq!(left.unwrap().members, lost.members);
}

#[tokio::test]
async fn d4_a_cohort_that_is_due_needs_no_repair() {
    let world = published(settings(), 16).await;
    let (lost, _) = erase_one(&world).await;
    let event = json!({
        "step": "repair", "institution": world.scope.institution, "cohort": world.scope.cohort,
        "erasure": ERASURE,
    });
    let answer = world.send(event, crate::world::much_later).await.unwrap();
    assert_eq!(answer, json!({ "groups": 0, "messages": 0 }));
    assert!(groups(&world).await.contains(&lost));
}
