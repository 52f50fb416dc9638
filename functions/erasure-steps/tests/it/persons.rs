//! One person of a cohort that is not due, beside everybody else.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::erasure::{Erasure, ErasureReason, Subject};
use domain::export::ExportStatus;
use domain::formation::Group;
use domain::quarantine::Quarantined;
use domain::rights::RightsRequest;
use domain::{ErasureId, StudentId};
use erasure_steps::Systems;
use serde_json::{Value, json};
use store::{RequestedErasure, Store, keys};

use crate::machine::{End, Machine};
use crate::memory::{Gate, When};
use crate::world::{APP, INSTITUTION, OTHER, World, from, now, scope};

type Item = std::collections::HashMap<String, AttributeValue>;

const FORM: &str = "Kq7Lm2Xb";

pub(crate) fn student(number: usize) -> StudentId {
    StudentId::parse(format!("stu_{OTHER}_{number:02}")).unwrap()
}

fn person() -> Subject {
    Subject::Person { cohort: scope(OTHER).cohort, student: student(3) }
}

fn erasure() -> ErasureId {
    ErasureId::for_person(
        &scope(OTHER).cohort,
        &student(3),
        &format!("{OTHER}-t03").parse().unwrap(),
    )
}

pub(crate) fn input() -> Value {
    json!({ "institution": INSTITUTION, "cohort": OTHER, "student": student(3), "erasure": erasure() })
}

/// A person in a group, in others' answers, in a formation's objects; the erasure is asked for.
pub(crate) async fn asked() -> World {
    let world = World::new().await;
    let store = Store::new(world.tables.client(&Gate::default()), APP);
    let scope = scope(OTHER);
    let mut items = world.tables.items(APP);
    let cohort = keys::cohort(&scope);
    items
        .get_mut(&(cohort.pk, cohort.sk))
        .unwrap()
        .insert("mail_agreed".to_owned(), aws_sdk_dynamodb::types::AttributeValue::Bool(true));
    world.tables.put(APP, items);
    let group: Group = from(json!({
        "formation": "for_1", "section": "hold-a", "number": 1,
        "members": [student(1), student(3), student(4)], "score": 1, "scores": {},
        "unanswered": [student(3)], "told": [{ "da": "x", "en": "y" }],
    }));
    store.put_groups(&scope, &[group]).await.unwrap();
    let mut wish =
        store.response(&scope, &format!("{OTHER}-t05").parse().unwrap()).await.unwrap().unwrap();
    wish.token = format!("{OTHER}-wish").parse().unwrap();
    wish.submitted_at = "2026-12-11T10:00:00Z".parse().unwrap();
    wish.profile = from(json!({ "answers": { "with": { "students": [student(3), student(7)] } } }));
    let mut wisher = store.student(&scope, &student(5)).await.unwrap().unwrap();
    wisher.response = wish.token.clone();
    wisher.submitted_at = wish.submitted_at;
    store.store_response(&scope, &wisher, &wish).await.unwrap();
    // Their address was put right; SES still lists the one before.
    let own = keys::student(&scope, &student(3));
    let mut items = world.tables.items(APP);
    let former = AttributeValue::L(vec![AttributeValue::S("Former@Example.edu".into())]);
    items.get_mut(&(own.pk, own.sk)).unwrap().insert("former".into(), former);
    world.tables.put(APP, items);
    world.suppressed.add("Former@Example.edu");
    // A contact held them fast in a formation that awaits approval.
    let formation = keys::formation(&scope, &"for_1".parse().unwrap());
    let mut items = world.tables.items(APP);
    let board = [
        ("version".to_owned(), AttributeValue::N("4".into())),
        ("pinned".to_owned(), AttributeValue::L(vec![AttributeValue::S(student(3).to_string())])),
    ];
    let board = AttributeValue::M(board.into());
    items.get_mut(&(formation.pk, formation.sk)).unwrap().insert("board".into(), board);
    world.tables.put(APP, items);
    // Rules name them: one of three to be apart, one of two to be together.
    let cohort = store.cohort_even_if_gone(&scope).await.unwrap().unwrap();
    let mut settings = cohort.settings.clone();
    settings.criteria = from(json!([
        { "id": "quarrel", "weight": 1, "hardness": "must",
          "rule": { "apart": { "sets": [[student(3), student(4), student(5)]] } } },
        { "id": "friends", "weight": 1, "hardness": "could",
          "rule": { "together": { "sets": [[student(3), student(7)]] } } },
    ]));
    assert_eq!(
        store.replace_settings(&cohort.settings, &settings).await.unwrap(),
        store::ChangedSettings::Done
    );
    let snapshot = keys::snapshot(&scope, &"for_1".parse().unwrap());
    world.bucket.add(&snapshot, Some(format!("[\"{}\"]", student(3)).as_bytes()));
    let export = format!("{}rrq_1/export.zip", keys::exports_prefix(&scope, &student(3)));
    world.bucket.add(&export, Some(b"zip"));
    set_aside(&world, &store).await;
    // Never delivered: one they sent, one they began, one of somebody else.
    let theirs = store.student(&scope, &student(3)).await.unwrap().unwrap().email;
    world.typeform.add_from(FORM, "completed", "z-sent", theirs.as_str());
    world.typeform.add_from(FORM, "partial", "z-begun", &theirs.normalised());
    world.typeform.add_from(FORM, "completed", "z-others", "somebody@example.dk");
    world.exported().await;
    let request: RightsRequest = from(json!({
        "id": "rrq_1", "kind": "erasure", "student": student(3), "channel": "email",
        "received_at": "2027-08-10T07:00:00Z", "noted_at": "2027-08-10T08:00:00Z",
        "noted_by": "sub-operator", "status": "confirmed", "version": 0,
    }));
    store.create_rights_request(&scope, &request).await.unwrap();
    let reference = "2027-031".parse().unwrap();
    let reason = ErasureReason::PersonAsked;
    let record = Erasure::requested(erasure(), &person(), reason, reference, None, now());
    let outcome = store.request_erasure(&scope.institution, &record).await.unwrap();
    assert_eq!(outcome, RequestedErasure::New);
    world
}

/// A questionnaire with the person's address that cannot be read, and one of somebody else, who names the
/// person as well.
async fn set_aside(world: &World, store: &Store) {
    let scope = scope(OTHER);
    for (token, number) in [("q-theirs", 3), ("q-others", 4)] {
        let known = store.student(&scope, &student(number)).await.unwrap().unwrap();
        let entry: Quarantined = from(json!({
            "token": token, "form": FORM, "reason": "missing_section",
            "submitted_at": "2027-08-01T10:00:00Z", "received_at": "2027-08-01T10:00:00Z",
        }));
        assert!(store.quarantine(Some(&scope), &entry).await.unwrap());
        let named = store.student(&scope, &student(3)).await.unwrap().unwrap();
        let body = if number == 3 {
            json!({ "email": known.email.normalised() })
        } else {
            let answer = |reference: &str, email: &str| json!({ "type": "email", "email": email, "field": { "id": reference, "type": "email", "ref": reference } });
            let answers =
                [answer("email", known.email.as_str()), answer("with", named.email.as_str())];
            json!({ "event_id": "e", "event_type": "form_response", "form_response": {
                "form_id": FORM, "token": token, "landed_at": "2027-08-01T09:00:00Z",
                "submitted_at": "2027-08-01T10:00:00Z", "answers": answers,
            } })
        };
        let body = body.to_string();
        world.bucket.add(&keys::raw_response(Some(&scope), &entry.token), Some(body.as_bytes()));
        world.typeform.add(FORM, "completed", &[token]);
    }
}

/// A world in which the person was erased, and the application's table as it was before anybody asked.
pub(crate) async fn erased() -> (World, std::collections::BTreeMap<(String, String), Item>) {
    let world = asked().await;
    let mut backup = world.tables.items(APP);
    let record = keys::erasure(&scope(OTHER).institution, &erasure());
    backup.remove(&(record.pk, record.sk));
    let own = keys::student(&scope(OTHER), &student(3));
    backup.get_mut(&(own.pk, own.sk)).unwrap().remove("erasure");
    assert_eq!(run(&world.systems(), true).await, End::Succeeded);
    (world, backup)
}

async fn run(systems: &Systems, retries: bool) -> End {
    let mut machine = Machine::new();
    machine.retries = retries;
    machine.run(systems, input()).await
}

#[tokio::test]
async fn d2_a_person_goes_everywhere_and_nobody_else_does() {
    let world = asked().await;
    let before = world.tables.plain(APP);
    let tokens = world.typeform.tokens(FORM).len();
    let over = [ExportStatus::Expired, ExportStatus::Failed, ExportStatus::Expired];
    let mut machine = Machine::new();
    assert_eq!(machine.run(&world.systems(), input()).await, End::Succeeded);
    // The group is repaired and the rest told once it is without the student.
    let asked = json!({ "step": "repair", "institution": INSTITUTION, "cohort": OTHER, "erasure": erasure() });
    assert_eq!(machine.repairs, [asked]);

    let after = world.tables.plain(APP);
    for (key, item) in &after {
        assert!(!format!("{key}{item}").contains(student(3).as_str()), "{key} {item}");
        assert!(!format!("{key}{item}").contains(&format!("{OTHER}-t03")), "{key} {item}");
        assert!(!format!("{key}{item}").contains("q-theirs"), "{key} {item}");
    }
    // Everybody else's items are there, and the same but for the id that was taken out.
    let changed: Vec<&String> = before
        .iter()
        .filter(|(key, item)| after.get(*key) != Some(item))
        .map(|(key, _)| key)
        .collect();
    let all = "student, response, set aside, message, group, wish, request, record, formation, rules, two exports";
    assert_eq!(changed.len(), 14, "{all} with a file each: {changed:?}");
    let request = &after[&format!("INS#{INSTITUTION}#COH#{OTHER}/RIGHTS#rrq_1")];
    assert_eq!(request["student"], "stu_erased", "that it was asked for stays");
    let cohort = &after[&format!("INS#{INSTITUTION}/COHORT#{OTHER}")];
    let rules = cohort["criteria"].as_array().unwrap();
    assert_eq!(rules.len(), 1, "nobody is together with themselves");
    assert_eq!(rules[0]["rule"]["apart"]["sets"], json!([[student(4), student(5)]]));
    assert_eq!(cohort["settings_version"], "2", "who read them before is told");
    let group = &after[&format!("INS#{INSTITUTION}#COH#{OTHER}/GROUP#for_1#hold-a#00001")];
    assert_eq!(group["members"], json!([student(1), student(4)]));
    assert_eq!((&group["unanswered"], &group["told"]), (&json!([]), &json!([])));
    assert_eq!(group["explained"].as_array().unwrap().len(), 1);
    assert_eq!(group["change"], json!({ "erasure": erasure(), "repaired": false }));
    let board = &after[&format!("INS#{INSTITUTION}#COH#{OTHER}/FORMATION#for_1")]["board"];
    let held = (&board["pinned"], &board["version"]);
    assert_eq!(held, (&json!(["stu_erased"]), &json!("5")), "who read it before is told");
    let wish = &after[&format!("INS#{INSTITUTION}#COH#{OTHER}/RESPONSE#{OTHER}-wish")];
    assert_eq!(wish["profile"]["answers"]["with"]["students"], json!([student(7)]));

    let left = world.typeform.tokens(FORM);
    assert_eq!(left.len(), tokens - 4, "two of theirs never came");
    assert!(left.contains(&"z-others".to_owned()) && !left.contains(&"z-sent".to_owned()));
    assert!(left.contains(&"q-others".to_owned()) && !left.contains(&"q-theirs".to_owned()));
    assert!(!left.contains(&format!("{OTHER}-t03")) && !world.typeform.webhooks(FORM).is_empty());
    for version in world.bucket.versions() {
        let body = String::from_utf8(version.body.unwrap_or_default()).unwrap();
        let told = format!("{}{body}", version.key);
        assert!(!told.contains(student(3).as_str()) && !told.contains("-b-t03"), "{told}");
        assert!(!told.contains("q-theirs"), "{told}");
    }
    assert_eq!(world.suppressed.addresses(), ["s5@example.edu", "somebody@example.dk"]);
    assert_eq!(world.exports().await, (over.to_vec(), 0), "the person may have been in them");
    let certificates = world.certificates();
    assert_eq!(certificates.len(), 1);
    assert_eq!(
        (&certificates[0]["scope"], &certificates[0]["reference"]),
        (&json!("person"), &json!("2027-031"))
    );
    assert_eq!(certificates[0]["deleted"]["typeform.responses"], 4);
    let systems = world.systems();
    let ledger = systems.ledger.erased_at(&scope(OTHER).institution, &person()).await.unwrap();
    assert_eq!(ledger, Some(now()));
    // What is completed does not begin again.
    assert_eq!(run(&systems, true).await, End::Failed("NotDue".to_owned()));
}

#[tokio::test]
async fn d2_a_persons_erasure_that_dies_anywhere_is_resumed_and_ends_the_same() {
    let world = asked().await;
    let (systems, start) = (world.systems(), world.saved());
    assert_eq!(run(&systems, true).await, End::Succeeded);
    let (expected, calls) = (world.snapshot(), world.gate.calls());
    assert!(calls > 50, "{calls}");
    // A call that fails before it took effect leaves what the one before it left.
    let places = (0..calls).map(|call| (call, When::After));
    for (call, when) in std::iter::once((0, When::Before)).chain(places) {
        world.restore(&start);
        world.gate.fail(call, when);
        let first = run(&systems, false).await;
        let second = run(&systems, true).await;
        let done = first == End::Succeeded || second == End::Succeeded;
        // The last call may have completed it: then it does not begin again.
        let completed = second == End::Failed("NotDue".to_owned());
        assert!(done || completed, "call {call} {when:?} {first:?} {second:?}");
        let differences = expected.differences(&world.snapshot());
        assert_eq!(differences, [""; 0], "call {call} {when:?}");
        assert_eq!(world.certificates().len(), 1);
    }
}

#[tokio::test]
async fn d2_nobody_is_erased_whose_erasure_was_not_asked_for() {
    let world = asked().await;
    let before = world.snapshot();
    let mut other = input();
    other["student"] = json!(student(4));
    assert_eq!(Machine::new().run(&world.systems(), other).await, End::Failed("NotDue".to_owned()));
    assert_eq!(world.snapshot(), before);
}

#[tokio::test]
async fn d2_a_change_of_rules_brings_nobody_back_whom_an_erasure_takes_out() {
    let world = asked().await;
    let store = Store::new(world.tables.client(&Gate::default()), APP);
    let read = store.cohort_even_if_gone(&scope(OTHER)).await.unwrap().unwrap().settings;
    let mut without = read.clone();
    without.criteria = domain::cohort::without_student(&read.criteria, &student(3));
    let change = async |was, to| store.replace_settings(was, to).await.unwrap();
    assert_eq!(change(&read, &without).await, store::ChangedSettings::Done);
    // From what was read before: the rules are others now.
    assert_eq!(change(&read, &read).await, store::ChangedSettings::Stale);
    // From what is there: the student is marked.
    assert_eq!(change(&without, &read).await, store::ChangedSettings::NobodyThere);
    // Of the others rules may say what they like.
    let mut more = without.clone();
    more.criteria.extend(from::<Vec<_>>(json!([{ "id": "pair", "weight": 1, "hardness": "must",
        "rule": { "together": { "sets": [[student(4), student(7)]] } } }])));
    assert_eq!(change(&without, &more).await, store::ChangedSettings::Done);
}
