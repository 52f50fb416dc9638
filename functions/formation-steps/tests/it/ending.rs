//! Approval, publication, failure (G1, G3, G6).

use domain::ContactId;
use domain::formation::{Decision, FailureCode, FormationStatus, Verdict};
use jiff::civil::date;
use serde_json::{Value, json};

use crate::sample::settings;
use crate::world::{World, now};

async fn awaiting() -> World {
    let mut settings = settings();
    settings.approval = true;
    let world = World::with(settings, 5, 4).await;
    world.up_to("commit").await;
    world.step_with("request_approval", json!({"task_token": "token-1"})).await.unwrap();
    world
}

async fn decide(world: &World, verdict: Verdict) {
    let by = ContactId::parse("sub-1").unwrap();
    let decision = Decision { verdict, by, at: now() };
    let store = world.table.store();
    store.decide_formation(&world.scope, &World::id(), &decision, 0).await.unwrap();
}

async fn fail(world: &World, error: &str, cause: &str) -> Value {
    let error = json!({"error": {"Error": error, "Cause": cause}});
    world.step_with("fail", error).await.unwrap()
}

#[tokio::test]
async fn g6_a_formation_waits_with_the_machines_token() {
    let world = awaiting().await;
    let formation = world.formation().await;
    assert_eq!(formation.status, FormationStatus::AwaitingApproval);
    assert_eq!(formation.task_token.as_deref(), Some("token-1"));
    // Tried again: the new token counts.
    world.step_with("request_approval", json!({"task_token": "token-2"})).await.unwrap();
    assert_eq!(world.formation().await.task_token.as_deref(), Some("token-2"));
}

#[tokio::test]
async fn g6_a_decision_that_went_to_a_lost_token_is_not_asked_for_again() {
    for (verdict, name) in [(Verdict::Approved, "Approved"), (Verdict::Rejected, "Rejected")] {
        let world = awaiting().await;
        decide(&world, verdict).await;
        let again = world.step_with("request_approval", json!({"task_token": "token-2"})).await;
        assert_eq!(again.unwrap_err().name, name);
    }
}

#[tokio::test]
async fn g6_only_a_recorded_word_of_a_contact_publishes() {
    let world = awaiting().await;
    assert_eq!(world.step("publish").await.unwrap_err().name, "NotApproved");
    decide(&world, Verdict::Approved).await;
    world.step("publish").await.unwrap();
    let formation = world.formation().await;
    assert_eq!(formation.status, FormationStatus::Published);
    assert_eq!(formation.task_token, None);
}

#[tokio::test]
async fn d1_publishing_moves_the_deletion_date_once() {
    let world = World::with_students(5, 4).await;
    world.up_to("commit").await;
    // Sixteen days after the deadline, and in Copenhagen the next year already.
    let clock = || "2026-12-31T23:30:00Z".parse().unwrap();
    world.send(world.event("publish", json!({})), clock).await.unwrap();
    let cohort = world.cohort().await;
    assert_eq!(cohort.published_formation, Some(World::id()));
    assert_eq!(cohort.active_formation, None);
    assert_eq!(cohort.last_formation_at, Some(clock()));
    assert_eq!(cohort.delete_on, date(2027, 9, 1));
    // The answer was lost and the task runs again a month later.
    let later = || "2027-01-31T11:00:00Z".parse().unwrap();
    world.send(world.event("publish", json!({})), later).await.unwrap();
    assert_eq!(world.cohort().await.delete_on, date(2027, 9, 1));
}

#[tokio::test]
async fn d1_publishing_keeps_to_an_instruction_that_reaches_further() {
    for (until, expected) in
        [(date(2028, 6, 1), date(2028, 6, 1)), (date(2027, 8, 20), date(2027, 9, 1))]
    {
        let world = World::with_students(5, 4).await;
        world.up_to("commit").await;
        world.extend(until).await;
        let clock = || "2026-12-31T23:30:00Z".parse().unwrap();
        world.send(world.event("publish", json!({})), clock).await.unwrap();
        let cohort = world.cohort().await;
        assert_eq!(cohort.delete_on, expected);
        assert_eq!(cohort.extension.map(|extension| extension.until), Some(until));
    }
}

#[tokio::test]
async fn d1_an_instruction_between_reading_and_publishing_is_not_lost() {
    let world = World::with_students(5, 4).await;
    world.up_to("commit").await;
    let cohort = world.cohort().await;
    world.extend(date(2028, 6, 1)).await;
    let stale = store::Term { delete_on: date(2027, 9, 1), was: cohort.delete_on };
    let store = world.table.store();
    let past =
        store.publish_formation(&world.scope, &World::id(), (now(), now()), stale).await.unwrap();
    assert_eq!(past, store::Transition::Past);
    assert_eq!(world.cohort().await.delete_on, date(2028, 6, 1));
    assert_eq!(world.formation().await.status, FormationStatus::Running);
}

#[tokio::test]
async fn g6_a_contacts_no_ends_the_formation_without_a_failure() {
    let world = awaiting().await;
    assert_eq!(fail(&world, "Rejected", "").await, json!({"status": "rejected", "ours": false}));
    let formation = world.formation().await;
    assert_eq!((formation.status, formation.failure), (FormationStatus::Rejected, None));
    assert_eq!(world.cohort().await.active_formation, None);
    assert_eq!(fail(&world, "Rejected", "").await, json!({"status": "rejected", "ours": false}));
}

#[tokio::test]
async fn g3_the_reason_of_a_failed_task_reaches_the_record() {
    let world = World::with_students(2, 4).await;
    world.up_to("solve").await;
    let error = world.step("commit").await.unwrap_err();
    // As Step Functions hands over what the Lambda runtime answered.
    let diagnostic = lambda_runtime::Diagnostic::from(error);
    let cause = serde_json::to_string(&diagnostic).unwrap();
    let answer = fail(&world, &diagnostic.error_type, &cause).await;
    assert_eq!(answer, json!({"status": "failed", "ours": false}));
    let failure = world.formation().await.failure.unwrap();
    assert_eq!(failure.code, FailureCode::TooFewStudents);
    assert_eq!(failure.section, Some("A".parse().unwrap()));
    assert_eq!(failure.detail, "2 students are fewer than the smallest group size 3");
    assert_eq!(world.cohort().await.active_formation, None);
}

#[tokio::test]
async fn d10_the_text_of_an_unknown_error_is_not_kept() {
    let unknown = [
        ("States.Runtime", "Ane Jensen"),
        ("Lambda.Unknown", r#"{"errorMessage":"Ane Jensen"}"#),
        // Not under its own name: not what our tasks send.
        ("Other", r#"{"errorMessage":"{\"code\":\"no_students\",\"detail\":\"Ane Jensen\"}"}"#),
    ];
    for (error, cause) in unknown {
        let world = World::with_students(5, 4).await;
        let ours = json!({"status": "failed", "ours": true});
        assert_eq!(fail(&world, error, cause).await, ours);
        // Again, because the answer was lost: the alarm must not be lost with it.
        assert_eq!(fail(&world, error, cause).await, ours);
        let failure = world.formation().await.failure.unwrap();
        assert_eq!((failure.code, failure.detail.as_str()), (FailureCode::Internal, ""), "{error}");
    }
}

#[tokio::test]
async fn g6_nobody_decided_in_time_is_a_reason_of_its_own() {
    let world = awaiting().await;
    let answer = fail(&world, "ApprovalExpired", "").await;
    assert_eq!(answer, json!({"status": "failed", "ours": false}));
    let failure = world.formation().await.failure.unwrap();
    assert_eq!(failure.code, FailureCode::ApprovalExpired);
}

#[tokio::test]
async fn g1_a_published_formation_is_not_failed_afterwards() {
    let world = World::with_students(5, 4).await;
    world.up_to("publish").await;
    assert_eq!(
        fail(&world, "States.Timeout", "").await,
        json!({"status": "published", "ours": false})
    );
    let formation = world.formation().await;
    assert_eq!((formation.status, formation.failure), (FormationStatus::Published, None));
    assert_eq!(world.cohort().await.published_formation, Some(World::id()));
}
