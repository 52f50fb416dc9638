//! Letters to the institution: breaches and new sub-processors.

use domain::breach::{Affected, AffectedCohort, Breach, Question, Risk};
use domain::cohort::Localised;
use domain::message::{About, Message};
use domain::subprocessor::Notice;
use domain::{BreachId, ContactId, Email, NoticeId, SubprocessorId};

use super::*;

fn both(text: &str) -> Localised {
    Localised { da: text.into(), en: text.into() }
}

/// A message to the institution, queued; returns its id.
fn queued(world: &World, about: About) -> String {
    let message = Message::queued(about, now());
    let id = message.id.to_string();
    world.messages.borrow_mut().insert(id.clone(), message);
    id
}

async fn send(world: &World, id: &str) {
    let reference = MessageRef { cohort: None, ..world.reference(id) };
    let deadline = now() + SignedDuration::from_secs(60);
    world.mailer().deliver(&reference, deadline).await.unwrap();
}

#[tokio::test]
async fn d7_the_institution_is_told_of_a_breach_at_its_privacy_contact() {
    let mut world = World::new();
    // No agreement to mail students keeps the processor from its duty.
    world.cohort.borrow_mut().settings.mail_agreed = false;
    let id = BreachId::parse("bre_1").unwrap();
    let operator = ContactId::parse("operator-1").unwrap();
    let mut breach = Breach::open(id, now(), now(), operator.clone());
    breach.answer([(Question::Nature, "A key was lost.".to_owned())].into()).unwrap();
    breach.assess(Risk::High).unwrap();
    let cohort = world.cohort.borrow().settings.id.clone();
    let counted = AffectedCohort {
        cohort,
        students: 3,
        records: 3,
        responses: 3,
        raw_objects: 3,
        messages: 3,
    };
    let (from, until) = (now() - SECOND, now());
    breach
        .count(Affected { from, until, counted_at: now(), cohorts: vec![counted], erased: vec![] })
        .unwrap();
    let about = breach.next_notice();
    breach.tell(now(), operator).unwrap();
    world.breach = Some(breach).into();
    let id = queued(&world, about);
    world.institution.privacy_contact = Some(Email::parse("dpo@example.edu").unwrap());
    send(&world, &id).await;
    send(&world, &id).await;
    let handed = world.handed.borrow();
    assert_eq!(handed.len(), 1, "once, however often it is delivered");
    assert_eq!(handed[0].to, "dpo@example.edu");
    assert!(handed[0].subject.starts_with("Brud på persondatasikkerheden"));
    let name = world.cohort.borrow().settings.name.da.clone();
    for part in ["A key was lost.", name.as_str(), "Example University"] {
        assert!(handed[0].text.contains(part), "{part}: {}", handed[0].text);
    }
}

#[tokio::test]
async fn d8_the_institution_is_told_of_a_new_sub_processor_in_its_language() {
    let mut world = World::new();
    world.institution.language = Language::En;
    let id = NoticeId::parse("spn_1").unwrap();
    let about = About::Subprocessor { notice: id.clone() };
    world.notice = Some(Notice {
        id,
        entry: SubprocessorId::parse("example-translator").unwrap(),
        name: "Example Translator ApS".into(),
        registration: "CVR 12345678".into(),
        address: "Eksempelvej 1".into(),
        processing: both("Translates."),
        location: both("Denmark."),
        transfer: both("None."),
        fields: both("answers"),
        effective_from: "2027-03-01".parse().unwrap(),
        announced_at: now(),
        message: domain::MessageId::of(&about),
        objection: None,
    })
    .into();
    let id = queued(&world, about);
    send(&world, &id).await;
    let handed = world.handed.borrow();
    assert_eq!(handed[0].to, "studiestart@example.edu", "without a privacy contact");
    assert!(handed[0].subject.contains("New sub-processor from 1 March 2027"));
}

#[tokio::test]
async fn d7_d8_a_letter_about_nothing_is_not_sent() {
    let world = World::new();
    for (about, why) in [
        (About::Breach { breach: BreachId::parse("bre_1").unwrap(), number: 1 }, "breach_missing"),
        (About::Subprocessor { notice: NoticeId::parse("spn_1").unwrap() }, "notice_missing"),
    ] {
        let id = queued(&world, about);
        send(&world, &id).await;
        assert_eq!(world.status(&id), Failed);
        assert_eq!(world.messages.borrow()[&id].failure.as_deref(), Some(why));
    }
    assert_eq!(sent(&world), 0);
}
