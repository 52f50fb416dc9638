//! Q8: who is expected and who has answered; how a list is put in its place, and what is wrong with one.

use domain::ids::IdentityKey;
use domain::{Email, StudentId};
use serde_json::{Value, json};
use store::keys;

use crate::data::{COORDINATOR, OPERATOR, VIEWER, home, world};
use crate::world::{Answer, IDENTITY, World, asks, with_body, with_header};

const ROSTER: &str = "/api/cohorts/coh_computer-science-2026/roster";
const PEOPLE: &str = "/api/cohorts/coh_computer-science-2026/roster/people";

async fn put(world: &World, version: u32, rows: &Value) -> Answer {
    let event = with_body(asks(COORDINATOR, "PUT", ROSTER), &json!({ "students": rows }));
    world.send(&with_header(event, "if-match", &format!("\"{version}\""))).await
}

async fn remove(world: &World, version: u32) -> Answer {
    let event = asks(COORDINATOR, "DELETE", ROSTER);
    world.send(&with_header(event, "if-match", &format!("\"{version}\""))).await
}

async fn people(world: &World, query: &str) -> Answer {
    world.send(&asks(VIEWER, "GET", &format!("{PEOPLE}{query}"))).await
}

/// Versions and lists of which there are pages.
fn stored(world: &World) -> Vec<(u32, String)> {
    let held = world.held();
    let pages = held.items.keys().filter_map(|(_, sk)| keys::expected_list(sk));
    let mut lists: Vec<_> = pages.map(|(version, list)| (version, list.to_string())).collect();
    lists.dedup();
    lists
}

fn student(email: &str) -> StudentId {
    let email = Email::parse(email).unwrap();
    StudentId::derive(&IdentityKey::new(IDENTITY), &home().cohort, &email)
}

#[tokio::test]
async fn q8_rates_and_lists_tell_who_answered_who_did_not_and_who_was_not_expected() {
    let world = world();
    let answer = world.send(&asks(VIEWER, "GET", ROSTER)).await;
    assert_eq!(answer.headers["etag"], "\"1\"");
    assert_eq!(answer.body["all"], json!({ "expected": 3, "answered": 2, "unlisted": 3 }));
    let sections = &answer.body["sections"];
    assert_eq!(
        sections,
        &json!([
            { "section": "a", "expected": 1, "answered": 1, "unlisted": 1 },
            { "section": "b", "expected": 2, "answered": 1, "unlisted": 2 },
            { "section": "empty", "expected": 0, "answered": 0, "unlisted": 0 },
        ])
    );
    assert!(world.held().audit.is_empty(), "numbers are of nobody");

    let all = people(&world, "").await;
    assert_eq!(
        all.each("/presence"),
        ["answered", "answered", "unlisted", "unlisted", "unlisted", "waiting"]
    );
    let waiting = people(&world, "?presence=waiting&section=b").await;
    assert_eq!(waiting.each("/email"), ["liv@example.edu"]);
    assert!(waiting.body["items"][0].get("name").is_none());
    // The roster has the second in another section than the answer.
    assert_eq!(all.body["items"][1]["answered_section"], "a");
    for wrong in ["?presence=absent", "?section=nowhere"] {
        assert_eq!(people(&world, wrong).await.problem(), "parameters", "{wrong}");
    }
}

#[tokio::test]
async fn q8_the_list_is_walked_page_by_page_once() {
    let world = world();
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = people(&world, &format!("?limit=2{cursor}")).await;
        seen.extend(page.each("/id").into_iter().map(str::to_owned));
        let Some(next) = page.body["next"].as_str() else { break };
        assert!(!next.contains('@'));
        cursor = format!("&cursor={next}");
    }
    assert_eq!(seen.len(), 6);
    assert!(seen.is_sorted());
}

#[tokio::test]
async fn q8_a_list_takes_the_place_of_the_one_before_and_leaves_nothing_of_it() {
    let world = world();
    let rows = json!([
        { "email": "FREJA@example.edu", "section": " A " },
        { "email": "new@example.edu", "section": "b" },
    ]);
    let answer = put(&world, 1, &rows).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!((&answer.body["version"], &answer.body["left_out"]), (&json!(2), &json!(0)));
    assert_eq!(answer.body["all"], json!({ "expected": 2, "answered": 1, "unlisted": 4 }));
    let lists = stored(&world);
    assert!(lists.iter().all(|(version, _)| *version == 2), "{lists:?}");
    let waiting = people(&world, "?presence=waiting").await;
    assert_eq!(waiting.each("/id"), [student("new@example.edu").as_str()]);

    // The same again, as after an answer that never came, changes nothing.
    let again = put(&world, 1, &rows).await;
    assert_eq!((again.status, &again.body["version"]), (200, &json!(2)));
    // Another list from the version before is refused and leaves nothing.
    let other = json!([{ "email": "other@example.edu", "section": "a" }]);
    let stale = put(&world, 1, &other).await;
    assert_eq!((stale.status, &stale.body["version"]), (412, &json!(2)));
    assert_eq!(stored(&world), lists);
}

#[tokio::test]
async fn q8_what_a_run_that_died_has_left_goes_with_the_next() {
    let world = world();
    let list: domain::RosterId = "ros_dead".parse().unwrap();
    let entry = json!({ "email": "dead@example.edu", "section": "a" });
    for version in [1, 2, 3] {
        let key = keys::expected(&home(), version, &list, &"stu_dead".parse().unwrap());
        world.put(&key, &json!({ "entries": { "stu_dead": entry } }));
    }
    let answer = put(&world, 1, &json!([{ "email": "a@example.edu", "section": "a" }])).await;
    assert_eq!(answer.body["all"]["expected"], 1);
    let dead: Vec<u32> = stored(&world)
        .into_iter()
        .filter(|(_, list)| list == "ros_dead")
        .map(|(version, _)| version)
        .collect();
    assert_eq!(dead, [3], "what a later version may be writing stays");
}

#[tokio::test]
async fn q8_a_roster_is_taken_away_and_its_versions_go_on() {
    let world = world();
    assert_eq!(remove(&world, 0).await.status, 412);
    let gone = remove(&world, 1).await;
    assert_eq!((gone.status, &gone.body["version"]), (200, &json!(2)));
    assert!(gone.body.get("listed_at").is_none());
    assert_eq!(gone.body["all"], json!({ "expected": 0, "answered": 0, "unlisted": 5 }));
    assert!(stored(&world).is_empty());
    assert_eq!(remove(&world, 1).await.status, 200, "gone already");
    let rows = json!([{ "email": "a@example.edu", "section": "a" }]);
    assert_eq!(put(&world, 1, &rows).await.status, 412);
    assert_eq!(put(&world, 2, &rows).await.body["version"], 3);
}

#[tokio::test]
async fn q8_everything_that_is_wrong_with_a_list_is_told_at_once_and_repeats_nothing_of_it() {
    let world = world();
    let rows = json!([
        { "email": "ida@example.edu", "section": "a" },
        { "email": "IDA@example.edu", "section": "a" },
        { "email": "=HYPERLINK(1)", "section": "a" },
        { "email": "0107901234@example.edu", "section": "b" },
        { "email": "no address", "section": "nowhere" },
        { "section": "a" },
        { "email": "x@example.edu" },
        { "email": "y@example.edu", "section": "a", "cpr": "010790-1234" },
        "z@example.edu",
    ]);
    let answer = put(&world, 1, &rows).await;
    assert_eq!((answer.status, answer.problem()), (400, "parameters"));
    let errors = answer.body["errors"].as_array().unwrap();
    let told: Vec<&str> = errors.iter().map(|one| one["pointer"].as_str().unwrap()).collect();
    assert_eq!(
        told,
        [
            "/students/1/email",
            "/students/2/email",
            "/students/3/email",
            "/students/4/email",
            "/students/4/section",
            "/students/5/email",
            "/students/6/section",
            "/students/7",
            "/students/8",
        ]
    );
    assert!(errors[0]["words"]["da"].as_str().unwrap().contains("række 1"));
    for word in ["ida@", "HYPERLINK", "0107901234", "no address", "nowhere", "010790"] {
        assert!(!answer.text.contains(word), "{word}");
    }
    assert_eq!(stored(&world).len(), 1, "nothing has changed");

    let many: Vec<Value> = (0..300).map(|_| json!({ "email": "" })).collect();
    let answer = put(&world, 1, &many.into()).await;
    let errors = answer.body["errors"].as_array().unwrap();
    assert_eq!(errors.len(), 201);
    // Each of the rows has neither address nor section.
    assert_eq!(errors[200]["words"]["en"], "And 400 more.");
    for empty in [json!([]), json!("x"), json!(null)] {
        assert_eq!(put(&world, 1, &empty).await.problem(), "parameters", "{empty}");
    }
}

#[tokio::test]
async fn q8_twenty_thousand_rows_are_taken_and_one_more_is_not() {
    let world = world();
    let rows = |number: u32| -> Value {
        let row =
            |n| json!({ "email": format!("student.{n}@student.example.edu"), "section": "a" });
        (0..number).map(row).collect::<Vec<Value>>().into()
    };
    let answer = put(&world, 1, &rows(20_000)).await;
    assert_eq!((answer.status, &answer.body["all"]["expected"]), (200, &json!(20_000)));
    let pages: Vec<usize> = {
        let held = world.held();
        let pages = held.items.iter().filter(|((_, sk), _)| sk.starts_with(keys::EXPECTED));
        pages.map(|(_, page)| page["entries"].as_m().unwrap().len()).collect()
    };
    assert_eq!(pages.len(), 256);
    assert!(pages.iter().max() < Some(&200), "{pages:?}: far below 400 KB");
    let answer = put(&world, 2, &rows(20_001)).await;
    assert_eq!(answer.problem(), "parameters");
}

#[tokio::test]
async fn d4_who_was_erased_comes_onto_no_roster_again() {
    let world = world();
    let erased = student("gone@example.edu");
    let mark = json!({ "until": "2026-09-01T00:00:00Z", "erasure": "era_9" });
    world.put(&keys::erased_student(&home(), &erased), &mark);
    let rows = json!([
        { "email": "Gone@example.edu", "section": "a" },
        { "email": "here@example.edu", "section": "a" },
    ]);
    let answer = put(&world, 1, &rows).await;
    assert_eq!(answer.body["left_out"], 1);
    assert_eq!(answer.body["all"]["expected"], 1);
    assert!(!people(&world, "").await.text.to_lowercase().contains("gone@"));
}

#[tokio::test]
async fn d4_who_is_expected_and_never_answered_is_found_and_erased() {
    let world = world();
    let search = with_body(
        asks(OPERATOR, "POST", "/api/people/search"),
        &json!({ "email": "LIV@example.edu" }),
    );
    let found = world.send(&search).await;
    assert_eq!(found.each("/student"), ["stu_liv"]);
    let person = &found.body["items"][0];
    assert_eq!(
        (&person["expected"], &person["stored"]),
        (
            &json!({ "section": "b", "listed_at": "2026-08-25T08:00:00Z" }),
            &json!({ "roster_pages": 1 })
        )
    );
    assert!(!found.text.contains("liv@"), "who asked knows the address");
    let path = "/api/cohorts/coh_computer-science-2026/students/stu_liv/erasure";
    let order = json!({ "reference": "2027-031", "confirm": "stu_liv" });
    let erase = with_body(asks(OPERATOR, "POST", path), &order);
    let first = world.send(&erase).await;
    assert_eq!(first.status, 202, "{first:?}");
    // From now on nobody sees them; asked again it is the same erasure.
    assert_eq!(people(&world, "?presence=waiting").await.each("/id"), [""; 0]);
    assert_eq!(world.send(&search).await.body, json!({ "items": [] }));
    assert_eq!(world.send(&erase).await.body, first.body);
    assert_eq!(world.held().erasing.len(), 1);
    // Another list does not bring them back into sight.
    let answer = put(&world, 1, &json!([{ "email": "a@example.edu", "section": "a" }])).await;
    assert_eq!(answer.body["all"]["expected"], 1);
}

/// Asks for the erasure of a student.
async fn erase(world: &World, student: &str) -> Answer {
    let path = format!("/api/cohorts/coh_computer-science-2026/students/{student}/erasure");
    let order = json!({ "reference": "2027-031", "confirm": student });
    world.send(&with_body(asks(OPERATOR, "POST", &path), &order)).await
}

/// Who stands on a page of any list, with or without an erasure.
fn anywhere(world: &World) -> Vec<(String, bool)> {
    let held = world.held();
    let pages = held.items.iter().filter(|((_, sk), _)| sk.starts_with(keys::EXPECTED));
    let entries = pages.flat_map(|(_, page)| page["entries"].as_m().unwrap());
    let mut all: Vec<_> = entries
        .map(|(id, entry)| (id.clone(), entry.as_m().unwrap().contains_key("erasure")))
        .collect();
    all.sort();
    all
}

#[tokio::test]
async fn d4_who_is_erased_comes_onto_no_roster_at_an_address_that_was_put_right() {
    let world = world();
    let key = keys::student(&home(), &StudentId::parse("stu_1").unwrap());
    let moved = |text: &str| aws_sdk_dynamodb::types::AttributeValue::S(text.into());
    let former = aws_sdk_dynamodb::types::AttributeValue::L(vec![moved("Freja@example.edu")]);
    {
        let mut held = world.held();
        let record = held.items.get_mut(&(key.pk.clone(), key.sk.clone())).unwrap();
        record.insert("former".into(), former);
        record.insert("email".into(), moved("freja.right@example.edu"));
    }
    assert_eq!(erase(&world, "stu_1").await.status, 202);
    let rows = json!([
        { "email": "Freja.Right@example.edu", "section": "a" },
        { "email": "freja@example.edu", "section": "a" },
        { "email": "here@example.edu", "section": "a" },
    ]);
    // While the record is there, and when it is gone.
    for version in [1, 2] {
        let mut rows = rows.clone();
        rows[2]["email"] = json!(format!("here.{version}@example.edu"));
        let answer = put(&world, version, &rows).await;
        assert_eq!((answer.status, &answer.body["left_out"]), (200, &json!(2)), "{answer:?}");
        assert_eq!(answer.body["all"]["expected"], 1);
        world.held().items.remove(&(key.pk.clone(), key.sk.clone()));
    }
}

#[tokio::test]
async fn d4_what_a_pending_erasure_needs_stays_when_a_list_is_replaced_or_taken_away() {
    for taken_away in [true, false] {
        let world = world();
        assert_eq!(erase(&world, "stu_liv").await.status, 202);
        let answer = if taken_away {
            remove(&world, 1).await
        } else {
            put(&world, 1, &json!([{ "email": "a@example.edu", "section": "a" }])).await
        };
        assert_eq!(answer.status, 200);
        let mut left = vec![("stu_liv".to_owned(), true)];
        if !taken_away {
            left.push((student("a@example.edu").to_string(), false));
        }
        left.sort();
        assert_eq!(anywhere(&world), left);
        let again = erase(&world, "stu_liv").await;
        assert_eq!((again.status, world.held().erasing.len()), (202, 1));
    }
}

#[tokio::test]
async fn d4_an_erasure_that_is_asked_for_while_a_list_is_replaced_reaches_them_on_the_new_one() {
    let world = world();
    // Another list is put in place once the request has read the roster, after two looks at it.
    let list: domain::RosterId = "ros_1".parse().unwrap();
    let liv = StudentId::parse("stu_liv").unwrap();
    let entries =
        json!({ "entries": { "stu_liv": { "email": "liv@example.edu", "section": "b" } } });
    world.put(&keys::expected(&home(), 2, &list, &liv), &entries);
    world.moves_when_read(&keys::roster(&home()), "version", "2");
    world.held().unmoved = 2;
    assert_eq!(erase(&world, "stu_liv").await.status, 202);
    assert!(world.held().moves.is_none());
    assert_eq!(people(&world, "?presence=waiting").await.each("/id"), [""; 0]);
}

#[tokio::test]
async fn q8_no_list_gets_into_a_cohort_that_is_put_away_or_erased_meanwhile() {
    let moves =
        [("archived_at", "2026-09-09T00:00:00Z", "archived"), ("erasure", "era_1", "not-found")];
    for (attribute, value, problem) in moves {
        let world = world();
        let before = anywhere(&world);
        let rows = json!([{ "email": "late@example.edu", "section": "a" }]);
        world.moves_when_read(&keys::cohort(&home()), attribute, value);
        let answer = put(&world, 1, &rows).await;
        assert_eq!(answer.problem(), problem);
        assert_eq!(anywhere(&world), before, "{attribute}");
        assert_eq!(
            world.held().items[&place_of(&keys::roster(&home()))]["version"].as_n().unwrap(),
            "1"
        );
    }
}

fn place_of(key: &keys::Key) -> (String, String) {
    (key.pk.clone(), key.sk.clone())
}

#[tokio::test]
async fn q8_a_change_is_recorded_with_its_list_once_it_is_of_the_right_version() {
    let world = world();
    let rows = json!([{ "email": "a@example.edu", "section": "a" }]);
    assert_eq!(put(&world, 9, &rows).await.status, 412);
    let replaced = |world: &World| -> Vec<String> {
        let held = world.held();
        let ours = held.audit.iter().filter(|entry| {
            let is = |name: &str, word: &str| entry[name].as_s().is_ok_and(|text| text == word);
            is("action", "roster.replace") && !is("outcome", "refused")
        });
        ours.map(|entry| format!("{:?}", entry["ids"])).collect()
    };
    assert!(replaced(&world).is_empty());
    assert_eq!(put(&world, 1, &rows).await.status, 200);
    let told = replaced(&world);
    assert_eq!(told.len(), 1);
    assert!(told[0].contains("ros_") && told[0].contains("version-2"), "{told:?}");
}

#[tokio::test]
async fn q8_days_tell_when_answers_came_in() {
    let path = "/api/cohorts/coh_computer-science-2026/timeline";
    let answer = world().send(&asks(VIEWER, "GET", path)).await;
    assert_eq!(
        answer.body["days"],
        json!([{ "day": "2026-09-01", "sections": [
            { "section": "a", "students": 2, "listed": 1 },
            { "section": "b", "students": 3, "listed": 1 },
        ] }])
    );
}

#[tokio::test]
async fn q8_the_roster_of_an_archived_cohort_stays_as_it_is() {
    let world = world();
    let key = keys::cohort(&home());
    let when = aws_sdk_dynamodb::types::AttributeValue::S("2026-09-09T00:00:00Z".into());
    world.held().items.get_mut(&(key.pk, key.sk)).unwrap().insert("archived_at".into(), when);
    let rows = json!([{ "email": "a@example.edu", "section": "a" }]);
    assert_eq!(put(&world, 1, &rows).await.problem(), "archived");
    assert_eq!(remove(&world, 1).await.problem(), "archived");
}
