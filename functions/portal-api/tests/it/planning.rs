//! A mailing that is confirmed for a time to come (M2, M3), and one that stopped and is closed.

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value, json};
use store::keys;

use crate::data::{COORDINATOR, VIEWER, home, put_mailing, world};
use crate::world::{Answer, World, asks, with_body, with_header};

const MAILINGS: &str = "/api/cohorts/coh_computer-science-2026/mailings";
const LATER: &str = "2026-09-12T08:00:00+02:00";
const LATER_UTC: &str = "2026-09-12T06:00:00Z";

/// What a mailing is that another contact planned.
fn planned() -> Value {
    json!({
        "status": "planned", "version": 4,
        "plan": {
            "at": LATER_UTC, "by": "sub-other", "made_at": "2026-09-10T10:00:00Z",
            "deadline": "2026-09-07T10:00:00Z",
        },
    })
}

fn stopped() -> Value {
    json!({ "status": "stopped", "version": 7, "runs": 1, "recipients": 2, "failure": "internal" })
}

/// What an event needs whose name says that it is about such a mailing.
pub(crate) fn prepare(world: &World, event: &str) {
    match event {
        "plan-mailing-again.json" | "take-mailing-back.json" | "take-mailing-back-stale.json" => {
            put_mailing(world, &home(), "mlg_draft", &planned());
        }
        "close-mailing.json" => put_mailing(world, &home(), "mlg_draft", &stopped()),
        _ => {}
    }
}

async fn plan(world: &World, version: u32, at: &str) -> Answer {
    let event = asks(COORDINATOR, "PUT", &format!("{MAILINGS}/mlg_draft/plan"));
    let event = with_body(event, &json!({ "at": at }));
    world.send(&with_header(event, "if-match", &format!("\"{version}\""))).await
}

async fn act(world: &World, method: &str, what: &str, version: u32) -> Answer {
    let event = asks(COORDINATOR, method, &format!("{MAILINGS}/mlg_draft{what}"));
    let event = with_header(event, "idempotency-key", "key 1");
    world.send(&with_header(event, "if-match", &format!("\"{version}\""))).await
}

/// What the item says, with its place on the list of what is planned.
fn stored(world: &World) -> Value {
    let key = keys::mailing(&home(), &"mlg_draft".parse().unwrap());
    serde_dynamo::from_item(world.held().items[&(key.pk, key.sk)].clone()).unwrap()
}

fn set(world: &World, name: &str, value: AttributeValue) {
    let key = keys::cohort(&home());
    world.held().items.get_mut(&(key.pk, key.sk)).unwrap().insert(name.into(), value);
}

fn trail(world: &World) -> String {
    world.held().audit.iter().map(|entry| format!("{entry:?}")).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn m2_a_mailing_is_planned_once_and_stands_on_the_list_until_it_is_taken_back() {
    let world = world();
    let first = plan(&world, 3, LATER).await;
    assert_eq!((first.status, first.body["status"].as_str()), (200, Some("planned")), "{first:?}");
    assert_eq!(first.headers["etag"], "\"4\"");
    let plan_of = json!({
        "at": LATER_UTC, "made_at": "2026-09-10T12:00:00Z", "made_by": COORDINATOR,
    });
    assert_eq!(first.body["plan"], plan_of);
    assert!(first.body.get("sent_at").is_none());
    let item = stored(&world);
    assert_eq!(item["deadline_pk"], "PLANNED");
    let place = "2026-09-12T06:00:00Z#ins_example-university#coh_computer-science-2026#mlg_draft";
    assert_eq!(item["deadline_sk"], place);
    // The same request again.
    assert_eq!(plan(&world, 3, LATER).await.body, first.body);
    assert_eq!(trail(&world).matches("mailings.plan").count(), 1);
    // Another time, made from what is seen now.
    assert_eq!(plan(&world, 3, "2026-09-13T08:00:00Z").await.problem(), "stale");
    let moved = plan(&world, 4, "2026-09-13T08:00:00Z").await;
    assert_eq!((moved.status, &moved.body["version"]), (200, &json!(5)));
    assert!(stored(&world)["deadline_sk"].as_str().unwrap().starts_with("2026-09-13T08:00:00Z#"));

    assert_eq!(act(&world, "DELETE", "/plan", 4).await.problem(), "stale");
    let back = act(&world, "DELETE", "/plan", 5).await;
    assert_eq!((back.status, back.body["status"].as_str()), (200, Some("draft")), "{back:?}");
    assert!(back.body.get("plan").is_none() && back.headers["etag"] == "\"6\"");
    assert!(stored(&world).get("deadline_pk").is_none(), "it is on no list");
    assert_eq!(act(&world, "DELETE", "/plan", 6).await.body, back.body);
    assert_eq!(trail(&world).matches("mailings.take_back").count(), 1);
    assert!(world.held().mailing.is_empty(), "nothing was started");
}

#[tokio::test]
async fn m2_a_time_that_cannot_be_is_told_with_its_place() {
    let world = world();
    for (at, da) in [
        ("2026-09-10T12:00:00Z", "skal ligge i fremtiden"),
        ("2027-05-07T00:00:00+02:00", "skal ligge før den dag, hvor årgangens data slettes"),
        ("2026-09-12T08:00:00", "skal være et tidspunkt med tidszone"),
        ("tomorrow", "skal være et tidspunkt med tidszone"),
    ] {
        let answer = plan(&world, 3, at).await;
        assert_eq!((answer.status, answer.problem()), (400, "parameters"), "{at}: {answer:?}");
        assert_eq!(answer.body["errors"][0]["pointer"], "/at", "{at}");
        assert_eq!(answer.body["errors"][0]["words"]["da"], da, "{at}");
    }
    // The last moment of the day before it is deleted.
    assert_eq!(plan(&world, 3, "2027-05-06T23:59:59+02:00").await.status, 200);
}

#[tokio::test]
async fn m2_a_reminder_is_planned_for_a_time_before_the_deadline() {
    let world = world();
    put_mailing(&world, &home(), "mlg_draft", &json!({ "audience": { "to": "not_answered" } }));
    let passed = plan(&world, 3, LATER).await;
    assert_eq!((passed.status, passed.problem()), (409, "deadline-passed"));
    set(&world, "deadline", AttributeValue::S("2026-09-14T10:00:00Z".into()));
    let late = plan(&world, 3, "2026-09-14T10:00:00Z").await;
    assert_eq!(late.body["errors"][0]["words"]["en"], "must be before the deadline", "{late:?}");
    assert_eq!(plan(&world, 3, "2026-09-14T09:59:59Z").await.status, 200);
    assert_eq!(stored(&world)["plan"]["deadline"], "2026-09-14T10:00:00Z");
}

#[tokio::test]
async fn m1_what_may_not_be_sent_may_not_be_planned() {
    type Happens = fn(&World);
    let cases: [(&str, Happens); 4] = [
        ("mail-not-agreed", |world| set(world, "mail_agreed", AttributeValue::Bool(false))),
        ("archived", |world| {
            set(world, "archived_at", AttributeValue::S("2026-09-09T10:00:00Z".into()));
        }),
        ("mail-language", |world| {
            let english = json!({ "texts": { "en": { "subject": "Hi", "body": "All." } } });
            put_mailing(world, &home(), "mlg_draft", &english);
        }),
        ("mailing-sent", |world| {
            put_mailing(world, &home(), "mlg_draft", &json!({ "status": "sent" }));
        }),
    ];
    for (problem, change) in cases {
        let world = world();
        change(&world);
        let answer = plan(&world, 3, LATER).await;
        assert_eq!((answer.status, answer.problem()), (409, problem), "{answer:?}");
        assert!(stored(&world).get("deadline_pk").is_none());
    }
    let world = world();
    let event = asks(VIEWER, "PUT", &format!("{MAILINGS}/mlg_draft/plan"));
    let answer = world.send(&with_body(event, &json!({ "at": LATER }))).await;
    assert_eq!(answer.problem(), "role-too-low");
}

#[tokio::test]
async fn m2_what_goes_is_what_was_confirmed() {
    let same = json!({
        "audience": { "to": "section", "section": "a" },
        "texts": {
            "da": { "subject": "Introuge", "body": "Vi mødes i A1.\n\nSe https://example.edu/intro" },
            "en": { "subject": "Intro week", "body": "We meet in A1." },
        },
    });
    let mut other = same.clone();
    other["texts"]["da"]["body"] = "Vi mødes i B2.".into();
    for (body, status) in [(same, "planned"), (other, "draft")] {
        let world = world();
        put_mailing(&world, &home(), "mlg_draft", &planned());
        let event = with_body(asks(COORDINATOR, "PUT", &format!("{MAILINGS}/mlg_draft")), &body);
        let answer = world.send(&with_header(event, "if-match", "\"4\"")).await;
        assert_eq!((answer.status, answer.body["status"].as_str()), (200, Some(status)));
        assert_eq!(answer.body.get("plan").is_some(), status == "planned");
        assert!(status == "planned" || stored(&world).get("deadline_pk").is_none());
    }
}

#[tokio::test]
async fn m2_a_planned_mailing_goes_at_once_instead_or_is_discarded() {
    let world = world();
    put_mailing(&world, &home(), "mlg_draft", &planned());
    assert_eq!(act(&world, "POST", "/send", 3).await.problem(), "stale");
    let sent = act(&world, "POST", "/send", 4).await;
    assert_eq!((sent.status, sent.body["status"].as_str()), (202, Some("sending")), "{sent:?}");
    assert_eq!(sent.body["sent_by"], COORDINATOR, "whoever sends it now, not whoever planned it");
    assert!(sent.body.get("plan").is_none() && stored(&world).get("deadline_pk").is_none());
    assert_eq!(world.held().mailing.len(), 1);
    // Too late to take it back or to plan it again.
    assert_eq!(act(&world, "DELETE", "/plan", 5).await.problem(), "mailing-sent");
    assert_eq!(plan(&world, 5, LATER).await.problem(), "mailing-sent");

    put_mailing(&world, &home(), "mlg_draft", &planned());
    assert_eq!(act(&world, "DELETE", "", 4).await.status, 200);
    let key = keys::mailing(&home(), &"mlg_draft".parse().unwrap());
    assert!(!world.held().items.contains_key(&(key.pk, key.sk)));
}

#[tokio::test]
async fn m2_a_contact_who_is_slower_than_the_clock_is_told() {
    let world = world();
    put_mailing(&world, &home(), "mlg_draft", &planned());
    // It is begun between the reading and the writing.
    let key = keys::mailing(&home(), &"mlg_draft".parse().unwrap());
    world.moves_when_read(&key, "version", "5");
    let answer = act(&world, "DELETE", "/plan", 4).await;
    assert_eq!((answer.status, answer.problem()), (412, "stale"));
    assert_eq!(answer.body["version"], 5);
}

#[tokio::test]
async fn m2_why_a_plan_came_to_nothing_is_told_on_the_draft() {
    let world = world();
    let missed = json!({ "missed": { "at": LATER_UTC, "why": "mail_not_agreed" } });
    put_mailing(&world, &home(), "mlg_draft", &missed);
    let answer = world.send(&asks(VIEWER, "GET", &format!("{MAILINGS}/mlg_draft"))).await;
    assert_eq!(answer.body["missed"], json!({ "at": LATER_UTC, "reason": "mail_not_agreed" }));
    assert_eq!(plan(&world, 3, LATER).await.body.get("missed"), None);
}

#[tokio::test]
async fn m3_what_stopped_is_closed_once_and_keeps_its_numbers() {
    let world = world();
    put_mailing(&world, &home(), "mlg_draft", &stopped());
    assert_eq!(act(&world, "POST", "/close", 6).await.problem(), "stale");
    let closed = act(&world, "POST", "/close", 7).await;
    assert_eq!((closed.status, closed.body["status"].as_str()), (200, Some("closed")));
    assert_eq!(closed.body["recipients"], 2);
    assert_eq!(closed.body["failure"], "internal", "why it stopped stays");
    assert_eq!(act(&world, "POST", "/close", 7).await.body, closed.body);
    assert_eq!(trail(&world).matches("mailings.close").count(), 1);
    for (method, what) in [("POST", "/send"), ("DELETE", ""), ("DELETE", "/plan")] {
        let answer = act(&world, method, what, 8).await;
        assert_eq!((answer.status, answer.problem()), (409, "mailing-sent"), "{what}");
    }
    assert!(world.held().mailing.is_empty());
}

#[tokio::test]
async fn m3_what_runs_waits_or_was_sent_is_not_closed() {
    for (more, problem) in [
        (
            json!({ "status": "sending", "changed_at": "2026-09-10T11:45:01Z" }),
            "mailing-not-stopped",
        ),
        (json!({ "status": "sent" }), "mailing-not-stopped"),
        (json!({}), "mailing-not-stopped"),
        (planned(), "mailing-not-stopped"),
        // Its machine was ended by hand a quarter of an hour ago.
        (json!({ "status": "sending", "changed_at": "2026-09-10T11:45:00Z" }), ""),
    ] {
        let world = world();
        put_mailing(&world, &home(), "mlg_draft", &more);
        let version = more["version"].as_u64().unwrap_or(3);
        let answer = act(&world, "POST", "/close", u32::try_from(version).unwrap()).await;
        assert_eq!(answer.problem(), problem, "{more}");
        assert_eq!(answer.status, if problem.is_empty() { 200 } else { 409 });
    }
}
