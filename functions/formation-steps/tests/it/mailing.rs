//! What a contact wrote gets into the outbox: to whom it is meant, once each, however often and wherever a run dies.

use std::collections::BTreeSet;
use std::path::Path;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::mailing::{Audience, MailText, Mailing, MailingStatus, Texts};
use domain::message::Message;
use domain::{ContactId, FormationId, MailingId, SectionId};
use jiff::SignedDuration;
use runtime::StepError;
use serde_json::{Value, json};

use crate::sample::{profile, settings, student_id};
use crate::world::{World, much_later, now};

const MAILING: &str = "mlg_0123456789abcdef0123456789abcdef";

fn id() -> MailingId {
    MailingId::parse(MAILING).unwrap()
}

fn section(id: &str) -> SectionId {
    SectionId::parse(id).unwrap()
}

impl World {
    /// A mailing that was confirmed.
    pub(crate) async fn mailing(&self, audience: Audience) {
        let by = ContactId::parse("sub-1").unwrap();
        let texts = Texts { da: Some(MailText::read("Hej", "Alle.").unwrap()), en: None };
        let draft = Mailing::draft(id(), audience, texts, by.clone(), now());
        let store = self.table.store();
        assert!(store.create_mailing(&self.scope, &draft).await.unwrap());
        let confirmed = draft.confirmed(by, "key".into(), now());
        assert!(store.move_mailing(&self.scope, &draft, &confirmed).await.unwrap());
    }

    pub(crate) async fn known(&self) -> Mailing {
        self.table.store().mailing(&self.scope, &id()).await.unwrap().unwrap()
    }

    pub(crate) async fn mailing_step(&self, step: &str) -> Result<Value, StepError> {
        let event = json!({
            "step": step, "institution": self.scope.institution, "cohort": self.scope.cohort,
            "mailing": MAILING,
        });
        self.send(event, now).await
    }

    /// Runs the machine's loop.
    pub(crate) async fn address(&self) -> usize {
        for round in 1..100 {
            if self.mailing_step("address").await.unwrap()["done"] == json!(true) {
                return round;
            }
        }
        panic!("never done");
    }

    async fn mails(&self) -> Vec<Message> {
        let place = (&self.scope).into();
        self.table.store().messages(&place, None, None).await.unwrap().items
    }

    pub(crate) async fn addressed(&self) -> BTreeSet<String> {
        self.mails().await.iter().map(|mail| mail.about.student().unwrap().to_string()).collect()
    }

    /// Something that a student's record says.
    pub(crate) fn note(&self, number: usize, attribute: &str, value: &str) {
        let key = store::keys::student(&self.scope, &student_id(number));
        let mut held = self.table.held();
        let item = held.items.get_mut(&(key.pk, key.sk)).unwrap();
        item.insert(attribute.into(), AttributeValue::S(value.into()));
    }
}

pub(crate) fn students(numbers: impl IntoIterator<Item = usize>) -> BTreeSet<String> {
    numbers.into_iter().map(|number| student_id(number).to_string()).collect()
}

#[tokio::test]
async fn m2_a_mailing_goes_to_its_cohort_section_or_group_and_to_nobody_else() {
    for (audience, expected) in [
        (Audience::Cohort, students(0..9)),
        (Audience::Section { section: section("B") }, students(5..9)),
    ] {
        let world = World::with_students(5, 4).await;
        world.mailing(audience).await;
        assert_eq!(world.address().await, 1);
        assert_eq!(world.addressed().await, expected);
        let known = world.known().await;
        assert_eq!((known.status, known.left_out), (MailingStatus::Sent, 0));
        assert_eq!(known.recipients as usize, expected.len());
        let queued = world.outside().queued.len();
        assert_eq!(queued, expected.len());
    }

    let world = World::with_students(5, 4).await;
    world.up_to("publish").await;
    let groups = world.table.store().all_groups(&world.scope, &World::id()).await.unwrap();
    let group = &groups[0];
    let (formation, section) = (World::id(), group.section.clone());
    world.mailing(Audience::Group { formation, section, group: group.number }).await;
    world.address().await;
    let members = group.members.iter().map(ToString::to_string).collect();
    assert_eq!(world.addressed().await, members);
}

#[tokio::test]
async fn d4_nobody_who_is_restricted_objects_or_is_being_erased_gets_a_mailing() {
    let world = World::with_students(5, 0).await;
    world.note(0, "restricted", "2026-12-01T10:00:00Z");
    world.note(1, "objected", "2026-12-01T10:00:00Z");
    world.note(2, "erasure", "era_1");
    world.note(3, "suppressed", "bounced");
    world.mailing(Audience::Cohort).await;
    world.address().await;
    // Whose address bounced has a message, so that the result says why nothing came.
    assert_eq!(world.addressed().await, students([3, 4]));
    let known = world.known().await;
    assert_eq!((known.recipients, known.left_out), (2, 2));
}

#[tokio::test]
async fn m4_a_mailing_whose_run_dies_anywhere_is_resumed_and_sends_nothing_twice() {
    let world = World::with_students(5, 4).await;
    world.mailing(Audience::Cohort).await;
    // The queue takes nothing: records are there, and the mailing has not moved.
    world.outside().refuses = usize::MAX;
    assert_eq!(world.mailing_step("address").await.unwrap_err().name, "Transient");
    assert_eq!((world.table.count("MESSAGE#"), world.known().await.recipients), (9, 0));
    world.outside().refuses = 0;
    let before = world.known().await;
    world.address().await;
    let after = world.known().await;
    assert_eq!((after.status, after.recipients), (MailingStatus::Sent, 9));
    assert_eq!(world.table.count("MESSAGE#"), 9);
    // The run died between the queue and the record of how far it came; one mail was sent meanwhile.
    let store = world.table.store();
    let sent = &world.mails().await[0];
    let lease = now() + SignedDuration::from_secs(60);
    store.claim_message(&(&world.scope).into(), sent, now(), lease).await.unwrap().unwrap();
    let undone = Mailing { version: after.version + 1, ..before };
    assert!(store.move_mailing(&world.scope, &after, &undone).await.unwrap());
    world.outside().queued.clear();
    world.address().await;
    assert_eq!(world.table.count("MESSAGE#"), 9);
    assert!(world.outside().queued.iter().all(|queued| queued.message != sent.id));
    assert_eq!(world.known().await.recipients, 9);
    // Once it is sent a run finds nothing to do.
    world.outside().queued.clear();
    assert_eq!(world.address().await, 1);
    assert!(world.outside().queued.is_empty());
}

#[tokio::test]
async fn m2_a_large_mailing_is_read_page_by_page() {
    let world = World::with_students(0, 0).await;
    for number in 0..2_345 {
        let token = format!("token-{number}");
        world.answers(number, "A", &token, 0, crate::sample::profile(number)).await;
    }
    world.mailing(Audience::Cohort).await;
    let first = world.mailing_step("address").await.unwrap();
    assert_eq!(first, json!({"done": false, "messages": 1000}));
    let known = world.known().await;
    assert_eq!((known.status, known.recipients), (MailingStatus::Sending, 1000));
    assert_eq!(world.address().await, 2);
    assert_eq!((world.known().await.recipients, world.table.count("MESSAGE#")), (2_345, 2_345));
    let queued: BTreeSet<_> =
        world.outside().queued.iter().map(|queued| queued.message.clone()).collect();
    assert_eq!(queued.len(), 2_345);
}

#[tokio::test]
async fn m2_no_mailing_without_agreement_to_a_replaced_group_or_of_a_draft() {
    let mut without = settings();
    without.mail_agreed = false;
    let world = World::with(without, 5, 4).await;
    world.mailing(Audience::Cohort).await;
    world.address().await;
    let known = world.known().await;
    assert_eq!(known.status, MailingStatus::Stopped);
    assert_eq!(known.failure.as_deref(), Some("mail_not_agreed"));
    assert_eq!(world.table.count("MESSAGE#"), 0);

    let world = World::with_students(5, 4).await;
    let formation = FormationId::parse("for_older").unwrap();
    world.mailing(Audience::Group { formation, section: section("A"), group: 1 }).await;
    world.address().await;
    assert_eq!(world.known().await.failure.as_deref(), Some("superseded"));
    assert_eq!(world.table.count("MESSAGE#"), 0);

    let world = World::with_students(5, 4).await;
    world.mailing(Audience::Cohort).await;
    let known = world.known().await;
    let draft = Mailing { status: MailingStatus::Draft, version: 9, ..known.clone() };
    assert!(world.table.store().move_mailing(&world.scope, &known, &draft).await.unwrap());
    world.address().await;
    assert_eq!(world.table.count("MESSAGE#"), 0);
}

#[tokio::test]
async fn m6_a_mailing_of_a_cohort_that_is_due_goes_to_nobody() {
    let world = World::with_students(5, 4).await;
    world.mailing(Audience::Cohort).await;
    let event = json!({
        "step": "address", "institution": world.scope.institution, "cohort": world.scope.cohort,
        "mailing": MAILING,
    });
    let answer = world.send(event, much_later).await.unwrap();
    assert_eq!(answer, json!({"done": true, "messages": 0}));
    assert_eq!(world.table.count("MESSAGE#"), 0);
}

#[tokio::test]
async fn m3_a_mailing_that_could_not_go_on_is_stopped_and_goes_on_when_it_is_sent_again() {
    let world = World::with_students(5, 4).await;
    world.mailing(Audience::Cohort).await;
    world.mailing_step("stop").await.unwrap();
    let stopped = world.known().await;
    assert_eq!(
        (stopped.status, stopped.failure.as_deref()),
        (MailingStatus::Stopped, Some("internal"))
    );
    world.mailing_step("stop").await.unwrap();
    assert_eq!(world.known().await, stopped, "a second call changes nothing");
    world.address().await;
    assert_eq!(world.table.count("MESSAGE#"), 0, "what is stopped stays so");
    let by = ContactId::parse("sub-2").unwrap();
    let again = stopped.confirmed(by, "other".into(), now());
    assert!(world.table.store().move_mailing(&world.scope, &stopped, &again).await.unwrap());
    world.address().await;
    assert_eq!(world.known().await.recipients, 9);
    assert_ne!(stopped.execution(), again.execution());
    // Who confirmed it, and when, is told of the first time.
    let (first, again) = (stopped.confirmed.unwrap(), again.confirmed.unwrap());
    assert_eq!((&again.by, again.at, again.key.as_str()), (&first.by, first.at, "other"));
}

#[tokio::test]
async fn d5_every_page_of_a_mailing_is_noted_once_with_whom_it_is_sent_to() {
    let world = World::with_students(3, 0).await;
    world.mailing(Audience::Cohort).await;
    world.outside().refuses = usize::MAX;
    world.mailing_step("address").await.unwrap_err();
    world.outside().refuses = 0;
    world.address().await;
    let audit = world.audit.audit();
    let institution = &world.scope.institution;
    let links = audit.links(institution, store::Order::Oldest, None, None).await.unwrap();
    let all = links.into_iter().map(|stored| stored.link.unwrap().entry);
    let noted: Vec<_> = all.filter(|entry| entry.action == "mailing.address").collect();
    assert_eq!(noted.len(), 1);
    assert_eq!((noted[0].subjects, noted[0].ids.len()), (3, 3));
    assert_eq!(noted[0].request, MAILING);
}

#[tokio::test]
async fn d5_a_page_that_is_read_anew_when_a_mailing_goes_on_is_noted_anew() {
    let world = World::with_students(3, 0).await;
    world.mailing(Audience::Cohort).await;
    world.outside().refuses = usize::MAX;
    world.mailing_step("address").await.unwrap_err();
    world.mailing_step("stop").await.unwrap();
    world.outside().refuses = 0;
    // Somebody has answered meanwhile.
    world.answers(20, "A", "token-late", 5, profile(8)).await;
    let stopped = world.known().await;
    let again = stopped.confirmed(ContactId::parse("sub-2").unwrap(), "other".into(), now());
    assert!(world.table.store().move_mailing(&world.scope, &stopped, &again).await.unwrap());
    world.address().await;
    let audit = world.audit.audit();
    let institution = &world.scope.institution;
    let links = audit.links(institution, store::Order::Oldest, None, None).await.unwrap();
    let all = links.into_iter().map(|stored| stored.link.unwrap().entry);
    let noted = all.filter(|entry| entry.action == "mailing.address");
    assert_eq!(noted.map(|entry| entry.subjects).collect::<Vec<_>>(), [3, 4]);
}

#[test]
fn m2_the_machine_asks_for_tasks_that_the_function_knows() {
    let path = "../../infra/statemachines/mailing.asl.json";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let machine: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut asked = BTreeSet::new();
    for (name, state) in machine["States"].as_object().unwrap() {
        if state["Type"] != "Task" {
            continue;
        }
        let payload = state["Parameters"]["Payload"].as_object().unwrap();
        let filled: Value = payload
            .iter()
            .map(|(name, value)| match (name.strip_suffix(".$"), value.as_str().unwrap()) {
                (Some(name), "$.institution") => (name.to_owned(), json!("ins_1")),
                (Some(name), "$.cohort") => (name.to_owned(), json!("coh_1")),
                (Some(name), "$.mailing") => (name.to_owned(), json!("mlg_1")),
                (None, text) => (name.clone(), json!(text)),
                (_, other) => panic!("{other} is not a thing that tasks are told"),
            })
            .collect();
        let task: formation_steps::Asked = serde_json::from_value(filled).unwrap();
        assert!(matches!(task, formation_steps::Asked::Mailing(_)), "{name}");
        asked.insert(name.clone());
    }
    assert_eq!(asked, ["Address".to_owned(), "Stop".to_owned()].into());
    let catch = &machine["States"]["Address"]["Catch"][0];
    assert_eq!(
        catch,
        &json!({"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Stop"})
    );
    assert_eq!(machine["States"]["Stop"]["ResultPath"], Value::Null);
}
