//! Who has not answered is reminded (M2): written, seen, sent once and to one of them again.

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value, json};
use store::keys;

use crate::data::{COORDINATOR, FOREIGN, VIEWER, home, put_mailing, world};
use crate::world::{Answer, World, asks, with_body, with_header};

const COHORT: &str = "/api/cohorts/coh_computer-science-2026";

fn set(world: &World, key: &keys::Key, name: &str, value: &str) {
    let mut held = world.held();
    let item = held.items.get_mut(&(key.pk.clone(), key.sk.clone())).unwrap();
    item.insert(name.into(), AttributeValue::S(value.into()));
}

/// Something that the roster says of who has not answered.
fn note(world: &World, name: &str, value: &str) {
    let mut held = world.held();
    let key = keys::expected(&home(), 1, &"ros_1".parse().unwrap(), &"stu_liv".parse().unwrap());
    let page = held.items.get_mut(&(key.pk, key.sk)).unwrap();
    let Some(AttributeValue::M(entries)) = page.get_mut("entries") else { panic!("a page") };
    let Some(AttributeValue::M(entry)) = entries.get_mut("stu_liv") else { panic!("an entry") };
    entry.insert(name.into(), AttributeValue::S(value.into()));
}

/// A world in which answers are still taken, with a reminder as a draft.
fn open() -> World {
    let world = world();
    set(&world, &keys::cohort(&home()), "deadline", "2026-09-14T10:00:00Z");
    put_mailing(&world, &home(), "mlg_draft", &json!({ "audience": { "to": "not_answered" } }));
    world
}

/// The reminder was sent, and the mail to who is expected has this status.
fn sent(world: &World, status: &str) -> String {
    let more = json!({ "audience": { "to": "not_answered" }, "status": "sent", "version": 5 });
    put_mailing(world, &home(), "mlg_reminder", &more);
    let message = json!({
        "id": "msg_reminder", "kind": "reminder", "student": "stu_liv", "mailing": "mlg_reminder",
        "status": status, "status_at": "2026-09-08T10:05:00Z", "attempts": 1,
    });
    let message: domain::message::Message = serde_json::from_value(message).unwrap();
    world.put(&keys::message(&(&home()).into(), &message.id), &message);
    format!("{COHORT}/mailings/mlg_reminder/messages")
}

async fn write(world: &World, audience: &Value) -> Answer {
    let body =
        json!({ "audience": audience, "texts": { "da": { "subject": "Husk", "body": "Svar." } } });
    let event = with_body(asks(COORDINATOR, "POST", &format!("{COHORT}/mailings")), &body);
    world.send(&with_header(event, "idempotency-key", &audience.to_string())).await
}

async fn send(world: &World) -> Answer {
    let event = asks(COORDINATOR, "POST", &format!("{COHORT}/mailings/mlg_draft/send"));
    let event = with_header(event, "if-match", "\"3\"");
    world.send(&with_header(event, "idempotency-key", "key 1")).await
}

async fn resend(world: &World) -> Answer {
    world.send(&asks(COORDINATOR, "POST", &format!("{COHORT}/messages/msg_reminder/resend"))).await
}

#[tokio::test]
async fn m2_what_there_is_for_a_reminder_is_told_in_numbers_and_words() {
    let world = open();
    let answer = world.send(&asks(VIEWER, "GET", &format!("{COHORT}/reminder"))).await;
    assert_eq!((answer.status, &answer.body["open"]), (200, &json!(true)), "{answer:?}");
    assert_eq!(answer.body["all"], json!({ "waiting": 1, "suppressed": 0 }));
    let of = |section, waiting| json!({ "section": section, "waiting": waiting, "suppressed": 0 });
    assert_eq!(answer.body["sections"], json!([of("a", 0), of("b", 1), of("empty", 0)]));
    let form = "https://form.typeform.eu/to/form-coh_computer-science-2026";
    assert_eq!(answer.body["questionnaire"], form);
    for (language, words) in [("da", "14. september 2026 kl. 12.00"), ("en", "14 September 2026")] {
        let body = answer.body["texts"][language]["body"].as_str().unwrap();
        assert!(body.contains(words), "{body}");
    }
    for personal in ["liv@", "stu_", "Freja"] {
        assert!(!answer.text.contains(personal), "{}", answer.text);
    }
    note(&world, "suppressed", "bounced");
    let answer = world.send(&asks(VIEWER, "GET", &format!("{COHORT}/reminder"))).await;
    assert_eq!(answer.body["all"], json!({ "waiting": 1, "suppressed": 1 }));
    set(&world, &keys::cohort(&home()), "deadline", "2026-09-10T12:00:00Z");
    let answer = world.send(&asks(VIEWER, "GET", &format!("{COHORT}/reminder"))).await;
    assert_eq!(answer.body["open"], false);
}

#[tokio::test]
async fn m2_a_reminder_is_written_to_all_who_have_not_answered_or_to_those_of_a_section() {
    let world = open();
    for (audience, status) in [
        (json!({ "to": "not_answered" }), 201),
        (json!({ "to": "not_answered", "section": null }), 201),
        (json!({ "to": "not_answered", "section": "b" }), 201),
        (json!({ "to": "not_answered", "section": "c" }), 400),
        (json!({ "to": "not_answered", "group": 1 }), 400),
    ] {
        let answer = write(&world, &audience).await;
        assert_eq!(answer.status, status, "{audience}: {answer:?}");
        if status == 201 {
            assert_eq!(answer.body["audience"]["to"], "not_answered");
            assert_eq!(answer.body["audience"]["section"], audience["section"]);
        }
    }
}

#[tokio::test]
async fn m3_a_reminder_is_seen_with_its_link_and_how_many_get_it() {
    let world = open();
    note(&world, "suppressed", "complained");
    let path = format!("{COHORT}/mailings/mlg_draft/preview");
    let answer = world.send(&asks(COORDINATOR, "GET", &path)).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let counts = ["recipients", "suppressed", "left_out"].map(|name| &answer.body[name]);
    assert_eq!(counts, [&json!(1), &json!(1), &json!(0)]);
    let text = answer.body["text"].as_str().unwrap();
    assert!(text.contains("https://form.typeform.eu/to/form-coh_computer-science-2026"), "{text}");
    assert!(!text.contains("Karen Holm"), "nobody's name is known: {text}");
}

#[tokio::test]
async fn m2_a_reminder_is_sent_before_the_deadline_and_not_after_it() {
    let world = open();
    let answer = send(&world).await;
    assert_eq!((answer.status, answer.body["status"].as_str()), (202, Some("sending")));
    assert_eq!(world.held().mailing.len(), 1);
    let world = open();
    set(&world, &keys::cohort(&home()), "deadline", "2026-09-10T12:00:00Z");
    let answer = send(&world).await;
    assert_eq!((answer.status, answer.problem()), (409, "deadline-passed"));
    assert!(world.held().mailing.is_empty());
}

#[tokio::test]
async fn m3_the_result_of_a_reminder_shows_the_rosters_address_while_it_is_there() {
    let world = open();
    let path = sent(&world, "delivered");
    let list = world.send(&asks(VIEWER, "GET", &path)).await;
    assert_eq!((list.status, list.each("/email")), (200, vec!["liv@example.edu"]));
    let item = &list.body["items"][0];
    assert_eq!((&item["kind"], &item["student"]), (&json!("reminder"), &json!("stu_liv")));
    assert!(item.get("name").is_none() && item.get("obstacle").is_none(), "{item}");
    let summary = world.send(&asks(VIEWER, "GET", &format!("{path}/summary"))).await;
    assert_eq!(summary.body["total"], 1);
    // Who is being erased is nobody, and the message names nobody.
    note(&world, "erasure", "era_1");
    let list = world.send(&asks(VIEWER, "GET", &path)).await;
    let item = &list.body["items"][0];
    assert!(item.get("email").is_none(), "{item}");
    assert_eq!(item["obstacle"], "not_expected");
    let foreign = world.send(&asks(FOREIGN, "GET", &path)).await;
    assert_eq!(foreign.status, 404);
}

#[tokio::test]
async fn m4_a_reminder_goes_to_one_once_more_and_not_to_who_may_or_need_not_get_it() {
    type Case<'a> = (&'a str, &'a dyn Fn(&World));
    let world = open();
    sent(&world, "bounced");
    let first = resend(&world).await;
    assert_eq!((first.status, &first.body["again"]), (202, &json!(1)), "{first:?}");
    assert_eq!(first.body["email"], "liv@example.edu");
    assert_eq!(resend(&world).await.body["id"], first.body["id"]);

    let answered = |world: &World| {
        let mut held = world.held();
        let pk = keys::cohort_partition(&home());
        let mut record = held.items[&(pk.clone(), "STUDENT#stu_1".to_owned())].clone();
        record.insert("id".into(), AttributeValue::S("stu_liv".into()));
        record.insert("sk".into(), AttributeValue::S("STUDENT#stu_liv".into()));
        held.items.insert((pk, "STUDENT#stu_liv".into()), record);
    };
    let cases: [Case<'_>; 6] = [
        ("suppressed", &|world| note(world, "suppressed", "bounced")),
        ("not_expected", &|world| note(world, "erasure", "era_1")),
        ("answered", &answered),
        ("answered", &|world| {
            answered(world);
            let key = keys::student(&home(), &"stu_liv".parse().unwrap());
            set(world, &key, "erasure", "era_1");
        }),
        ("deadline_passed", &|world| {
            set(world, &keys::cohort(&home()), "deadline", "2026-09-10T12:00:00Z");
        }),
        ("under_way", &|world| {
            let key = keys::message(&(&home()).into(), &"msg_reminder".parse().unwrap());
            set(world, &key, "status", "queued");
        }),
    ];
    for (obstacle, change) in cases {
        let world = open();
        let path = sent(&world, "delivered");
        change(&world);
        let answer = resend(&world).await;
        assert_eq!((answer.status, answer.problem()), (409, "not-sent-again"), "{obstacle}");
        assert_eq!(answer.body["obstacle"], obstacle);
        assert!(world.held().queued.is_empty());
        // The list says the same.
        let list = world.send(&asks(VIEWER, "GET", &path)).await;
        assert_eq!(list.body["items"][0]["obstacle"], obstacle);
    }
}

#[tokio::test]
async fn m5_the_roster_says_whose_address_gets_no_mail() {
    let world = open();
    note(&world, "suppressed", "bounced");
    let path = format!("{COHORT}/roster/people?presence=waiting");
    let list = world.send(&asks(VIEWER, "GET", &path)).await;
    assert_eq!(list.body["items"][0]["suppressed"], "bounced");
}

#[tokio::test]
async fn m3_as_many_as_wait_are_counted_by_reading_both_lists_once() {
    let world = open();
    let preview = async |world: &World| {
        world.held().queries = 0;
        let path = format!("{COHORT}/mailings/mlg_draft/preview");
        let answer = world.send(&asks(COORDINATOR, "GET", &path)).await;
        (answer.body["recipients"].as_u64().unwrap(), world.held().queries)
    };
    let (few, reads) = preview(&world).await;
    let key = keys::expected(&home(), 1, &"ros_1".parse().unwrap(), &"stu_liv".parse().unwrap());
    {
        let mut held = world.held();
        let page = held.items.get_mut(&(key.pk, key.sk)).unwrap();
        let Some(AttributeValue::M(entries)) = page.get_mut("entries") else { panic!("a page") };
        let liv = entries["stu_liv"].clone();
        entries.extend((0..2_500).map(|number| (format!("stu_w{number}"), liv.clone())));
    }
    let (many, still) = preview(&world).await;
    assert_eq!((many, still), (few + 2_500, reads));
}
