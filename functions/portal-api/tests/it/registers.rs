//! Breaches (D7) and sub-processors (D8).

use domain::NoticeId;
use domain::breach::Question;
use serde_json::{Value, json};
use store::keys;

use crate::counted::counted;
use crate::data::{COORDINATOR, OPERATOR, VIEWER, home, world};
use crate::world::{Answer, World, asks, with_body, with_header};

async fn act(world: &World, method: &str, path: &str, version: u64, body: &Value) -> Answer {
    let event = with_body(asks(OPERATOR, method, path), body);
    world.send(&with_header(event, "if-match", &format!("\"{version}\""))).await
}

/// Enters a breach; returns its path.
async fn opened(world: &World) -> String {
    let event = with_body(
        asks(OPERATOR, "POST", "/api/breaches"),
        &json!({"aware_at": "2026-09-10T09:30:00Z"}),
    );
    let event = with_header(event, "idempotency-key", "laptop");
    let answer = world.send(&event).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let again = world.send(&event).await;
    assert_eq!(again.body["id"], answer.body["id"], "entered once");
    assert_eq!(answer.headers["etag"], "\"1\"");
    format!("/api/breaches/{}", answer.body["id"].as_str().unwrap())
}

fn all_answers() -> Value {
    let answer = |question: Question| {
        let date = question == Question::ClosingDate;
        (question.as_str().to_owned(), json!(if date { "2026-10-01" } else { "Known." }))
    };
    Value::Object(Question::ALL.into_iter().map(answer).collect())
}

#[tokio::test]
async fn d7_a_breach_is_entered_assessed_counted_told_and_closed() {
    let world = world();
    let path = opened(&world).await;
    let shown = world.send(&asks(OPERATOR, "GET", &path)).await;
    assert_eq!(shown.body["clock"], "running");
    assert_eq!(shown.body["notify_by"], "2026-09-11T09:30:00Z");
    assert_eq!(world.send(&asks(COORDINATOR, "GET", &path)).await.status, 404, "not yet told");

    let told = json!({"confirm": "notify"});
    let early = act(&world, "POST", &format!("{path}/notices"), 1, &told).await;
    assert_eq!((early.status, early.problem()), (409, "breach-not-assessed"));
    let text = json!({"nature": "A list with 010190-1234 went to ane@example.dk."});
    let answered = act(&world, "PATCH", &format!("{path}/answers"), 1, &text).await;
    assert_eq!(answered.status, 200, "{answered:?}");
    assert!(!answered.body["answers"]["nature"].as_str().unwrap().contains("1234"));
    assert!(answered.body["warnings"]["nature"].as_str().unwrap().contains("e-mail"));
    let risk = json!({"risk": "likely"});
    let assessed = act(&world, "POST", &format!("{path}/assessment"), 2, &risk).await;
    assert_eq!(assessed.body["status"], "assessed", "{assessed:?}");
    let window = json!({"from": "2026-01-01T00:00:00Z", "until": "2026-09-10T11:00:00Z", "stores": "records responses raw_objects messages"});
    let counted = act(&world, "POST", &format!("{path}/affected"), 3, &window).await;
    assert_eq!(counted.status, 200, "{counted:?}");
    let done = act(&world, "POST", &format!("{path}/notices"), 4, &told).await;
    assert_eq!((done.status, &done.body["status"]), (200, &json!("notified")), "{done:?}");
    assert_eq!(done.body["clock"], "met");
    assert_eq!(done.body["notices"][0]["mail"], "queued");
    let again = act(&world, "POST", &format!("{path}/notices"), 4, &told).await;
    assert_eq!((again.status, again.problem()), (412, "stale"), "one confirmed action is one mail");
    let queued = world.held().queued.clone();
    assert_eq!(queued.len(), 1);
    assert!(queued[0].contains("msg_") && !queued[0].contains("coh_"), "{queued:?}");
    assert_eq!(world.send(&asks(COORDINATOR, "GET", &path)).await.status, 200, "told");

    let close = format!("{path}/closure");
    let open = act(&world, "POST", &close, 5, &json!({})).await;
    assert_eq!((open.status, open.problem()), (409, "breach-incomplete"));
    assert_eq!(open.body["errors"].as_array().unwrap().len(), 11);
    act(&world, "PATCH", &format!("{path}/answers"), 5, &all_answers()).await;
    let early = world.send(&asks(COORDINATOR, "GET", &format!("{path}/certificate"))).await;
    assert_eq!(early.problem(), "breach-open");
    let closed = act(&world, "POST", &close, 6, &json!({})).await;
    assert_eq!(closed.body["status"], "closed", "{closed:?}");
    let proof = world.send(&asks(COORDINATOR, "GET", &format!("{path}/certificate"))).await;
    assert_eq!((proof.status, &proof.body["told_in_time"]), (200, &json!(true)));
    assert_eq!(proof.body["breach"]["answers"].as_object().unwrap().len(), 12);
    let after = act(&world, "PATCH", &format!("{path}/answers"), 7, &all_answers()).await;
    assert_eq!(after.problem(), "breach-closed");
}

#[tokio::test]
async fn d7_those_whose_data_existed_in_the_window_are_counted_and_no_others() {
    let world = world();
    let path = opened(&world).await;
    let affected = format!("{path}/affected");
    for (token, student) in [("t1", "stu_1"), ("t2", "stu_1"), ("t3", "stu_2")] {
        let token: domain::ResponseToken = token.parse().unwrap();
        let response = json!({"student": student, "received_at": "2026-09-01T08:00:00Z"});
        world.put(&keys::response(&home(), &token), &response);
    }
    let count = async |version, until: &str| {
        let window = json!({"from": "2026-01-01T00:00:00Z", "until": until, "stores": "records"});
        let answer = act(&world, "POST", &affected, version, &window).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let cohorts = answer.body["affected"]["cohorts"].as_array().unwrap().clone();
        cohorts.iter().map(|cohort| cohort["students"].as_u64().unwrap()).sum::<u64>()
    };
    let before_all = count(1, "2026-01-02T00:00:00Z").await;
    let expected = count(2, "2026-08-26T00:00:00Z").await;
    let all = count(3, "2026-09-10T11:59:59Z").await;
    assert_eq!(before_all, 0);
    assert_eq!(expected, 3, "nobody has answered; who stands on the roster counts");
    assert_eq!(all, 3, "of three responses two are of one student, and both are expected");
    // Since when somebody has been on a list that was replaced nothing says: they may have been on the first.
    let key = keys::roster(&home());
    let was = world.held().items[&(key.pk.clone(), key.sk.clone())].clone();
    let first = [(Some("2026-08-25T08:00:00Z"), 3), (Some("2026-09-01T08:00:00Z"), 0), (None, 3)];
    for ((first, expected), version) in first.into_iter().zip(4..) {
        let head = json!({
            "version": 2, "list": "ros_2", "changed_at": "2026-09-05T08:00:00Z",
            "changed_by": COORDINATOR, "first_listed_at": first,
        });
        world.put(&key, &head);
        assert_eq!(count(version, "2026-08-26T00:00:00Z").await, expected, "{first:?}");
    }
    world.held().items.insert((key.pk, key.sk), was);
    for (window, member) in [
        (
            json!({"from": "2026-09-10T11:00:00Z", "until": "2026-09-09T11:00:00Z", "stores": "records"}),
            "until",
        ),
        (
            json!({"from": "2026-09-10T11:00:00Z", "until": "2027-09-09T11:00:00Z", "stores": "records"}),
            "until",
        ),
        (
            json!({"from": "2026-09-09T11:00:00Z", "until": "2026-09-10T11:00:00Z", "stores": "all"}),
            "stores",
        ),
    ] {
        let refused = act(&world, "POST", &affected, 7, &window).await;
        assert_eq!(refused.status, 400);
        assert_eq!(refused.body["errors"][0]["name"], member);
    }
}

#[tokio::test]
async fn d7_a_notice_that_cannot_be_queued_is_recorded_all_the_same() {
    let world = world();
    let path = opened(&world).await;
    act(&world, "PATCH", &format!("{path}/answers"), 1, &all_answers()).await;
    act(&world, "POST", &format!("{path}/assessment"), 2, &json!({"risk": "high"})).await;
    world.break_queue(true);
    let told =
        act(&world, "POST", &format!("{path}/notices"), 3, &json!({"confirm": "notify"})).await;
    assert_eq!(
        (told.status, &told.body["notices"][0]["mail"]),
        (200, &json!("queued")),
        "{told:?}"
    );
}

#[tokio::test]
async fn d7_only_operators_write_the_register_and_nobody_sees_anothers() {
    let world = world();
    let path = opened(&world).await;
    for subject in [VIEWER, COORDINATOR] {
        let event = with_body(
            asks(subject, "POST", "/api/breaches"),
            &json!({"aware_at": "2026-09-10T09:30:00Z"}),
        );
        assert_eq!(world.send(&event).await.problem(), "role-too-low");
    }
    assert_eq!(world.send(&asks(VIEWER, "GET", "/api/breaches")).await.problem(), "role-too-low");
    let missing = with_body(asks(OPERATOR, "PATCH", &format!("{path}/answers")), &all_answers());
    let missing = world.send(&missing).await;
    assert_eq!((missing.status, &missing.body["errors"][0]["in"]), (400, &json!("header")));
    let future = with_body(
        asks(OPERATOR, "POST", "/api/breaches"),
        &json!({"aware_at": "2027-09-10T09:30:00Z"}),
    );
    assert_eq!(world.send(&future).await.status, 400);
    let foreign =
        act(&world, "PATCH", "/api/breaches/bre_another/answers", 1, &all_answers()).await;
    assert_eq!(foreign.status, 404);
}

/// The notice, had it taken effect today.
fn over(world: &World) {
    let key = keys::notice(&home().institution, &NoticeId::parse("spn_home").unwrap());
    let day = aws_sdk_dynamodb::types::AttributeValue::S("2026-09-10".into());
    let mut held = world.held();
    held.items.get_mut(&(key.pk, key.sk)).unwrap().insert("effective_from".into(), day);
}

async fn object(world: &World, subject: &str, reason: &str) -> Answer {
    let path = "/api/subprocessors/example-translator/objection";
    world.send(&with_body(asks(subject, "POST", path), &json!({"reason": reason}))).await
}

#[tokio::test]
async fn d8_an_institution_sees_the_register_its_notices_and_objects_in_time() {
    let world = world();
    let seen = world.send(&asks(VIEWER, "GET", "/api/subprocessors")).await;
    assert_eq!(seen.status, 200, "{seen:?}");
    assert_eq!(seen.body["entries"].as_array().unwrap().len(), 2);
    assert_eq!(seen.body["notices"][0]["open"], true);
    assert_eq!(object(&world, VIEWER, "No basis.").await.problem(), "role-too-low");
    for bad in ["", "ask ane@example.dk"] {
        assert_eq!(object(&world, COORDINATOR, bad).await.problem(), "parameters", "{bad}");
    }
    let done = object(&world, COORDINATOR, "No basis.").await;
    assert_eq!((done.status, &done.body["objection"]["reason"]), (200, &json!("No basis.")));
    assert_eq!(object(&world, COORDINATOR, "No basis.").await.body, done.body, "the same again");
    assert_eq!(object(&world, COORDINATOR, "Another.").await.problem(), "already-objected");
    let actions: Vec<String> =
        world.held().audit.iter().map(|entry| entry["action"].as_s().unwrap().clone()).collect();
    assert!(actions.contains(&"subprocessors.object".to_owned()), "{actions:?}");
    let test = "registers::d8_an_institution_sees_the_register_its_notices_and_objects_in_time";
    if let Some(counted) = counted(test) {
        let told = counted.iter().filter(|(name, _)| name == "SubprocessorObjections").count();
        assert_eq!(told, 1, "operators hear of it once: {counted:?}");
    }
    // On the day on which it takes effect the time is over.
    let late = crate::data::world();
    over(&late);
    assert_eq!(object(&late, COORDINATOR, "No basis.").await.problem(), "notice-over");
    let seen = late.send(&asks(VIEWER, "GET", "/api/subprocessors")).await;
    assert_eq!(seen.body["notices"][0]["open"], false);
}

#[tokio::test]
async fn d8_the_time_to_object_ends_on_the_day_it_takes_effect() {
    let world = world();
    over(&world);
    assert_eq!(object(&world, COORDINATOR, "Too late.").await.problem(), "notice-over");
    let path = "/api/subprocessors/nobody/objection";
    let unknown = with_body(asks(COORDINATOR, "POST", path), &json!({"reason": "Why."}));
    assert_eq!(world.send(&unknown).await.status, 404);
}
