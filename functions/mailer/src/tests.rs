use std::collections::BTreeSet;

use aws_lambda_events::sqs::SqsEvent;
use domain::formation::Kind;
use domain::institution::Language;
use domain::message::MessageRef;
use domain::message::MessageStatus::{
    Accepted, Bounced, Claimed, Complained, Delivered, Failed, Queued, Unknown,
};
use domain::student::Suppression;
use jiff::SignedDuration;
use mail::transport::{Doubt, NotSent, Refusal, SendOutcome};
use runtime::Reader;

use super::world::{SETTLE, World, later, now};
use super::*;

mod evaluations;
mod mailings;
mod once;
mod registers;
mod reminders;

const SECOND: SignedDuration = SignedDuration::from_secs(1);

async fn deliver(world: &World, id: &str) -> Result<(), Error> {
    let deadline = now() + SignedDuration::from_secs(60);
    world.mailer().deliver(&world.reference(id), deadline).await
}

fn answer(world: &World, outcome: SendOutcome) {
    world.answers.borrow_mut().push_back(outcome);
}

fn sent(world: &World) -> usize {
    world.handed.borrow().len()
}

/// The delays with which ids were put back.
fn delays(world: &World) -> Vec<i32> {
    world.put_back.borrow().iter().map(|(_, seconds)| *seconds).collect()
}

#[tokio::test]
async fn m1_the_mail_is_made_of_the_records() {
    let world = World::new();
    deliver(&world, "msg_2").await.unwrap();
    let handed = world.handed.borrow()[0].clone();
    assert_eq!(handed.message.as_str(), "msg_2");
    assert_eq!(handed.to, "student2@example.dk");
    assert_eq!(handed.subject, "Din studiegruppe: gruppe 1 – Datalogi, efterår 2026");
    for part in [
        "Hold A",
        "Hej Bo Lund",
        "- Ane Holm, student1@example.dk",
        "- Cecilie Vang, student3@example.dk",
        "Ane Holm skriver først",
        "mandag kl. 10–12",
        "studiestart@example.edu",
        "15. august 2027",
    ] {
        assert!(handed.text.contains(part), "{part}");
    }
    assert!(!handed.text.contains("- Bo Lund"));
    // Formed on Tuesday the 15th: the first Monday that leaves three days to write is the 21st.
    let calendar = handed.calendar.unwrap();
    assert!(calendar.contains("DTSTART;TZID=Europe/Copenhagen:20261221T100000"), "{calendar}");
    assert!(calendar.contains("UID:for_1-A-1@unihelper"));
}

#[tokio::test]
async fn g7_the_mail_of_a_rotation_or_a_repair_says_that_it_replaces_earlier_ones() {
    for kind in [Kind::Initial, Kind::Rotation, Kind::Repair] {
        let mut world = World::new();
        world.formation.kind = kind;
        world.formation.replaces = Some("for_0".parse().unwrap());
        deliver(&world, "msg_2").await.unwrap();
        let handed = world.handed.borrow()[0].clone();
        assert!(handed.subject.starts_with("Din nye studiegruppe: gruppe 1 – "), "{kind:?}");
        assert!(handed.text.contains("gælder denne i stedet"), "{kind:?}");
    }
    let first = World::new();
    deliver(&first, "msg_2").await.unwrap();
    assert!(!first.handed.borrow()[0].text.contains("tidligere mails"));
}

#[tokio::test]
async fn m1_all_mails_of_a_group_name_the_same_first_writer_and_meeting() {
    let world = World::new();
    // Ane's address bounced: she gets no mail, so she cannot be asked to write first.
    world.students.borrow_mut().get_mut("stu_1").unwrap().suppressed = Some(Suppression::Bounced);
    deliver(&world, "msg_2").await.unwrap();
    deliver(&world, "msg_3").await.unwrap();
    let handed = world.handed.borrow();
    assert!(handed[0].text.contains("Du skriver først"));
    assert!(handed[1].text.contains("Bo Lund skriver først"));
    assert!(handed[1].text.contains("Ane Holm"), "she is in the group all the same");
    assert_eq!(handed[0].calendar, handed[1].calendar);
}

#[tokio::test]
async fn m1_a_late_mail_suggests_no_day_that_is_over() {
    let world = World::new();
    later(SignedDuration::from_hours(24 * 30));
    deliver(&world, "msg_1").await.unwrap();
    let calendar = world.handed.borrow()[0].calendar.clone().unwrap();
    assert!(calendar.contains("DTSTART;TZID=Europe/Copenhagen:20270118T100000"), "{calendar}");
}

#[tokio::test]
async fn m3_a_refused_mail_says_why() {
    for (refusal, word) in [
        (Refusal::MessageRejected, "message_rejected"),
        (Refusal::BadRequest, "bad_request"),
        (Refusal::Unbuildable, "unbuildable"),
    ] {
        let world = World::new();
        answer(&world, SendOutcome::Refused(refusal));
        deliver(&world, "msg_1").await.unwrap();
        assert_eq!(world.status("msg_1"), Failed);
        assert_eq!(world.messages.borrow()["msg_1"].failure.as_deref(), Some(word));
    }
}

#[tokio::test]
async fn m5_nobody_is_written_to_who_must_not_be() {
    type Change = fn(&World);
    let cases: [(Change, &str); 7] = [
        (
            |w| {
                w.students.borrow_mut().get_mut("stu_1").unwrap().suppressed =
                    Some(Suppression::Complained);
            },
            "suppressed",
        ),
        (|w| drop(w.students.borrow_mut().remove("stu_1")), "student_missing"),
        (|w| w.cohort.borrow_mut().delete_on = "2026-12-15".parse().unwrap(), "cohort_gone"),
        (|w| w.cohort.borrow_mut().settings.mail_agreed = false, "mail_not_agreed"),
        (|w| w.cohort.borrow_mut().published_formation = None, "superseded"),
        (|w| w.group.borrow_mut().number = 2, "group_missing"),
        (|w| w.group.borrow_mut().members.retain(|id| id.as_str() != "stu_1"), "not_in_group"),
    ];
    for (change, why) in cases {
        let world = World::new();
        change(&world);
        deliver(&world, "msg_1").await.unwrap();
        assert_eq!((sent(&world), world.status("msg_1")), (0, Failed), "{why}");
        assert_eq!(world.messages.borrow()["msg_1"].failure.as_deref(), Some(why));
    }
}

#[tokio::test]
async fn m1_an_erased_member_is_not_named_to_the_others() {
    let world = World::new();
    world.students.borrow_mut().remove("stu_3");
    deliver(&world, "msg_1").await.unwrap();
    let text = world.handed.borrow()[0].text.clone();
    assert!(text.contains("Bo Lund") && !text.contains("Cecilie"));
}

fn about(world: &World, id: &str, kind: &str, more: &str) {
    let text = format!(
        r#"{{"kind":"{kind}","student":"stu_1","formation":"for_1","section":"A","group":1,{more}}}"#
    );
    world.edit(id, |message| message.about = serde_json::from_str(&text).unwrap());
}

#[tokio::test]
async fn d2_whoever_remains_is_told_who_is_in_the_group_now_and_nothing_else() {
    for (language, heading, alone) in [
        (Language::Da, "Din studiegruppe er ændret", "ikke andre i din studiegruppe"),
        (Language::En, "Your study group has changed", "nobody else in your study group"),
    ] {
        let world = World::new();
        world.cohort.borrow_mut().settings.language = language;
        about(&world, "msg_1", "group_changed", r#""erasure":"era_1""#);
        world.group.borrow_mut().members.retain(|id| id.as_str() != "stu_2");
        world.students.borrow_mut().remove("stu_2");
        deliver(&world, "msg_1").await.unwrap();
        let handed = world.handed.borrow()[0].clone();
        assert_eq!(handed.to, "student1@example.dk");
        assert!(handed.text.contains(heading) && handed.text.contains("Ane Holm"));
        assert!(handed.text.contains("- Cecilie Vang, student3@example.dk"), "{}", handed.text);
        for word in ["Bo Lund", "student2", "stu_2", "era_1", "slettet fra", "left the", "forladt"]
        {
            assert!(!handed.text.contains(word), "{word}");
        }
        world.edit("msg_1", |message| message.status = Queued);
        world.group.borrow_mut().members.retain(|id| id.as_str() == "stu_1");
        deliver(&world, "msg_1").await.unwrap();
        assert!(world.handed.borrow()[1].text.contains(alone));
    }
}

#[tokio::test]
async fn d2_a_group_that_was_formed_anew_is_not_told_of_the_former_change() {
    let world = World::new();
    about(&world, "msg_1", "group_changed", r#""erasure":"era_1""#);
    world.cohort.borrow_mut().published_formation = None;
    deliver(&world, "msg_1").await.unwrap();
    assert_eq!((sent(&world), world.status("msg_1")), (0, Failed));
    assert_eq!(world.messages.borrow()["msg_1"].failure.as_deref(), Some("superseded"));
}

#[tokio::test]
async fn d7_a_message_to_an_institution_lies_apart_from_its_cohorts() {
    let world = World::new();
    let reference = MessageRef { cohort: None, ..world.reference("msg_404") };
    let deadline = now() + SignedDuration::from_secs(60);
    world.mailer().deliver(&reference, deadline).await.unwrap();
    assert_eq!(*world.looked_in.borrow(), ["INS#ins_example-university#MAIL"]);
    // A student's mail without a cohort tells of nobody.
    let reference = MessageRef { cohort: None, ..world.reference("msg_1") };
    world.mailer().deliver(&reference, deadline).await.unwrap();
    assert_eq!((sent(&world), world.status("msg_1")), (0, Failed));
}

#[tokio::test]
async fn m4_what_cannot_be_sent_in_time_goes_back_to_the_queue() {
    let world = World::new();
    let deadline = now() + SignedDuration::from_secs(10);
    world.mailer().deliver(&world.reference("msg_1"), deadline).await.unwrap();
    assert_eq!((sent(&world), world.status("msg_1")), (0, Queued));
    assert_eq!(delays(&world), [1]);
}

#[tokio::test]
async fn m4_an_id_that_cannot_be_put_back_is_not_acknowledged() {
    let world = World::new();
    world.broken_queue.set(1);
    answer(&world, SendOutcome::Unknown(Doubt::Connection));
    let error = deliver(&world, "msg_1").await.unwrap_err();
    assert!(matches!(error, Error::Queue(_)));
    // The delivery that comes again waits on.
    deliver(&world, "msg_1").await.unwrap();
    assert_eq!((sent(&world), world.status("msg_1"), delays(&world).len()), (1, Unknown, 1));
}

/// Every file of `events/mailer`: how many deliveries fail, how many mails go out.
#[tokio::test]
async fn m4_every_sample_event_runs() {
    let expected = [
        ("batch.json", 0, 3),
        ("message-of-an-erased-student.json", 0, 0),
        ("message-to-an-institution.json", 0, 0),
        ("not-a-reference.json", 1, 1),
        ("one-message.json", 0, 1),
        ("same-message-twice.json", 0, 1),
    ];
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../events/mailer");
    let found: BTreeSet<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(found, expected.iter().map(|(name, ..)| (*name).to_owned()).collect());
    for (name, failed, mails) in expected {
        let text = std::fs::read_to_string(format!("{folder}/{name}")).unwrap();
        let event: SqsEvent = serde_json::from_str(&text).unwrap();
        let first = event.records[0].message_id.clone().unwrap();
        let world = World::new();
        let deadline = now() + SignedDuration::from_secs(60);
        let answer = handle(&world.mailer(), &world, event, "request-1", deadline).await.unwrap();
        let failures = answer.batch_item_failures;
        assert_eq!((failures.len(), sent(&world)), (failed, mails), "{name}");
        assert!(failures.iter().all(|failure| failure.item_identifier == first));
    }
}

#[tokio::test]
async fn d5_a_batch_is_in_the_audit_trail_before_anything_is_sent() {
    let event = |ids: [&str; 2]| {
        let world = World::new();
        let mut event = SqsEvent::default();
        event.records = ids
            .map(|id| {
                let mut record = aws_lambda_events::sqs::SqsMessage::default();
                record.message_id = Some(id.to_owned());
                record.body = serde_json::to_string(&world.reference(id)).ok();
                record
            })
            .into();
        event
    };
    let world = World::new();
    let deadline = now() + SignedDuration::from_secs(60);
    world.broken_trail.set(true);
    let batch = event(["msg_1", "msg_2"]);
    let failed = handle(&world.mailer(), &world, batch.clone(), "request-1", deadline).await;
    assert!(matches!(failed, Err(Error::Store(_))), "{failed:?}");
    assert_eq!(sent(&world), 0);
    world.broken_trail.set(false);
    handle(&world.mailer(), &world, batch, "request-1", deadline).await.unwrap();
    assert_eq!(sent(&world), 2);
    let noted = world.noted.borrow().clone();
    assert_eq!(noted, [("mails.send".to_owned(), vec!["msg_1".to_owned(), "msg_2".to_owned()])]);
}

#[tokio::test]
async fn d10_the_queue_carries_ids_only() {
    let rule = aws_smithy_mocks::mock!(aws_sdk_sqs::Client::send_message)
        .match_requests(|request| {
            let body = r#"{"institution":"ins_example-university","cohort":"coh_computer-science-2026","message":"msg_1"}"#;
            assert_eq!(request.message_body(), Some(body));
            assert_eq!(request.queue_url(), Some("https://sqs.example/mail"));
            request.delay_seconds() == Some(42)
        })
        .then_output(|| aws_sdk_sqs::operation::send_message::SendMessageOutput::builder().build());
    let client = aws_smithy_mocks::mock_client!(aws_sdk_sqs, [&rule]);
    let queue = ResendQueue::new(client, "https://sqs.example/mail");
    queue.put_back(&World::new().reference("msg_1"), 42).await.unwrap();
    assert_eq!(rule.num_calls(), 1);
}

/// The part of the template from `name:` to the next resource.
fn resource(name: &str) -> String {
    let template = include_str!("../../../infra/template.yaml");
    let from = template.find(&format!("\n  {name}:\n")).expect("the function is in the template");
    let block = template[from + 1..].lines().skip(1);
    block.take_while(|line| line.starts_with("   ")).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_settings_are_those_the_template_sets() {
    let block = resource("Mailer");
    let set: BTreeSet<String> = block
        .lines()
        .skip_while(|line| line.trim() != "Variables:")
        .skip(1)
        .take_while(|line| line.starts_with("          "))
        .map(|line| line.trim().split(':').next().unwrap().to_owned())
        .collect();
    let asked = std::cell::RefCell::new(BTreeSet::new());
    let reader = Reader::new(|name| {
        asked.borrow_mut().insert(name.to_owned());
        None
    });
    let problems = Config::read(reader).unwrap_err().problems;
    assert_eq!(asked.into_inner(), set);
    assert_eq!(problems.len(), set.len(), "all are named at once");
}

#[test]
fn m4_a_lease_outlives_the_invocation_that_took_it() {
    let template = include_str!("../../../infra/template.yaml");
    let timeouts = template.lines().filter_map(|line| line.trim().strip_prefix("Timeout: "));
    let globals: i64 = timeouts.map(|value| value.parse().unwrap()).next().unwrap();
    assert!(!resource("Mailer").contains("\n      Timeout:"), "the mailer has the common time-out");
    assert!(LEASE.as_secs() > globals);
    assert!(SEND_TIME > SignedDuration::try_from(mail::transport::SEND_TIMEOUT).unwrap());
}

#[test]
fn settings_that_cannot_be_read_are_named() {
    let read = |mail_from: &'static str, rate: &'static str| {
        Config::read(Reader::new(move |name| {
            Some(match name {
                "MAIL_FROM" => mail_from.to_owned(),
                "SES_RATE_PER_SECOND" => rate.to_owned(),
                _ => "900".to_owned(),
            })
        }))
    };
    let config = read("groups@example.dk", "14").unwrap();
    assert_eq!((config.rate_per_second, config.settle), (14, SETTLE));
    let problems = read("groups", "0").unwrap_err().problems;
    assert!(problems[0].starts_with("MAIL_FROM") && problems[1].starts_with("SES_RATE_PER_SECOND"));
}
