//! D4: everything of one student and nothing of anybody else.

use std::collections::BTreeSet;

use handover::{PLACES, Shown};
use serde_json::{Value, json};

use crate::world::{World, key, scope};

/// The stores of the data map that hold something of students, by their names there.
fn about_students() -> BTreeSet<String> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/privacy.json");
    let map: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let places = map["places"].as_array().unwrap().iter();
    let theirs = places.filter(|place| {
        let text = |name: &str| place[name].as_str().unwrap();
        // An erasure names the student only while it runs; by then no request for the data is answered.
        let while_erased = text("name") == "Erasure" || text("name") == "Mark of an erased person";
        // Rights requests are about one person; what goes back to the institution as a whole is not.
        let whole = text("name") == "Export of an institution";
        // What a contact looks at lies with the contact, and is what is shown from the stores.
        let looked_at = text("store") == "the contact's browser";
        let holds = text("people").contains("students") || text("holds").contains("student");
        holds && !while_erased && !whole && !looked_at
    });
    theirs.map(|place| place["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn d4_each_store_of_the_data_map_that_is_about_students_is_in_the_export() {
    let known: BTreeSet<String> = PLACES.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(about_students(), known, "a store came or went: show it in the export");

    let files = World::full().await.files("stu_1", "en").await;
    let data: Value = serde_json::from_str(&files["data.json"]).unwrap();
    for (name, shown) in PLACES {
        match shown {
            Shown::In(members) => {
                for member in members {
                    let found = data.pointer(member).unwrap_or(&Value::Null);
                    let empty = found.is_null()
                        || found.as_array().is_some_and(Vec::is_empty)
                        || found.as_object().is_some_and(serde_json::Map::is_empty);
                    assert!(!empty, "{name}: nothing at {member}");
                }
            }
            Shown::Told(words) => assert!(files["README.txt"].contains(words), "{name}: {words}"),
        }
    }
}

#[tokio::test]
async fn d4_every_version_of_every_questionnaire_is_there_as_it_came() {
    let (dossier, _) = World::full().await.dossier("stu_1", "en").await;
    let forms: Vec<(&str, bool, usize)> = dossier
        .questionnaires
        .iter()
        .map(|form| {
            let versions = form["as_received"].as_array().unwrap().len();
            (form["token"].as_str().unwrap(), form["counts"].as_bool().unwrap(), versions)
        })
        .collect();
    assert_eq!(forms, [("old-1", false, 1), ("token-1", true, 2)]);
    let text = serde_json::to_string(&dossier).unwrap();
    for mark in [
        "Freja's form old-1",
        "Freja's form token-1",
        "Freja's masked form",
        "Freja's odd form",
        "Freja's answer in for_1",
        "Freja's answer in for_0",
        "Freja's case is long.",
        "Freja's mailing",
        "freja@example.edu",
        "complained",
    ] {
        assert!(text.contains(mark), "{mark}");
    }
}

#[tokio::test]
async fn d4_every_answer_to_the_evaluation_is_there_in_words_and_which_one_counts() {
    let (dossier, _) = World::full().await.dossier("stu_1", "en").await;
    let told = dossier.evaluations.iter().map(|one| {
        let answer = &one["answers"][0];
        let label = answer["label"].as_str().unwrap();
        (
            one["token"].as_str().unwrap(),
            one["counts"].as_bool().unwrap(),
            label,
            answer["value"].as_i64().unwrap(),
        )
    });
    let expected = [("eva-1", false, "How content?", 2), ("evb-1", true, "How content?", 5)];
    assert_eq!(told.collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn d4_nothing_of_anybody_else_is_in_the_archive() {
    let files = World::full().await.files("stu_1", "da").await;
    for (name, text) in &files {
        for other in [
            "Emil", "emil@", "stu_2", "stu_8", "stu_9", "token-2", "msg_2", "mlg_2", "rrq_2",
            "eva-2", "s2\"",
        ] {
            assert!(!text.contains(other), "{name}: {other}");
        }
        for secret in ["secret-nonce", "sub-operator", "sub-contact", "nonce"] {
            assert!(!text.contains(secret), "{name}: {secret}");
        }
    }
    let data: Value = serde_json::from_str(&files["data.json"]).unwrap();
    assert_eq!(data["groups"][0]["members"], 2, "of the others their number");
    assert_eq!(data["questionnaires"][1]["answers"][2]["value"]["students_named"], 3);
}

#[tokio::test]
async fn d4_a_round_that_waits_in_a_plan_is_in_the_archive_as_one() {
    let world = World::full().await;
    world.planned("for_2", 3);
    let (dossier, _) = world.dossier("stu_1", "en").await;
    let told = |name: &str| {
        let of = |group: &&Value| group["formation"] == name;
        dossier.groups.iter().find(of).expect("a group").clone()
    };
    let waits = told("for_2");
    assert_eq!((&waits["planned_for_round"], &waits["published"]), (&json!(3), &json!(false)));
    assert_eq!((&waits["members"], &waits["number"]), (&json!(2), &json!(50)));
    assert_eq!(told("for_1")["planned_for_round"], Value::Null);
    let files = world.files("stu_1", "en").await;
    assert!(files["groups.csv"].contains("for_2"), "{}", files["groups.csv"]);
    assert!(!files["data.json"].contains("stu_2"));
}

#[tokio::test]
async fn d4_the_log_holds_what_names_the_student_or_counts_more_than_it_names() {
    let (dossier, _) = World::full().await.dossier("stu_1", "en").await;
    let log: Vec<(&str, bool)> =
        dossier.log.entries.iter().map(|entry| (entry.action.as_str(), entry.named)).collect();
    // What is older than the first questionnaire is about somebody else of that id, if about anybody.
    assert_eq!(
        log,
        [("students.list", true), ("rights.show", true), ("formation.snapshot", false)]
    );
    assert!(dossier.log.complete);
    assert!(dossier.log.entries.iter().all(|entry| entry.by == "staff"));
}

#[tokio::test]
async fn d4_tables_open_in_a_spreadsheet_and_run_nothing() {
    let files = World::full().await.files("stu_1", "en").await;
    let tables: Vec<&String> =
        files.keys().filter(|name| name.rsplit('.').next() == Some("csv")).collect();
    assert_eq!(tables.len(), 13, "{tables:?}");
    for name in tables {
        let text = &files[name];
        assert!(text.starts_with('\u{feff}') && text.ends_with("\r\n"), "{name}");
        assert!(text.lines().count() > 1, "{name} is empty");
    }
    assert!(
        files["answers.csv"].contains("\"'=\"\"Freja's motto\"\"\""),
        "{}",
        files["answers.csv"]
    );
}

#[tokio::test]
async fn d4_the_readme_says_in_both_languages_what_article_15_asks_for() {
    let world = World::full().await;
    for (language, words) in [
        ("da", ["FORMÅL", "HVEM DER FÅR DEM", "HVOR LÆNGE", "DINE RETTIGHEDER", "KOMMER FRA"]),
        ("en", ["PURPOSES", "WHO RECEIVES IT", "FOR HOW LONG", "YOUR RIGHTS", "COMES FROM"]),
    ] {
        let readme = &world.files("stu_1", language).await["README.txt"];
        for word in words {
            assert!(readme.contains(word), "{language}: {word}\n{readme}");
        }
        for fact in ["2027-05-07", "Example University", "study@example.edu", "Typeform SL"] {
            assert!(readme.contains(fact), "{language}: {fact}");
        }
    }
}

#[tokio::test]
async fn d4_the_same_data_makes_the_same_archive() {
    let world = World::full().await;
    let mut archives = Vec::new();
    for _ in 0..2 {
        let (dossier, cohort) = world.dossier("stu_1", "en").await;
        archives.push(handover::archive(&dossier.files(&cohort).unwrap()).unwrap());
    }
    assert_eq!(archives[0], archives[1]);
}

#[tokio::test]
async fn m2_reminders_are_handed_out_when_the_list_that_they_went_to_was_replaced() {
    let world = World::full().await;
    // The list that counts has neither of these ids.
    for (id, address) in [("msg_hers", "FREJA@example.edu"), ("msg_his", "emil@example.edu")] {
        let address = domain::Email::parse(address).unwrap();
        let student = domain::StudentId::derive(&key(), &scope().cohort, &address);
        let reminder = json!({
            "id": id, "kind": "reminder", "student": student, "mailing": "mlg_1",
            "status": "delivered", "status_at": "2026-08-21T10:00:00Z", "attempts": 1,
        });
        let key = store::keys::message(&(&scope()).into(), &id.parse().unwrap());
        world.put(&key, &reminder);
    }
    let (dossier, _) = world.dossier("stu_1", "en").await;
    let ids: Vec<&str> = dossier.messages.iter().map(|mail| mail.id.as_str()).collect();
    assert!(ids.contains(&"msg_hers") && !ids.contains(&"msg_his"), "{ids:?}");
}
