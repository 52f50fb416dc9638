//! What a contact writes to those who have not answered the evaluation (M2): each gets their own link, and nobody
//! whose answer is there or not wanted.

use domain::cohort::Evaluation;
use domain::contact::{Contact, Role};
use domain::evaluation::EvaluationToken;
use domain::mailing::{Audience, MailText, Mailing, MailingStatus, Texts};
use domain::message::{About, Message};
use domain::student::{Student, Suppression};
use domain::{CohortId, ContactId, Email, MailingId, PersonName, StudentId};

use super::*;
use crate::world::key;

fn id() -> MailingId {
    MailingId::parse("mlg_1").unwrap()
}

fn contact() -> ContactId {
    ContactId::parse("sub-1").unwrap()
}

/// A cohort with an evaluation, whose mail is on its way.
fn asked() -> World {
    let world = World::new();
    world.cohort.borrow_mut().settings.evaluation = Some(Evaluation {
        form: "Ev4Lu8Te".parse().unwrap(),
        hidden: "token".into(),
        questions: Vec::new(),
    });
    let da = Some(MailText::read("Hvordan gik det?", "Fortæl os det.").unwrap());
    let audience = Audience::NotEvaluated { section: None };
    let draft = Mailing::draft(id(), audience, Texts { da, en: None }, contact(), now());
    *world.mailing.borrow_mut() = Some(draft.confirmed(contact(), "key".into(), now()));
    world
}

fn queue(world: &World, about: About) -> String {
    let message = Message::queued(about, now());
    let id = message.id.to_string();
    world.messages.borrow_mut().insert(id.clone(), message);
    id
}

fn to(world: &World, student: &str) -> String {
    let student = StudentId::parse(student).unwrap();
    queue(world, About::Evaluation { student, mailing: id() })
}

fn cohort(world: &World) -> CohortId {
    world.cohort.borrow().settings.id.clone()
}

/// The token in a mail's link, in both of its forms the same.
fn token_of(mail: &crate::world::Handed) -> String {
    let link = "https://form.typeform.com/to/Ev4Lu8Te#token=";
    let (_, rest) = mail.text.split_once(link).unwrap_or_else(|| panic!("{}", mail.text));
    let token: String = rest.chars().take_while(|letter| !letter.is_whitespace()).collect();
    assert!(mail.html.contains(&format!("{link}{token}\"")), "{}", mail.html);
    token
}

#[tokio::test]
async fn m2_each_is_mailed_once_with_a_link_by_which_an_answer_is_theirs() {
    let world = asked();
    for student in ["stu_1", "stu_2"] {
        let id = to(&world, student);
        deliver(&world, &id).await.unwrap();
        deliver(&world, &id).await.unwrap();
    }
    let handed = world.handed.borrow();
    let to: Vec<&str> = handed.iter().map(|mail| mail.to.as_str()).collect();
    assert_eq!(to, ["student1@example.dk", "student2@example.dk"]);
    let opened = |mail| EvaluationToken::open(&key(), &cohort(&world), &token_of(mail));
    assert_eq!(opened(&handed[0]), Some("stu_1".parse().unwrap()));
    assert_eq!(opened(&handed[1]), Some("stu_2".parse().unwrap()));
    for words in ["Hej Ane Holm", "Fortæl os det.", "Besvar evalueringen:", "Linket er dit eget"] {
        assert!(handed[0].text.contains(words), "{words}: {}", handed[0].text);
    }
    assert!(!handed[0].text.contains("ingen svare"), "no example: {}", handed[0].text);
    // Nothing that stays has the token: neither the message nor what goes back into the queue.
    let kept = serde_json::to_string(&*world.messages.borrow()).unwrap();
    let noted = format!("{:?} {:?}", world.put_back.borrow(), world.noted.borrow());
    for mail in handed.iter() {
        let token = token_of(mail);
        assert!(!kept.contains(&token) && !noted.contains(&token));
    }
}

#[tokio::test]
async fn m2_the_evaluation_stands_in_the_data_centre_of_the_account() {
    let world = asked();
    world.typeform.set("https://api.typeform.eu");
    let id = to(&world, "stu_1");
    deliver(&world, &id).await.unwrap();
    let text = &world.handed.borrow()[0].text;
    assert!(text.contains("https://form.typeform.eu/to/Ev4Lu8Te#token="), "{text}");
}

#[tokio::test]
async fn m3_a_trial_shows_a_link_by_which_nobody_can_answer() {
    let world = asked();
    *world.contact.borrow_mut() = Some(Contact {
        id: contact(),
        institution: world.institution.id.clone(),
        role: Role::Coordinator,
        name: PersonName::new("Karen Holm"),
        email: Email::parse("karen@example.edu").unwrap(),
        active: true,
        last_active_on: None,
    });
    let about = About::Trial { contact: contact(), trial_of: id(), asked: "a".into() };
    let trial = queue(&world, about);
    deliver(&world, &trial).await.unwrap();
    let handed = world.handed.borrow();
    let token = token_of(&handed[0]);
    assert_eq!(token, EvaluationToken::EXAMPLE);
    assert_eq!(EvaluationToken::open(&key(), &cohort(&world), &token), None);
    assert!(handed[0].text.contains("med dette link kan ingen svare"), "{}", handed[0].text);
    assert!(handed[0].html.contains("med dette link kan ingen svare"), "{}", handed[0].html);
}

fn student(change: fn(&mut Student)) -> impl Fn(&World) {
    move |world| change(world.students.borrow_mut().get_mut("stu_1").unwrap())
}

#[tokio::test]
async fn m2_nobody_is_asked_who_may_not_or_need_not_be() {
    type Case<'a> = (&'a str, &'a dyn Fn(&World));
    let bounced = student(|it| it.suppressed = Some(Suppression::Bounced));
    let complained = student(|it| it.suppressed = Some(Suppression::Complained));
    let restricted = student(|it| it.restricted = Some(now()));
    let objects = student(|it| it.objected = Some(now()));
    let cases: [Case<'_>; 13] = [
        ("suppressed", &bounced),
        ("suppressed", &complained),
        ("restricted", &restricted),
        ("restricted", &objects),
        ("student_missing", &|world| drop(world.students.borrow_mut().remove("stu_1"))),
        ("answered", &|world| world.evaluated.borrow_mut().extend(["stu_1".to_owned()])),
        ("not_in_group", &|world| {
            world.group.borrow_mut().members.retain(|member| member.as_str() != "stu_1");
        }),
        // Other groups were published since, and the student is in none of them.
        ("not_in_group", &|world| {
            world.cohort.borrow_mut().published_formation = Some("for_2".parse().unwrap());
        }),
        ("not_published", &|world| world.cohort.borrow_mut().published_formation = None),
        ("no_evaluation", &|world| world.cohort.borrow_mut().settings.evaluation = None),
        ("mail_not_agreed", &|world| world.cohort.borrow_mut().settings.mail_agreed = false),
        ("mailing_missing", &|world| *world.mailing.borrow_mut() = None),
        ("mailing_draft", &|world| {
            world.mailing.borrow_mut().as_mut().unwrap().status = MailingStatus::Draft;
        }),
    ];
    for (why, change) in cases {
        let world = asked();
        let id = to(&world, "stu_1");
        change(&world);
        deliver(&world, &id).await.unwrap();
        let failure = world.messages.borrow()[&id].failure.clone();
        assert_eq!((sent(&world), failure.as_deref()), (0, Some(why)));
    }
}

#[tokio::test]
async fn m2_an_answer_to_the_evaluation_between_two_tries_ends_them() {
    let world = asked();
    world.answers.borrow_mut().push_back(SendOutcome::NotSent(NotSent::Rate));
    let id = to(&world, "stu_1");
    deliver(&world, &id).await.unwrap();
    world.evaluated.borrow_mut().insert("stu_1".into());
    deliver(&world, &id).await.unwrap();
    assert_eq!(world.messages.borrow()[&id].failure.as_deref(), Some("answered"));
}
