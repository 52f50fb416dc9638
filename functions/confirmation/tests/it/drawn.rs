//! Every page as the gateway gets it, written into a folder: `DRAWN=folder`. A browser then walks through them
//! (`functions/portal-web/web/tests/drawn`), and `cargo dev test` does both.

use confirmation::Answer;
use domain::rights::Purpose;
use serde_json::{Value, json};

use crate::memory::When;
use crate::visitor::{Visitor, form_of, token};
use crate::world::{World, link, scope, token_of};

const LANGUAGES: [&str; 2] = ["da", "en"];

/// Where the pages are written, if anybody asked for them.
struct Folder(String);

impl Folder {
    #[allow(clippy::disallowed_methods, reason = "asked for by whoever draws the pages")]
    fn asked_for() -> Option<Self> {
        std::env::var("DRAWN").ok().map(Self)
    }

    fn write(&self, name: &str, answer: &Answer) {
        assert!(answer.headers.contains_key("content-security-policy"), "{name} is no page");
        let file = format!("{}/{name}.json", self.0);
        std::fs::write(file, serde_json::to_vec(answer).unwrap()).unwrap();
    }

    /// The page in both languages.
    async fn both(&self, name: &str, visitor: &Visitor, query: &str) {
        for lang in LANGUAGES {
            let page = visitor.looks(&format!("lang={lang}&{query}")).await;
            assert_eq!(page.status_code, 200, "{name}");
            self.write(&format!("{name}-{lang}"), &page);
        }
    }
}

#[tokio::test]
async fn drawn_students_pages() {
    let Some(folder) = Folder::asked_for() else { return };
    let visitor = Visitor::new();
    folder.write("student-door", &visitor.link("GET", &token(), "").await);
    visitor.enters().await;
    folder.write("student-closed", &visitor.link("GET", &token(), "").await);
    folder.write("student-renewed", &visitor.link("POST", &token(), "do=renew").await);
    folder.both("student-page", &visitor, "").await;
    for act in ["access", "rectification", "restriction", "objection", "erasure"] {
        folder.both(&format!("student-{act}"), &visitor, &format!("do={act}")).await;
    }
    for lang in LANGUAGES {
        let asks = visitor.looks(&format!("lang={lang}&do=rectification")).await.body;
        let form = form_of(&asks, "rectification");
        let wrong = visitor.posts(&format!("{form}&name=&number=010190-1234")).await;
        assert_eq!(wrong.status_code, 400);
        folder.write(&format!("student-wrong-{lang}"), &wrong);
    }
    *visitor.cookie.borrow_mut() = None;
    folder.write("student-over", &visitor.looks("").await);
    visitor.mail(&json!({ "kind": "group" }));
    folder.write("student-way-in", &visitor.link("GET", &token(), "").await);
}

/// What a page can hold at most, and what it says after each act.
#[tokio::test]
async fn drawn_what_a_student_did() {
    let Some(folder) = Folder::asked_for() else { return };
    for act in ["rectification", "erasure", "objection", "restriction"] {
        let visitor = Visitor::new();
        visitor.enters().await;
        let fields =
            if act == "rectification" { "name=Freja Maria Lund&number=s204711" } else { "" };
        assert_eq!(visitor.acts(act, fields).await.status_code, 303, "{act}");
        folder.both(&format!("student-done-{act}"), &visitor, &format!("done={act}")).await;
        if act != "objection" {
            continue;
        }
        assert_eq!(visitor.acts("restriction", "").await.status_code, 303);
        for lift in ["lift-objection", "lift-restriction"] {
            folder.both(&format!("student-{lift}"), &visitor, &format!("do={lift}")).await;
        }
        assert_eq!(visitor.acts("lift-objection", "").await.status_code, 303);
        folder.both("student-done-lift-objection", &visitor, "done=lift-objection").await;
        assert_eq!(visitor.acts("lift-restriction", "").await.status_code, 303);
        folder.both("student-done-lift-restriction", &visitor, "done=lift-restriction").await;
    }
    for lang in LANGUAGES {
        let visitor = Visitor::with(&json!({ "language": lang }));
        visitor.enters().await;
        let left = visitor.acts("close", "").await;
        assert_eq!(left.status_code, 200);
        folder.write(&format!("student-left-{lang}"), &left);
    }
}

/// Groups as they can be: nobody else in it, no common hour, none at all, and words that nobody can break.
#[tokio::test]
async fn drawn_groups_of_all_kinds() {
    let Some(folder) = Folder::asked_for() else { return };
    let rule = json!({ "apart": { "sets": [["stu_1", "stu_2"]] } });
    let criteria = json!([{ "id": "quarrel", "weight": 1, "hardness": "must", "rule": rule }]);
    let none = Visitor::with(&json!({ "published_formation": null, "criteria": criteria }));
    none.enters().await;
    folder.both("student-no-group", &none, "").await;
    let group = |change: Value| {
        let visitor = Visitor::new();
        let mut group = json!({
            "formation": "for_1", "section": "a", "number": 7, "members": ["stu_2", "stu_1"],
            "score": 1, "scores": {}, "common_slots": [],
        });
        for (name, part) in change.as_object().unwrap() {
            group[name] = part.clone();
        }
        let (formation, section) = ("for_1".parse().unwrap(), "a".parse().unwrap());
        visitor.world.put(&keys::group(&scope(), &formation, &section, 7), &group);
        visitor
    };
    let alone = group(json!({ "members": ["stu_1"] }));
    alone.enters().await;
    folder.both("student-alone", &alone, "").await;
    let long = group(json!({}));
    let (name, email) =
        ("Donaudampfschiffahrtselektrizitätenhauptbetriebswerk".repeat(2), "n".repeat(60));
    let student = json!({
        "id": "stu_2", "name": name, "email": format!("{email}@example.edu"), "section": "a",
        "response": "token-stu_2", "submitted_at": "2026-09-01T07:31:05Z",
    });
    long.world.put(&keys::student(&scope(), &"stu_2".parse().unwrap()), &student);
    long.enters().await;
    folder.both("student-long-words", &long, "").await;
}

#[tokio::test]
async fn drawn_pages_about_requests() {
    let Some(folder) = Folder::asked_for() else { return };
    let token = token_of(Purpose::Confirm, "first");
    let world = World::with(&json!({}));
    folder.write("rights-ask", &world.asks("GET", link(&token)).await);
    folder.write("rights-confirmed", &world.asks("POST", link(&token)).await);
    folder.write("rights-no-link", &world.asks("GET", link("x")).await);
    let broken = World::with(&json!({}));
    broken.gate.fail(0, When::Before);
    let later = broken.asks("GET", link(&token)).await;
    assert_eq!(later.status_code, 503);
    folder.write("rights-later", &later);
    let ready = crate::fetching::handed_over();
    folder.write("rights-fetch", &ready.asks("GET", link(&crate::fetching::mine())).await);
}
