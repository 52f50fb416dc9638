//! P3: a contact sets up a cohort, changes its settings and puts it away.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::CohortId;
use serde_json::{Value, json};
use store::{Scope, keys};

use crate::data::{COORDINATOR, FOREIGN, OPERATOR, VIEWER, end_formation, home, world};
use crate::world::{Answer, Item, World, asks, with_body, with_header};

pub(crate) const COHORT: &str = "/api/cohorts/coh_computer-science-2026";
pub(crate) const LATER: &str = "/api/cohorts/coh_later";

/// The settings that the document shows as its example.
fn example() -> Value {
    let document = crate::document::document();
    let pointer = "/paths/~1api~1cohorts/post/requestBody/content/application~1json/example";
    document.pointer(pointer).expect("an example").clone()
}

async fn create(world: &World, subject: &str, key: &str, body: &Value) -> Answer {
    let event = with_body(asks(subject, "POST", "/api/cohorts"), body);
    world.send(&with_header(event, "idempotency-key", key)).await
}

pub(crate) async fn show(world: &World, cohort: &str) -> Answer {
    world.send(&asks(COORDINATOR, "GET", &format!("{cohort}/settings"))).await
}

pub(crate) async fn replace(world: &World, cohort: &str, version: &str, body: &Value) -> Answer {
    let event = with_body(asks(COORDINATOR, "PUT", &format!("{cohort}/settings")), body);
    world.send(&with_header(event, "if-match", version)).await
}

async fn archive(world: &World, method: &str, cohort: &str, version: &str) -> Answer {
    let event = asks(COORDINATOR, method, &format!("{cohort}/archive"));
    world.send(&with_header(event, "if-match", version)).await
}

pub(crate) fn stored(world: &World, scope: &Scope) -> Item {
    let key = keys::cohort(scope);
    world.held().items[&(key.pk, key.sk)].clone()
}

fn later() -> Scope {
    Scope::new(home().institution, CohortId::parse("coh_later").unwrap())
}

pub(crate) fn attribute(world: &World, scope: &Scope, name: &str) -> Value {
    let item: Value = serde_dynamo::from_item(stored(world, scope)).unwrap();
    item[name].clone()
}

fn actions(world: &World) -> Vec<String> {
    let held = world.held();
    let say = |entry: &Item| {
        let refused = entry["outcome"].as_s().unwrap() == "refused";
        format!("{}{}", entry["action"].as_s().unwrap(), if refused { ": refused" } else { "" })
    };
    held.audit.iter().map(say).collect()
}

/// Where the faults of an answer stand, with a text in both languages each.
pub(crate) fn places(answer: &Answer) -> Vec<&str> {
    assert_eq!((answer.status, answer.problem()), (400, "parameters"), "{answer:?}");
    let errors = answer.body["errors"].as_array().unwrap();
    for error in errors {
        let (problem, words) = (&error["problem"], &error["words"]);
        assert_eq!(&words["en"], problem, "{error}");
        assert!(words["da"].is_string() && words["da"] != words["en"], "{error}");
    }
    errors.iter().map(|error| error["pointer"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn p3_a_cohort_is_set_up_once_under_its_key_and_read_as_it_was_sent() {
    let world = world();
    let first = create(&world, COORDINATOR, "key-1", &example()).await;
    assert_eq!(first.status, 201, "{first:?}");
    let id = first.body["cohort"].as_str().unwrap().to_owned();
    assert_eq!(first.headers["location"], format!("/api/cohorts/{id}"));
    assert_eq!((first.headers["etag"].as_str(), &first.body["version"]), ("\"0\"", &json!(0)));
    // Eight months after the deadline (D1).
    assert_eq!(first.body["delete_on"], "2027-06-07");
    assert_eq!(first.body["settings"], example());
    let again = create(&world, COORDINATOR, "key-1", &example()).await;
    assert_eq!((again.status, &again.body), (201, &first.body));
    assert_eq!(show(&world, &format!("/api/cohorts/{id}")).await.body, first.body);
    assert_eq!(actions(&world), ["cohorts.create", "settings.show"]);

    // Its deadline and its deletion are on their lists, and its questionnaire is its own.
    let scope = Scope::new(home().institution, CohortId::parse(id.as_str()).unwrap());
    assert_eq!(attribute(&world, &scope, "deadline_pk"), "DEADLINE");
    assert!(attribute(&world, &scope, "retention_sk").as_str().unwrap().starts_with("2027-06-07#"));
    let taken = create(&world, COORDINATOR, "key-2", &example()).await;
    assert_eq!((taken.status, taken.problem()), (409, "form-taken"));
    let mut other = example();
    other["approval"] = json!(false);
    let used = create(&world, COORDINATOR, "key-1", &other).await;
    assert_eq!((used.status, used.problem()), (409, "key-used"));
    // The same key of another institution is another cohort's.
    let foreign = create(&world, FOREIGN, "key-1", &example()).await;
    assert_eq!(foreign.problem(), "form-taken");
}

#[tokio::test]
async fn p3_everything_that_is_wrong_is_told_at_once_with_its_place() {
    let mut body = example();
    body["aproval"] = json!(true);
    body["name"]["da"] = json!(" ");
    body["deadline"] = json!("2026-09-10T12:00:00Z");
    body["form"] = json!("SomebodyElses");
    body["questions"][0]["label"]["en"] = json!("x".repeat(201));
    let alone = json!({"never_alone": {"question": "gender", "codes": ["f"]}});
    body["criteria"] = json!([
        {"id": "a", "rule": {"align": {"question": "ambition"}}, "weight": 0, "hardness": "must"},
        {"id": "b", "rule": {"mix": {"question": "ambition"}}, "weight": 5, "hardness": "must"},
        {"id": "c", "rule": alone, "weight": 5, "hardness": "must"},
    ]);
    body["sizes"]["min"] = json!(7);
    let world = world();
    let answer = create(&world, COORDINATOR, "key-1", &body).await;
    assert_eq!(
        places(&answer),
        [
            "/aproval",
            "/name/da",
            "/sizes",
            "/criteria/0/weight",
            "/criteria/2/rule/never_alone",
            "/criteria/1/rule"
        ],
        "what cannot be read or used"
    );
    assert!(!answer.body.to_string().contains("SomebodyElses"));
    assert_eq!(actions(&world), ["POST /api/cohorts: refused"]);

    // Once it can be used, what this institution may not set up.
    let mut body = example();
    body["deadline"] = json!("2026-09-10T12:00:00Z");
    body["form"] = json!("SomebodyElses");
    body["questions"][0]["label"]["en"] = json!("x".repeat(201));
    let apart = json!({"apart": {"sets": [["stu_1", "stu_2"]]}});
    body["criteria"]
        .as_array_mut()
        .unwrap()
        .push(json!({"id": "apart", "rule": apart, "weight": 5, "hardness": "should"}));
    let answer = create(&world, COORDINATOR, "key-1", &body).await;
    assert_eq!(
        places(&answer),
        ["/form", "/deadline", "/criteria/1/rule", "/questions/0/label/en"]
    );
}

#[tokio::test]
async fn p3_each_part_that_cannot_be_read_is_told_and_not_repeated() {
    let cases: [(&str, Value, &str); 9] = [
        ("/questions/0/refs", json!("ane@example.dk"), "/questions/0/refs"),
        ("/questions/1/kind", json!({"riddle": {}}), "/questions/1/kind"),
        (
            "/criteria/0/rule",
            json!({"align": {"question": "ambition", "more": 1}}),
            "/criteria/0/rule/align/more",
        ),
        ("/sections", json!([]), "/sections"),
        ("/sections/0/id", json!("hold 1"), "/sections/0/id"),
        ("/deadline", json!("tomorrow"), "/deadline"),
        ("/sizes/max", json!(-1), "/sizes/max"),
        ("/identity/section", Value::Null, "/identity/section"),
        ("/language", json!("ane@example.dk"), "/language"),
    ];
    for (at, value, place) in cases {
        let mut body = example();
        *body.pointer_mut(at).unwrap() = value.clone();
        let answer = create(&world(), COORDINATOR, "key-1", &body).await;
        assert_eq!(places(&answer), [place], "{at} {value}: {answer:?}");
        assert!(!answer.text.contains("ane@"), "{answer:?}");
    }
    let mut body = example();
    body["questions"][0]["refs"] = json!(7);
    body["questions"][1]["label"] = json!("Remarks");
    body.as_object_mut().unwrap().remove("sizes");
    let answer = create(&world(), COORDINATOR, "key-1", &body).await;
    assert_eq!(places(&answer), ["/sizes", "/questions/0/refs", "/questions/1/label"]);
    for own in ["id", "institution"] {
        let mut body = example();
        body[own] = json!("ins_other");
        let answer = create(&world(), COORDINATOR, "key-1", &body).await;
        assert_eq!(answer.body["errors"][0]["pointer"], format!("/{own}"), "{answer:?}");
        assert_eq!(answer.body["errors"].as_array().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn p3_without_a_key_or_a_version_nothing_is_set_up_or_changed() {
    let world = world();
    end_formation(&world);
    let before = world.held().items.clone();
    for (method, path, header) in [
        ("POST", "/api/cohorts", "idempotency-key"),
        ("PUT", "/api/cohorts/coh_later/settings", "if-match"),
        ("PUT", "/api/cohorts/coh_later/archive", "if-match"),
        ("DELETE", "/api/cohorts/coh_later/archive", "if-match"),
    ] {
        let event = with_body(asks(COORDINATOR, method, path), &example());
        for event in [event.clone(), with_header(event, header, "")] {
            let answer = world.send(&event).await;
            let refused = (answer.status, answer.problem());
            let stale = (412, "stale");
            assert!(
                refused == (400, "parameters") || refused == stale,
                "{method} {path}: {answer:?}"
            );
        }
        let weak = world.send(&with_body(asks(VIEWER, method, path), &example())).await;
        assert_eq!(weak.problem(), "role-too-low");
    }
    assert_eq!(world.held().items, before);
}

#[tokio::test]
async fn p1_of_two_contacts_who_change_the_same_version_the_second_is_told() {
    let world = world();
    let read = show(&world, LATER).await;
    assert_eq!((read.headers["etag"].as_str(), &read.body["version"]), ("\"0\"", &json!(0)));
    let mut mine = read.body["settings"].clone();
    mine["sizes"]["max"] = json!(4);
    let mut theirs = read.body["settings"].clone();
    theirs["name"]["en"] = json!("Another name");
    let done = replace(&world, LATER, "\"0\"", &theirs).await;
    assert_eq!((done.status, &done.body["version"]), (200, &json!(1)), "{done:?}");
    assert_eq!(done.body["settings"], theirs);
    let late = replace(&world, LATER, "\"0\"", &mine).await;
    assert_eq!((late.status, late.problem(), &late.body["version"]), (412, "stale", &json!(1)));
    assert_eq!(show(&world, LATER).await.body["settings"], theirs);
    // From the version that is there now it goes through.
    mine["name"]["en"] = theirs["name"]["en"].clone();
    assert_eq!(replace(&world, LATER, "\"1\"", &mine).await.body["version"], 2);
    // The same again changes nothing.
    assert_eq!(replace(&world, LATER, "\"2\"", &mine).await.body["version"], 2);

    // Both have read the version before either writes.
    let key = keys::cohort(&later());
    world.moves_when_read(&key, "delete_on", "2027-06-30");
    mine["approval"] = json!(false);
    let raced = replace(&world, LATER, "\"2\"", &mine).await;
    assert_eq!((raced.status, raced.problem()), (412, "stale"));
    assert_eq!(attribute(&world, &later(), "approval"), true);
}

#[tokio::test]
async fn d1_a_deadline_that_moves_takes_the_deletion_date_with_it_and_not_for_ever() {
    let world = world();
    let mut settings = show(&world, LATER).await.body["settings"].clone();
    for (deadline, told) in [
        ("2026-09-10T12:00:00Z", Some("lies in the past")),
        // Set up on 3 August 2026.
        ("2027-08-05T08:00:00Z", Some("lies more than a year after")),
        ("2026-11-02T10:00:00Z", None),
    ] {
        settings["deadline"] = json!(deadline);
        let answer = replace(&world, LATER, "\"0\"", &settings).await;
        let Some(told) = told else {
            assert_eq!((answer.status, &answer.body["delete_on"]), (200, &json!("2027-07-02")));
            continue;
        };
        assert_eq!(places(&answer), ["/deadline"]);
        let problem = answer.body["errors"][0]["problem"].as_str().unwrap();
        assert!(problem.starts_with(told), "{problem}");
    }
    let starts = |name: &str, with: &str| {
        let text = attribute(&world, &later(), name);
        assert!(text.as_str().unwrap().starts_with(with), "{name}: {text}");
    };
    starts("deadline_sk", "2026-11-02T10:00:00Z#");
    starts("retention_sk", "2027-07-02#");
    starts("delete_on", "2027-07-02");

    // Once groups were formed it stays.
    end_formation(&world);
    let mut formed = show(&world, COHORT).await.body.clone();
    assert_eq!(formed["deadline_stays"], true);
    formed["settings"]["deadline"] = json!("2026-11-02T10:00:00Z");
    let answer = replace(&world, COHORT, "\"3\"", &formed["settings"]).await;
    assert_eq!(places(&answer), ["/deadline"]);
}

#[tokio::test]
async fn p3_what_hangs_on_answers_stays_and_nothing_changes_while_groups_are_formed() {
    let world = world();
    let settings = show(&world, COHORT).await.body["settings"].clone();
    let busy = replace(&world, COHORT, "\"3\"", &settings).await;
    assert_eq!((busy.status, busy.problem()), (409, "busy"));
    assert_eq!(busy.body["formation"], "for_waiting");
    let busy = archive(&world, "PUT", COHORT, "\"3\"").await;
    assert_eq!((busy.status, busy.problem()), (409, "busy"));
    end_formation(&world);
    let mut other = settings.clone();
    other["form"] = json!("Xy12AbCd");
    other["sections"].as_array_mut().unwrap().remove(1);
    assert_eq!(places(&replace(&world, COHORT, "\"3\"", &other).await), ["/form", "/sections"]);
    // A formation that starts between reading and writing is not overtaken.
    world.moves_when_read(&keys::cohort(&home()), "active_formation", "for_new");
    let mut changed = settings;
    changed["approval"] = json!(false);
    assert_eq!(replace(&world, COHORT, "\"3\"", &changed).await.status, 412);
    assert_eq!(attribute(&world, &home(), "approval"), true);
}

#[tokio::test]
async fn m1_mail_is_switched_on_only_where_the_agreement_says_so() {
    let world = world();
    let institution = keys::institution(&home().institution);
    let agreed = |agreed| {
        let mut held = world.held();
        let item = held.items.get_mut(&(institution.pk.clone(), institution.sk.clone())).unwrap();
        item.insert("mail_agreed".into(), AttributeValue::Bool(agreed));
    };
    agreed(false);
    assert_eq!(places(&create(&world, COORDINATOR, "key-1", &example()).await), ["/mail_agreed"]);
    // What was agreed for a cohort before may stay, be switched off, and then not on again.
    let mut settings = show(&world, LATER).await.body["settings"].clone();
    assert_eq!(settings["mail_agreed"], true);
    settings["approval"] = json!(false);
    assert_eq!(replace(&world, LATER, "\"0\"", &settings).await.status, 200);
    settings["mail_agreed"] = json!(false);
    assert_eq!(replace(&world, LATER, "\"1\"", &settings).await.status, 200);
    settings["mail_agreed"] = json!(true);
    assert_eq!(places(&replace(&world, LATER, "\"2\"", &settings).await), ["/mail_agreed"]);
    agreed(true);
    assert_eq!(replace(&world, LATER, "\"2\"", &settings).await.status, 200);
}

#[tokio::test]
async fn p3_a_cohort_that_is_put_away_leaves_the_list_and_stands_still() {
    let world = world();
    let listed = async |query: &str| -> Vec<String> {
        let answer = world.send(&asks(VIEWER, "GET", &format!("/api/cohorts{query}"))).await;
        answer.each("/id").into_iter().map(str::to_owned).collect()
    };
    assert_eq!(listed("").await, ["coh_later", "coh_computer-science-2026"]);
    for _ in 0..2 {
        let version = show(&world, LATER).await.headers["etag"].clone();
        let away = archive(&world, "PUT", LATER, &version).await;
        assert_eq!((away.status, &away.body["archived_at"]), (200, &json!("2026-09-10T12:00:00Z")));
        assert_eq!(away.body["version"], 1, "the second time changes nothing");
    }
    assert_eq!(listed("").await, ["coh_computer-science-2026"]);
    assert_eq!(listed("?archived=true").await, ["coh_later"]);
    assert_eq!(attribute(&world, &later(), "deadline_pk"), Value::Null);
    let settings = show(&world, LATER).await.body["settings"].clone();
    let refused = replace(&world, LATER, "\"1\"", &settings).await;
    assert_eq!((refused.status, refused.problem()), (409, "archived"));
    let start = world.send(&asks(COORDINATOR, "POST", &format!("{LATER}/formations"))).await;
    assert_eq!((start.status, start.problem()), (409, "archived"));
    assert!(world.held().orders.is_empty());
    let back = archive(&world, "DELETE", LATER, "\"1\"").await;
    assert_eq!((back.status, back.body.get("archived_at")), (200, None));
    assert_eq!(attribute(&world, &later(), "deadline_pk"), "DEADLINE");
    assert_eq!(listed("").await.len(), 2);

    // Where groups were formed the deadline is over and stays off the list.
    end_formation(&world);
    archive(&world, "PUT", COHORT, "\"3\"").await;
    archive(&world, "DELETE", COHORT, "\"4\"").await;
    assert_eq!(attribute(&world, &home(), "deadline_pk"), Value::Null);
}

#[tokio::test]
async fn p2_settings_of_a_foreign_cohort_cannot_be_told_from_none() {
    let world = world();
    for cohort in ["coh_foreign", "coh_never", "coh_due", "coh_erased"] {
        for (method, place) in [("GET", "settings"), ("PUT", "settings"), ("PUT", "archive")] {
            let event = asks(OPERATOR, method, &format!("/api/cohorts/{cohort}/{place}"));
            let answer = world.send(&with_body(event, &example())).await;
            assert_eq!((answer.status, answer.problem()), (404, "not-found"), "{method} {cohort}");
        }
    }
}
