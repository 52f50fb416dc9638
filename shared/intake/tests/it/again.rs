use domain::cohort::{Settings, Source};
use domain::quarantine::{QuarantineReason, Quarantined};
use domain::{ResponseToken, StudentNumber};
use intake::{About, Again, Kept, Outcome};
use serde_json::json;
use store::Scope;

use crate::form::{answer, bytes, complete, identity, now, payload, settings};
use crate::world::World;

const COHORT: &str = "INS#ins_example-university#COH#coh_computer-science-2026";
const RAW: &str =
    "institutions/ins_example-university/cohorts/coh_computer-science-2026/responses/tok1.json";
const AT: &str = "2026-11-19T08:20:00Z";

fn scope() -> Scope {
    Scope::new(settings().institution, settings().id)
}

/// The cohort before somebody told the first section's name.
fn without_first_section() -> Settings {
    let mut settings = settings();
    settings.sections[0].answers.clear();
    settings
}

async fn take_in(world: &World) -> Outcome {
    world
        .intake()
        .ingest(&bytes(&complete("tok1", AT)), now(), &mut About::default())
        .await
        .unwrap()
        .outcome
}

async fn entry(world: &World, scope: Option<&Scope>) -> Option<Quarantined> {
    world.store().quarantined(scope, &ResponseToken::parse("tok1").unwrap()).await.unwrap()
}

/// A response that waits in the quarantine of a cohort whose mapping was mended since.
async fn mended() -> (World, Quarantined) {
    let world = World::default();
    world.onboard(without_first_section(), now()).await;
    assert_eq!(take_in(&world).await, Outcome::Quarantined(QuarantineReason::UnknownSection));
    let waiting = entry(&world, Some(&scope())).await.unwrap();
    let kept = world.intake().again(Some(&scope()), &waiting, now()).await.unwrap();
    assert_eq!(kept, Again::Kept(Kept::Unmapped(QuarantineReason::UnknownSection)));
    assert_eq!(
        world.store().replace_settings(&settings(), &settings()).await.unwrap(),
        store::ChangedSettings::Done
    );
    (world, waiting)
}

/// A response that came before its cohort was onboarded.
async fn claimed(settings: Settings) -> (World, Quarantined) {
    let world = World::default();
    assert_eq!(take_in(&world).await, Outcome::Quarantined(QuarantineReason::UnknownForm));
    let waiting = entry(&world, None).await.unwrap();
    let kept = world.intake().again(None, &waiting, now()).await.unwrap();
    assert_eq!(kept, Again::Kept(Kept::Unmapped(QuarantineReason::UnknownForm)));
    world.onboard(settings, now()).await;
    (world, waiting)
}

async fn assert_settled(world: &World) {
    assert_eq!(world.objects(), [RAW]);
    assert!(world.keys("UNASSIGNED").is_empty());
    assert!(entry(world, Some(&scope())).await.is_none());
    let token = ResponseToken::parse("tok1").unwrap();
    assert!(world.store().response(&scope(), &token).await.unwrap().is_some());
    assert_eq!(world.store().all_students(&scope()).await.unwrap().len(), 1);
}

#[tokio::test]
async fn q4_a_mended_mapping_lets_a_response_in_and_a_second_run_changes_nothing() {
    let (world, waiting) = mended().await;
    for _ in 0..2 {
        let done = world.intake().again(Some(&scope()), &waiting, now()).await.unwrap();
        assert_eq!(done, Again::Accepted);
        assert_settled(&world).await;
    }
}

#[tokio::test]
async fn q4_where_another_obstacle_is_left_that_one_is_told_from_then_on() {
    let (world, waiting) = mended().await;
    // The first section is known now, but the address is looked for elsewhere.
    let mut elsewhere = settings();
    elsewhere.identity.email = Source::Field("another_question".into());
    world.store().replace_settings(&settings(), &elsewhere).await.unwrap();
    for _ in 0..2 {
        let done = world.intake().again(Some(&scope()), &waiting, now()).await.unwrap();
        assert_eq!(done, Again::Kept(Kept::Unmapped(QuarantineReason::MissingEmail)));
        let told = entry(&world, Some(&scope())).await.unwrap();
        assert_eq!(told.reason, QuarantineReason::MissingEmail);
        assert_eq!(Quarantined { reason: waiting.reason, ..told }, waiting);
    }
    // Another run took it in meanwhile: it does not come back.
    world.store().leave_quarantine(Some(&scope()), &waiting.token).await.unwrap();
    world.intake().again(Some(&scope()), &waiting, now()).await.unwrap();
    assert!(entry(&world, Some(&scope())).await.is_none());
}

#[tokio::test]
async fn q4_a_form_that_found_its_cohort_takes_its_responses_along() {
    let (world, waiting) = claimed(settings()).await;
    let done = world.intake().again(None, &waiting, now()).await.unwrap();
    assert_eq!(done, Again::Accepted);
    assert_settled(&world).await;
}

#[tokio::test]
async fn q6_a_numeric_student_number_survives_until_its_cohort_is_known_and_no_longer_elsewhere() {
    for (asked, number, masked) in
        [("student_number", Some("202301234"), 0), ("another_question", None, 1)]
    {
        let world = World::default();
        let mut answers = identity("ane.holm@example.dk", "Hold 1");
        answers[3] = answer("student_number", "number", json!(202_301_234));
        let sent = bytes(&payload("tok1", AT, &answers));
        world.intake().ingest(&sent, now(), &mut About::default()).await.unwrap();
        assert_eq!(world.held().objects["unassigned/responses/tok1.json"], sent);
        let mut settings = settings();
        settings.identity.student_number = Some(Source::Field(asked.into()));
        world.onboard(settings, now()).await;
        let waiting = entry(&world, None).await.unwrap();
        let done = world.intake().again(None, &waiting, now()).await.unwrap();
        assert_eq!(done, Again::Accepted);
        let student = world.store().all_students(&scope()).await.unwrap().remove(0);
        assert_eq!(student.number.as_ref().map(StudentNumber::as_str), number, "{asked}");
        let response = world.store().response(&scope(), &student.response).await.unwrap().unwrap();
        assert_eq!(response.masked, masked);
        let raw = String::from_utf8(world.held().objects[RAW].clone()).unwrap();
        assert_eq!(raw.contains("202301234"), masked == 0, "{asked}");
    }
}

#[tokio::test]
async fn q4_a_claimed_response_that_still_cannot_be_mapped_moves_to_its_cohort() {
    let (world, waiting) = claimed(without_first_section()).await;
    let done = world.intake().again(None, &waiting, now()).await.unwrap();
    assert_eq!(done, Again::Kept(Kept::Unmapped(QuarantineReason::UnknownSection)));
    assert_eq!((world.objects(), world.keys("UNASSIGNED").len()), (vec![RAW.to_owned()], 0));
    let moved = entry(&world, Some(&scope())).await.unwrap();
    assert_eq!(moved.reason, QuarantineReason::UnknownSection);
    assert_eq!(moved.received_at, waiting.received_at);
}

#[tokio::test]
async fn q4_a_run_that_died_anywhere_is_completed_by_the_next() {
    for unassigned in [false, true] {
        for dies_before in 0.. {
            let (world, waiting) =
                if unassigned { claimed(settings()).await } else { mended().await };
            let scope = scope();
            let from = (!unassigned).then_some(&scope);
            world.held().journal.clear();
            world.held().dies_before = Some(dies_before);
            let died = world.intake().again(from, &waiting, now()).await;
            world.held().dies_before = None;
            if died.is_ok() {
                assert!(dies_before >= 4, "cohort, object, transaction, entry");
                break;
            }
            let partition = if unassigned { "UNASSIGNED" } else { COHORT };
            assert!(
                world.keys(partition).contains(&"QUARANTINE#tok1".to_owned()),
                "the entry goes last, so that the next run finds it"
            );
            let done = world.intake().again(from, &waiting, now()).await.unwrap();
            assert_eq!(done, Again::Accepted, "died before {dies_before}");
            assert_settled(&world).await;
        }
    }
}

#[tokio::test]
async fn d2_nothing_is_taken_out_of_quarantine_once_the_data_is_due() {
    let (world, waiting) = mended().await;
    world.held().journal.clear();
    let due = "2027-08-15T00:00:00Z".parse().unwrap();
    let done = world.intake().again(Some(&scope()), &waiting, due).await.unwrap();
    assert_eq!(done, Again::Kept(Kept::TooLate));
    assert!(world.is_untouched_by_writes());
}

#[tokio::test]
async fn q4_an_entry_without_a_readable_object_stays_and_says_so() {
    for body in [None, Some(b"{".to_vec())] {
        let (world, waiting) = mended().await;
        world.held().objects.clear();
        world.held().objects.extend(body.map(|body| (RAW.to_owned(), body)));
        let done = world.intake().again(Some(&scope()), &waiting, now()).await.unwrap();
        assert_eq!(done, Again::Kept(Kept::Unreadable));
        assert_eq!(entry(&world, Some(&scope())).await, Some(waiting));
    }
}
