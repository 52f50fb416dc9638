//! What a contact writes to those who have not answered (M2): what the roster says when it is sent counts.

use domain::cohort::Source;
use domain::mailing::{Audience, MailText, Mailing, Texts};
use domain::message::{About, Message};
use domain::roster::Entry;
use domain::student::Suppression;
use domain::{ContactId, Email, MailingId, StudentId};
use jiff::SignedDuration;

use super::*;

fn id() -> MailingId {
    MailingId::parse("mlg_1").unwrap()
}

/// A reminder on its way a day before the deadline, to somebody who is on the roster alone.
fn reminded() -> (World, String) {
    let world = World::new();
    world.cohort.borrow_mut().settings.deadline = now() + SignedDuration::from_hours(24);
    let by = ContactId::parse("sub-1").unwrap();
    let da = Some(MailText::read("Husk spørgeskemaet", "Svar senest onsdag.").unwrap());
    let audience = Audience::NotAnswered { section: None };
    let draft = Mailing::draft(id(), audience, Texts { da, en: None }, by.clone(), now());
    *world.mailing.borrow_mut() = Some(draft.confirmed(by, "key".into(), now()));
    let entry = Entry {
        email: Email::parse("Liv@example.edu").unwrap(),
        section: "A".parse().unwrap(),
        erasure: None,
        suppressed: None,
    };
    world.roster.borrow_mut().insert("stu_liv".into(), entry);
    let student = StudentId::parse("stu_liv").unwrap();
    let message = Message::queued(About::Reminder { student, mailing: id() }, now());
    let id = message.id.to_string();
    world.messages.borrow_mut().insert(id.clone(), message);
    (world, id)
}

#[tokio::test]
async fn m2_who_has_not_answered_is_reminded_once_at_the_rosters_address() {
    let (world, id) = reminded();
    deliver(&world, &id).await.unwrap();
    deliver(&world, &id).await.unwrap();
    let handed = world.handed.borrow();
    assert_eq!((handed.len(), handed[0].to.as_str()), (1, "Liv@example.edu"));
    let text = &handed[0].text;
    let form = world.cohort.borrow().settings.form.to_string();
    let link = format!("https://form.typeform.com/to/{form}\n");
    for words in ["Svar senest onsdag.", &link, "studiestart@example.edu", "venter dit svar"] {
        assert!(text.contains(words), "{words}: {text}");
    }
}

#[tokio::test]
async fn m2_the_link_leads_into_the_data_centre_of_the_account() {
    let (world, id) = reminded();
    world.typeform.set("https://api.typeform.eu");
    deliver(&world, &id).await.unwrap();
    let text = &world.handed.borrow()[0].text;
    assert!(text.contains("https://form.typeform.eu/to/"), "{text}");
}

#[tokio::test]
async fn m2_the_link_names_the_section_where_the_questionnaire_is_told_it() {
    let (world, id) = reminded();
    world.cohort.borrow_mut().settings.identity.section = Some(Source::Hidden("hold".into()));
    deliver(&world, &id).await.unwrap();
    let text = &world.handed.borrow()[0].text;
    assert!(text.contains("#hold=A\n"), "{text}");
}

#[tokio::test]
async fn m2_nobody_is_reminded_who_may_not_or_need_not_be() {
    type Change = fn(&World);
    type Case<'a> = (&'a str, &'a dyn Fn(&World));
    let entry = |change: fn(&mut Entry)| {
        move |world: &World| {
            change(world.roster.borrow_mut().get_mut("stu_liv").unwrap());
        }
    };
    let bounced = entry(|entry| entry.suppressed = Some(Suppression::Bounced));
    let complained = entry(|entry| entry.suppressed = Some(Suppression::Complained));
    let going = entry(|entry| entry.erasure = Some("era_1".parse().unwrap()));
    let cases: [Case<'_>; 9] = [
        ("suppressed", &bounced),
        ("suppressed", &complained),
        ("not_expected", &going),
        ("not_expected", &((|world| world.roster.borrow_mut().clear()) as Change)),
        (
            "answered",
            &((|world| {
                let student = world.students.borrow()["stu_1"].clone();
                world.students.borrow_mut().insert("stu_liv".into(), student);
            }) as Change),
        ),
        (
            "deadline_passed",
            &((|world| {
                world.cohort.borrow_mut().settings.deadline = now();
            }) as Change),
        ),
        (
            "mail_not_agreed",
            &((|world| {
                world.cohort.borrow_mut().settings.mail_agreed = false;
            }) as Change),
        ),
        ("mailing_missing", &((|world| *world.mailing.borrow_mut() = None) as Change)),
        (
            "mailing_draft",
            &((|world| {
                world.mailing.borrow_mut().as_mut().unwrap().status =
                    domain::mailing::MailingStatus::Draft;
            }) as Change),
        ),
    ];
    for (why, change) in cases {
        let (world, id) = reminded();
        change(&world);
        deliver(&world, &id).await.unwrap();
        let failure = world.messages.borrow()[&id].failure.clone();
        assert_eq!((sent(&world), failure.as_deref()), (0, Some(why)));
    }
}

#[tokio::test]
async fn m2_an_answer_between_two_tries_ends_them() {
    let (world, id) = reminded();
    world.answers.borrow_mut().push_back(SendOutcome::NotSent(NotSent::Rate));
    deliver(&world, &id).await.unwrap();
    let student = world.students.borrow()["stu_1"].clone();
    world.students.borrow_mut().insert("stu_liv".into(), student);
    deliver(&world, &id).await.unwrap();
    assert_eq!(world.messages.borrow()[&id].failure.as_deref(), Some("answered"));
}
