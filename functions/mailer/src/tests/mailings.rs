//! What contacts write: to students, and to themselves before that.

use domain::contact::{Contact, Role};
use domain::mailing::{Audience, MailText, Mailing, MailingStatus, Texts};
use domain::message::{About, Message};
use domain::{ContactId, Email, MailingId, PersonName, StudentId};

use super::*;

fn id() -> MailingId {
    MailingId::parse("mlg_1").unwrap()
}

fn contact() -> ContactId {
    ContactId::parse("sub-1").unwrap()
}

/// A mailing that was confirmed, and the contact who wrote it.
fn written() -> World {
    let world = World::new();
    let texts = Texts {
        da: Some(MailText::read("Introuge", "Vi mødes i A1.").unwrap()),
        en: Some(MailText::read("Intro week", "We meet in A1.").unwrap()),
    };
    let draft = Mailing::draft(id(), Audience::Cohort, texts, contact(), now());
    *world.mailing.borrow_mut() = Some(draft.confirmed(contact(), "key".into(), now()));
    *world.contact.borrow_mut() = Some(Contact {
        id: contact(),
        institution: world.institution.id.clone(),
        role: Role::Coordinator,
        name: PersonName::new("Karen Holm"),
        email: Email::parse("karen@example.edu").unwrap(),
        active: true,
        last_active_on: None,
    });
    world
}

fn queue(world: &World, about: About) -> String {
    let message = Message::queued(about, now());
    let id = message.id.to_string();
    world.messages.borrow_mut().insert(id.clone(), message);
    id
}

fn to_student(world: &World) -> String {
    let student = StudentId::parse("stu_1").unwrap();
    queue(world, About::Mailing { student, mailing: id() })
}

fn to_contact(world: &World) -> String {
    queue(world, About::Trial { contact: contact(), trial_of: id(), asked: "a".into() })
}

fn failure(world: &World, id: &str) -> Option<String> {
    world.messages.borrow()[id].failure.clone()
}

#[tokio::test]
async fn m2_a_student_gets_what_the_contact_wrote_once() {
    let world = written();
    let id = to_student(&world);
    deliver(&world, &id).await.unwrap();
    deliver(&world, &id).await.unwrap();
    let handed = world.handed.borrow();
    assert_eq!((handed.len(), handed[0].to.as_str()), (1, "student1@example.dk"));
    assert_eq!(handed[0].subject, "Introuge");
    let text = &handed[0].text;
    for words in ["Hej Ane Holm", "Vi mødes i A1.", "IN ENGLISH: INTRO WEEK", "We meet in A1."] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert!(text.contains("studiestart@example.edu"), "where the answer goes");
}

#[tokio::test]
async fn d4_nobody_gets_a_mailing_who_may_not() {
    type Change = fn(&World);
    let cases: [(&str, Change); 8] = [
        ("suppressed", |world| {
            let mut students = world.students.borrow_mut();
            students.get_mut("stu_1").unwrap().suppressed = Some(Suppression::Complained);
        }),
        ("restricted", |world| {
            world.students.borrow_mut().get_mut("stu_1").unwrap().restricted = Some(now());
        }),
        ("student_missing", |world| drop(world.students.borrow_mut().remove("stu_1"))),
        ("mail_not_agreed", |world| world.cohort.borrow_mut().settings.mail_agreed = false),
        ("mailing_missing", |world| *world.mailing.borrow_mut() = None),
        ("mailing_draft", |world| {
            world.mailing.borrow_mut().as_mut().unwrap().status = MailingStatus::Draft;
        }),
        ("mailing_draft", |world| {
            world.mailing.borrow_mut().as_mut().unwrap().status = MailingStatus::Planned;
        }),
        ("mailing_closed", |world| {
            world.mailing.borrow_mut().as_mut().unwrap().status = MailingStatus::Closed;
        }),
    ];
    for (why, change) in cases {
        let world = written();
        change(&world);
        let id = to_student(&world);
        deliver(&world, &id).await.unwrap();
        assert_eq!((sent(&world), failure(&world, &id).as_deref()), (0, Some(why)));
    }
}

#[tokio::test]
async fn m3_of_a_closed_mailing_goes_what_a_contact_sends_to_one_student_once_more() {
    let world = written();
    world.mailing.borrow_mut().as_mut().unwrap().status = MailingStatus::Closed;
    let id = to_student(&world);
    let more = world.messages.borrow()[&id].once_more(now());
    let again = more.id.to_string();
    world.messages.borrow_mut().insert(again.clone(), more);
    deliver(&world, &id).await.unwrap();
    assert_eq!((sent(&world), failure(&world, &id).as_deref()), (0, Some("mailing_closed")));
    deliver(&world, &again).await.unwrap();
    assert_eq!((sent(&world), failure(&world, &again)), (1, None));
}

#[tokio::test]
async fn m3_a_trial_goes_to_the_contact_also_while_it_is_a_draft() {
    let world = written();
    world.mailing.borrow_mut().as_mut().unwrap().status = MailingStatus::Draft;
    let id = to_contact(&world);
    deliver(&world, &id).await.unwrap();
    let handed = world.handed.borrow();
    assert_eq!(handed[0].to, "karen@example.edu");
    assert_eq!(handed[0].subject, "Prøve: Introuge");
    assert!(handed[0].text.contains("Hej Karen Holm"));
}

#[tokio::test]
async fn p2_a_trial_goes_to_no_contact_who_left_or_is_another_institutions() {
    let leave: [fn(&mut Contact); 2] = [
        |contact| contact.active = false,
        |contact| contact.institution = "ins_other".parse().unwrap(),
    ];
    for change in leave {
        let world = written();
        change(world.contact.borrow_mut().as_mut().unwrap());
        let id = to_contact(&world);
        deliver(&world, &id).await.unwrap();
        assert_eq!((sent(&world), failure(&world, &id).as_deref()), (0, Some("contact_missing")));
    }
    let world = written();
    world.cohort.borrow_mut().settings.mail_agreed = false;
    let id = to_contact(&world);
    deliver(&world, &id).await.unwrap();
    assert_eq!(failure(&world, &id).as_deref(), Some("mail_not_agreed"));
}

#[tokio::test]
async fn m4_a_mail_that_is_sent_once_more_tells_the_same_as_another_message() {
    let world = written();
    let first = to_student(&world);
    deliver(&world, &first).await.unwrap();
    let more = world.messages.borrow()[&first].once_more(now());
    let again = more.id.to_string();
    world.messages.borrow_mut().insert(again.clone(), more);
    deliver(&world, &again).await.unwrap();
    let handed = world.handed.borrow();
    assert_eq!(handed.len(), 2);
    assert_ne!(handed[0].message, handed[1].message);
    assert_eq!(handed[0].text, handed[1].text);
}
