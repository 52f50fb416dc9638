//! What claims to be a response and cannot be read as one: kept, never for ever (Q4).

use domain::ResponseToken;
use domain::quarantine::{QuarantineReason, Quarantined};
use intake::{About, Again, IngestError, Kept, Outcome};
use serde_json::{Value, json};
use store::Scope;

use crate::form::{answer, bytes, complete, now, payload, settings};
use crate::world::World;

const AT: &str = "2026-11-19T08:20:00Z";
const UNREADABLE: Outcome = Outcome::Quarantined(QuarantineReason::Unreadable);

async fn open() -> World {
    let world = World::default();
    world.onboard(settings(), now()).await;
    world
}

fn scope() -> Scope {
    let settings = settings();
    Scope::new(settings.institution, settings.id)
}

/// The entries of the cohort and of nobody.
async fn entries(world: &World) -> Vec<Quarantined> {
    let mut all = Vec::new();
    for from in [Some(&scope()), None] {
        all.extend(world.store().quarantine_page(from, None, None).await.unwrap().items);
    }
    all
}

/// Where the raw object of an entry lies.
fn raw(from: Option<&Scope>, entry: &Quarantined) -> String {
    store::keys::raw_response(from, &entry.token)
}

/// A complete payload with one change to its `form_response`.
fn changed(change: impl FnOnce(&mut serde_json::Map<String, Value>)) -> Value {
    let mut sent = complete("tok1", AT);
    change(sent["form_response"].as_object_mut().unwrap());
    sent
}

fn renamed(from: &str, to: &str) -> Value {
    changed(|response| {
        let member = response.remove(from).unwrap();
        response.insert(to.to_owned(), member);
    })
}

#[tokio::test]
async fn q4_whatever_claims_to_be_a_response_is_kept_once() {
    let mut nameless = complete("tok1", AT);
    nameless.as_object_mut().unwrap().remove("event_type");
    let mut elsewhere = complete("tok1", AT);
    let response = elsewhere.as_object_mut().unwrap().remove("form_response").unwrap();
    elsewhere["response"] = response;
    let (cohort, nobody) = (Some(scope()), None);
    for (case, sent, whose) in [
        ("no token", renamed("token", "id"), &cohort),
        ("no time", renamed("submitted_at", "finished_at"), &cohort),
        (
            "no form",
            changed(|r| r.retain(|name, _| name != "form_id" && name != "definition")),
            &nobody,
        ),
        ("odd token", complete("tok 1/../2", AT), &cohort),
        ("long token", complete(&"t".repeat(100), AT), &cohort),
        ("odd form", changed(|r| drop(r.insert("form_id".into(), json!("a#b")))), &cohort),
        (
            "foreign form",
            changed(|r| {
                r.remove("token");
                r.insert("form_id".into(), json!("Another1"));
            }),
            &nobody,
        ),
        ("odd time", changed(|r| drop(r.insert("submitted_at".into(), json!(7)))), &cohort),
        ("odd answers", changed(|r| drop(r.insert("answers".into(), json!({})))), &cohort),
        ("no event type", nameless, &cohort),
        ("no form_response", elsewhere, &nobody),
        ("neither type nor token", json!({ "form_response": { "form_id": "Kq7Lm2Xa" } }), &cohort),
        ("nothing else", json!({ "event_type": "form_response" }), &nobody),
    ] {
        let world = open().await;
        let body = bytes(&sent);
        for outcome in [UNREADABLE, Outcome::Duplicate] {
            let receipt = world.intake().ingest(&body, now(), &mut About::default()).await.unwrap();
            assert_eq!(receipt.outcome, outcome, "{case}");
            let entries = entries(&world).await;
            assert_eq!(entries.len(), 1, "{case}");
            assert_eq!(
                (entries[0].reason, entries[0].received_at),
                (QuarantineReason::Unreadable, now())
            );
            let raw = raw(whose.as_ref(), &entries[0]);
            assert_eq!(world.objects(), [raw.as_str()], "{case}");
            assert_eq!(world.held().objects[&raw], body, "{case}");
            let page = world.store().quarantine_page(whose.as_ref(), None, None).await.unwrap();
            assert_eq!(page.items, entries, "{case}");
        }
    }
}

#[tokio::test]
async fn q4_what_an_unreadable_response_still_tells_is_noted() {
    let world = open().await;
    let mut about = About::default();
    let sent = bytes(&renamed("token", "id"));
    world.intake().ingest(&sent, now(), &mut about).await.unwrap();
    let entry = entries(&world).await.remove(0);
    assert_eq!(entry.form.as_ref().unwrap().as_str(), "Kq7Lm2Xa");
    assert_eq!(entry.submitted_at.unwrap().to_string(), AT);
    assert_eq!(about.scope, Some(scope()));
    assert_eq!((about.form, about.response), (entry.form, Some(entry.token.log_id())));
    let nothing = bytes(&json!({ "event_type": "form_response" }));
    world.intake().ingest(&nothing, now(), &mut About::default()).await.unwrap();
    let bare = entries(&world).await.into_iter().find(|entry| entry.form.is_none()).unwrap();
    assert_eq!(bare.submitted_at, None);
}

#[tokio::test]
async fn q4_a_run_that_died_is_completed_by_the_next_delivery() {
    let sent = bytes(&renamed("token", "id"));
    for dies_before in 0..4 {
        let world = open().await;
        world.held().dies_before = Some(dies_before);
        assert!(world.intake().ingest(&sent, now(), &mut About::default()).await.is_err());
        world.held().dies_before = None;
        let receipt = world.intake().ingest(&sent, now(), &mut About::default()).await.unwrap();
        assert_eq!((receipt.outcome, entries(&world).await.len()), (UNREADABLE, 1));
    }
}

#[tokio::test]
async fn q6_an_unreadable_response_is_masked_too() {
    let mut sent = payload("tok 1", AT, &[answer("x", "text", json!("cpr 010190-1234"))]);
    sent["form_response"]["form"] = json!({ "token": "010190-1234", "number": 101_901_234 });
    for (form, masked) in [("Kq7Lm2Xa", 3), ("Another1", 2)] {
        let world = open().await;
        sent["form_response"]["form_id"] = json!(form);
        let receipt =
            world.intake().ingest(&bytes(&sent), now(), &mut About::default()).await.unwrap();
        assert_eq!(receipt.masked, masked, "{form}");
        assert_eq!(entries(&world).await[0].masked, masked);
        let raw = String::from_utf8(world.held().objects.values().next().unwrap().clone()).unwrap();
        assert!(!raw.contains("010190"), "{raw}");
    }
}

#[tokio::test]
async fn d2_an_unreadable_response_of_a_cohort_that_is_due_is_not_kept() {
    let world = open().await;
    let due = "2027-08-15T00:00:00Z".parse().unwrap();
    let sent = bytes(&renamed("token", "id"));
    let receipt = world.intake().ingest(&sent, due, &mut About::default()).await.unwrap();
    assert_eq!(receipt.outcome, Outcome::TooLate);
    assert!(world.is_untouched_by_writes());
}

#[tokio::test]
async fn q5_partial_and_other_events_that_cannot_be_read_leave_no_trace() {
    for (kind, outcome) in
        [("form_response_partial", Outcome::Partial), ("form_closed", Outcome::Ignored)]
    {
        let world = open().await;
        let sent = bytes(&json!({ "event_type": kind, "form_response": { "answers": [] } }));
        let receipt = world.intake().ingest(&sent, now(), &mut About::default()).await.unwrap();
        assert_eq!(receipt.outcome, outcome);
        assert!(world.held().journal.is_empty());
    }
}

#[tokio::test]
async fn what_is_no_event_of_typeform_is_refused_without_a_look_at_the_stores() {
    let world = open().await;
    for body in
        ["", "{", "[]", "null", "\"form_response\"", "{}", r#"{"a":1}"#, r#"{"form_response":"a"}"#]
    {
        let refused = world.intake().ingest(body.as_bytes(), now(), &mut About::default()).await;
        assert!(matches!(refused, Err(IngestError::Payload(_))), "{body}");
    }
    assert!(world.held().journal.is_empty());
}

/// An entry that an earlier version of the code could not read, while this one can.
async fn learnt(world: &World, sent: &Value, whose: Option<&Scope>) -> Quarantined {
    let mut unread = sent.clone();
    let response = unread["form_response"].as_object_mut().unwrap();
    let token = response.remove("token").unwrap();
    response.insert("key".into(), token);
    if whose.is_none() {
        response.retain(|name, _| name != "form_id" && name != "definition");
    }
    world.intake().ingest(&bytes(&unread), now(), &mut About::default()).await.unwrap();
    let entry = entries(world).await.remove(0);
    let stays = world.intake().again(whose, &entry, now()).await.unwrap();
    assert_eq!(stays, Again::Kept(Kept::Unreadable));
    world.held().objects.insert(raw(whose, &entry), bytes(sent));
    entry
}

#[tokio::test]
async fn q4_what_a_later_version_can_read_is_taken_in_under_its_own_token() {
    let cohort = scope();
    for whose in [Some(&cohort), None] {
        for dies_before in 0.. {
            let world = open().await;
            let entry = learnt(&world, &complete("tok1", AT), whose).await;
            world.held().journal.clear();
            world.held().dies_before = Some(dies_before);
            let died = world.intake().again(whose, &entry, now()).await;
            world.held().dies_before = None;
            let done = world.intake().again(whose, &entry, now()).await.unwrap();
            assert_eq!(done, Again::Accepted, "died before {dies_before}");
            assert!(entries(&world).await.is_empty());
            assert_eq!(world.objects().len(), 1);
            assert!(world.objects()[0].ends_with("/tok1.json"));
            let token = ResponseToken::parse("tok1").unwrap();
            assert!(world.store().response(&cohort, &token).await.unwrap().is_some());
            if died.is_ok() {
                assert!(dies_before > 6, "form, cohort, object, response and what was kept");
                break;
            }
        }
    }
}

#[tokio::test]
async fn q4_what_a_later_version_can_read_and_nobody_claims_stays() {
    let world = open().await;
    let mut sent = complete("tok1", AT);
    sent["form_response"]["form_id"] = json!("Another1");
    let entry = learnt(&world, &sent, None).await;
    let done = world.intake().again(None, &entry, now()).await.unwrap();
    assert_eq!(done, Again::Kept(Kept::Unmapped(QuarantineReason::UnknownForm)));
    assert_eq!(entries(&world).await, [entry]);
}
