//! What a student's page shows, and what keeps it harmless.

use base64::Engine as _;
use serde_json::json;
use sha2::Digest as _;

use crate::visitor::{MAIL, Visitor, token};
use crate::world::scope;

#[tokio::test]
async fn d4_the_page_shows_the_group_and_the_data_in_the_language_that_is_asked_for() {
    let visitor = Visitor::new();
    visitor.enters().await;
    let danish = visitor.looks("").await.body;
    for part in [
        "<html lang=\"da\">",
        "Gruppe 7",
        "Jonas Bæk",
        "mailto:jonas@example.edu",
        "mandag kl. 10–12",
        "Freja &#60;Lund&#62;",
        "Ambition &#38; mål",
        "7. maj 2027",
        "lang=\"en\" hreflang=\"en\"",
    ] {
        assert!(danish.contains(part), "{part}");
    }
    let english = visitor.looks("lang=en").await.body;
    for part in ["<html lang=\"en\">", "Group 7", "Monday 10–12", "7 May 2027", "På dansk"] {
        assert!(english.contains(part), "{part}");
    }
    let shown = &visitor.trail()[1];
    assert_eq!(
        (shown["action"].as_str(), &shown["actor"]["student"]),
        (Some("student.show"), &json!("stu_1"))
    );
    assert_eq!(
        (&shown["ids"], shown["subjects"].as_str()),
        (&json!(["stu_1", "stu_2"]), Some("2"))
    );
    assert_eq!(visitor.trail().len(), 2, "what is seen is noted once a visit");
    visitor.acts("objection", "").await;
    let before = visitor.trail().len();
    visitor.looks("").await;
    visitor.acts("lift-objection", "").await;
    visitor.looks("").await;
    let entries = visitor.actions().into_iter().filter(|action| action == "student.show").count();
    assert_eq!((entries, before < visitor.trail().len()), (2, true), "alone, and with the group");
}

#[tokio::test]
async fn d4_a_group_is_shown_where_a_mail_would_tell_it_and_nowhere_else() {
    for (change, shows) in [
        (json!({}), true),
        (json!({ "mail_agreed": false }), false),
        (json!({ "published_formation": null }), false),
        (json!({ "published_formation": "for_2" }), false),
    ] {
        let visitor = Visitor::with(&change);
        visitor.enters().await;
        let page = visitor.looks("").await;
        assert_eq!(page.status_code, 200);
        assert_eq!(page.body.contains("Jonas"), shows, "{change}");
        assert!(page.body.contains("freja.lund@example.edu"), "their own data is theirs to see");
    }
}

#[tokio::test]
async fn d4_whom_a_rule_names_is_told_so_and_not_whom_else() {
    for (students, told) in [(["stu_1", "stu_2"], true), (["stu_2", "stu_3"], false)] {
        let rule = json!({ "apart": { "sets": [students] } });
        let criteria = json!([{ "id": "quarrel", "weight": 1, "hardness": "must", "rule": rule }]);
        let visitor = Visitor::with(&json!({ "criteria": criteria, "mail_agreed": false }));
        visitor.enters().await;
        let page = visitor.looks("lang=da").await.body;
        assert_eq!(page.contains("adskilt fra eller sammen med"), told, "{page}");
        let english = visitor.looks("lang=en").await.body;
        assert_eq!(english.contains("apart from or together with"), told);
        assert!(!page.contains("Jonas") && !page.contains("quarrel"));
    }
}

#[tokio::test]
async fn d4_whoever_left_or_is_restricted_is_shown_to_nobody_of_their_group() {
    for flag in ["restricted", "objected"] {
        let visitor = Visitor::new();
        let mut other = json!({
            "id": "stu_2", "name": "Jonas Bæk", "email": "jonas@example.edu", "section": "a",
            "response": "token-stu_2", "submitted_at": "2026-09-01T07:31:05Z",
        });
        other[flag] = json!("2026-09-09T12:00:00Z");
        visitor.world.put(&keys::student(&scope(), &"stu_2".parse().unwrap()), &other);
        visitor.enters().await;
        let page = visitor.looks("").await.body;
        assert!(page.contains("Gruppe 7") && !page.contains("onas"), "{flag}");
        assert!(page.contains("Lige nu er der ikke andre i din studiegruppe"));
    }
}

#[tokio::test]
async fn d10_the_students_pages_run_no_script_load_nothing_and_hold_no_id_but_in_addresses() {
    let visitor = Visitor::new();
    let door = visitor.link("GET", &token(), "").await;
    visitor.enters().await;
    let pages = [
        door,
        visitor.link("GET", &token(), "").await,
        visitor.looks("").await,
        visitor.looks("do=erasure").await,
        visitor.looks("do=rectification").await,
        visitor.acts("rectification", "name=").await,
    ];
    assert!(pages[0].body.contains("<section lang=\"en\">"));
    assert!(pages[2].body.contains("<button class=\"quiet\">"));
    assert!(pages[3].body.contains("<button class=\"grave\">"));
    let session = visitor.cookie.borrow().clone().unwrap();
    let session = session.split_once('=').unwrap().1;
    for page in pages {
        let policy = &page.headers["content-security-policy"];
        assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
        assert!(policy.contains("form-action 'self'") && !policy.contains("unsafe"), "{policy}");
        let style = page.body.split("<style>").nth(1).unwrap().split("</style>").next().unwrap();
        let hash = base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(style));
        assert!(policy.contains(&hash), "the policy lets the page's own style through");
        for (name, value) in [
            ("cache-control", "no-store"),
            ("referrer-policy", "no-referrer"),
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
        ] {
            assert_eq!(page.headers[name], value);
        }
        for part in
            ["<script", " style=", "onclick", "http://", "https://", "stu_", session, &token()]
        {
            assert!(!page.body.contains(part), "{part}");
        }
        let place = format!("/student/{}/{}/{MAIL}", scope().institution, scope().cohort);
        let bare = page.body.replace(&place, "");
        assert!(!bare.contains(MAIL) && !bare.contains("coh_"));
    }
}
