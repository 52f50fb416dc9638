//! D5: the audit trail is one chain, whoever writes to it at the same time.

use domain::InstitutionId;
use domain::audit::{AuditEntry, Broken, Flaw, Head, Walk};
use futures::future::join_all;
use store::{Audit, Order};

use crate::world::World;

fn institution() -> InstitutionId {
    InstitutionId::parse("ins_example-university").unwrap()
}

fn entry(number: u32) -> AuditEntry {
    let at = "2026-09-10T12:00:00Z".parse().unwrap();
    AuditEntry::of_job(&institution(), at, "onboarding", "contact.add", "request")
        .about([format!("sub-{number}")])
}

/// Walks the whole chain, some entries at a time.
async fn walk(audit: &Audit) -> Result<u64, Broken> {
    let mut walk = Walk::new(&institution(), Head::start(&institution()), []);
    let mut from = None;
    loop {
        let links = audit.links(&institution(), Order::Oldest, from, Some(7)).await.unwrap();
        let Some(last) = links.last() else { break };
        from = Some(last.place);
        for stored in &links {
            walk.step(stored.place, stored.link.as_ref())?;
        }
    }
    walk.end()?;
    Ok(walk.checked())
}

#[tokio::test]
async fn d5_entries_added_at_once_make_one_chain_and_each_stands_once() {
    let world = World::default();
    let audit = world.audit();
    // Each of twenty is added twice, all at the same time: all have read the end of the chain before any
    // of them writes.
    world.held().early_reads = 40;
    let added = (0..40).map(|number| {
        let (audit, number) = (audit.clone(), number % 20);
        async move { audit.append_at(&entry(number), &format!("request-{number}")).await.unwrap() }
    });
    let mut places: Vec<(u64, String)> =
        join_all(added).await.into_iter().map(|head| (head.sequence, head.hash)).collect();
    places.sort();
    let (twice, once): (Vec<_>, Vec<_>) =
        places.chunks(2).map(|pair| (pair[1].clone(), pair[0].clone())).unzip();
    assert_eq!(twice, once, "the second time tells where the first stands");
    assert_eq!(once.iter().map(|(at, _)| *at).collect::<Vec<_>>(), (1..=20).collect::<Vec<_>>());
    assert_eq!(walk(&audit).await, Ok(20));
    let tries = world.held().journal.iter().filter(|line| line.starts_with("transact")).count();
    assert!(tries > 40, "they were in each other's way: {tries}");
}

#[tokio::test]
async fn d5_what_is_done_to_a_stored_entry_shows() {
    let text = |text: &str| aws_sdk_dynamodb::types::AttributeValue::S(text.to_owned());
    let key = |number: u64| {
        let key = store::keys::audit_entry(&institution(), number);
        (key.pk, key.sk)
    };
    let changes: [(&str, Broken); 4] = [
        ("removed", Broken { sequence: 2, flaw: Flaw::Removed }),
        ("altered", Broken { sequence: 2, flaw: Flaw::Altered }),
        ("added to", Broken { sequence: 2, flaw: Flaw::Altered }),
        ("swapped", Broken { sequence: 2, flaw: Flaw::Altered }),
    ];
    for (change, broken) in changes {
        let world = World::default();
        let audit = world.audit();
        for number in 0..3 {
            audit.append(&entry(number), &format!("request-{number}")).await.unwrap();
        }
        assert_eq!(walk(&audit).await, Ok(3));
        {
            let mut held = world.held();
            match change {
                "removed" => drop(held.items.remove(&key(2)).unwrap()),
                "altered" => {
                    let item = held.items.get_mut(&key(2)).unwrap();
                    item.insert("action".into(), text("contact.remove"));
                }
                "added to" => {
                    held.items.get_mut(&key(2)).unwrap().insert("note".into(), text("fine"));
                }
                _ => {
                    let third = held.items[&key(3)].clone();
                    let item = held.items.get_mut(&key(2)).unwrap();
                    for (name, value) in third.into_iter().filter(|(name, _)| name != "sk") {
                        item.insert(name, value);
                    }
                }
            }
        }
        assert_eq!(walk(&audit).await, Err(broken), "{change}");
    }
}
