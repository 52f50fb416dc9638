//! The drill: back up, erase, restore, and erase again before anybody reads (D3).

use erasure_steps::{Request, answer};
use serde_json::{Value, json};
use store::Store;

use crate::machine::{End, Machine};
use crate::memory::{Gate, When};
use crate::world::{APP, DUE, LEDGER, OTHER, World, input, now, scope};

const RESTORED: &str = "app-restored";

/// A world in which the due cohort was erased and a backup of the time before was restored beside
/// the application's table.
async fn restored() -> World {
    let world = World::new().await;
    // As the backup holds it the cohort is kept for long: the instruction was revoked afterwards.
    world.keep_until("2028-06-01").await;
    let backup = world.tables.items(APP);
    world.keep_until("2027-08-15").await;
    assert_eq!(Machine::new().run(&world.systems(), input()).await, End::Succeeded);
    world.tables.put(RESTORED, backup);
    world
}

async fn reapply(world: &World, table: &str) -> Result<Value, &'static str> {
    let event = json!({ "restored": { "table": table } });
    let request = Request::parse(event).map_err(|error| error.name)?;
    answer(&world.systems(), request).await.map_err(|error| error.name)
}

fn store(world: &World, table: &str) -> Store {
    Store::new(world.tables.client(&Gate::default()), table)
}

#[tokio::test]
async fn d3_what_was_erased_is_gone_again_before_anybody_reads_the_restored_table() {
    let world = restored().await;
    let today = runtime::clock::today(now());
    let read = async |cohort| store(&world, RESTORED).cohort(&scope(cohort), today).await.unwrap();
    assert!(read(DUE).await.is_some(), "restored as if it had never been erased");
    let other = read(OTHER).await;
    let told = reapply(&world, RESTORED).await.unwrap();
    let gone = json!({ "institution": "ins_example-university", "cohort": DUE });
    assert_eq!(told, json!({ "examined": 2, "due_again": [gone] }));
    assert_eq!(read(DUE).await, None);
    assert_eq!(read(OTHER).await, other, "what was never erased stays as it is");
    assert_eq!(store(&world, RESTORED).due(today).await.unwrap(), [scope(DUE)]);
    assert_eq!(reapply(&world, RESTORED).await.unwrap(), told, "a second run changes nothing");

    // The table is switched, and the sweep starts an erasure as for any cohort that is due.
    world.tables.put(APP, world.tables.items(RESTORED));
    world.tables.put(RESTORED, std::collections::BTreeMap::new());
    assert!(world.items_of(DUE) > 0);
    assert_eq!(Machine::new().run(&world.systems(), input()).await, End::Succeeded);
    assert_eq!((world.items_of(DUE), world.versions_of(DUE)), (0, 0));
    assert!(world.items_of(OTHER) > 0);
    assert_eq!(world.tables.items(LEDGER).len(), 1, "one cohort, one entry");
}

#[tokio::test]
async fn d3_a_run_that_dies_anywhere_is_completed_by_the_next() {
    for when in [When::Before, When::After] {
        for call in 0.. {
            let world = restored().await;
            world.gate.fail(call, when);
            let died = reapply(&world, RESTORED).await;
            if died.is_ok() {
                assert_eq!(call, 6, "the index, two cohorts, two looks at the ledger, one change");
                break;
            }
            let told = reapply(&world, RESTORED).await.unwrap();
            assert_eq!(told["due_again"].as_array().unwrap().len(), 1, "{call} {when:?}");
            let today = runtime::clock::today(now());
            let seen = store(&world, RESTORED).cohort(&scope(DUE), today).await.unwrap();
            assert_eq!(seen, None, "{call} {when:?}");
        }
    }
}

#[tokio::test]
async fn d3_no_table_but_a_restored_one_is_touched() {
    let world = restored().await;
    let before = world.snapshot();
    for table in [APP, "another", "app-other", "my-app-restored", ""] {
        assert_eq!(reapply(&world, table).await, Err("Permanent"), "{table}");
    }
    assert_eq!(world.snapshot(), before);
    for event in
        [json!({ "restored": {} }), json!({ "restored": { "table": "a", "b": 1 } }), json!([])]
    {
        assert!(Request::parse(event).is_err());
    }
}
