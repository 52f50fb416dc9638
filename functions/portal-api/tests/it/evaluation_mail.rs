//! Who has not answered the evaluation is asked for it (M2): written, seen with an example of a link, sent once and
//! to one of them again.

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value, json};
use store::keys;

use crate::data::{COORDINATOR, FOREIGN, VIEWER, home, put_mailing};
use crate::evaluation::{answers, evaluated, form, student};
use crate::world::{Answer, World, asks, with_body, with_header};

const COHORT: &str = "/api/cohorts/coh_computer-science-2026";
const EXAMPLE: &str = "https://form.typeform.eu/to/Ev4Lu8Te#token=EXAMPLE-NOT-A-PERSONAL-LINK";

/// A cohort with an evaluation and two groups of five, of whom two have answered, with such a mail as a draft.
fn asked() -> World {
    let world = evaluated();
    form(&world, 2);
    for number in [0, 7] {
        answers(&world, number, 1, 3);
    }
    // Twice, which counts once; and somebody who is in no group.
    answers(&world, 7, 2, 4);
    student(&world, "stu_none", &json!({}));
    put_mailing(&world, &home(), "mlg_draft", &json!({ "audience": { "to": "not_evaluated" } }));
    world
}

fn set(world: &World, key: &keys::Key, name: &str, value: Option<&str>) {
    let mut held = world.held();
    let item = held.items.get_mut(&(key.pk.clone(), key.sk.clone())).unwrap();
    match value {
        Some(value) => drop(item.insert(name.into(), AttributeValue::S(value.into()))),
        None => drop(item.remove(name)),
    }
}

fn of(world: &World, id: &str, name: &str, value: &str) {
    set(world, &keys::student(&home(), &id.parse().unwrap()), name, Some(value));
}

/// The mail was sent, and the one to a student has this status.
fn mailed(world: &World, status: &str) -> String {
    let more = json!({ "audience": { "to": "not_evaluated" }, "status": "sent", "version": 5 });
    put_mailing(world, &home(), "mlg_asked", &more);
    let message = json!({
        "id": "msg_asked", "kind": "evaluation", "student": "stu_e03", "mailing": "mlg_asked",
        "status": status, "status_at": "2026-09-08T10:05:00Z", "attempts": 1,
    });
    let message: domain::message::Message = serde_json::from_value(message).unwrap();
    world.put(&keys::message(&(&home()).into(), &message.id), &message);
    format!("{COHORT}/mailings/mlg_asked/messages")
}

async fn write(world: &World, audience: &Value) -> Answer {
    let body =
        json!({ "audience": audience, "texts": { "da": { "subject": "Hvad", "body": "Svar." } } });
    let event = with_body(asks(COORDINATOR, "POST", &format!("{COHORT}/mailings")), &body);
    world.send(&with_header(event, "idempotency-key", &audience.to_string())).await
}

async fn send(world: &World) -> Answer {
    let event = asks(COORDINATOR, "POST", &format!("{COHORT}/mailings/mlg_draft/send"));
    let event = with_header(event, "if-match", "\"3\"");
    world.send(&with_header(event, "idempotency-key", "key 1")).await
}

async fn resend(world: &World) -> Answer {
    world.send(&asks(COORDINATOR, "POST", &format!("{COHORT}/messages/msg_asked/resend"))).await
}

async fn offered(world: &World) -> Answer {
    let answer = world.send(&asks(VIEWER, "GET", &format!("{COHORT}/evaluation/mail"))).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer
}

#[tokio::test]
async fn m2_what_there_is_for_the_mail_is_told_in_numbers_and_words() {
    let world = asked();
    let answer = offered(&world).await;
    assert_eq!((&answer.body["named"], &answer.body["published"]), (&json!(true), &json!(true)));
    assert_eq!(answer.body["all"], json!({ "silent": 8, "suppressed": 0 }));
    let counts = |section, silent| json!({ "section": section, "silent": silent, "suppressed": 0 });
    assert_eq!(
        answer.body["sections"],
        json!([counts("a", 8), counts("b", 0), counts("empty", 0)])
    );
    assert_eq!(answer.body["link"], EXAMPLE);
    for (language, words) in [("da", "studiegruppe på"), ("en", "study group of")] {
        let body = answer.body["texts"][language]["body"].as_str().unwrap();
        assert!(body.contains(words), "{body}");
    }
    for personal in ["stu_", "@", "Somebody"] {
        assert!(!answer.text.contains(personal), "{}", answer.text);
    }
    of(&world, "stu_e01", "restricted", "2026-09-08T10:00:00Z");
    of(&world, "stu_e02", "objected", "2026-09-08T10:00:00Z");
    of(&world, "stu_e03", "suppressed", "bounced");
    of(&world, "stu_e04", "erasure", "era_1");
    assert_eq!(offered(&world).await.body["all"], json!({ "silent": 5, "suppressed": 1 }));
    set(&world, &keys::cohort(&home()), "published_formation", None);
    let body = offered(&world).await.body;
    assert_eq!((&body["published"], &body["all"]["silent"]), (&json!(false), &json!(0)));
    let body = offered(&crate::data::world()).await.body;
    assert_eq!((&body["named"], body.get("link")), (&json!(false), None));
    assert_eq!(body["all"]["silent"], 0);
}

#[tokio::test]
async fn m2_the_mail_is_written_to_all_or_to_a_section_where_there_is_an_evaluation() {
    let world = asked();
    for (audience, status) in [
        (json!({ "to": "not_evaluated" }), 201),
        (json!({ "to": "not_evaluated", "section": null }), 201),
        (json!({ "to": "not_evaluated", "section": "b" }), 201),
        (json!({ "to": "not_evaluated", "section": "c" }), 400),
        (json!({ "to": "not_evaluated", "group": 1 }), 400),
    ] {
        let answer = write(&world, &audience).await;
        assert_eq!(answer.status, status, "{audience}: {answer:?}");
        if status == 201 {
            assert_eq!(answer.body["audience"]["to"], "not_evaluated");
            assert_eq!(answer.body["audience"]["section"], audience["section"]);
        }
    }
    // Without one nobody could answer: what to do about it is told, and no draft is made nor becomes such a mail.
    let world = crate::data::world();
    let refused = write(&world, &json!({ "to": "not_evaluated" })).await;
    assert_eq!((refused.status, refused.problem()), (409, "no-evaluation"));
    let detail = refused.body["detail"].as_str().unwrap();
    assert!(detail.contains("settings") && detail.contains("hidden field"), "{detail}");
    put_mailing(&world, &home(), "mlg_draft", &json!({}));
    let body = json!({ "audience": { "to": "not_evaluated" },
        "texts": { "da": { "subject": "Hvad", "body": "Svar." } } });
    let event = with_body(asks(COORDINATOR, "PUT", &format!("{COHORT}/mailings/mlg_draft")), &body);
    let refused = world.send(&with_header(event, "if-match", "\"3\"")).await;
    assert_eq!((refused.status, refused.problem()), (409, "no-evaluation"));
}

#[tokio::test]
async fn m3_it_is_seen_with_an_example_of_a_link_and_how_many_get_it() {
    let world = asked();
    of(&world, "stu_e01", "restricted", "2026-09-08T10:00:00Z");
    of(&world, "stu_e03", "suppressed", "complained");
    let path = format!("{COHORT}/mailings/mlg_draft/preview");
    let answer = world.send(&asks(COORDINATOR, "GET", &path)).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let counts = ["recipients", "suppressed", "left_out"].map(|name| &answer.body[name]);
    assert_eq!(counts, [&json!(7), &json!(1), &json!(1)]);
    for form in ["text", "html"] {
        let mail = answer.body[form].as_str().unwrap();
        assert!(mail.contains(EXAMPLE), "{mail}");
        assert!(mail.contains("med dette link kan ingen svare"), "{mail}");
        assert!(mail.contains("Karen Holm"), "as a student is greeted: {mail}");
    }
}

#[tokio::test]
async fn m2_it_is_sent_once_groups_are_published() {
    let world = asked();
    let answer = send(&world).await;
    assert_eq!((answer.status, answer.body["status"].as_str()), (202, Some("sending")));
    assert_eq!(world.held().mailing.len(), 1);
    let world = asked();
    set(&world, &keys::cohort(&home()), "published_formation", None);
    let answer = send(&world).await;
    assert_eq!((answer.status, answer.problem()), (409, "not-published"));
    let world = asked();
    set(&world, &keys::cohort(&home()), "evaluation", None);
    let answer = send(&world).await;
    assert_eq!((answer.status, answer.problem()), (409, "no-evaluation"));
    assert!(world.held().mailing.is_empty());
}

#[tokio::test]
async fn m3_the_result_shows_each_student_and_nobodys_link() {
    let world = asked();
    let path = mailed(&world, "delivered");
    let list = world.send(&asks(VIEWER, "GET", &path)).await;
    assert_eq!((list.status, list.each("/email")), (200, vec!["stu_e03@example.edu"]));
    let item = &list.body["items"][0];
    assert_eq!((&item["kind"], &item["name"]), (&json!("evaluation"), &json!("Somebody")));
    assert!(item.get("obstacle").is_none(), "{item}");
    assert!(!list.text.contains("Ev4Lu8Te"), "{}", list.text);
    let summary = world.send(&asks(VIEWER, "GET", &format!("{path}/summary"))).await;
    assert_eq!(summary.body["total"], 1);
    assert_eq!(world.send(&asks(FOREIGN, "GET", &path)).await.status, 404);
}

#[tokio::test]
async fn m4_it_goes_to_one_once_more_and_not_to_who_may_or_need_not_get_it() {
    type Case<'a> = (&'a str, &'a dyn Fn(&World));
    let world = asked();
    mailed(&world, "bounced");
    let first = resend(&world).await;
    assert_eq!((first.status, &first.body["again"]), (202, &json!(1)), "{first:?}");
    assert_eq!(resend(&world).await.body["id"], first.body["id"]);
    let queued = format!("{:?}", world.held().queued);
    assert!(!queued.contains("Ev4Lu8Te") && !queued.contains('@'), "{queued}");

    let cases: [Case<'_>; 9] = [
        ("answered", &|world| answers(world, 3, 9, 5)),
        ("not_in_group", &|world| {
            world.held().items.retain(|(_, sk), _| sk != "GROUP#for_published#a#00001");
        }),
        ("suppressed", &|world| of(world, "stu_e03", "suppressed", "bounced")),
        ("restricted", &|world| of(world, "stu_e03", "restricted", "2026-09-08T10:00:00Z")),
        ("restricted", &|world| of(world, "stu_e03", "objected", "2026-09-08T10:00:00Z")),
        ("student_missing", &|world| of(world, "stu_e03", "erasure", "era_1")),
        ("not_published", &|world| {
            set(world, &keys::cohort(&home()), "published_formation", None);
        }),
        ("no_evaluation", &|world| set(world, &keys::cohort(&home()), "evaluation", None)),
        ("under_way", &|world| {
            let key = keys::message(&(&home()).into(), &"msg_asked".parse().unwrap());
            set(world, &key, "status", Some("queued"));
        }),
    ];
    for (obstacle, change) in cases {
        let world = asked();
        let path = mailed(&world, "delivered");
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
