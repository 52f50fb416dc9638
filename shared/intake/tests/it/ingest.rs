use aws_sdk_dynamodb::types::AttributeValue;
use domain::quarantine::QuarantineReason;
use domain::{ErasureId, ResponseToken};
use intake::{About, IngestError, Outcome, is_from};
use serde_json::json;
use store::{Scope, keys};

use crate::form::{answer, bytes, complete, identity, now, payload, settings};
use crate::world::World;

const COHORT: &str = "INS#ins_example-university#COH#coh_computer-science-2026";
const RAW: &str = "institutions/ins_example-university/cohorts/coh_computer-science-2026/responses";
const EARLY: &str = "2026-11-19T08:20:00Z";
const LATE: &str = "2026-11-19T10:00:00Z";

async fn open() -> World {
    let world = World::default();
    world.onboard(settings(), now()).await;
    world
}

fn scope() -> Scope {
    Scope::new(settings().institution, settings().id)
}

async fn outcome(world: &World, payload: &serde_json::Value) -> Outcome {
    world.intake().ingest(&bytes(payload), now(), &mut About::default()).await.unwrap().outcome
}

#[tokio::test]
async fn q2_stores_the_raw_object_before_the_profile_and_looks_for_erasures_first() {
    let world = open().await;
    let body = bytes(&complete("tok1", EARLY));
    let receipt = world.intake().ingest(&body, now(), &mut About::default()).await.unwrap();
    assert_eq!(receipt.outcome, Outcome::Current);
    let student = world.store().all_students(&scope()).await.unwrap().remove(0).id;
    assert_eq!(
        world.held().journal[..8],
        [
            "get_item FORM".to_owned(),
            "get_item COHORT#coh_computer-science-2026".into(),
            "get_item DEACTIVATION".into(),
            format!("get_item {}", keys::erased_response(&scope(), &"tok1".parse().unwrap()).sk),
            format!("get_item STUDENT#{student}"),
            format!("get_item {}", keys::erased_student(&scope(), &student).sk),
            format!("put_object {RAW}/tok1.json"),
            "transact RESPONSE#tok1".into(),
        ]
    );
    assert_eq!(world.held().objects[&format!("{RAW}/tok1.json")], body, "bytes as received");
    let token = ResponseToken::parse("tok1").unwrap();
    let stored = world.store().response(&scope(), &token).await.unwrap().unwrap();
    assert_eq!((stored.section.as_str(), stored.masked), ("A", 0));
    let student = world.store().student(&scope(), &stored.student).await.unwrap().unwrap();
    assert_eq!(
        (student.name.as_str(), student.email.as_str()),
        ("Ane Holm", "ane.holm@example.dk")
    );
    assert_eq!(student.number.unwrap().as_str(), "s260001");
}

#[tokio::test]
async fn q2_a_delivery_that_comes_again_changes_nothing() {
    let world = open().await;
    let payload = complete("tok1", EARLY);
    assert_eq!(outcome(&world, &payload).await, Outcome::Current);
    let items = world.held().items.clone();
    let objects = world.held().objects.clone();
    assert_eq!(outcome(&world, &payload).await, Outcome::Duplicate);
    let held = world.held();
    assert_eq!((&held.items, &held.objects), (&items, &objects));
}

#[tokio::test]
async fn q2_the_answer_submitted_last_counts_in_whatever_order_they_come() {
    for order in [[0, 1], [1, 0]] {
        let world = open().await;
        let sent = [complete("tok1", EARLY), complete("tok2", LATE)];
        for index in order {
            outcome(&world, &sent[index]).await;
        }
        let students = world.store().all_students(&scope()).await.unwrap();
        assert_eq!(students.len(), 1, "one address is one student");
        assert_eq!(students[0].response.as_str(), "tok2", "{order:?}");
        assert_eq!(world.objects().len(), 2, "both are kept");
    }
    let world = open().await;
    outcome(&world, &complete("tok2", LATE)).await;
    assert_eq!(outcome(&world, &complete("tok1", EARLY)).await, Outcome::Superseded);
}

#[tokio::test]
async fn q2_a_run_that_died_is_completed_by_the_next_delivery() {
    let payload = complete("tok1", EARLY);
    for died_before in 0..4 {
        let world = open().await;
        world.held().dies_before = Some(died_before);
        let died = world.intake().ingest(&bytes(&payload), now(), &mut About::default()).await;
        assert!(matches!(died, Err(IngestError::Store(error)) if error.is_transient()));
        world.held().dies_before = None;
        assert_eq!(outcome(&world, &payload).await, Outcome::Current, "{died_before}");
        assert_eq!(world.keys(COHORT).len(), 2);
    }
}

#[tokio::test]
async fn q2_nothing_is_in_the_table_while_the_bucket_is_down() {
    let world = open().await;
    world.held().down = vec!["put_object"];
    let error = world
        .intake()
        .ingest(&bytes(&complete("tok1", EARLY)), now(), &mut About::default())
        .await
        .unwrap_err();
    assert!(matches!(error, IngestError::Store(_)));
    assert!(world.keys(COHORT).is_empty());
}

#[tokio::test]
async fn q4_an_unknown_form_is_quarantined_with_no_cohort() {
    let world = open().await;
    let mut payload = complete("tok1", EARLY);
    payload["form_response"]["form_id"] = json!("Another1");
    let expected = Outcome::Quarantined(QuarantineReason::UnknownForm);
    assert_eq!(outcome(&world, &payload).await, expected);
    assert_eq!(world.keys("UNASSIGNED"), ["QUARANTINE#tok1"]);
    assert_eq!(world.objects(), ["unassigned/responses/tok1.json"]);
    assert_eq!(outcome(&world, &payload).await, Outcome::Duplicate);
}

#[tokio::test]
async fn q4_what_cannot_be_mapped_is_quarantined_in_its_cohort() {
    let cases = [
        (payload("t1", EARLY, &identity("ane@example", "Hold 1")), QuarantineReason::InvalidEmail),
        (payload("t1", EARLY, &identity("", "Hold 1")), QuarantineReason::MissingEmail),
        (
            payload("t1", EARLY, &identity("a@example.dk", "Hold 9")),
            QuarantineReason::UnknownSection,
        ),
        (
            payload("t1", EARLY, &identity("a@example.dk", "Hold 1")[..4]),
            QuarantineReason::MissingSection,
        ),
        (payload("t1", EARLY, &[]), QuarantineReason::MissingEmail),
    ];
    for (payload, reason) in cases {
        let world = open().await;
        assert_eq!(outcome(&world, &payload).await, Outcome::Quarantined(reason));
        assert_eq!(world.keys(COHORT), ["QUARANTINE#t1"]);
        assert_eq!(world.objects(), [format!("{RAW}/t1.json")]);
    }
}

#[tokio::test]
async fn q4_an_accepted_response_stays_accepted_when_the_mapping_breaks_later() {
    let world = open().await;
    let payload = complete("tok1", EARLY);
    outcome(&world, &payload).await;
    let mut broken = settings();
    broken.sections[0].answers.clear();
    assert_eq!(
        world.store().replace_settings(&broken, &broken).await.unwrap(),
        store::ChangedSettings::Done
    );
    assert_eq!(outcome(&world, &payload).await, Outcome::Duplicate);
    assert!(!world.keys(COHORT).iter().any(|sk| sk.starts_with("QUARANTINE")));
}

#[tokio::test]
async fn q5_partial_and_test_payloads_and_other_events_leave_no_trace() {
    let mut partial = complete("tok1", EARLY);
    partial["event_type"] = json!("form_response_partial");
    let mut other = complete("tok1", EARLY);
    other["event_type"] = json!("form_closed");
    let mut test = complete("tok1", EARLY);
    test["event_id"] = json!("tok1");
    test["form_response"]["landed_at"] = json!(EARLY);
    test["form_response"]["answers"] = json!([
        answer("first_name", "text", json!("Lorem ipsum dolor")),
        answer("email", "email", json!("an_account@example.com")),
    ]);
    for (payload, expected) in
        [(partial, Outcome::Partial), (other, Outcome::Ignored), (test, Outcome::Test)]
    {
        let world = open().await;
        assert_eq!(outcome(&world, &payload).await, expected);
        assert!(world.held().journal.is_empty());
    }
}

#[tokio::test]
async fn d2_nothing_is_stored_for_a_cohort_whose_data_is_due_or_gone() {
    let world = open().await;
    // The deadline is 15 December 2026, so eight months end on 15 August 2027.
    let due = "2027-08-14T22:00:00Z".parse().unwrap();
    let receipt = world
        .intake()
        .ingest(&bytes(&complete("tok1", EARLY)), due, &mut About::default())
        .await
        .unwrap();
    assert_eq!(receipt.outcome, Outcome::TooLate);
    assert!(world.is_untouched_by_writes());
    let day_before = "2027-08-14T21:59:59Z".parse().unwrap();
    let receipt = world
        .intake()
        .ingest(&bytes(&complete("tok1", EARLY)), day_before, &mut About::default())
        .await
        .unwrap();
    assert_eq!(receipt.outcome, Outcome::Current);
}

#[tokio::test]
async fn q6_what_is_kept_holds_no_cpr_number() {
    let world = open().await;
    let mut answers = identity("ane.holm@example.dk", "Hold 1");
    answers.push(answer("remarks", "text", json!("Mit cpr er 010190-1234.")));
    answers.push(answer("goal", "number", json!(101_901_234)));
    let body = bytes(&payload("tok1", EARLY, &answers));
    let receipt = world.intake().ingest(&body, now(), &mut About::default()).await.unwrap();
    assert_eq!((receipt.outcome, receipt.masked, receipt.unknown), (Outcome::Current, 2, 0));
    let held = format!("{:?}", world.held().items)
        + std::str::from_utf8(&world.held().objects[&format!("{RAW}/tok1.json")]).unwrap();
    assert!(!held.contains("010190-1234") && !held.contains("101901234"));
    assert!(held.contains("Mit cpr er [CPR]."));
    let token = ResponseToken::parse("tok1").unwrap();
    assert_eq!(world.store().response(&scope(), &token).await.unwrap().unwrap().masked, 2);
}

#[tokio::test]
async fn q6_a_quarantined_response_is_masked_too() {
    let world = open().await;
    let mut payload = payload("tok1", EARLY, &[answer("x", "text", json!("0101901234"))]);
    payload["form_response"]["form_id"] = json!("Another1");
    assert_eq!(
        world.intake().ingest(&bytes(&payload), now(), &mut About::default()).await.unwrap().masked,
        1
    );
    let raw =
        String::from_utf8(world.held().objects["unassigned/responses/tok1.json"].clone()).unwrap();
    assert!(raw.contains("[CPR]") && !raw.contains("0101901234"));
}

#[tokio::test]
async fn q6_an_address_that_is_a_cpr_number_is_masked_in_quarantine() {
    let world = open().await;
    let sent = bytes(&payload("tok1", EARLY, &identity("010190-1234", "Hold 1")));
    let receipt = world.intake().ingest(&sent, now(), &mut About::default()).await.unwrap();
    let expected = Outcome::Quarantined(QuarantineReason::InvalidEmail);
    assert_eq!((receipt.outcome, receipt.masked), (expected, 1));
    let raw = String::from_utf8(world.held().objects[&format!("{RAW}/tok1.json")].clone()).unwrap();
    assert!(!raw.contains("010190"));
}

#[tokio::test]
async fn what_a_delivery_was_about_is_noted_whatever_becomes_of_it() {
    let world = open().await;
    let body = bytes(&complete("tok1", EARLY));
    let mut about = About::default();
    world.held().down = vec!["transact"];
    assert!(world.intake().ingest(&body, now(), &mut about).await.is_err());
    assert_eq!(about.form.unwrap().as_str(), "Kq7Lm2Xa");
    assert_eq!(about.scope, Some(scope()));
    assert_eq!(about.response, Some(ResponseToken::parse("tok1").unwrap().log_id()));
}

#[tokio::test]
async fn d2_what_an_erased_person_submitted_before_is_never_stored_and_what_they_submit_later_is() {
    let world = open().await;
    assert_eq!(outcome(&world, &complete("tok1", EARLY)).await, Outcome::Current);
    let (store, scope) = (world.store(), scope());
    let student = store.all_students(&scope).await.unwrap().remove(0);
    let id = ErasureId::for_person(&scope.cohort, &student.id, &student.response);
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let record = |status: &str| {
        let key = keys::erasure(&scope.institution, &id);
        let item = [
            ("pk", key.pk.as_str()),
            ("sk", key.sk.as_str()),
            ("id", id.as_str()),
            ("scope", "person"),
            ("cohort", scope.cohort.as_str()),
            ("status", status),
            ("reason", "person_asked"),
            ("started_at", EARLY),
        ];
        let item = item.map(|(name, value)| (name.to_owned(), text(value))).into();
        world.held().items.insert((key.pk.clone(), key.sk.clone()), item);
    };
    let own = keys::student(&scope, &student.id);
    let own = (own.pk, own.sk);
    record("requested");
    world.held().items.get_mut(&own).unwrap().insert("erasure".to_owned(), text(id.as_str()));
    let objects = world.objects().len();

    // Asked for, not begun: what came before is refused, what comes later waits.
    assert_eq!(outcome(&world, &complete("tok0", EARLY)).await, Outcome::TooLate);
    let late = bytes(&complete("tok2", LATE));
    let waits = world.intake().ingest(&late, now(), &mut About::default()).await;
    assert!(matches!(waits, Err(IngestError::BeingErased)));

    // Begun and completed.
    let marks = [
        keys::erased_response(&scope, &student.response),
        keys::erased_student(&scope, &student.id),
    ];
    for key in marks {
        let mark =
            [("pk", key.pk.as_str()), ("sk", &key.sk), ("until", EARLY), ("erasure", id.as_str())];
        let mark = mark.map(|(name, value)| (name.to_owned(), text(value))).into();
        world.held().items.insert((key.pk.clone(), key.sk.clone()), mark);
    }
    world.held().items.remove(&own).unwrap();
    record("running");
    let waits = world.intake().ingest(&late, now(), &mut About::default()).await;
    assert!(matches!(waits, Err(IngestError::BeingErased)), "not verified yet");
    // By the mark alone: whatever became of the record, what came before is refused.
    let key = keys::erasure(&scope.institution, &id);
    world.held().items.remove(&(key.pk, key.sk)).unwrap();
    assert_eq!(outcome(&world, &complete("tok0", EARLY)).await, Outcome::TooLate);
    record("completed");
    for token in ["tok0", "tok1"] {
        assert_eq!(outcome(&world, &complete(token, EARLY)).await, Outcome::TooLate, "{token}");
    }
    // Not even under a later date: the token itself is known.
    assert_eq!(outcome(&world, &complete("tok1", LATE)).await, Outcome::TooLate);
    assert_eq!(world.objects().len(), objects, "not even the raw body");
    assert_eq!(outcome(&world, &complete("tok2", LATE)).await, Outcome::Current);
    assert_eq!(store.all_students(&scope).await.unwrap().len(), 1);
}

/// The id comes from the address that questionnaires are sent from; where mail goes may have been put
/// right since.
#[tokio::test]
async fn d4_a_newer_questionnaire_leaves_an_address_that_was_put_right() {
    let world = open().await;
    assert_eq!(outcome(&world, &complete("tok1", EARLY)).await, Outcome::Current);
    let student = world.store().all_students(&scope()).await.unwrap().remove(0);
    let key = keys::student(&scope(), &student.id);
    let item = world.held().items[&(key.pk.clone(), key.sk.clone())].clone();
    let mut corrected = item;
    corrected.insert("email".into(), AttributeValue::S("new@example.dk".into()));
    corrected.insert(
        "former".into(),
        AttributeValue::L(vec![AttributeValue::S(student.email.as_str().into())]),
    );
    world.held().items.insert((key.pk, key.sk), corrected);
    assert_eq!(outcome(&world, &complete("tok2", LATE)).await, Outcome::Current);
    let after = world.store().all_students(&scope()).await.unwrap();
    assert_eq!(after.len(), 1);
    assert_eq!(
        (after[0].email.as_str(), &after[0].former),
        ("new@example.dk", &vec![student.email])
    );
    assert_eq!(after[0].response.as_str(), "tok2");
}

/// A questionnaire that names a student as a partner is the one's who sent it.
#[tokio::test]
async fn d2_a_questionnaire_that_could_not_be_used_is_the_senders_and_nobodys_whom_it_names() {
    let world = open().await;
    outcome(&world, &complete("tok1", EARLY)).await;
    let ane = world.store().all_students(&scope()).await.unwrap().remove(0);
    let with = |mut answers: Vec<serde_json::Value>| {
        answers.push(answer("partners", "text", json!("Ane.Holm@example.dk, bo@example.dk")));
        bytes(&payload("tok9", LATE, &answers))
    };
    let addresses: Vec<_> = ane.addresses().cloned().collect();
    let theirs = |body: &[u8]| is_from(&settings(), body, &addresses);
    assert!(theirs(&with(identity("ANE.holm@example.dk", "nowhere"))));
    assert!(theirs(&with(identity("Ane <ane.holm@example.dk>", "nowhere"))), "not an address");
    assert!(!theirs(&with(identity("bo@example.dk", "nowhere"))));
    assert!(!theirs(&with(Vec::new())), "nobody knows whose it is");
    assert!(theirs(b"{\"odd\": \"ane.holm@example.dk\"}"));
    assert!(!theirs(b"{\"odd\": \"bo@example.dk\"}"));
}
