use std::sync::atomic::{AtomicI64, Ordering};

use intake::About;
use jiff::{SignedDuration, Timestamp};
use quarantine_reprocess::{Reprocess, Request, Summary};
use serde_json::{Value, json};

use crate::form::{answer, bytes, complete, identity, now, payload, settings};
use crate::world::World;

const AT: &str = "2026-11-19T08:20:00Z";
const COHORT: &str = "INS#ins_example-university#COH#coh_computer-science-2026";

fn far() -> u64 {
    u64::try_from(now().as_millisecond()).unwrap() + 300_000
}

fn request(value: Value) -> Request {
    Request::parse(value).unwrap()
}

fn cohort() -> Value {
    json!({ "institution": "ins_example-university", "cohort": "coh_computer-science-2026" })
}

async fn run(world: &World, value: Value) -> Summary {
    let reprocess = Reprocess::new(world.store(), world.audit(), world.intake(), now);
    reprocess.run(&request(value), "run-1", far()).await.unwrap()
}

async fn take_in(world: &World, payload: &Value) {
    world.intake().ingest(&bytes(payload), now(), &mut About::default()).await.unwrap();
}

/// `count` responses of the first section wait for its name, one lacks its address.
async fn waiting(count: usize) -> World {
    let world = World::default();
    let mut before = settings();
    before.sections[0].answers.clear();
    world.onboard(before, now()).await;
    for n in 0..count {
        let who = identity(&format!("s{n}@student.example.edu"), "Hold 1");
        take_in(&world, &payload(&format!("tok{n:03}"), AT, &who)).await;
    }
    take_in(&world, &payload("without", AT, &[answer("first_name", "text", json!("Ane"))])).await;
    world
}

async fn mend(world: &World) {
    assert_eq!(
        world.store().replace_settings(&settings(), &settings()).await.unwrap(),
        store::ChangedSettings::Done
    );
}

#[tokio::test]
async fn q4_what_a_mended_mapping_understands_leaves_quarantine() {
    let world = waiting(3).await;
    let before = run(&world, cohort()).await;
    assert_eq!((before.examined, before.accepted, before.still_quarantined), (4, 0, 4));
    assert_eq!(before.by_reason, [("missing_email", 1), ("unknown_section", 3)].into());
    mend(&world).await;
    let after = run(&world, cohort()).await;
    assert_eq!((after.examined, after.accepted, after.still_quarantined), (4, 3, 1));
    assert_eq!(
        (after.by_reason, after.r#continue, after.after),
        ([("missing_email", 1)].into(), false, None)
    );
    let again = run(&world, cohort()).await;
    assert_eq!((again.examined, again.accepted), (1, 0), "a second run finds what is left");
}

#[tokio::test]
async fn q4_named_responses_alone() {
    let world = waiting(3).await;
    mend(&world).await;
    let mut named = cohort();
    named["tokens"] = json!(["tok002", "tok000", "tok000", "gone"]);
    let summary = run(&world, named).await;
    assert_eq!((summary.examined, summary.accepted), (2, 2));
    let left: Vec<String> =
        world.keys(COHORT).into_iter().filter(|sk| sk.starts_with("QUARANTINE#")).collect();
    assert_eq!(left, ["QUARANTINE#tok001", "QUARANTINE#without"]);
}

#[tokio::test]
async fn q4_more_than_a_page() {
    let world = waiting(120).await;
    mend(&world).await;
    let summary = run(&world, cohort()).await;
    assert_eq!((summary.examined, summary.accepted), (121, 120));
}

#[tokio::test]
async fn q4_responses_of_no_cohort_find_theirs() {
    let world = World::default();
    take_in(&world, &complete("tok1", AT)).await;
    let unclaimed = run(&world, json!({ "unassigned": true })).await;
    assert_eq!(unclaimed.by_reason, [("unknown_form", 1)].into());
    world.onboard(settings(), now()).await;
    let summary = run(&world, json!({ "unassigned": true })).await;
    assert_eq!((summary.examined, summary.accepted, summary.still_quarantined), (1, 1, 0));
    assert!(world.keys("UNASSIGNED").is_empty());
    assert_eq!(world.objects().len(), 1);
    assert!(world.objects()[0].starts_with("institutions/"));
}

#[tokio::test]
async fn q4_a_run_out_of_time_says_so_and_the_next_goes_on() {
    let world = waiting(2).await;
    mend(&world).await;
    let reprocess = Reprocess::new(world.store(), world.audit(), world.intake(), now);
    let near = u64::try_from(now().as_millisecond()).unwrap() + 10_000;
    let mut after_first = cohort();
    after_first["after"] = json!("tok000");
    let stopped = reprocess.run(&request(after_first.clone()), "run-1", near).await.unwrap();
    assert_eq!((stopped.examined, stopped.r#continue), (0, true));
    assert_eq!(stopped.after.as_deref(), Some("tok000"));
    let summary = run(&world, after_first).await;
    assert_eq!((summary.examined, summary.accepted, summary.r#continue), (2, 1, false));
}

#[tokio::test]
async fn q4_a_run_that_somebody_waits_for_begins_nothing_after_its_seconds() {
    // A clock that moves on by five seconds whenever somebody looks at it: at the start, and before each entry.
    static LOOKS: AtomicI64 = AtomicI64::new(0);
    fn ticking() -> Timestamp {
        now() + SignedDuration::from_secs(5 * LOOKS.fetch_add(1, Ordering::SeqCst))
    }
    let world = waiting(5).await;
    mend(&world).await;
    let reprocess = Reprocess::new(world.store(), world.audit(), world.intake(), ticking);
    let mut asked = cohort();
    asked["seconds"] = json!(20);
    let far = far() + 3_600_000;
    let stopped = reprocess.run(&request(asked.clone()), "run-1", far).await.unwrap();
    assert_eq!((stopped.examined, stopped.accepted, stopped.r#continue), (3, 3, true));
    assert_eq!(stopped.after.as_deref(), Some("tok002"));
    asked["after"] = json!(stopped.after);
    let ended = reprocess.run(&request(asked), "run-2", far).await.unwrap();
    assert_eq!((ended.examined, ended.accepted, ended.r#continue), (3, 2, false));
}

#[tokio::test]
async fn a_store_that_is_down_stops_the_run_with_a_fixed_name() {
    for down in ["query", "get_object", "transact"] {
        let world = waiting(1).await;
        mend(&world).await;
        world.held().down = vec![down];
        let reprocess = Reprocess::new(world.store(), world.audit(), world.intake(), now);
        let error = reprocess.run(&request(cohort()), "run-1", far()).await.unwrap_err();
        assert_eq!(error.name, "Transient", "{down}");
        world.held().down.clear();
        assert_eq!(run(&world, cohort()).await.accepted, 1);
    }
}

#[test]
fn a_request_names_one_quarantine() {
    for bad in [
        json!({}),
        json!({ "unassigned": false }),
        json!({ "institution": "ins_a" }),
        json!({ "institution": "ins_a", "cohort": "coh_a", "unassigned": true }),
        json!({ "institution": "a", "cohort": "coh_a" }),
        json!({ "unassigned": true, "token": "secret-token" }),
        json!({ "unassigned": true, "tokens": "secret-token" }),
        json!({ "unassigned": true, "seconds": 0 }),
        json!({ "unassigned": true, "seconds": -1 }),
        json!(null),
    ] {
        let error = Request::parse(bad.clone()).unwrap_err();
        assert_eq!(error.name, "BadRequest", "{bad}");
        assert!(!error.to_string().contains("secret-token"));
    }
}

/// Every file in the folder is a request; what it does is asserted by its name.
#[tokio::test]
async fn every_event_is_understood() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../events/quarantine-reprocess");
    let mut seen = Vec::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let value: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let world = waiting(1).await;
        mend(&world).await;
        let expected = match name.as_str() {
            "cohort" | "contact" => (2, 1),
            "some-tokens" => (1, 1),
            "unassigned" => (0, 0),
            other => panic!("no expectation for {other}"),
        };
        let summary = run(&world, value).await;
        assert_eq!((summary.examined, summary.accepted), expected, "{name}");
        seen.push(name);
    }
    assert_eq!(seen.len(), 4, "{seen:?}");
}
