//! What contacts write to students (M2, M3, M6).

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value, json};
use store::keys;

use crate::data::{COORDINATOR, FOREIGN, VIEWER, home, put_mailing, world};
use crate::world::{Answer, MAILER, World, asks, with_body, with_header};

const MAILINGS: &str = "/api/cohorts/coh_computer-science-2026/mailings";
const MESSAGES: &str = "/api/cohorts/coh_computer-science-2026/messages";

fn draft() -> Value {
    json!({
        "audience": { "to": "cohort" },
        "texts": { "da": { "subject": "Introuge", "body": "Vi mødes i A1." } },
    })
}

async fn write(world: &World, key: &str, body: &Value) -> Answer {
    let event = with_body(asks(COORDINATOR, "POST", MAILINGS), body);
    world.send(&with_header(event, "idempotency-key", key)).await
}

async fn change(world: &World, id: &str, version: &str, body: &Value) -> Answer {
    let event = with_body(asks(COORDINATOR, "PUT", &format!("{MAILINGS}/{id}")), body);
    world.send(&with_header(event, "if-match", version)).await
}

async fn send(world: &World, id: &str, version: &str, key: &str) -> Answer {
    let event = asks(COORDINATOR, "POST", &format!("{MAILINGS}/{id}/send"));
    let event = with_header(event, "if-match", version);
    world.send(&with_header(event, "idempotency-key", key)).await
}

async fn resend(world: &World, id: &str) -> Answer {
    world.send(&asks(COORDINATOR, "POST", &format!("{MESSAGES}/{id}/resend"))).await
}

fn mailings(world: &World) -> usize {
    world.held().items.keys().filter(|(_, sk)| sk.starts_with(keys::MAILING)).count()
}

/// What an item says.
fn stored(world: &World, key: &keys::Key) -> Value {
    let held = world.held();
    serde_dynamo::from_item(held.items[&(key.pk.clone(), key.sk.clone())].clone()).unwrap()
}

fn known(world: &World, id: &str) -> Value {
    stored(world, &keys::mailing(&home(), &id.parse().unwrap()))
}

/// Something that an item says from now on.
fn set(world: &World, key: &keys::Key, name: &str, value: AttributeValue) {
    let mut held = world.held();
    held.items.get_mut(&(key.pk.clone(), key.sk.clone())).unwrap().insert(name.into(), value);
}

fn without_agreement() -> World {
    let world = world();
    set(&world, &keys::cohort(&home()), "mail_agreed", AttributeValue::Bool(false));
    world
}

fn trail(world: &World) -> String {
    let held = world.held();
    let entries = held.audit.iter().map(|entry| format!("{entry:?}"));
    entries.collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn m2_a_draft_is_written_once_under_its_key_and_its_text_is_in_no_entry() {
    let world = world();
    let before = mailings(&world);
    let first = write(&world, "key 1", &draft()).await;
    assert_eq!((first.status, first.body["status"].as_str()), (201, Some("draft")), "{first:?}");
    let id = first.body["id"].as_str().unwrap();
    assert_eq!(first.headers["location"], format!("{MAILINGS}/{id}"));
    assert_eq!(first.body["texts"]["da"]["subject"], "Introuge");
    let again = write(&world, "key 1", &draft()).await;
    assert_eq!((again.status, &again.body), (201, &first.body));
    assert_eq!(mailings(&world), before + 1);
    let mut other = draft();
    other["texts"]["da"]["body"] = "Noget andet.".into();
    assert_eq!(write(&world, "key 1", &other).await.problem(), "key-used");
    assert_eq!(mailings(&world), before + 1);
    assert!(trail(&world).contains("mailings.create"));
    assert!(!trail(&world).contains("A1"), "no text in the trail");
}

#[tokio::test]
async fn m2_everything_that_is_wrong_with_a_mailing_is_told_at_once_and_not_repeated() {
    let world = world();
    let body = json!({
        "audience": { "to": "group", "section": "c", "group": 0, "more": 1 },
        "texts": {
            "en": { "subject": "Hi\r\nBcc: a@example.dk", "body": "0101901234 \u{202e}", "html": "<b>" },
            "sv": {},
        },
        "send": true,
    });
    let answer = write(&world, "key 1", &body).await;
    assert_eq!((answer.status, answer.problem()), (400, "parameters"));
    let found: Vec<&str> = answer.body["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["pointer"].as_str().unwrap())
        .collect();
    let expected = [
        "/audience/section",
        "/audience/group",
        "/audience/more",
        "/texts/da",
        "/texts/en/html",
        "/texts/en/subject",
        "/texts/en/body",
        "/texts/en/body",
        "/texts/sv",
        "/send",
    ];
    assert_eq!(found, expected);
    for personal in ["Bcc", "0101901234"] {
        assert!(!answer.text.contains(personal), "{}", answer.text);
    }
    assert_eq!(answer.body["errors"][0]["words"]["da"], "skal være et hold på årgangen");
}

#[tokio::test]
async fn m2_recipients_are_the_cohort_a_section_or_a_group_that_is_published() {
    let world = world();
    for (audience, status) in [
        (json!({ "to": "cohort" }), 201),
        (json!({ "to": "section", "section": "b" }), 201),
        (json!({ "to": "group", "section": "a", "group": 1 }), 201),
        (json!({ "to": "group", "section": "a", "group": 9 }), 400),
        (json!({ "to": "section", "section": "c" }), 400),
        (json!({ "to": "everybody" }), 400),
        (json!("cohort"), 400),
        (Value::Null, 400),
    ] {
        let mut body = draft();
        body["audience"] = audience.clone();
        let answer = write(&world, &audience.to_string(), &body).await;
        assert_eq!(answer.status, status, "{audience}: {answer:?}");
    }
}

#[tokio::test]
async fn m2_of_two_contacts_nobody_overwrites_the_other() {
    let world = world();
    let first = change(&world, "mlg_draft", "\"3\"", &draft()).await;
    assert_eq!((first.status, first.headers["etag"].as_str()), (200, "\"4\""));
    let mut other = draft();
    other["texts"]["da"]["subject"] = "Andet".into();
    let second = change(&world, "mlg_draft", "\"3\"", &other).await;
    assert_eq!((second.status, second.problem()), (412, "stale"));
    assert_eq!(second.body["version"], 4);
    assert_eq!(known(&world, "mlg_draft")["texts"]["da"]["subject"], "Introuge");
    // Another contact was quicker between the reading and the writing.
    let key = keys::mailing(&home(), &"mlg_draft".parse().unwrap());
    world.moves_when_read(&key, "version", "9");
    let third = change(&world, "mlg_draft", "\"4\"", &other).await;
    assert_ne!(third.status, 200);
    assert_eq!(known(&world, "mlg_draft")["texts"]["da"]["subject"], "Introuge");
}

#[tokio::test]
async fn m6_a_draft_that_is_discarded_is_gone_and_what_was_sent_is_not_discarded() {
    let world = world();
    let discard = |id: &str| {
        let event = asks(COORDINATOR, "DELETE", &format!("{MAILINGS}/{id}"));
        with_header(event, "if-match", "\"3\"")
    };
    let answer = world.send(&discard("mlg_draft")).await;
    assert_eq!((answer.status, answer.body["texts"].is_null()), (200, true));
    assert_eq!(world.send(&discard("mlg_draft")).await.status, 404);
    assert_eq!(world.send(&discard("mlg_sent")).await.problem(), "mailing-sent");
    assert_eq!(mailings(&world), 1);
}

#[tokio::test]
async fn m2_what_stopped_is_discarded_as_long_as_nobody_was_written_to() {
    let world = world();
    // Its record says that it went to nobody: a run that died between the mails and the record is no other.
    let stopped = json!({ "status": "stopped", "failure": "internal", "recipients": 0 });
    for id in ["mlg_stopped", "mlg_sent"] {
        put_mailing(&world, &home(), id, &stopped);
    }
    let discard = |id: &str, version: &str| {
        let event = asks(COORDINATOR, "DELETE", &format!("{MAILINGS}/{id}"));
        with_header(event, "if-match", version)
    };
    assert_eq!(world.send(&discard("mlg_stopped", "\"2\"")).await.status, 412);
    assert_eq!(change(&world, "mlg_stopped", "\"3\"", &draft()).await.problem(), "mailing-sent");
    let answer = world.send(&discard("mlg_stopped", "\"3\"")).await;
    assert_eq!((answer.status, answer.body["texts"].is_null()), (200, true), "{answer:?}");
    assert_eq!(world.send(&discard("mlg_stopped", "\"3\"")).await.status, 404);
    let refused = world.send(&discard("mlg_sent", "\"3\"")).await;
    assert_eq!((refused.status, refused.problem()), (409, "mailing-sent"));
    assert_eq!(mailings(&world), 2);
}

#[tokio::test]
async fn m3_a_preview_is_the_mail_and_says_how_many_it_goes_to() {
    let world = world();
    let student = keys::student(&home(), &"stu_5".parse().unwrap());
    set(&world, &student, "restricted", AttributeValue::S("2026-09-01T10:00:00Z".into()));
    let answer =
        world.send(&asks(COORDINATOR, "GET", &format!("{MAILINGS}/mlg_draft/preview"))).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let counts = ["version", "recipients", "suppressed", "left_out"].map(|name| &answer.body[name]);
    assert_eq!(counts, [&json!(3), &json!(2), &json!(1), &json!(1)]);
    assert_eq!(answer.body["subject"], "Introuge");
    assert_eq!(answer.body["reply_to"], "study@example.edu");
    let (html, text) =
        (answer.body["html"].as_str().unwrap(), answer.body["text"].as_str().unwrap());
    assert!(html.contains("href=\"https://example.edu/intro\"") && !html.contains("<script"));
    assert!(text.contains("Hej Karen Holm") && text.contains("We meet in A1."), "{text}");
}

#[tokio::test]
async fn m3_a_trial_goes_to_the_contact_once_per_key() {
    let world = world();
    let attempt = |key: &'static str| {
        let event = asks(COORDINATOR, "POST", &format!("{MAILINGS}/mlg_draft/trial"));
        with_header(event, "idempotency-key", key)
    };
    let first = world.send(&attempt("key 1")).await;
    assert_eq!((first.status, first.body["to"].as_str()), (202, Some("karen.holm@example.edu")));
    let id = first.body["message"].as_str().unwrap();
    let message = stored(&world, &keys::message(&(&home()).into(), &id.parse().unwrap()));
    assert_eq!(message["contact"], COORDINATOR);
    assert!(!message.to_string().contains("karen"), "ids only: {message}");
    // It was sent meanwhile; the same request again sends nothing.
    let key = keys::message(&(&home()).into(), &id.parse().unwrap());
    set(&world, &key, "status", AttributeValue::S("delivered".into()));
    let again = world.send(&attempt("key 1")).await;
    assert_eq!(again.body, first.body);
    assert_eq!(world.held().queued.len(), 1);
    assert_ne!(world.send(&attempt("key 2")).await.body["message"], first.body["message"]);
    assert_eq!(world.held().queued.len(), 2);
    let told: Value = serde_json::from_str(&world.held().queued[0]).unwrap();
    let ids = json!({ "institution": home().institution, "cohort": home().cohort, "message": id });
    assert_eq!(told, ids, "the queue carries ids");
}

#[tokio::test]
async fn m3_one_confirmation_sends_a_mailing_and_a_second_sends_nothing() {
    let world = world();
    let first = send(&world, "mlg_draft", "\"3\"", "key 1").await;
    assert_eq!((first.status, first.body["status"].as_str()), (202, Some("sending")), "{first:?}");
    let ids = json!({
        "institution": home().institution, "cohort": home().cohort, "mailing": "mlg_draft",
    });
    assert_eq!(world.held().mailing, [("mlg_draft-1".to_owned(), ids)], "{MAILER}: ids only");
    // The same click again, and somebody else's.
    for (key, version) in [("key 1", "\"3\""), ("key 2", "\"3\""), ("key 2", "\"4\"")] {
        let again = send(&world, "mlg_draft", version, key).await;
        assert_eq!((again.status, &again.body), (202, &first.body), "{key}");
    }
    assert_eq!(world.held().mailing.len(), 1);
    assert_eq!(trail(&world).matches("mailings.send").count(), 1);
    // When it is sent, the same request is answered and another one refused.
    put_mailing(&world, &home(), "mlg_draft", &{
        let mut sent = known(&world, "mlg_draft");
        sent["status"] = "sent".into();
        for name in ["pk", "sk"] {
            sent.as_object_mut().unwrap().remove(name);
        }
        sent
    });
    assert_eq!(send(&world, "mlg_draft", "\"3\"", "key 1").await.status, 202);
    let other = send(&world, "mlg_draft", "\"4\"", "key 2").await;
    assert_eq!((other.status, other.problem()), (409, "mailing-sent"));
    assert_eq!(change(&world, "mlg_draft", "\"4\"", &draft()).await.problem(), "mailing-sent");
    assert_eq!(world.held().mailing.len(), 1);
}

#[tokio::test]
async fn m3_what_is_sent_is_what_was_seen() {
    let world = world();
    let answer = send(&world, "mlg_draft", "\"2\"", "key 1").await;
    assert_eq!((answer.status, answer.problem()), (412, "stale"));
    assert!(world.held().mailing.is_empty());
    assert_eq!(known(&world, "mlg_draft")["status"], "draft");
    let event = asks(COORDINATOR, "POST", &format!("{MAILINGS}/mlg_draft/send"));
    assert_eq!(world.send(&event).await.problem(), "parameters", "both headers are needed");
}

#[tokio::test]
async fn m4_a_mailing_whose_start_failed_or_that_stands_still_is_started_again() {
    let world = world();
    world.break_machine(true);
    assert_eq!(send(&world, "mlg_draft", "\"3\"", "key 1").await.status, 503);
    assert_eq!(known(&world, "mlg_draft")["status"], "sending");
    world.break_machine(false);
    // Another session of the browser does not know the key.
    assert_eq!(send(&world, "mlg_draft", "\"4\"", "key 2").await.status, 202);
    assert_eq!(world.held().mailing[0].0, "mlg_draft-1");

    for (more, name) in [
        (
            json!({ "status": "sending", "runs": 1, "changed_at": "2026-09-10T11:44:00Z" }),
            "mlg_draft-2",
        ),
        (json!({ "status": "stopped", "runs": 2, "failure": "internal" }), "mlg_draft-3"),
    ] {
        let world = crate::data::world();
        put_mailing(&world, &home(), "mlg_draft", &more);
        let answer = send(&world, "mlg_draft", "\"3\"", "key 3").await;
        assert_eq!((answer.status, answer.body["status"].as_str()), (202, Some("sending")));
        assert_eq!(world.held().mailing[0].0, name);
        assert!(known(&world, "mlg_draft")["failure"].is_null());
    }
}

#[tokio::test]
async fn m1_nothing_is_written_tried_or_sent_without_the_institutions_agreement() {
    let world = without_agreement();
    assert_eq!(write(&world, "key 1", &draft()).await.problem(), "mail-not-agreed");
    assert_eq!(change(&world, "mlg_draft", "\"3\"", &draft()).await.problem(), "mail-not-agreed");
    assert_eq!(send(&world, "mlg_draft", "\"3\"", "key 1").await.problem(), "mail-not-agreed");
    let event = asks(COORDINATOR, "POST", &format!("{MAILINGS}/mlg_draft/trial"));
    let answer = world.send(&with_header(event, "idempotency-key", "key 1")).await;
    assert_eq!((answer.status, answer.problem()), (409, "mail-not-agreed"));
    let answer = resend(&world, "msg_mail1").await;
    assert_eq!(
        (answer.problem(), &answer.body["obstacle"]),
        ("not-sent-again", &json!("mail_not_agreed"))
    );
    let held = world.held();
    assert!(held.mailing.is_empty() && held.queued.is_empty());
}

#[tokio::test]
async fn m2_a_mailing_that_does_not_fit_the_cohort_any_more_is_not_sent() {
    let world = world();
    let older = json!({ "audience": { "to": "group", "formation": "for_older", "section": "a", "group": 1 } });
    put_mailing(&world, &home(), "mlg_draft", &older);
    assert_eq!(send(&world, "mlg_draft", "\"3\"", "key 1").await.problem(), "group-replaced");
    let english = json!({ "texts": { "en": { "subject": "Hi", "body": "All." } } });
    put_mailing(&world, &home(), "mlg_draft", &english);
    assert_eq!(send(&world, "mlg_draft", "\"3\"", "key 1").await.problem(), "mail-language");
    let preview = asks(COORDINATOR, "GET", &format!("{MAILINGS}/mlg_draft/preview"));
    assert_eq!(world.send(&preview).await.problem(), "mail-language");
    let at = AttributeValue::S("2026-09-09T10:00:00Z".into());
    set(&world, &keys::cohort(&home()), "archived_at", at);
    put_mailing(&world, &home(), "mlg_draft", &json!({}));
    assert_eq!(send(&world, "mlg_draft", "\"3\"", "key 1").await.problem(), "archived");
    assert!(world.held().mailing.is_empty());
}

#[tokio::test]
async fn m3_the_result_of_a_mailing_is_told_per_student_and_trials_do_not_count() {
    let world = world();
    let path = format!("{MAILINGS}/mlg_sent/messages");
    let summary = world.send(&asks(VIEWER, "GET", &format!("{path}/summary"))).await;
    assert_eq!(summary.body["total"], 2);
    assert_eq!(summary.body["statuses"]["bounced"], 1);
    let list = world.send(&asks(VIEWER, "GET", &path)).await;
    assert_eq!(list.each("/name"), ["Freja Lund", "Emil Holm"]);
    let items = list.body["items"].as_array().unwrap();
    assert!(items[0].get("obstacle").is_none(), "it can be sent once more");
    assert_eq!(items[1]["obstacle"], "suppressed");
    let bounced = world.send(&asks(VIEWER, "GET", &format!("{path}?status=bounced"))).await;
    assert_eq!(bounced.each("/id"), ["msg_mail2"]);
}

#[tokio::test]
async fn m4_a_mail_is_sent_once_more_however_often_it_is_asked_for() {
    for id in ["msg_mail1", "msg_0_for_published"] {
        let world = world();
        let first = resend(&world, id).await;
        assert_eq!((first.status, &first.body["again"]), (202, &json!(1)), "{first:?}");
        assert_eq!(first.body["obstacle"], "under_way");
        let again = resend(&world, id).await;
        assert_eq!(again.body, first.body);
        let more = first.body["id"].as_str().unwrap();
        assert_ne!(more, id);
        let key = keys::message(&(&home()).into(), &more.parse().unwrap());
        // It waits, so its id was queued twice; the mailer sends it once. When it is sent, nothing more is queued.
        let queued: std::collections::BTreeSet<String> = world.held().queued.drain(..).collect();
        assert_eq!(queued.len(), 1);
        set(&world, &key, "status", AttributeValue::S("accepted".into()));
        resend(&world, id).await;
        assert!(world.held().queued.is_empty());
        let original = stored(&world, &keys::message(&(&home()).into(), &id.parse().unwrap()));
        assert_eq!(original["resent_at"], "2026-09-10T12:00:00Z");
        assert_eq!(original["status"], "delivered", "the first is as it was");
        // A third follows from the second, once it is known what became of that.
        set(&world, &key, "status", AttributeValue::S("bounced".into()));
        let third = resend(&world, more).await;
        assert_eq!((third.status, &third.body["again"]), (202, &json!(2)));
    }
}

#[tokio::test]
async fn d4_a_mail_is_not_sent_once_more_to_who_may_not_get_it() {
    let cases: [(&str, &str, &str, &str); 5] = [
        ("msg_mail2", "suppressed", "", ""),
        ("msg_mail1", "restricted", "restricted", "2026-09-01T10:00:00Z"),
        ("msg_mail1", "restricted", "objected", "2026-09-01T10:00:00Z"),
        ("msg_mail1", "student_missing", "erasure", "era_1"),
        ("msg_0_for_older", "superseded", "", ""),
    ];
    for (id, obstacle, attribute, value) in cases {
        let world = world();
        if !attribute.is_empty() {
            let student = keys::student(&home(), &"stu_1".parse().unwrap());
            set(&world, &student, attribute, AttributeValue::S(value.into()));
        }
        let answer = resend(&world, id).await;
        assert_eq!((answer.status, answer.problem()), (409, "not-sent-again"), "{id} {attribute}");
        assert_eq!(answer.body["obstacle"], obstacle);
        assert!(world.held().queued.is_empty());
        assert!(trail(&world).contains("not-sent-again"), "the refusal is recorded");
    }
    let world = world();
    for status in ["queued", "claimed", "unknown"] {
        let key = keys::message(&(&home()).into(), &"msg_mail1".parse().unwrap());
        set(&world, &key, "status", AttributeValue::S(status.into()));
        assert_eq!(resend(&world, "msg_mail1").await.body["obstacle"], "under_way", "{status}");
    }
    // SES took it, and what became of it is told later: six hours.
    for (since, status) in [("2026-09-10T06:00:01Z", 409), ("2026-09-10T06:00:00Z", 202)] {
        let key = keys::message(&(&home()).into(), &"msg_mail1".parse().unwrap());
        set(&world, &key, "status", AttributeValue::S("accepted".into()));
        set(&world, &key, "status_at", AttributeValue::S(since.into()));
        assert_eq!(resend(&world, "msg_mail1").await.status, status, "{since}");
    }
    world.held().queued.clear();
    assert_eq!(resend(&world, "msg_trial").await.body["obstacle"], "kind");
    assert_eq!(resend(&world, "msg_never").await.status, 404);
    assert!(world.held().queued.is_empty());
}

#[tokio::test]
async fn p2_no_mailing_is_reached_from_another_institution() {
    let world = world();
    for (method, path) in [
        ("GET", format!("{MAILINGS}/mlg_draft")),
        ("GET", "/api/cohorts/coh_foreign/mailings/mlg_draft".to_owned()),
        ("POST", format!("{MESSAGES}/msg_mail1/resend")),
    ] {
        let answer = world.send(&asks(FOREIGN, method, &path)).await;
        assert_eq!((answer.status, answer.problem()), (404, "not-found"), "{path}");
    }
    assert!(world.held().queued.is_empty());
}
