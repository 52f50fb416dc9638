//! What a sweep starts, deletes and leaves alone.

use aws_sdk_sfn::types::ExecutionStatus;
use domain::erasure::ErasureStatus;
use retention_sweep::{State, Sweep, sweep};
use serde_json::json;
use std::time::Duration;

use crate::memory::When;
use crate::world::{APP, World, erasure};

const DAILY: Sweep = Sweep::Daily {};

fn states(answer: &retention_sweep::Answer) -> Vec<(&str, State)> {
    answer.cohorts.iter().map(|found| (found.cohort.as_str(), found.state)).collect()
}

#[tokio::test]
async fn d2_the_daily_sweep_starts_the_erasure_of_every_cohort_that_is_due() {
    let world = World::new().await;
    let answer = sweep(&world.systems(), DAILY).await.unwrap();
    assert_eq!(answer.as_of.to_string(), "2027-08-15", "the day in Copenhagen");
    assert_eq!(states(&answer), [("coh_a", State::Started), ("coh_b", State::Started)]);
    let mut expected = ["coh_a", "coh_b"].map(|cohort| {
        let input = json!({ "institution": "ins_1", "cohort": cohort, "erasure": erasure(cohort) });
        (erasure(cohort).to_string(), input)
    });
    expected.sort_by(|one, another| one.0.cmp(&another.0));
    let started = world.executions.all().into_iter();
    let started: Vec<(String, serde_json::Value)> =
        started.map(|(name, input)| (name, serde_json::from_str(&input).unwrap())).collect();
    assert_eq!(started, expected);
}

#[tokio::test]
async fn d1_questionnaires_that_nobody_claimed_are_deleted_after_thirty_civil_days() {
    let world = World::new().await;
    let answer = sweep(&world.systems(), DAILY).await.unwrap();
    assert_eq!(answer.unassigned_count, 2);
    assert_eq!(world.unassigned(), ["u29"]);
    assert_eq!(world.objects(), ["u29.json", "u29.json", "u290.json", "u300.json", "u310.json"]);
}

#[tokio::test]
async fn d2_a_second_sweep_leaves_running_erasures_alone() {
    for strict in [false, true] {
        let world = World::new().await;
        if strict {
            world.executions.strict();
        }
        sweep(&world.systems(), DAILY).await.unwrap();
        let answer = sweep(&world.systems(), DAILY).await.unwrap();
        let expected = if strict { State::Running } else { State::Started };
        assert_eq!(states(&answer), [("coh_a", expected), ("coh_b", expected)]);
        assert_eq!(world.executions.all().len(), 2);
        assert_eq!((answer.unassigned_count, world.unassigned().len()), (0, 1));
    }
}

#[tokio::test]
async fn d2_a_stopped_erasure_is_started_anew_under_the_same_id() {
    let world = World::new().await;
    sweep(&world.systems(), DAILY).await.unwrap();
    world.begun("coh_a", ErasureStatus::Failed).await;
    let ends = [ExecutionStatus::Failed, ExecutionStatus::Aborted, ExecutionStatus::TimedOut];
    for (number, how) in (2..).zip(ends) {
        world.executions.end(&how);
        let answer = sweep(&world.systems(), DAILY).await.unwrap();
        assert_eq!(states(&answer), [("coh_a", State::Started), ("coh_b", State::Started)]);
        let (_, input) = world
            .executions
            .all()
            .into_iter()
            .find(|(name, _)| *name == format!("{}-{number}", erasure("coh_a")))
            .unwrap();
        assert!(input.contains(&format!("\"{}\"", erasure("coh_a"))), "the erasure's id stays");
    }
    assert_eq!(world.executions.all().len(), 8);
}

#[tokio::test]
async fn d2_an_erasure_that_was_completed_a_moment_ago_is_not_started_again() {
    let world = World::new().await;
    world.begun("coh_a", ErasureStatus::Completed).await;
    let answer = sweep(&world.systems(), DAILY).await.unwrap();
    assert_eq!(states(&answer), [("coh_b", State::Started)], "though the index still lists both");
}

#[tokio::test]
async fn d2_a_cohort_that_fails_does_not_stop_the_others() {
    let world = World::new().await;
    world.executions.refuse(&["coh_a"]);
    let error = sweep(&world.systems(), DAILY).await.unwrap_err();
    assert_eq!(error.name, "Incomplete");
    assert!(error.cause.starts_with("1 cohorts and 0 unassigned"), "{}", error.cause);
    let started = world.executions.all();
    assert_eq!(started.len(), 1);
    assert_eq!(started[0].0, erasure("coh_b").to_string());
    assert_eq!(world.unassigned(), ["u29"], "and neither the questionnaires");

    world.executions.refuse(&[]);
    sweep(&world.systems(), DAILY).await.unwrap();
    assert_eq!(world.executions.all().len(), 2);
}

#[tokio::test]
async fn d2_a_sweep_that_runs_out_of_time_says_so_and_is_finished_by_the_next() {
    let world = World::new().await;
    let mut systems = world.systems();
    systems.slice = Duration::ZERO;
    let error = sweep(&systems, DAILY).await.unwrap_err();
    assert!(error.cause.ends_with("out of time: true"), "{}", error.cause);
    assert_eq!(world.unassigned().len(), 3);
    assert_eq!(sweep(&world.systems(), DAILY).await.unwrap().unassigned_count, 2);
}

#[tokio::test]
async fn d2_a_sweep_that_dies_anywhere_is_run_again_and_ends_the_same() {
    let undisturbed = World::new().await;
    sweep(&undisturbed.systems(), DAILY).await.unwrap();
    let calls = undisturbed.gate.calls();
    assert!(calls > 10, "{calls}");
    for call in 0..calls {
        for when in [When::Before, When::After] {
            let world = World::new().await;
            world.gate.fail(call, when);
            let error = sweep(&world.systems(), DAILY).await.unwrap_err();
            assert!(["Incomplete", "Failed"].contains(&error.name), "call {call} {when:?}");
            sweep(&world.systems(), DAILY).await.unwrap();
            assert_eq!(
                world.executions.all(),
                undisturbed.executions.all(),
                "call {call} {when:?}"
            );
            assert_eq!(world.objects(), undisturbed.objects(), "call {call} {when:?}");
            assert_eq!(world.tables.plain(APP), undisturbed.tables.plain(APP));
        }
    }
}

#[tokio::test]
async fn d2_a_dry_run_lists_what_would_go_and_changes_nothing() {
    let world = World::new().await;
    let (tables, objects) = (world.tables.plain(APP), world.objects());
    let dry = Sweep::Operator { dry_run: true, as_of: None };
    let answer = sweep(&world.systems(), dry).await.unwrap();
    assert_eq!(
        serde_json::to_value(answer).unwrap(),
        json!({
            "dry_run": true, "as_of": "2027-08-15",
            "cohorts": [
                { "institution": "ins_1", "cohort": "coh_a", "delete_on": "2027-08-14", "erasure": erasure("coh_a"), "state": "due" },
                { "institution": "ins_1", "cohort": "coh_b", "delete_on": "2027-08-15", "erasure": erasure("coh_b"), "state": "due" },
            ],
            "unassigned_count": 2,
            "unassigned": [
                { "response": "u30", "delete_on": "2027-08-15" },
                { "response": "u31", "delete_on": "2027-08-14" },
            ],
        })
    );
    let later = Sweep::Operator { dry_run: true, as_of: Some("2027-08-16".parse().unwrap()) };
    let answer = sweep(&world.systems(), later).await.unwrap();
    assert_eq!((answer.cohorts.len(), answer.unassigned_count), (3, 3));

    assert_eq!((world.tables.plain(APP), world.objects()), (tables, objects));
    assert!(world.executions.all().is_empty());
}

#[tokio::test]
async fn d1_a_date_is_refused_unless_it_is_a_dry_run() {
    let world = World::new().await;
    let early = Sweep::Operator { dry_run: false, as_of: Some("2027-08-16".parse().unwrap()) };
    assert_eq!(sweep(&world.systems(), early).await.unwrap_err().name, "Refused");
    assert!(world.executions.all().is_empty());
    assert_eq!(world.gate.calls(), 0);
}

#[test]
fn d1_what_is_not_quite_an_order_is_not_taken_for_one() {
    for bad in [
        json!({}),
        json!({ "source": "operator" }),
        json!({ "source": "somebody", "dry_run": true }),
        json!({ "source": "daily", "as_of": "2027-08-16" }),
        json!({ "source": "operator", "dryrun": true, "dry_run": false }),
        json!({ "source": "operator", "dry_run": "yes" }),
    ] {
        assert!(serde_json::from_value::<Sweep>(bad.clone()).is_err(), "{bad}");
    }
}
