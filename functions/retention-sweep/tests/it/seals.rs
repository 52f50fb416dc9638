//! D5: the audit trails are sealed every day.

use domain::InstitutionId;
use domain::audit::AuditEntry;
use domain::institution::Institution;
use retention_sweep::{Sweep, sweep};
use serde_json::json;
use store::{Audit, Store, keys};

use crate::memory::{Gate, When};
use crate::world::{APP, World, from, now};

fn institution() -> InstitutionId {
    InstitutionId::parse("ins_1").unwrap()
}

async fn add(world: &World, number: u32) {
    let entry = AuditEntry::of_job(&institution(), now(), "mailer", "mails.send", "request");
    let audit = Audit::new(world.tables.client(&Gate::default()), "audit");
    audit.append(&entry, &number.to_string()).await.unwrap();
}

async fn audited() -> World {
    let world = World::new().await;
    let known: Institution =
        from(json!({ "id": "ins_1", "name": "Example University", "reply_to": "s@example.edu" }));
    let store = Store::new(world.tables.client(&Gate::default()), APP);
    assert!(store.create_institution(&known).await.unwrap());
    for number in 0..3 {
        add(&world, number).await;
    }
    world
}

/// The sequences that are sealed.
fn sealed(world: &World) -> Vec<u64> {
    let versions = world.bucket.versions().into_iter();
    versions.filter_map(|version| keys::audit_sealed(&version.key)).map(|at| at.sequence).collect()
}

#[tokio::test]
async fn d5_a_sweep_seals_each_trail_once_where_it_ends() {
    let world = audited().await;
    let dry = Sweep::Operator { dry_run: true, as_of: None };
    sweep(&world.systems(), dry).await.unwrap();
    assert_eq!(sealed(&world), [0_u64; 0]);
    for _ in 0..2 {
        sweep(&world.systems(), Sweep::Daily {}).await.unwrap();
        assert_eq!(sealed(&world), [3]);
    }
    let head = world.systems().audit.head(&institution()).await.unwrap();
    let key = keys::audit_seal(&institution(), 3, &head.hash);
    let seal: serde_json::Value =
        serde_json::from_slice(&world.bucket.current(&key).unwrap()).unwrap();
    assert_eq!((&seal["institution"], &seal["hash"]), (&json!("ins_1"), &json!(head.hash)));
    add(&world, 3).await;
    sweep(&world.systems(), Sweep::Daily {}).await.unwrap();
    assert_eq!(sealed(&world), [3, 4]);
}

#[tokio::test]
async fn d5_a_broken_trail_fails_the_sweep_on_the_day_it_is_found() {
    for change in ["altered", "cut"] {
        let world = audited().await;
        sweep(&world.systems(), Sweep::Daily {}).await.unwrap();
        add(&world, 3).await;
        add(&world, 4).await;
        let mut items = world.tables.items("audit");
        let key = |number| {
            let key = keys::audit_entry(&institution(), number);
            (key.pk, key.sk)
        };
        if change == "altered" {
            let other = aws_sdk_dynamodb::types::AttributeValue::S("mails.none".into());
            items.get_mut(&key(4)).unwrap().insert("action".into(), other);
        } else {
            for number in 3..=5 {
                items.remove(&key(number)).unwrap();
            }
        }
        world.tables.put("audit", items);
        let error = sweep(&world.systems(), Sweep::Daily {}).await.unwrap_err();
        assert!(error.to_string().contains("1 institutions"), "{change}: {error}");
        if change == "altered" {
            // What stands is sealed, and the next day has nothing new to tell.
            assert_eq!(sealed(&world), [3, 5]);
            sweep(&world.systems(), Sweep::Daily {}).await.unwrap();
        } else {
            // The seal goes on saying that there was more.
            assert_eq!(sealed(&world), [3]);
            sweep(&world.systems(), Sweep::Daily {}).await.unwrap_err();
        }
    }
}

#[tokio::test]
async fn d5_a_sweep_that_dies_anywhere_seals_at_its_next_run() {
    let undisturbed = audited().await;
    sweep(&undisturbed.systems(), Sweep::Daily {}).await.unwrap();
    for call in 0..undisturbed.gate.calls() {
        for when in [When::Before, When::After] {
            let world = audited().await;
            world.gate.fail(call, when);
            sweep(&world.systems(), Sweep::Daily {}).await.unwrap_err();
            sweep(&world.systems(), Sweep::Daily {}).await.unwrap();
            assert_eq!(sealed(&world), [3], "call {call} {when:?}");
        }
    }
}
