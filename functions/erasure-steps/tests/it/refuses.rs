//! What an erasure must not do.

use domain::ErasureId;
use domain::erasure::{Erasure, ErasureReason, Subject};
use erasure_steps::handle;
use serde_json::json;
use store::{RequestedErasure, keys};

use crate::machine::{End, Machine};
use crate::world::{APP, DUE, FORM, OTHER, World, erasure, from, input, now, scope, task};

#[tokio::test]
async fn d1_a_cohort_that_is_not_due_is_not_begun() {
    let world = World::new().await;
    let before = world.snapshot();
    let mut task = task("begin");
    task.cohort = Some(scope(OTHER).cohort);
    assert_eq!(handle(&world.systems(), task).await.unwrap_err().name, "NotDue");
    assert_eq!(world.snapshot(), before);
}

#[tokio::test]
async fn d2_no_step_touches_a_cohort_that_is_not_marked_with_this_erasure() {
    let world = World::new().await;
    let systems = world.systems();
    let before = world.snapshot();
    let steps = ["typeform", "suppressions", "objects", "items", "verify", "certify"];
    for step in steps {
        let error = handle(&systems, task(step)).await.unwrap_err();
        assert_eq!(error.name, "Permanent", "{step}");
    }
    assert_eq!(world.snapshot(), before);

    handle(&systems, task("begin")).await.unwrap();
    let begun = world.snapshot();
    for step in steps {
        let mut another = task(step);
        another.erasure = "era_another".parse().unwrap();
        assert!(handle(&systems, another).await.is_err(), "{step}");
    }
    // An erasure that has begun, with the id of a cohort that is not due.
    for step in steps {
        let mut mixed_up = task(step);
        mixed_up.cohort = Some(scope(OTHER).cohort);
        assert!(handle(&systems, mixed_up).await.is_err(), "{step}");
    }
    let mut another = task("begin");
    another.erasure = "era_another".parse().unwrap();
    assert_eq!(handle(&systems, another).await.unwrap_err().name, "NotDue");
    assert_eq!(world.snapshot(), begun);
}

#[tokio::test]
async fn d2_empty_lists_of_the_wrong_region_are_not_taken_for_gone() {
    let world = World::new().await;
    let systems = world.systems_in("us");
    let end = Machine::new().run(&systems, input()).await;
    assert_eq!(end, End::Failed("WrongTypeformRegion".into()));
    assert_eq!(world.typeform.tokens(FORM).len(), 13);
    assert!(world.certificates().is_empty());
    let record =
        &world.tables.plain(APP)[&format!("INS#ins_example-university/ERASURE#{}", erasure())];
    assert_eq!(record["status"], "failed");
    assert_eq!(record["failure"], "wrong_typeform_region");

    // The address is mended, and the next sweep goes on.
    assert_eq!(Machine::new().run(&world.systems(), input()).await, End::Succeeded);
    let record =
        &world.tables.plain(APP)[&format!("INS#ins_example-university/ERASURE#{}", erasure())];
    assert_eq!((&record["status"], record.get("failure")), (&json!("completed"), None));
    assert_eq!(world.certificates().len(), 1);
}

#[tokio::test]
async fn d2_verify_looks_in_the_right_region_too() {
    let world = World::new().await;
    handle(&world.systems(), task("begin")).await.unwrap();
    let error = handle(&world.systems_in("us"), task("verify")).await.unwrap_err();
    assert_eq!(error.name, "WrongTypeformRegion");
}

#[tokio::test]
async fn d2_gives_up_after_a_day_or_too_many_rounds() {
    let world = World::new().await;
    let systems = world.systems();
    handle(&systems, task("begin")).await.unwrap();
    world.typeform.keep("coh_computer-science-2026-t00");
    let mut late = task("typeform");
    late.since = Some("2027-08-13T22:30:00Z".parse().unwrap());
    assert_eq!(handle(&systems, late).await.unwrap_err().name, "GaveUp");
    let mut often = task("typeform");
    often.after = Some(from(json!({ "step": "typeform", "done": false, "round": 399 })));
    assert_eq!(handle(&systems, often.clone()).await.unwrap().round, 400);
    often.after = Some(from(json!({ "step": "typeform", "done": false, "round": 400 })));
    assert_eq!(handle(&systems, often).await.unwrap_err().name, "GaveUp");
}

#[tokio::test]
async fn d2_nothing_is_certified_while_something_is_left() {
    let world = World::new().await;
    let systems = world.systems();
    handle(&systems, task("begin")).await.unwrap();
    // Behind the bucket's back: an object that comes again before every look.
    let key = format!("{}again.json", keys::cohort_prefix(&scope(DUE)));
    let mut after = None;
    for round in 1..=3 {
        world.bucket.add(&key, Some(b"{}"));
        let mut verify = task("verify");
        verify.after = after;
        let answer = handle(&systems, verify).await.unwrap();
        assert_eq!((answer.done, answer.round), (false, round));
        after = Some(answer);
    }
    let mut certify = task("certify");
    certify.after.clone_from(&after);
    assert_eq!(handle(&systems, certify).await.unwrap_err().name, "Permanent");
    let mut verify = task("verify");
    verify.after = after;
    let error = handle(&systems, verify).await.unwrap_err();
    assert_eq!(error.name, "LeftOver");
    assert!(error.cause.contains("\"s3\""), "{}", error.cause);
    assert!(world.certificates().is_empty());
}

#[tokio::test]
async fn d2_certify_asks_for_a_verification_that_found_nothing() {
    let world = World::new().await;
    let systems = world.systems();
    handle(&systems, task("begin")).await.unwrap();
    let unproven = [
        json!(null),
        json!({ "step": "items", "done": true }),
        json!({ "step": "verify", "done": true }),
        json!({ "step": "verify", "done": true, "verified_at": "2027-08-14T22:30:00Z", "left_over": { "s3": 1 } }),
    ];
    for after in unproven {
        let mut certify = task("certify");
        certify.after = from(after.clone());
        assert!(handle(&systems, certify).await.is_err(), "{after}");
    }
    assert!(world.certificates().is_empty());
}

#[tokio::test]
async fn d2_a_cohort_that_is_not_due_is_erased_on_a_recorded_request_only() {
    let world = World::new().await;
    let systems = world.systems();
    let cohort = scope(OTHER);
    let id = ErasureId::for_asked_cohort(&cohort.cohort);
    let input =
        json!({ "institution": cohort.institution, "cohort": cohort.cohort, "erasure": id });
    let end = Machine::new().run(&systems, input.clone()).await;
    assert_eq!(end, End::Failed("NotDue".into()), "nobody asked");

    let subject = Subject::Cohort { cohort: cohort.cohort.clone() };
    let reason = ErasureReason::ControllerInstructed;
    let reference = "2027-031".parse().unwrap();
    let asked = Erasure::requested(id.clone(), &subject, reason, reference, None, now());
    let requested = systems.store.request_erasure(&cohort.institution, &asked).await.unwrap();
    assert_eq!(requested, RequestedErasure::New);
    let again = systems.store.request_erasure(&cohort.institution, &asked).await.unwrap();
    assert_eq!(again, RequestedErasure::Already(asked));
    // The record is of that cohort and of no other.
    let foreign = json!({ "institution": cohort.institution, "cohort": DUE, "erasure": id });
    assert_eq!(Machine::new().run(&systems, foreign).await, End::Failed("NotDue".into()));

    assert_eq!(Machine::new().run(&systems, input).await, End::Succeeded);
    assert_eq!((world.items_of(OTHER), world.versions_of(OTHER)), (0, 0));
    let certificate = &world.certificates()[0];
    assert_eq!(certificate["reason"], "controller_instructed");
    assert_eq!(
        (&certificate["reference"], certificate.get("delete_on")),
        (&json!("2027-031"), None)
    );
}
