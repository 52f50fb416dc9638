use domain::message::{About, Message, MessageStatus};
use domain::student::Suppression;
use domain::student_page::Of;
use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::world::{World, key, now};

/// A world in which a mail about this waits to be sent to the second student.
fn world(about: About) -> World {
    let world = World::new();
    let message = Message { id: "msg_p".parse().unwrap(), ..Message::queued(about, now()) };
    world.messages.borrow_mut().insert("msg_p".into(), message);
    world
}

fn asked() -> About {
    About::Page { student: "stu_2".parse().unwrap(), day: now() }
}

async fn deliver(world: &World) -> MessageStatus {
    let deadline = now() + SignedDuration::from_secs(60);
    world.mailer().deliver(&world.reference("msg_p"), deadline).await.unwrap();
    world.status("msg_p")
}

#[tokio::test]
async fn d4_each_mail_about_a_group_and_the_one_that_was_asked_for_carry_a_link_of_their_own() {
    let about = |changed: bool| {
        let world = World::new();
        let group = world.group.borrow().clone();
        let student = "stu_2".parse().unwrap();
        let (formation, section, group) = (group.formation, group.section, group.number);
        if changed {
            let erasure = "era_1".parse().unwrap();
            About::GroupChanged { student, formation, section, group, erasure }
        } else {
            About::Group { student, formation, section, group }
        }
    };
    for about in [about(false), about(true), asked()] {
        let world = world(about);
        assert_eq!(deliver(&world).await, MessageStatus::Accepted);
        let (institution, cohort) =
            (&world.institution.id, world.cohort.borrow().settings.id.clone());
        let start = format!("https://forms.example.edu/student/{institution}/{cohort}/msg_p/");
        let handed = world.handed.borrow();
        let (_, token) = handed[0].text.split_once(&start).expect("a link");
        let token = token.split_whitespace().next().unwrap();
        let message = "msg_p".parse().unwrap();
        let address = &world.students.borrow()["stu_2"].email;
        let until = Of { cohort: &cohort, message: &message, address }.until(&key(), token);
        let days: Timestamp = now() + SignedDuration::from_hours(7 * 24);
        assert_eq!(until.map(Timestamp::as_second), Some(days.as_second()));
    }
}

#[tokio::test]
async fn d4_whoever_left_or_is_restricted_stands_in_no_mail_that_is_made_afterwards() {
    for restricted in [true, false] {
        let world = World::new();
        let group = world.group.borrow().clone();
        let (formation, section) = (group.formation, group.section);
        let student = "stu_2".parse().unwrap();
        let about = About::Group { student, formation, section, group: group.number };
        let world = self::world(about);
        {
            let mut students = world.students.borrow_mut();
            let other = students.get_mut("stu_1").unwrap();
            let since = Some(now());
            *(if restricted { &mut other.restricted } else { &mut other.objected }) = since;
        }
        assert_eq!(deliver(&world).await, MessageStatus::Accepted);
        let text = world.handed.borrow()[0].text.clone();
        assert!(text.contains("student3@") && !text.contains("student1@"), "{text}");
    }
}

#[tokio::test]
async fn d4_another_link_goes_to_whoever_asked_also_when_they_take_no_part_or_complained() {
    for change in [
        |student: &mut domain::student::Student| student.restricted = Some(Timestamp::UNIX_EPOCH),
        |student: &mut domain::student::Student| student.objected = Some(Timestamp::UNIX_EPOCH),
        |student: &mut domain::student::Student| student.suppressed = Some(Suppression::Complained),
    ] {
        let world = world(asked());
        world.cohort.borrow_mut().settings.mail_agreed = false;
        change(world.students.borrow_mut().get_mut("stu_2").unwrap());
        assert_eq!(deliver(&world).await, MessageStatus::Accepted);
    }
    let world = world(asked());
    world.students.borrow_mut().remove("stu_2");
    assert_eq!(deliver(&world).await, MessageStatus::Failed);
}

#[tokio::test]
async fn d4_the_mail_with_another_link_in_both_languages() {
    let mut all = String::new();
    for language in [Language::Da, Language::En] {
        let world = world(asked());
        world.cohort.borrow_mut().settings.language = language;
        deliver(&world).await;
        let handed = world.handed.borrow();
        all = format!("{all}==== {}\n{}\n", handed[0].subject, handed[0].text);
    }
    insta::assert_snapshot!("another_link", all);
}
