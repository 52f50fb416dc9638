//! An institution whose agreement has ended, beside one whose id begins like its id (D6).

use domain::contact::Contact;
use domain::deactivation::{Deactivation, Reactivation};
use domain::erasure::{Erasure, ErasureReason, Instruction, Subject};
use domain::institution::Institution;
use domain::message::Message;
use domain::quarantine::Quarantined;
use domain::{ErasureId, InstitutionId};
use erasure_steps::{Systems, Task, handle};
use serde_json::{Value, json};
use store::{MessagePlace, RequestedErasure, Store, keys};

use crate::machine::{End, Machine};
use crate::memory::{Gate, When};
use crate::world::{APP, AUDIT, FORM, INSTITUTION, LEDGER, World, from, now};

const NEIGHBOUR: &str = "ins_example-university-b";
/// Id, role, and whether it goes.
const CONTACTS: [(&str, &str, bool); 3] = [
    ("sub-viewer", "viewer", true),
    ("sub-coordinator", "coordinator", true),
    ("sub-operator", "operator", false),
];

fn institution() -> InstitutionId {
    InstitutionId::parse(INSTITUTION).unwrap()
}

fn store(world: &World) -> Store {
    Store::new(world.tables.client(&Gate::default()), APP)
}

fn deactivation(erase_on: &str) -> Deactivation {
    from(json!({
        "reference": "2027-512", "given_on": "2027-07-01", "erase_on": erase_on,
        "noted_at": "2027-07-02T08:00:00Z",
    }))
}

pub(crate) fn erasure() -> ErasureId {
    ErasureId::for_institution(&institution(), deactivation("2028-01-01").noted_at)
}

pub(crate) fn input() -> Value {
    json!({ "institution": INSTITUTION, "erasure": erasure() })
}

fn asked_for() -> Erasure {
    let reference = "2027-512".parse().unwrap();
    let by = Some("sub-operator".parse().unwrap());
    let reason = ErasureReason::AgreementEnded;
    let asked = Erasure::requested(erasure(), &Subject::Institution, reason, reference, by, now());
    let given_on = "2027-07-01".parse().unwrap();
    let given_by = "Karen Holm, study director".to_owned();
    Erasure { instruction: Some(Instruction { given_by, given_on }), ..asked }
}

/// Contacts, letters, a register, questionnaires that lie with no cohort, and a neighbour who has all of
/// the same.
async fn peopled(world: World, erase_on: &str) -> World {
    let (store, ours) = (store(&world), institution());
    let known: Institution = from(json!({
        "id": INSTITUTION, "name": "Example University", "reply_to": "studies@example.edu",
        "privacy_contact": "Privacy@example.edu",
    }));
    assert!(store.create_institution(&known).await.unwrap());
    let letter: Message = from(json!({
        "id": "msg_letter", "kind": "subprocessor", "notice": "spn_1", "status": "delivered",
        "status_at": "2027-06-01T10:00:00Z",
    }));
    assert!(store.create_message(&MessagePlace::of_institution(&ours), &letter).await.unwrap());
    world.exported().await;
    let mut items = world.tables.items(APP);
    let key = keys::breach(&ours, &"bre_1".parse().unwrap());
    let item = [("pk", &key.pk), ("sk", &key.sk)].map(|(name, text)| {
        (name.to_owned(), aws_sdk_dynamodb::types::AttributeValue::S(text.clone()))
    });
    items.insert((key.pk.clone(), key.sk.clone()), item.into());
    // The neighbour has a copy of everything.
    for ((pk, sk), mut item) in items.clone() {
        let moved = pk.replacen(INSTITUTION, NEIGHBOUR, 1);
        if moved != pk {
            let text = aws_sdk_dynamodb::types::AttributeValue::S(moved.clone());
            item.insert("pk".to_owned(), text);
            for index in ["retention_sk", "deadline_sk"] {
                let own = item.get(index).and_then(|value| value.as_s().ok()).cloned();
                let own = own.map(|own| own.replacen(INSTITUTION, NEIGHBOUR, 1));
                let own = own.map(aws_sdk_dynamodb::types::AttributeValue::S);
                item.extend(own.map(|own| (index.to_owned(), own)));
            }
            items.insert((moved, sk), item);
        }
    }
    world.tables.put(APP, items);
    for version in world.bucket.versions() {
        world.bucket.add(&version.key.replacen(INSTITUTION, NEIGHBOUR, 1), version.body.as_deref());
    }
    for institution in [INSTITUTION, NEIGHBOUR] {
        for (id, role, _) in CONTACTS {
            let contact: Contact = from(json!({
                "id": format!("{id}-{institution}"), "institution": institution, "role": role,
                "name": "Karen Holm", "email": format!("{id}.{institution}@example.dk"), "active": true,
            }));
            assert!(store.create_contact(&contact).await.unwrap());
            world.pool.add(&contact.email.normalised());
            world.suppressed.add(contact.email.as_str());
        }
    }
    world.suppressed.add("Privacy@example.edu");
    // One that came before its form was a cohort's, and one of nobody's form.
    for (token, form) in [("u-ours", FORM), ("u-nobodys", "Nobody12")] {
        let entry: Quarantined = from(json!({
            "token": token, "form": form, "reason": "unknown_form",
            "submitted_at": "2027-08-01T10:00:00Z", "received_at": "2027-08-01T10:00:00Z",
        }));
        assert!(store.quarantine(None, &entry).await.unwrap());
        world.bucket.add(&keys::raw_response(None, &entry.token), Some(b"{\"raw\":1}"));
        world.bucket.add(&keys::raw_response(None, &entry.token), Some(b"{}"));
    }
    assert!(store.deactivate(&ours, &deactivation(erase_on)).await.unwrap());
    world
}

/// The same, and an operator has asked for the erasure before its day.
pub(crate) async fn asked(world: World) -> World {
    let world = peopled(world, "2028-01-01").await;
    let outcome = store(&world).request_erasure(&institution(), &asked_for()).await.unwrap();
    assert_eq!(outcome, RequestedErasure::New);
    world
}

async fn run(systems: &Systems, retries: bool) -> (End, Vec<String>) {
    let mut machine = Machine::new();
    machine.retries = retries;
    (machine.run(systems, input()).await, machine.steps)
}

/// What a world has of the neighbour's.
fn neighbours(world: &World) -> Vec<String> {
    let items = world.tables.plain(APP).into_iter().map(|(key, item)| format!("{key} {item}"));
    let objects = world.bucket.versions().into_iter();
    let objects = objects.map(|version| format!("{} {:?}", version.key, version.body));
    let accounts = world.pool.accounts().into_iter().chain(world.suppressed.addresses());
    let all = items.chain(objects).chain(accounts);
    all.filter(|text| text.contains(NEIGHBOUR)).collect()
}

#[tokio::test]
async fn d6_an_institution_goes_whole_and_its_neighbour_stays() {
    let world = asked(World::new().await).await;
    let before = neighbours(&world);
    assert!(before.len() > 120, "{}", before.len());
    let (end, steps) = run(&world.systems(), true).await;
    assert_eq!(end, End::Succeeded);
    let named = steps.iter().filter(|step| *step == "next_cohort").count();
    assert_eq!(named, 3, "two cohorts, and none");
    assert_eq!(neighbours(&world), before);

    // Of its own there are left the proofs, the deactivation, and what late questionnaires are told by.
    let own = |key: &str| key.contains(INSTITUTION) && !key.contains(NEIGHBOUR);
    let items = world.tables.plain(APP);
    let left: Vec<String> = items.keys().filter(|key| own(key)).cloned().collect();
    let erased = |left: &String| left.starts_with(&format!("INS#{INSTITUTION}/ERASURE#"));
    assert_eq!(left.iter().filter(|key| erased(key)).count(), 3, "{left:?}");
    let rest: Vec<&String> = left.iter().filter(|key| !erased(key)).collect();
    let operator = format!("sub-operator-{INSTITUTION}");
    let expected = [
        format!("CONTACT#{operator}/CONTACT"),
        format!("INS#{INSTITUTION}#CONTACTS/CONTACT#{operator}"),
        format!("INS#{INSTITUTION}#REGISTER/BREACH#bre_1"),
        format!("INS#{INSTITUTION}/DEACTIVATION"),
        format!("INSTITUTIONS/{INSTITUTION}"),
    ];
    assert_eq!(rest, expected.iter().collect::<Vec<_>>());
    let told: String =
        items.iter().filter(|(key, _)| own(key)).map(|(_, item)| item.to_string()).collect();
    for word in ["Karen Holm, study", "requested_by", "Example University", "example.edu"] {
        assert!(!told.contains(word), "{word}: {told}");
    }
    let versions = world.bucket.versions().into_iter().map(|version| version.key);
    let objects: Vec<String> = versions.filter(|key| own(key)).collect();
    assert_eq!(objects.len(), 3, "certificates: {objects:?}");
    assert!(objects.iter().all(|key| key.contains("/certificates/")), "{objects:?}");
    let unassigned =
        world.bucket.versions().into_iter().filter(|v| v.key.starts_with("unassigned"));
    assert!(
        unassigned.clone().count() == 2 && unassigned.clone().all(|v| v.key.contains("nobodys"))
    );
    assert!(items.contains_key("UNASSIGNED/QUARANTINE#u-nobodys"));
    assert!(!items.contains_key("UNASSIGNED/QUARANTINE#u-ours"));
    let stays = format!("sub-operator.{INSTITUTION}@example.dk");
    let ours =
        |all: Vec<String>| -> Vec<String> { all.into_iter().filter(|text| own(text)).collect() };
    let left = [ours(world.pool.accounts()), ours(world.suppressed.addresses())].concat();
    assert_eq!(left, [stays.clone(), stays]);
    assert!(!world.suppressed.addresses().contains(&"Privacy@example.edu".to_owned()));
    assert!(world.typeform.tokens(FORM).is_empty());

    let written = world.certificates();
    let whole = written.iter().find(|one| one["scope"] == "institution").unwrap();
    assert_eq!(
        (&whole["reference"], &whole["reason"]),
        (&json!("2027-512"), &json!("agreement_ended"))
    );
    assert_eq!(whole["left_over"], json!({ "dynamodb": 0, "s3": 0, "ses": 0, "cognito": 0 }));
    let expected = json!({
        "cognito.accounts": 2, "dynamodb.cohorts": 2, "dynamodb.contacts": 2,
        "dynamodb.exports": 3, "dynamodb.institutions": 1, "dynamodb.messages": 1,
        "dynamodb.quarantines": 1, "s3.object_versions": 2, "ses.suppressed_addresses": 3,
    });
    assert_eq!(whole["deleted"], expected);
    let of_cohorts = written.iter().filter(|one| one["scope"] == "cohort");
    let mut ids: Vec<Value> = of_cohorts.map(|one| one["erasure"].clone()).collect();
    let mut told = whole["cohorts"].as_array().unwrap().clone();
    ids.sort_by_key(Value::to_string);
    told.sort_by_key(Value::to_string);
    assert!(ids.len() == 2 && ids == told, "{ids:?} {told:?}");
    assert!(written.iter().all(|one| one["reference"] == "2027-512"));
    let systems = world.systems();
    let entry = systems.ledger.erased_at(&institution(), &Subject::Institution).await.unwrap();
    assert_eq!(entry, Some(now()));
    assert_eq!(world.tables.items(LEDGER).len(), 4, "three, and the sign of their key");
    let trail = world.tables.plain(AUDIT);
    assert!(trail.values().any(|entry| entry["action"] == "institution.erase"));
    // What is completed does not begin again.
    let all = world.snapshot();
    assert_eq!(run(&systems, true).await.0, End::Failed("NotDue".to_owned()));
    assert_eq!(world.snapshot(), all);
}

#[tokio::test]
async fn d6_an_institutions_erasure_that_dies_anywhere_is_tried_or_resumed_and_ends_the_same() {
    let world = asked(World::small().await).await;
    let (systems, start) = (world.systems(), world.saved());
    assert_eq!(run(&systems, true).await.0, End::Succeeded);
    let (expected, calls) = (world.snapshot(), world.gate.calls());
    assert!(calls > 120, "{calls}");
    // A task that is tried again is every cohort's test, too: here it is the end that matters.
    for (retries, from) in [(true, calls - 20), (false, 0)] {
        // A call that fails before it took effect leaves what the one before it left.
        let places = (from..calls).map(|call| (call, When::After));
        for (call, when) in std::iter::once((from, When::Before)).chain(places) {
            world.restore(&start);
            world.gate.fail(call, when);
            let first = run(&systems, retries).await.0;
            assert!(!retries || first == End::Succeeded, "call {call} {when:?} {first:?}");
            if first != End::Succeeded {
                assert_eq!(first, End::Failed("Transient".to_owned()), "call {call} {when:?}");
                let second = run(&systems, true).await.0;
                // The last call may have completed it: then it does not begin again.
                let completed = second == End::Failed("NotDue".to_owned());
                assert!(second == End::Succeeded || completed, "call {call} {when:?} {second:?}");
            }
            let differences = expected.differences(&world.snapshot());
            assert_eq!(differences, [""; 0], "call {call} {when:?} {retries}");
            assert_eq!(world.certificates().len(), 2, "call {call} {when:?}");
        }
    }
}

#[tokio::test]
async fn d6_an_institution_goes_on_its_day_without_anybodys_asking_again() {
    let world = peopled(World::small().await, "2027-08-15").await;
    assert_eq!(run(&world.systems(), true).await.0, End::Succeeded);
    let written = world.certificates();
    let whole = written.iter().find(|one| one["scope"] == "institution").unwrap();
    assert_eq!(
        (&whole["reference"], &whole["delete_on"]),
        (&json!("2027-512"), &json!("2027-08-15"))
    );
}

#[tokio::test]
async fn d6_an_institution_goes_only_when_its_agreement_has_ended() {
    // Its day is tomorrow, and nobody asked.
    let world = peopled(World::small().await, "2027-08-16").await;
    let before = world.snapshot();
    assert_eq!(run(&world.systems(), true).await.0, End::Failed("NotDue".to_owned()));
    assert_eq!(world.snapshot(), before);

    // The end was taken back: neither asking nor its day helps.
    let store = store(&world);
    let back: Reactivation = from(json!({
        "reference": "2027-600", "given_on": "2027-08-01", "noted_at": "2027-08-01T10:00:00Z",
    }));
    assert!(store.reactivate(&institution(), &deactivation("2027-08-16"), &back).await.unwrap());
    let before = world.snapshot();
    let refused = store.request_erasure(&institution(), &asked_for()).await.unwrap();
    assert_eq!(refused, RequestedErasure::Unknown);
    let mut later = world.systems();
    later.clock = || "2027-08-16T10:00:00Z".parse().unwrap();
    assert_eq!(run(&later, true).await.0, End::Failed("NotDue".to_owned()));
    for step in ["next_cohort", "suppressions", "objects", "items", "verify", "certify"] {
        let task: Task = from(json!({ "step": step, "subject": input() }));
        assert_eq!(handle(&later, task).await.unwrap_err().name, "Permanent", "{step}");
    }
    assert_eq!(world.snapshot(), before);
}

#[tokio::test]
async fn d6_what_was_asked_for_cannot_be_taken_back() {
    let world = asked(World::small().await).await;
    let store = store(&world);
    let back: Reactivation = from(json!({
        "reference": "2027-600", "given_on": "2027-08-01", "noted_at": "2027-08-01T10:00:00Z",
    }));
    let noted = store.deactivation(&institution()).await.unwrap().unwrap();
    assert!(!store.reactivate(&institution(), &noted, &back).await.unwrap());
    assert_eq!(store.deactivation(&institution()).await.unwrap(), Some(noted));
}

#[tokio::test]
async fn d6_a_cohort_that_stops_is_told_on_the_institutions_record_and_resumed() {
    let world = asked(World::small().await).await;
    let wrong = world.systems_in("us");
    assert_eq!(run(&wrong, true).await.0, End::Failed("WrongTypeformRegion".to_owned()));
    let record = store(&world).erasure(&institution(), &erasure()).await.unwrap().unwrap();
    assert_eq!(record.failure.as_deref(), Some("wrong_typeform_region"));
    assert!(world.certificates().is_empty());
    assert_eq!(run(&world.systems(), true).await.0, End::Succeeded);
    assert_eq!(world.certificates().len(), 2);
}

#[tokio::test]
async fn d10_an_institutions_execution_carries_ids_only() {
    let world = asked(World::new().await).await;
    let mut machine = Machine::new();
    machine.run(&world.systems(), input()).await;
    for word in ["Karen", "@", "Example University", "s3@", "Student"] {
        assert!(!machine.history.contains(word), "{word}");
    }
}
