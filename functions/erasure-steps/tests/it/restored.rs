//! The drill: back up, erase, restore, and erase again before anybody reads (D3).

use domain::ErasureId;
use domain::erasure::{ErasureReason, Subject};
use erasure_steps::{Request, answer};
use serde_json::{Value, json};
use store::{Ledger, Store, keys};

use crate::machine::{End, Machine};
use crate::memory::{Gate, When};
use crate::world::{APP, DUE, LEDGER, OTHER, World, input, now, scope};
use crate::{institutions, persons};

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
    ask(world, "restored", table).await
}

async fn check(world: &World) -> Value {
    ask(world, "restore_check", RESTORED).await.unwrap()
}

async fn ask(world: &World, what: &str, table: &str) -> Result<Value, &'static str> {
    let event = json!({ what: { "table": table } });
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
    assert_eq!(
        world.tables.items(LEDGER).len(),
        2,
        "one cohort, one entry, and the sign of the key"
    );
}

#[tokio::test]
async fn d3_a_run_that_dies_anywhere_is_completed_by_the_next() {
    for when in [When::Before, When::After] {
        for call in 0.. {
            let world = restored().await;
            world.gate.fail(call, when);
            let died = reapply(&world, RESTORED).await;
            if died.is_ok() {
                // The ledger's sign, institutions, the index, two cohorts, two looks at the ledger; one page of students and
                // a look at the ledger for them; the roster; a change, and the note at the end.
                assert_eq!(call, 12);
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
    for event in [
        json!({ "restored": {} }),
        json!({ "restored": { "table": "a", "b": 1 } }),
        json!({ "restore_check": {} }),
        json!([]),
    ] {
        assert!(Request::parse(event).is_err());
    }
}

#[tokio::test]
async fn d3_a_ledger_of_another_key_is_refused_and_an_empty_one_needs_an_operators_word() {
    let world = restored().await;
    let mut systems = world.systems();
    let client = world.tables.client(&Gate::default());
    systems.ledger = Ledger::new(client, LEDGER, "the key of another stack");
    let before = world.snapshot();
    for what in ["restored", "restore_check"] {
        let request = Request::parse(json!({ what: { "table": RESTORED } })).unwrap();
        let refused = answer(&systems, request).await.unwrap_err();
        assert_eq!(refused.name, "Permanent");
        assert!(refused.cause.contains("recorded under this key"), "{}", refused.cause);
    }
    assert_eq!(world.snapshot(), before);

    // Nothing was ever erased, which the ledger cannot tell from a key that is not its own.
    let world = World::new().await;
    world.tables.put(RESTORED, world.tables.items(APP));
    assert_eq!(reapply(&world, RESTORED).await, Err("Permanent"));
    let said = json!({ "restored": { "table": RESTORED, "nothing_erased": true } });
    let told = answer(&world.systems(), Request::parse(said).unwrap()).await.unwrap();
    assert_eq!(told, json!({ "examined": 2, "due_again": [] }));
}

#[tokio::test]
async fn d3_only_a_table_to_which_the_ledger_was_applied_to_the_end_is_verified() {
    let world = restored().await;
    let before = world.snapshot();
    let seen = json!({ "verified": false, "examined": 2, "in_sight": 1 });
    assert_eq!(check(&world).await, seen);
    assert_eq!(world.snapshot(), before, "looking changes nothing");

    // A run that dies before its last write leaves no note, although nothing is in sight any more.
    world.gate.fail(11, When::Before);
    reapply(&world, RESTORED).await.unwrap_err();
    assert_eq!(check(&world).await, json!({ "verified": false, "examined": 2, "in_sight": 0 }));
    reapply(&world, RESTORED).await.unwrap();
    let told = check(&world).await;
    assert_eq!((&told["verified"], &told["in_sight"]), (&json!(true), &json!(0)));
    assert_eq!(told["applied_at"], crate::world::NOW);

    // What is erased while the drill goes on is found, and applied by another run.
    let systems = world.systems();
    let other = Subject::Cohort { cohort: scope(OTHER).cohort };
    systems.ledger.record(&scope(OTHER).institution, &other, now()).await.unwrap();
    assert_eq!(check(&world).await["verified"], false);
    reapply(&world, RESTORED).await.unwrap();
    assert_eq!(check(&world).await["verified"], true);
}

#[tokio::test]
async fn d3_a_person_who_was_erased_goes_again_and_one_who_answered_anew_stays() {
    let (world, backup) = persons::erased().await;
    world.tables.put(RESTORED, backup);
    let (ours, student) = (scope(OTHER), persons::student(3));
    let read = async || store(&world, RESTORED).student(&ours, &student).await.unwrap();
    assert!(read().await.is_some(), "restored as if they had never been erased");
    let others = store(&world, RESTORED).all_students(&ours).await.unwrap().len() - 1;
    assert_eq!(check(&world).await["in_sight"], 1);
    let told = reapply(&world, RESTORED).await.unwrap();
    let persons = json!([{ "institution": ours.institution, "cohort": OTHER, "count": 1 }]);
    assert_eq!((&told["persons"], &told["due_again"]), (&persons, &json!([])));
    assert_eq!(read().await, None);
    let left = store(&world, RESTORED).all_students(&ours).await.unwrap();
    assert_eq!(left.len(), others, "everybody else stays");
    let after = world.tables.plain(RESTORED);
    assert_eq!(reapply(&world, RESTORED).await.unwrap(), told);
    let ended = |key: &String| !key.starts_with("RESTORED");
    let kept = |all: std::collections::BTreeMap<String, Value>| {
        all.into_iter().filter(|(key, _)| ended(key)).collect::<Vec<_>>()
    };
    assert_eq!(kept(world.tables.plain(RESTORED)), kept(after), "a second run changes nothing");
    assert_eq!(check(&world).await["verified"], true);

    // The table is switched: the erasure is there for the sweep, and runs to its own certificate.
    world.tables.put(APP, world.tables.items(RESTORED));
    let open = store(&world, APP).erasures(&ours.institution).await.unwrap();
    let open = open.into_iter().find(|erasure| erasure.completed_at.is_none()).unwrap();
    assert_eq!(open.reason, ErasureReason::Restored);
    let input = json!({
        "institution": ours.institution, "cohort": OTHER, "student": student, "erasure": open.id,
    });
    assert_eq!(Machine::new().run(&world.systems(), input).await, End::Succeeded);
    for (key, item) in world.tables.plain(APP) {
        assert!(!format!("{key}{item}").contains(student.as_str()), "{key}");
    }
    assert_eq!(world.certificates().len(), 2);

    // Who answered after the erasure was never erased.
    let (world, mut backup) = persons::erased().await;
    let key = keys::student(&ours, &student);
    let later = aws_sdk_dynamodb::types::AttributeValue::S("2027-08-20T10:00:00Z".to_owned());
    backup.get_mut(&(key.pk, key.sk)).unwrap().insert("submitted_at".to_owned(), later);
    world.tables.put(RESTORED, backup);
    assert_eq!(reapply(&world, RESTORED).await.unwrap().get("persons"), None);
    assert!(store(&world, RESTORED).student(&ours, &student).await.unwrap().is_some());
}

#[tokio::test]
async fn d3_an_institution_that_was_erased_goes_again_whole() {
    let world = institutions::asked(World::small().await).await;
    // As the backup holds it nobody had ended the agreement.
    let mut backup = world.tables.items(APP);
    let ended = keys::deactivation(&scope(DUE).institution);
    backup.remove(&(ended.pk, ended.sk));
    let record = keys::erasure(&scope(DUE).institution, &institutions::erasure());
    backup.remove(&(record.pk, record.sk));
    let own = keys::institution(&scope(DUE).institution);
    backup.get_mut(&(own.pk, own.sk)).unwrap().remove("erasure");
    let first = Machine::new().run(&world.systems(), institutions::input()).await;
    assert_eq!(first, End::Succeeded);
    world.tables.put(RESTORED, backup);

    let table = store(&world, RESTORED);
    let institution = scope(DUE).institution;
    assert!(!table.is_out_of_reach(&institution).await.unwrap());
    let told = reapply(&world, RESTORED).await.unwrap();
    assert_eq!((&told["institutions"], &told["examined"]), (&json!([institution]), &json!(2)));
    assert!(table.is_out_of_reach(&institution).await.unwrap());
    assert_eq!(reapply(&world, RESTORED).await.unwrap(), told);
    assert_eq!(check(&world).await["verified"], true);

    world.tables.put(APP, world.tables.items(RESTORED));
    let noted = store(&world, APP).deactivation(&institution).await.unwrap().unwrap();
    let again = ErasureId::for_institution(&institution, noted.noted_at);
    let input = json!({ "institution": institution, "erasure": again });
    assert_eq!(Machine::new().run(&world.systems(), input).await, End::Succeeded);
    assert_eq!(world.items_of(DUE), 0);
    assert_eq!(store(&world, APP).institution_even_if_gone(&institution).await.unwrap(), None);
    let written = world.certificates();
    let whole: Vec<&Value> = written.iter().filter(|one| one["scope"] == "institution").collect();
    assert_eq!(whole.len(), 2, "each erasure has its own");
    assert!(whole.iter().any(|one| one["reference"] == "restore-2027-08-15"), "{whole:?}");
}
