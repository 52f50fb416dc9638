//! Contacts and letters after two years, and institutions on their day (D1, D6).

use std::collections::BTreeMap;

use domain::contact::Contact;
use domain::deactivation::Deactivation;
use domain::erasure::{Erasure, ErasureReason, ErasureRef, ErasureStatus, Subject};
use domain::institution::Institution;
use domain::mailing::Mailing;
use domain::{CohortId, ContactId, ErasureId, InstitutionId, StudentId};
use retention_sweep::{Answer, InactiveState, State, Sweep, sweep};
use serde_json::json;
use store::{Store, keys};

use crate::memory::{Gate, When};
use crate::world::{APP, World, from, now};

const DAILY: Sweep = Sweep::Daily {};
/// Today is 15 August 2027: due since yesterday, due today, due tomorrow, due in 30 days, due in 31.
const CONTACTS: [(&str, &str); 5] = [
    ("sub-yesterday", "2025-08-14"),
    ("sub-today", "2025-08-15"),
    ("sub-tomorrow", "2025-08-16"),
    ("sub-thirty", "2025-09-14"),
    ("sub-later", "2025-09-15"),
];

fn institution() -> InstitutionId {
    InstitutionId::parse("ins_1").unwrap()
}

fn store(world: &World) -> Store {
    Store::new(world.tables.client(&Gate::default()), APP)
}

async fn peopled() -> World {
    let world = World::new().await;
    let store = store(&world);
    let known: Institution =
        from(json!({ "id": "ins_1", "name": "Example University", "reply_to": "s@example.edu" }));
    assert!(store.create_institution(&known).await.unwrap());
    for (id, day) in CONTACTS {
        let contact: Contact = from(json!({
            "id": id, "institution": "ins_1", "role": "viewer", "name": "Karen Holm",
            "email": format!("{id}@Example.edu"), "active": true, "last_active_on": day,
        }));
        assert!(store.create_contact(&contact).await.unwrap());
        world.pool.add(&contact.email.normalised());
        for address in [contact.email.as_str().to_owned(), contact.email.normalised()] {
            world.suppressed.add(&address);
        }
    }
    // Letters of two years ago and of a day later; the first was sent before midnight in UTC.
    let mut items = world.tables.items(APP);
    for (id, at) in [("msg_old", "2025-08-14T22:30:00Z"), ("msg_new", "2025-08-15T22:30:00Z")] {
        let key = (keys::correspondence_partition(&institution()), format!("MESSAGE#{id}"));
        let item =
            [("pk", &key.0), ("sk", &key.1), ("status_at", &at.to_owned())].map(|(name, text)| {
                (name.to_owned(), aws_sdk_dynamodb::types::AttributeValue::S(text.clone()))
            });
        items.insert(key, item.into());
    }
    world.tables.put(APP, items);
    world
}

fn found(answer: &Answer) -> BTreeMap<&str, InactiveState> {
    answer.contacts.iter().map(|found| (found.contact.as_str(), found.state)).collect()
}

async fn left(world: &World) -> Vec<String> {
    let listed = store(world).contacts_of(&institution()).await.unwrap();
    let records = world.tables.items(APP).into_keys().filter(|(pk, _)| pk.starts_with("CONTACT#"));
    let records: Vec<String> = records.map(|(pk, _)| pk.replace("CONTACT#", "")).collect();
    let listed: Vec<String> = listed.into_iter().map(Into::into).collect();
    assert_eq!(listed, records, "who is listed has a record, and nobody else");
    assert_eq!(world.pool.accounts().len(), records.len());
    // Two spellings each.
    assert_eq!(world.suppressed.addresses().len(), 2 * records.len());
    records
}

#[tokio::test]
async fn d1_contacts_without_activity_for_two_years_are_erased() {
    let world = peopled().await;
    let answer = sweep(&world.systems(), DAILY).await.unwrap();
    let gone = InactiveState::Erased;
    assert_eq!(found(&answer), [("sub-today", gone), ("sub-yesterday", gone)].into());
    assert_eq!(left(&world).await, ["sub-later", "sub-thirty", "sub-tomorrow"]);
    let trail = world.tables.plain("audit");
    let erased = trail.values().filter(|entry| entry["action"] == "contact.erase");
    let mut erased: Vec<&str> = erased.map(|entry| entry["request"].as_str().unwrap()).collect();
    erased.sort_unstable();
    assert_eq!(erased, ["sub-today", "sub-yesterday"]);
    assert!(found(&sweep(&world.systems(), DAILY).await.unwrap()).is_empty());
}

#[tokio::test]
async fn d1_who_signs_in_between_is_not_erased() {
    let world = peopled().await;
    let today = runtime::clock::today(now());
    let id = ContactId::parse("sub-today").unwrap();
    store(&world).touch_contact(&id, today).await.unwrap();
    // As read before they signed in.
    let stale = Some("2025-08-15".parse().unwrap());
    assert!(!store(&world).revoke_inactive_contact(&id, stale).await.unwrap());
    sweep(&world.systems(), DAILY).await.unwrap();
    assert!(left(&world).await.contains(&"sub-today".to_owned()));
    assert!(store(&world).contact(&id).await.unwrap().unwrap().active);
}

#[tokio::test]
async fn d1_a_contact_from_before_days_were_noted_has_two_years_from_the_next_sweep() {
    let world = peopled().await;
    let mut items = world.tables.items(APP);
    let place = ("CONTACT#sub-later".to_owned(), "CONTACT".to_owned());
    items.get_mut(&place).unwrap().remove("last_active_on");
    world.tables.put(APP, items);
    sweep(&world.systems(), DAILY).await.unwrap();
    let id = ContactId::parse("sub-later").unwrap();
    let noted = store(&world).contact(&id).await.unwrap().unwrap().last_active_on;
    assert_eq!(noted, Some(runtime::clock::today(now())));
}

#[tokio::test]
async fn d1_letters_to_an_institution_go_after_two_years() {
    let world = peopled().await;
    let answer = sweep(&world.systems(), DAILY).await.unwrap();
    assert_eq!(answer.correspondence_count, 1);
    let letters = world.tables.items(APP).into_keys().filter(|(_, sk)| sk.starts_with("MESSAGE#"));
    let letters: Vec<String> = letters.map(|(_, sk)| sk).collect();
    assert_eq!(letters, ["MESSAGE#msg_new"]);
}

#[tokio::test]
async fn m6_what_a_contact_wrote_to_students_goes_after_two_years_and_to_how_many_it_went_stays() {
    let world = World::new().await;
    let (store, cohort) = (store(&world), "coh_c".parse().unwrap());
    let known: Institution =
        from(json!({ "id": "ins_1", "name": "Example University", "reply_to": "s@example.edu" }));
    assert!(store.create_institution(&known).await.unwrap());
    let scope = store::Scope::new(institution(), cohort);
    for (id, at) in [("mlg_old", "2025-08-14T22:30:00Z"), ("mlg_new", "2025-08-15T22:30:00Z")] {
        let text = json!({ "subject": "Introuge", "body": "Freja Lund henter jer." });
        let mailing: Mailing = from(json!({
            "id": id, "version": 3, "audience": { "to": "cohort" }, "texts": { "da": text },
            "status": "sent", "created_by": "con_1", "created_at": "2025-08-01T10:00:00Z",
            "changed_at": at, "recipients": 118,
        }));
        assert!(store.create_mailing(&scope, &mailing).await.unwrap());
    }
    let before = world.tables.items(APP);
    let dry = sweep(&world.systems(), Sweep::Operator { dry_run: true, as_of: None }).await;
    assert_eq!(dry.unwrap().correspondence_count, 1);
    assert!(world.tables.items(APP) == before, "a dry run changes nothing");
    for (count, run) in [(1, "first"), (0, "second")] {
        let answer = sweep(&world.systems(), DAILY).await.unwrap();
        assert_eq!(answer.correspondence_count, count, "{run}");
        let left = store.all_mailings(&scope).await.unwrap();
        let told = left.iter().map(|mailing| (mailing.texts.da.is_some(), mailing.recipients));
        assert_eq!(told.collect::<Vec<_>>(), [(true, 118), (false, 118)], "{run}");
    }
}

#[tokio::test]
async fn d1_a_dry_run_lists_contacts_a_month_ahead_letters_and_institutions_and_changes_nothing() {
    let world = peopled().await;
    let noted: Deactivation = from(json!({
        "reference": "2026-512", "given_on": "2026-08-01", "erase_on": "2027-08-15",
        "noted_at": "2026-08-02T08:00:00Z",
    }));
    assert!(store(&world).deactivate(&institution(), &noted).await.unwrap());
    let before = (world.tables.plain(APP), world.pool.accounts());
    let dry = |as_of: Option<&str>| Sweep::Operator {
        dry_run: true,
        as_of: as_of.map(|day| day.parse().unwrap()),
    };
    let answer = sweep(&world.systems(), dry(None)).await.unwrap();
    let (due, soon) = (InactiveState::Due, InactiveState::Soon);
    let expected =
        [("sub-yesterday", due), ("sub-today", due), ("sub-tomorrow", soon), ("sub-thirty", soon)];
    assert_eq!(found(&answer), expected.into());
    assert_eq!(answer.correspondence_count, 1);
    let told = serde_json::to_value(&answer).unwrap();
    let erasure = ErasureId::for_institution(&institution(), noted.noted_at);
    let listed = json!([{
        "institution": "ins_1", "erase_on": "2027-08-15", "erasure": erasure, "state": "due",
    }]);
    assert_eq!(told["institutions"], listed);
    let earlier = sweep(&world.systems(), dry(Some("2027-08-14"))).await.unwrap();
    assert!(earlier.institutions.is_empty() && earlier.correspondence_count == 0);
    assert_eq!((world.tables.plain(APP), world.pool.accounts()), before);
}

#[tokio::test]
async fn d1_a_sweep_that_dies_anywhere_leaves_no_half_erased_contact_behind() {
    let undisturbed = peopled().await;
    sweep(&undisturbed.systems(), DAILY).await.unwrap();
    let calls = undisturbed.gate.calls();
    for call in 0..calls {
        for when in [When::Before, When::After] {
            let world = peopled().await;
            world.gate.fail(call, when);
            sweep(&world.systems(), DAILY).await.unwrap_err();
            sweep(&world.systems(), DAILY).await.unwrap();
            assert_eq!(left(&world).await, left(&undisturbed).await, "call {call} {when:?}");
        }
    }
}

#[tokio::test]
async fn d2_the_sweep_goes_on_with_a_persons_erasure_until_it_is_completed() {
    let world = peopled().await;
    let store = store(&world);
    let person = |cohort: &str| Subject::Person {
        cohort: CohortId::parse(cohort).unwrap(),
        student: StudentId::parse("stu_1").unwrap(),
    };
    // One in a cohort that stays, and one in a cohort whose own erasure has begun.
    world.begun("coh_a", ErasureStatus::Failed).await;
    let mut items = world.tables.items(APP);
    for (cohort, id) in [("coh_c", "era_c"), ("coh_a", "era_a")] {
        let key = keys::erasure(&institution(), &id.parse().unwrap());
        let text = |text: &str| aws_sdk_dynamodb::types::AttributeValue::S(text.to_owned());
        let item = [
            ("pk", key.pk.as_str()),
            ("sk", &key.sk),
            ("id", id),
            ("scope", "person"),
            ("cohort", cohort),
            ("student", "stu_1"),
            ("status", "failed"),
            ("reason", "person_asked"),
            ("started_at", "2027-08-01T10:00:00Z"),
        ];
        let item = item.map(|(name, value)| (name.to_owned(), text(value)));
        items.insert((key.pk.clone(), key.sk.clone()), item.into());
    }
    world.tables.put(APP, items);
    let started = || {
        let all = world.executions.all().into_iter();
        all.filter(|(_, input)| input.contains("stu_1")).collect::<Vec<_>>()
    };
    sweep(&world.systems(), Sweep::Operator { dry_run: true, as_of: None }).await.unwrap();
    assert!(started().is_empty(), "a dry run starts nothing");
    for _ in 0..2 {
        sweep(&world.systems(), DAILY).await.unwrap();
        let told = ErasureRef {
            institution: institution(),
            subject: person("coh_c"),
            erasure: "era_c".parse().unwrap(),
        };
        let input = serde_json::to_string(&told).unwrap();
        assert_eq!(started(), [("era_c".to_owned(), input)]);
    }
    let done = "era_c".parse().unwrap();
    store.complete_person(&institution(), &done, now()).await.unwrap();
    sweep(&world.systems(), DAILY).await.unwrap();
    assert_eq!(started().len(), 1, "completed: it does not start again");
}

#[tokio::test]
async fn d6_the_sweep_starts_the_erasure_of_an_institution_on_its_day_and_goes_on_with_it() {
    let world = peopled().await;
    let store = store(&world);
    let noted = |erase_on: &str| -> Deactivation {
        from(json!({
            "reference": "2026-512", "given_on": "2026-08-01", "erase_on": erase_on,
            "noted_at": "2026-08-02T08:00:00Z",
        }))
    };
    let started = || {
        let all = world.executions.all().into_iter();
        let whole = all.filter(|(_, input)| !input.contains("cohort"));
        whole
            .map(|(name, input)| (name, serde_json::from_str(&input).unwrap()))
            .collect::<Vec<(String, ErasureRef)>>()
    };
    assert!(store.deactivate(&institution(), &noted("2027-08-16")).await.unwrap());
    let answer = sweep(&world.systems(), DAILY).await.unwrap();
    assert!(answer.institutions.is_empty() && started().is_empty(), "tomorrow");

    let key = keys::deactivation(&institution());
    let mut items = world.tables.items(APP);
    let today = aws_sdk_dynamodb::types::AttributeValue::S("2027-08-15".to_owned());
    items.get_mut(&(key.pk, key.sk)).unwrap().insert("erase_on".to_owned(), today);
    world.tables.put(APP, items);
    let erasure = ErasureId::for_institution(&institution(), noted("2027-08-15").noted_at);
    for state in [State::Started, State::Running] {
        world.executions.strict();
        let answer = sweep(&world.systems(), DAILY).await.unwrap();
        let told: Vec<_> =
            answer.institutions.iter().map(|one| (&one.erasure, one.state)).collect();
        assert_eq!(told, [(&erasure, state)]);
        let input = ErasureRef {
            institution: institution(),
            subject: Subject::Institution,
            erasure: erasure.clone(),
        };
        assert_eq!(started(), [(erasure.to_string(), input)]);
    }
    // It stopped: the next sweep goes on with it. Once it is completed none does.
    world.executions.end(&aws_sdk_sfn::types::ExecutionStatus::Failed);
    sweep(&world.systems(), DAILY).await.unwrap();
    assert_eq!(started().len(), 2);
    let reference = "2026-512".parse().unwrap();
    let reason = ErasureReason::AgreementEnded;
    let record =
        Erasure::requested(erasure.clone(), &Subject::Institution, reason, reference, None, now());
    let requested = store.request_erasure(&institution(), &record).await.unwrap();
    assert_eq!(requested, store::RequestedErasure::New);
    store.complete_institution(&institution(), &erasure, now()).await.unwrap();
    world.executions.end(&aws_sdk_sfn::types::ExecutionStatus::Succeeded);
    let answer = sweep(&world.systems(), DAILY).await.unwrap();
    assert!(answer.institutions.is_empty());
    assert_eq!(started().len(), 2);
}
