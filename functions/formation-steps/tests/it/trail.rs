//! What a formation leaves in the audit trail (D5).

use std::collections::BTreeSet;

use domain::audit::{Actor, AuditEntry};
use serde_json::json;
use store::Order;

use crate::sample::student_id;
use crate::world::{FORMATION, World};

/// All entries, oldest first.
async fn trail(world: &World) -> Vec<AuditEntry> {
    let audit = world.audit.audit();
    let links = audit.links(&world.scope.institution, Order::Oldest, None, None).await.unwrap();
    links.into_iter().map(|stored| stored.link.unwrap().entry).collect()
}

#[tokio::test]
async fn d5_each_act_on_the_students_stands_once_however_often_a_task_runs() {
    let world = World::with_students(5, 4).await;
    world.up_to("announce").await;
    for step in ["publish", "announce"] {
        world.step(step).await.unwrap();
    }
    let trail = trail(&world).await;
    let found: Vec<(&str, u32, usize)> = trail
        .iter()
        .map(|entry| (entry.action.as_str(), entry.subjects, entry.ids.len()))
        .collect();
    let expected = [
        ("formation.snapshot", 9, 9),
        ("formation.groups", 9, 9),
        ("formation.publish", 9, 0),
        ("formation.announce", 9, 9),
    ];
    assert_eq!(found, expected);
    let ids: BTreeSet<_> = (0..9).map(|n| student_id(n).to_string()).collect();
    for entry in &trail {
        assert_eq!(entry.actor, Actor::Job("formation-steps".into()));
        assert_eq!(
            (entry.request.as_str(), &entry.cohort),
            (FORMATION, &Some(world.scope.cohort.clone()))
        );
        assert!(entry.ids.iter().all(|id| ids.contains(id)), "{entry:?}");
    }
}

#[tokio::test]
async fn d5_without_an_entry_nothing_is_done() {
    let world = World::with_students(5, 4).await;
    world.audit.held().down.push("transact");
    let failed = world.step("snapshot").await.unwrap_err();
    assert_eq!(failed.name, "Transient");
    let inputs = world.outside().written.iter().filter(|key| key.contains("/input")).count();
    assert_eq!(inputs, 0, "{:?}", world.outside().written);
    world.audit.held().down.clear();
    world.step("snapshot").await.unwrap();
    for section in ["A", "B"] {
        world.step_with("solve", json!({ "section": section })).await.unwrap();
    }
    world.audit.held().down.push("transact");
    assert_eq!(world.step("commit").await.unwrap_err().name, "Transient");
    assert_eq!(world.table.count("GROUP#"), 0);
    assert_eq!(trail(&world).await.len(), 1);
}
