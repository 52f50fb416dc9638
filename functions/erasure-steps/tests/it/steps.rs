//! Steps one by one: slices, waits, failures.

use domain::formation::{Failure, FailureCode, Formation};
use domain::mailing::Mailing;
use erasure_steps::handle;
use jiff::Timestamp;
use serde_json::json;

use crate::machine::{End, Machine};
use crate::world::{APP, DUE, World, erasure, from, input, now, scope, task};

#[tokio::test]
async fn d2_suppressions_go_on_where_the_last_slice_ended() {
    let world = World::new().await;
    let systems = world.systems();
    handle(&systems, task("begin")).await.unwrap();
    let mut next = task("suppressions");
    let mut seen = Vec::new();
    loop {
        let answer = handle(&systems, next.clone()).await.unwrap();
        seen.push((answer.cursor.clone().map(String::from), answer.done));
        if answer.done {
            break;
        }
        next.after = Some(answer);
    }
    let place = |number| Some(format!("stu_{DUE}_{number:02}"));
    assert_eq!(seen, [(place(4), false), (place(9), false), (None, true)]);
}

#[tokio::test]
async fn d2_an_address_that_ses_still_lists_is_not_taken_for_gone() {
    let world = World::new().await;
    let systems = world.systems();
    handle(&systems, task("begin")).await.unwrap();
    world.suppressed.keep_everything();
    let error = handle(&systems, task("suppressions")).await.unwrap_err();
    assert_eq!(error.name, "Transient");
    assert!(!error.cause.contains('@'), "{}", error.cause);
}

#[tokio::test]
async fn d2_a_formation_at_work_is_waited_for() {
    let world = World::new().await;
    let systems = world.systems();
    let formation: Formation = from(json!({
        "id": "for_2", "status": "running", "requested_by": "deadline", "requested_at": "2027-08-14T21:00:00Z", "seed": 1,
        "replaces": "for_1",
    }));
    systems.store.start_formation(&scope(DUE), &formation, None).await.unwrap();
    let answer = handle(&systems, task("begin")).await.unwrap();
    assert_eq!((answer.done, answer.wait_seconds), (false, 30));

    let mut later = world.systems();
    later.clock = || "2027-08-14T22:46:00Z".parse::<Timestamp>().unwrap();
    assert!(handle(&later, task("begin")).await.unwrap().done, "its tasks have timed out");

    let failure = Failure::new(FailureCode::CohortGone, "");
    systems.store.fail_formation(&scope(DUE), &formation.id, now(), &failure).await.unwrap();
    assert!(handle(&systems, task("begin")).await.unwrap().done, "it has ended");
}

/// Its recipients may have been read before the mark: what is written of them would outlive the erasure.
#[tokio::test]
async fn d2_a_mailing_that_is_being_addressed_is_waited_for() {
    let world = World::new().await;
    let systems = world.systems();
    let mailing: Mailing = from(json!({
        "id": "mlg_1", "version": 2, "audience": { "to": "cohort" }, "status": "sending",
        "texts": { "da": { "subject": "Introuge", "body": "Vi ses." } },
        "created_by": "sub-coordinator", "created_at": "2027-08-14T20:00:00Z",
        "changed_at": "2027-08-14T22:20:00Z",
    }));
    assert!(systems.store.create_mailing(&scope(DUE), &mailing).await.unwrap());
    let answer = handle(&systems, task("begin")).await.unwrap();
    assert_eq!((answer.done, answer.wait_seconds), (false, 30));

    let mut later = world.systems();
    later.clock = || "2027-08-14T22:46:00Z".parse::<Timestamp>().unwrap();
    assert!(handle(&later, task("begin")).await.unwrap().done, "its task has timed out");

    let page =
        mailing.advanced(Some("stu_2".to_owned()), 2, 0, "2027-08-14T22:31:00Z".parse().unwrap());
    assert!(systems.store.move_mailing(&scope(DUE), &mailing, &page).await.unwrap());
    assert!(handle(&systems, task("begin")).await.unwrap().done, "who is read now is not marked");
}

/// A task that was at work when a contact closed a mailing goes on to the end of its page.
#[tokio::test]
async fn d2_a_mailing_that_was_closed_just_now_is_waited_for() {
    let world = World::new().await;
    let systems = world.systems();
    let mailing: Mailing = from(json!({
        "id": "mlg_1", "version": 3, "audience": { "to": "cohort" }, "status": "closed",
        "texts": { "da": { "subject": "Introuge", "body": "Vi ses." } },
        "created_by": "sub-coordinator", "created_at": "2027-08-14T20:00:00Z",
        "changed_at": "2027-08-14T22:20:00Z",
    }));
    assert!(systems.store.create_mailing(&scope(DUE), &mailing).await.unwrap());
    let answer = handle(&systems, task("begin")).await.unwrap();
    assert_eq!((answer.done, answer.wait_seconds), (false, 30));

    let mut later = world.systems();
    later.clock = || "2027-08-14T22:35:00Z".parse::<Timestamp>().unwrap();
    assert!(handle(&later, task("begin")).await.unwrap().done, "that task has timed out");
}

#[tokio::test]
async fn d2_a_failed_erasure_is_resumed_under_the_same_id() {
    let world = World::new().await;
    let systems = world.systems();
    handle(&systems, task("begin")).await.unwrap();
    let mut fail = task("fail");
    fail.error = Some(from(json!({ "Error": "States.Timeout", "Cause": "" })));
    handle(&systems, fail.clone()).await.unwrap();
    let record = || {
        world.tables.plain(APP)[&format!("INS#ins_example-university/ERASURE#{}", erasure())]
            .clone()
    };
    assert_eq!(
        (&record()["status"], &record()["failure"]),
        (&json!("failed"), &json!("timed_out"))
    );

    handle(&systems, task("begin")).await.unwrap();
    assert_eq!((&record()["status"], record().get("failure")), (&json!("running"), None));
    assert_eq!(Machine::new().run(&systems, input()).await, End::Succeeded);

    // A failure that is told too late leaves a completed erasure as it is.
    handle(&systems, fail).await.unwrap();
    assert_eq!(record()["status"], "completed");
}

#[tokio::test]
async fn d2_the_first_certificate_stands() {
    let world = World::new().await;
    let systems = world.systems();
    Machine::new().run(&systems, input()).await;
    let first = world.snapshot();
    let mut again = task("certify");
    again.after = Some(from(json!({
        "step": "verify", "done": true, "verified_at": "2027-09-01T00:00:00Z",
        "left_over": { "dynamodb": 0, "s3": 0, "ses": 0, "typeform": 0 },
    })));
    assert!(handle(&systems, again).await.unwrap().done);
    assert_eq!(world.snapshot(), first);
}
