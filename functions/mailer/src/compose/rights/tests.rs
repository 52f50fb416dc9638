use std::fmt::Write as _;

use domain::message::{About, Message, MessageStatus};
use domain::rights::Status;
use domain::student::Suppression;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::*;
use crate::world::{World, key, now};

const STEPS: [RightsStep; 7] = [
    RightsStep::Received,
    RightsStep::Verified,
    RightsStep::Extended,
    RightsStep::Done,
    RightsStep::Erasing,
    RightsStep::Refused,
    RightsStep::Lifted,
];

/// A request with all that a letter could tell.
fn request(kind: Kind, more: &Value) -> RightsRequest {
    let mut value = json!({
        "id": "rrq_1", "kind": kind, "student": "stu_2", "received_at": "2026-12-14T09:00:00Z",
        "channel": "email", "noted_at": "2026-12-14T10:00:00Z", "noted_by": "operator",
        "status": "acknowledged", "version": 1,
        "link": { "nonce": "first", "expires_at": "2026-12-22T11:05:00Z", "number": 1 },
        "download": { "nonce": "data", "expires_at": "2026-12-22T11:05:00Z", "number": 1 },
        "longer": { "until": "2027-02-14", "reason": "<Many> stores.", "at": "2026-12-15T09:00:00Z" },
        "refusal": { "ground": "unfounded", "reason": "Because & so." },
        "changed": ["name", "number", "section"],
    });
    for (name, part) in more.as_object().unwrap() {
        value[name] = part.clone();
    }
    serde_json::from_value(value).unwrap()
}

/// A world in which the student's mail about a step waits to be sent.
fn world(request: RightsRequest, step: RightsStep, language: Language) -> World {
    let world = World::new();
    let about = About::Rights {
        student: request.student.clone(),
        request: request.id.clone(),
        step,
        number: request.link.as_ref().map_or(0, |link| link.number),
    };
    let message = Message::queued(about, now());
    world
        .messages
        .borrow_mut()
        .insert("msg_r".into(), Message { id: "msg_r".parse().unwrap(), ..message });
    world.cohort.borrow_mut().settings.language = language;
    world.request.replace(Some(request));
    world
}

async fn deliver(world: &World) -> MessageStatus {
    let deadline = now() + SignedDuration::from_secs(60);
    world.mailer().deliver(&world.reference("msg_r"), deadline).await.unwrap();
    world.status("msg_r")
}

/// Subject and text of the mail that was handed over.
async fn told(kind: Kind, step: RightsStep, language: Language) -> String {
    let world = world(request(kind, &json!({})), step, language);
    assert_eq!(deliver(&world).await, MessageStatus::Accepted, "{kind:?} {step:?}");
    let handed = world.handed.borrow();
    assert_eq!((handed.len(), handed[0].to.as_str()), (1, "student2@example.dk"));
    format!("{}\n\n{}", handed[0].subject, handed[0].text)
}

#[tokio::test]
async fn d4_each_step_has_a_letter_in_both_languages() {
    for (language, word) in [(Language::Da, "da"), (Language::En, "en")] {
        let mut all = String::new();
        for step in STEPS {
            let text = told(Kind::Restriction, step, language).await;
            writeln!(all, "==== {}\n{text}", step.as_str()).unwrap();
        }
        insta::assert_snapshot!(format!("steps_{word}"), all);
    }
}

#[tokio::test]
async fn d4_what_was_done_is_said_for_each_kind_in_both_languages() {
    for (language, word) in [(Language::Da, "da"), (Language::En, "en")] {
        let mut all = String::new();
        for kind in Kind::ALL {
            let text = told(kind, RightsStep::Done, language).await;
            let body: Vec<&str> = text.lines().take_while(|line| *line != "--").collect();
            writeln!(all, "==== {}\n{}", kind.as_str(), body.join("\n")).unwrap();
        }
        insta::assert_snapshot!(format!("done_{word}"), all);
    }
}

#[tokio::test]
async fn d4_who_still_takes_no_part_is_not_told_otherwise_when_one_of_two_ends() {
    for (language, still, back) in [
        (Language::Da, "Du indgår stadig ikke", "du indgår, når der dannes grupper"),
        (Language::En, "You are still not included", "you are included when groups"),
    ] {
        for objects in [false, true] {
            let world = world(request(Kind::Restriction, &json!({})), RightsStep::Lifted, language);
            if objects {
                let mut students = world.students.borrow_mut();
                students.get_mut("stu_2").unwrap().objected = Some(now());
            }
            deliver(&world).await;
            let text = world.handed.borrow()[0].text.replace('\n', " ");
            assert_eq!(text.contains(still), objects, "{text}");
            assert_eq!(text.contains(back), !objects, "{text}");
        }
    }
}

#[tokio::test]
async fn d4_the_link_is_the_requests_and_the_same_whenever_the_mail_is_made() {
    let asked = request(Kind::Access, &json!({}));
    let world = world(asked.clone(), RightsStep::Received, Language::En);
    deliver(&world).await;
    let cohort = world.cohort.borrow().settings.id.clone();
    let token = token(&key(), &cohort, &asked.id, Purpose::Confirm, "first");
    let institution = &world.institution.id;
    let url = format!("https://forms.example.edu/rights/{institution}/{cohort}/rrq_1/{token}");
    assert!(world.handed.borrow()[0].text.contains(&url), "{}", world.handed.borrow()[0].text);
    // No other letter carries a link, but for the one that leads to the data.
    for kind in Kind::ALL {
        for step in &STEPS[1..] {
            let text = told(kind, *step, Language::En).await;
            let hands_over = *step == RightsStep::Done && kind.exports();
            assert_eq!(text.contains("/rights/"), hands_over, "{kind:?} {step:?}");
            assert!(!text.contains(&token), "{kind:?} {step:?}");
        }
    }
    let url = domain::rights::token(&key(), &cohort, &asked.id, Purpose::Download, "data");
    assert!(told(Kind::Access, RightsStep::Done, Language::En).await.contains(&url));
}

#[tokio::test]
async fn d4_no_letter_asks_to_use_a_link_that_is_void() {
    let used = json!({
        "nonce": "first", "expires_at": "2026-12-22T11:05:00Z", "number": 1,
        "used_at": "2026-12-15T10:00:00Z",
    });
    let over = json!({ "nonce": "first", "expires_at": "2026-12-15T11:05:00Z", "number": 1 });
    for link in [used, over] {
        let asked = request(Kind::Access, &json!({ "link": link }));
        let world = world(asked, RightsStep::Received, Language::Da);
        assert_eq!(deliver(&world).await, MessageStatus::Failed);
        assert_eq!(world.messages.borrow()["msg_r"].failure.as_deref(), Some("link_void"));
        assert!(world.handed.borrow().is_empty());
    }
    let used = json!({
        "nonce": "data", "expires_at": "2026-12-22T11:05:00Z", "number": 1,
        "used_at": "2026-12-15T10:00:00Z",
    });
    for download in [used, Value::Null] {
        let asked = request(Kind::Portability, &json!({ "download": download }));
        let world = world(asked, RightsStep::Done, Language::Da);
        assert_eq!(deliver(&world).await, MessageStatus::Failed);
        assert_eq!(world.messages.borrow()["msg_r"].failure.as_deref(), Some("link_void"));
    }
}

#[tokio::test]
async fn d4_letters_about_rights_go_out_whatever_the_institution_agreed_and_though_restricted() {
    let asked = request(Kind::Restriction, &json!({ "status": Status::Fulfilled }));
    let world = world(asked, RightsStep::Done, Language::Da);
    world.cohort.borrow_mut().settings.mail_agreed = false;
    {
        let mut students = world.students.borrow_mut();
        let student = students.get_mut("stu_2").unwrap();
        student.restricted = Some(Timestamp::UNIX_EPOCH);
        student.suppressed = Some(Suppression::Complained);
    }
    assert_eq!(deliver(&world).await, MessageStatus::Accepted);
}

#[tokio::test]
async fn d4_a_restricted_or_objecting_student_gets_no_mail_about_a_group() {
    for objects in [false, true] {
        let world = World::new();
        {
            let mut students = world.students.borrow_mut();
            let student = students.get_mut("stu_2").unwrap();
            let since = Some(Timestamp::UNIX_EPOCH);
            if objects { student.objected = since } else { student.restricted = since }
        }
        let deadline = now() + SignedDuration::from_secs(60);
        world.mailer().deliver(&world.reference("msg_2"), deadline).await.unwrap();
        assert_eq!(world.status("msg_2"), MessageStatus::Failed);
        assert_eq!(world.messages.borrow()["msg_2"].failure.as_deref(), Some("restricted"));
        assert!(world.handed.borrow().is_empty());
    }
}

#[tokio::test]
async fn d4_a_request_or_a_student_that_is_gone_gets_no_letter() {
    let gone = world(request(Kind::Access, &json!({})), RightsStep::Refused, Language::Da);
    gone.request.replace(None);
    assert_eq!(deliver(&gone).await, MessageStatus::Failed);
    assert_eq!(gone.messages.borrow()["msg_r"].failure.as_deref(), Some("request_missing"));
    let gone = world(request(Kind::Access, &json!({})), RightsStep::Refused, Language::Da);
    gone.students.borrow_mut().remove("stu_2");
    assert_eq!(deliver(&gone).await, MessageStatus::Failed);
    assert_eq!(gone.messages.borrow()["msg_r"].failure.as_deref(), Some("student_missing"));
}
