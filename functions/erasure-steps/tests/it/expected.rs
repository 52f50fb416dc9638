//! Who is expected: people on a cohort's roster, whether or not they have answered (Q8, D4).

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::erasure::{Erasure, ErasureReason, Subject};
use domain::quarantine::Quarantined;
use domain::roster::{Entry, Expected, Roster};
use domain::{ErasureId, StudentId};
use erasure_steps::{Request, answer};
use serde_json::{Value, json};
use store::{ReplacedRoster, RequestedErasure, Store, keys};

use crate::machine::{End, Machine};
use crate::memory::Gate;
use crate::persons::{self, student};
use crate::world::{APP, DUE, INSTITUTION, OTHER, World, from, now, scope};

const FORM: &str = "Kq7Lm2Xb";
const RESTORED: &str = "app-restored-2027-08-15";

fn store_of(world: &World) -> Store {
    Store::new(world.tables.client(&Gate::default()), APP)
}

fn never() -> StudentId {
    StudentId::parse("stu_7f0000000000000000000000000000aa").unwrap()
}

fn subject() -> Subject {
    Subject::Person { cohort: scope(OTHER).cohort, student: never() }
}

fn id() -> ErasureId {
    ErasureId::for_expected(&scope(OTHER).cohort, &never())
}

pub(crate) async fn list(world: &World, cohort: &str, people: &[(StudentId, &str)]) {
    let entry = |email: &str| -> Entry { from(json!({ "email": email, "section": "hold-a" })) };
    let list = people
        .iter()
        .map(|(student, email)| Expected { student: student.clone(), entry: entry(email) });
    let roster: Roster = from(json!({
        "version": 1, "list": "ros_1", "changed_at": "2026-09-01T08:00:00Z", "changed_by": "sub-contact",
    }));
    let put = store_of(world).replace_roster(&scope(cohort), None, &roster, list.collect()).await;
    assert_eq!(put.unwrap(), ReplacedRoster::Done);
}

async fn listed(world: &World) -> Vec<StudentId> {
    let all = store_of(world).expected_anywhere(&scope(OTHER)).await.unwrap();
    all.into_iter().map(|one| one.student).collect()
}

#[tokio::test]
async fn m2_who_has_not_answered_is_listed_page_by_page() {
    let world = World::new().await;
    let ids = ["stu_aa", "stu_bb", "stu_cc"].map(|id| StudentId::parse(id).unwrap());
    let answered = store_of(&world).student(&scope(OTHER), &student(4)).await.unwrap().unwrap();
    let mut people: Vec<_> =
        ids.iter().cloned().zip(["a@example.edu", "b@example.edu", "c@example.edu"]).collect();
    // Told to be the student's by the address: the id is another.
    people.push((StudentId::parse("stu_dd").unwrap(), answered.email.as_str()));
    list(&world, OTHER, &people).await;
    let page = async |after: Option<&StudentId>| {
        let (found, next) =
            store_of(&world).not_answered(&scope(OTHER), None, after, 2).await.unwrap();
        (found.into_iter().map(|one| one.id).collect::<Vec<_>>(), next)
    };
    let (first, next) = page(None).await;
    assert_eq!((&first[..], next.as_ref()), (&ids[..2], Some(&ids[1])));
    assert_eq!(page(next.as_ref()).await, (vec![ids[2].clone()], None));
}

#[tokio::test]
async fn d4_a_person_goes_from_the_roster_at_every_address_and_nobody_else_does() {
    let world = persons::asked().await;
    let elsewhere = StudentId::parse("stu_elsewhere").unwrap();
    let people = [
        (student(3), "third@example.edu"),
        // Their address was put right: the roster has the other one under another id.
        (elsewhere.clone(), "former@EXAMPLE.edu"),
        (student(4), "fourth@example.edu"),
    ];
    list(&world, OTHER, &people).await;
    crate::reminders::reminded(&world, &[student(3), elsewhere.clone(), student(4)]).await;
    assert_eq!(Machine::new().run(&world.systems(), persons::input()).await, End::Succeeded);
    assert_eq!(listed(&world).await, [student(4)]);
    let left = crate::reminders::reminders(&world).await;
    assert_eq!(left, [student(4)], "reminders went to either address");
    for (key, item) in world.tables.plain(APP) {
        assert!(!item.to_string().to_lowercase().contains("former@"), "{key}");
    }
    let certificate = world.certificates().remove(0);
    assert_eq!(certificate["deleted"]["dynamodb.roster_pages"], 2, "a page for each address");
    let marks = store_of(&world).erased_students(&scope(OTHER)).await.unwrap();
    let mark = keys::erased_student(&scope(OTHER), &elsewhere).sk;
    assert!(marks.contains(&mark), "no list brings them back at the other address");
}

/// Somebody who never answered in a usable way, and whose erasure is asked for.
async fn asked()
-> (World, BTreeMap<(String, String), std::collections::HashMap<String, AttributeValue>>) {
    let world = World::new().await;
    let people = [(never(), "Never@example.edu"), (student(4), "fourth@example.edu")];
    list(&world, OTHER, &people).await;
    // A reminder bounced; a questionnaire could not be used; another was begun.
    world.suppressed.add("Never@example.edu");
    crate::reminders::reminded(&world, &[never(), student(4)]).await;
    let (store, scope) = (store_of(&world), scope(OTHER));
    let entry: Quarantined = from(json!({
        "token": "q-never", "form": FORM, "reason": "unknown_section",
        "submitted_at": "2026-10-01T10:00:00Z", "received_at": "2026-10-01T10:00:00Z",
    }));
    assert!(store.quarantine(Some(&scope), &entry).await.unwrap());
    let raw = keys::raw_response(Some(&scope), &entry.token);
    world.bucket.add(&raw, Some(b"{\"email\":\"never@example.edu\"}"));
    world.typeform.add(FORM, "completed", &["q-never"]);
    world.typeform.add_from(FORM, "partial", "z-never", "never@example.edu");
    let backup = world.tables.items(APP);
    let (reason, reference) = (ErasureReason::PersonAsked, "2027-031".parse().unwrap());
    let record = Erasure::requested(id(), &subject(), reason, reference, None, now());
    let institution = &scope.institution;
    assert_eq!(store.request_erasure(institution, &record).await.unwrap(), RequestedErasure::New);
    (world, backup)
}

#[tokio::test]
async fn d4_an_answer_before_the_erasure_was_asked_for_is_not_stored_and_ends_no_erasure() {
    let (world, _) = asked().await;
    let (store, ours) = (store_of(&world), scope(OTHER));
    // From the request on, long before the erasure begins, intake knows them by this.
    let mark = store.erased_student(&ours, &never()).await.unwrap().unwrap();
    assert_eq!((mark.until, mark.erasure), (now(), id()));
    // One was looked at just before the request and stored after it.
    let token = format!("{OTHER}-t04").parse().unwrap();
    let mut response = store.response(&ours, &token).await.unwrap().unwrap();
    response.token = "late".parse().unwrap();
    response.student = never();
    let mut record = store.student(&ours, &student(4)).await.unwrap().unwrap();
    record.id = never();
    record.response = response.token.clone();
    record.email = domain::Email::parse("never@example.edu").unwrap();
    store.store_response(&ours, &record, &response).await.unwrap();
    assert_eq!(Machine::new().run(&world.systems(), input(&id())).await, End::Succeeded);
    assert!(store.student_even_if_gone(&ours, &never()).await.unwrap().is_none());
    assert!(store.response(&ours, &response.token).await.unwrap().is_none());
    assert_eq!(listed(&world).await, [student(4)]);
}

fn input(erasure: &ErasureId) -> Value {
    json!({ "institution": INSTITUTION, "cohort": OTHER, "student": never(), "erasure": erasure })
}

#[tokio::test]
async fn d4_who_never_answered_is_out_of_sight_at_once_and_goes_everywhere() {
    let (world, _) = asked().await;
    let (store, ours) = (store_of(&world), scope(OTHER));
    let waiting = store.not_answered(&ours, None, None, 10).await.unwrap().0;
    assert!(waiting.iter().all(|one| one.id != never()), "nobody is reminded who is being erased");
    let standing = store.standing_erasure(&ours.institution, &subject()).await.unwrap();
    assert_eq!(standing, Some(id()));

    assert_eq!(Machine::new().run(&world.systems(), input(&id())).await, End::Succeeded);
    assert_eq!(listed(&world).await, [student(4)]);
    for (key, item) in world.tables.plain(APP) {
        let text = format!("{key}{item}").to_lowercase();
        for word in [never().as_str(), "never@", "q-never"] {
            assert!(!text.contains(word), "{key}: {word}");
        }
    }
    assert!(!world.suppressed.addresses().contains(&"Never@example.edu".to_owned()));
    let left = world.typeform.tokens(FORM);
    assert!(!left.iter().any(|token| token.contains("never")), "{left:?}");
    let standing = store.standing_erasure(&ours.institution, &subject()).await.unwrap();
    assert_eq!(standing, Some(id()), "asked again it is the same");
    let certificate = world.certificates().remove(0);
    assert_eq!(certificate["deleted"]["dynamodb.roster_pages"], 1);
    assert_eq!(crate::reminders::reminders(&world).await, [student(4)]);
    assert_eq!(certificate["deleted"]["ses.suppressed_addresses"], 1);
}

#[tokio::test]
async fn d3_who_never_answered_and_was_erased_goes_again_after_a_restore() {
    let (world, backup) = asked().await;
    assert_eq!(Machine::new().run(&world.systems(), input(&id())).await, End::Succeeded);
    world.tables.put(RESTORED, backup);
    let told = async |what: &str| {
        let request = Request::parse(json!({ what: { "table": RESTORED } })).unwrap();
        answer(&world.systems(), request).await.unwrap()
    };
    assert_eq!(told("restore_check").await["in_sight"], 1);
    let persons = json!([{ "institution": INSTITUTION, "cohort": OTHER, "count": 1 }]);
    assert_eq!(told("restored").await["persons"], persons);
    assert_eq!(told("restore_check").await["verified"], true);
    // The table is switched, and the sweep takes the erasure up.
    world.tables.put(APP, world.tables.items(RESTORED));
    let open = store_of(&world).erasures(&scope(OTHER).institution).await.unwrap();
    let open = open.into_iter().find(|erasure| erasure.completed_at.is_none()).unwrap();
    assert_eq!(Machine::new().run(&world.systems(), input(&open.id)).await, End::Succeeded);
    assert_eq!(listed(&world).await, [student(4)]);
}

#[tokio::test]
async fn d3_who_was_erased_is_found_on_what_a_replacement_that_died_had_written() {
    let (world, mut backup) = asked().await;
    assert_eq!(Machine::new().run(&world.systems(), input(&id())).await, End::Succeeded);
    // In the backup they stand on a page that no roster names, and on none of the list that counts.
    let other = "ros_died".parse().unwrap();
    let list = "ros_1".parse().unwrap();
    let [from, to] = [(1, list), (2, other)]
        .map(|(version, list)| keys::expected(&scope(OTHER), version, &list, &never()))
        .map(|key| (key.pk, key.sk));
    let mut page = backup.remove(&from).unwrap();
    page.insert("sk".into(), AttributeValue::S(to.1.clone()));
    backup.insert(to, page);
    world.tables.put(RESTORED, backup);
    let told = async |what: &str| {
        let request = Request::parse(json!({ what: { "table": RESTORED } })).unwrap();
        answer(&world.systems(), request).await.unwrap()
    };
    assert_eq!(told("restore_check").await["in_sight"], 1);
    assert_eq!(told("restored").await["persons"][0]["count"], 1);
    assert_eq!(told("restore_check").await["verified"], true);
}

#[tokio::test]
async fn d2_with_a_cohort_goes_its_roster_and_what_its_reminders_left_at_the_mail_service() {
    let world = World::new().await;
    // Before, between and after the students, on pages of their own.
    let ids = ["stu_00", "stu_coh_computer-science-2026_03x", "stu_zz"]
        .map(|id| StudentId::parse(id).unwrap());
    let addresses = ["first@example.edu", "between@example.edu", "last@example.edu"];
    let people: Vec<_> = ids.into_iter().zip(addresses).collect();
    list(&world, DUE, &people).await;
    let before = world.suppressed.addresses().len();
    for address in addresses {
        world.suppressed.add(address);
    }
    let end = Machine::new().run(&world.systems(), crate::world::input()).await;
    assert_eq!(end, End::Succeeded);
    assert_eq!(world.items_of(DUE), 0);
    let left = world.suppressed.addresses();
    assert!(addresses.iter().all(|address| !left.contains(&(*address).to_owned())), "{left:?}");
    assert!(left.len() <= before);
    let deleted = &world.certificates()[0]["deleted"];
    assert_eq!(
        (&deleted["dynamodb.rosters"], &deleted["dynamodb.roster_pages"]),
        (&json!(1), &json!(3))
    );
}
