//! Lists: pages, filters, and what they show.

use domain::CohortId;
use serde_json::{Value, json};
use store::Scope;

use crate::data::{COORDINATOR, FOREIGN, OPERATOR, VIEWER, home, put_statistics, world};
use crate::document::operations;
use crate::world::{asks, with_header};

/// Walks a list page by page and returns the strings at `pointer`.
async fn walk(address: &str, limit: usize, pointer: &str) -> Vec<String> {
    let world = world();
    let joint = if address.contains('?') { '&' } else { '?' };
    let mut seen = Vec::new();
    let mut next = String::new();
    loop {
        let page = format!("{address}{joint}limit={limit}{next}");
        let answer = world.send(&asks(OPERATOR, "GET", &page)).await;
        assert_eq!(answer.status, 200, "{page}: {answer:?}");
        let found = answer.each(pointer);
        assert!(found.len() <= limit);
        seen.extend(found.into_iter().map(str::to_owned));
        let Some(cursor) = answer.body["next"].as_str() else { return seen };
        assert_eq!(
            answer.body["items"].as_array().unwrap().len(),
            limit,
            "only the last page is short"
        );
        next = format!("&cursor={cursor}");
    }
}

#[tokio::test]
async fn p1_every_list_is_walked_whole_in_pages_of_any_size() {
    let cohort = "/api/cohorts/coh_computer-science-2026";
    let published = "/api/cohorts/coh_computer-science-2026/formations/for_published";
    let lists: [(String, &str, Vec<&str>); 11] = [
        ("/api/cohorts".into(), "/id", vec!["coh_later", "coh_computer-science-2026"]),
        (
            format!("{cohort}/students"),
            "/name",
            vec!["Freja Lund", "Emil Holm", "Ida Krogh", "Noah Vang", "Alma Dahl"],
        ),
        (
            format!("{cohort}/students?section=a"),
            "/name",
            vec!["Freja Lund", "Emil Holm", "Alma Dahl"],
        ),
        (format!("{cohort}/quarantine"), "/token", vec!["token-odd"]),
        ("/api/quarantine".into(), "/token", vec!["token-lost", "unreadable_1"]),
        (
            format!("{cohort}/formations"),
            "/id",
            vec!["for_waiting", "for_published", "for_running", "for_failed"],
        ),
        (format!("{published}/groups"), "/section", vec!["a", "b"]),
        (
            format!("{published}/messages"),
            "/student",
            vec!["stu_1", "stu_2", "stu_3", "stu_4", "stu_5"],
        ),
        (format!("{cohort}/mailings"), "/id", vec!["mlg_draft", "mlg_sent"]),
        (format!("{cohort}/mailings/mlg_sent/messages"), "/student", vec!["stu_1", "stu_2"]),
        ("/api/erasures".into(), "/id", vec!["era_running", "era_done"]),
    ];
    for (address, pointer, expected) in lists {
        for limit in 1..=6 {
            assert_eq!(walk(&address, limit, pointer).await, expected, "{address} by {limit}");
        }
    }
}

#[tokio::test]
async fn p1_a_cursor_of_another_list_is_refused() {
    let world = world();
    let from = |path: &str| {
        let (world, event) = (world.clone(), asks(OPERATOR, "GET", &format!("{path}?limit=1")));
        async move { world.send(&event).await.body["next"].as_str().unwrap().to_owned() }
    };
    let students = from("/api/cohorts/coh_computer-science-2026/students").await;
    for other in [
        "/api/cohorts?",
        "/api/cohorts/coh_later/students?",
        "/api/cohorts/coh_computer-science-2026/students?section=a&",
        "/api/cohorts/coh_computer-science-2026/formations?",
        "/api/cohorts/coh_computer-science-2026/formations/for_published/messages?",
    ] {
        let answer = world.send(&asks(OPERATOR, "GET", &format!("{other}cursor={students}"))).await;
        assert_eq!(answer.status, 400, "{other}");
        assert_eq!(answer.body["errors"][0]["name"], "cursor");
    }
    let damaged =
        format!("/api/cohorts/coh_computer-science-2026/students?cursor={}", &students[1..]);
    assert_eq!(world.send(&asks(OPERATOR, "GET", &damaged)).await.status, 400);
}

#[tokio::test]
async fn p1_all_problems_of_a_query_are_named_at_once() {
    let address = "/api/cohorts/coh_computer-science-2026/formations/for_published/messages\
        ?limit=0&cursor=x&status=lost&colour=red&limits=5";
    let answer = world().send(&asks(VIEWER, "GET", address)).await;
    assert_eq!((answer.status, answer.problem()), (400, "parameters"));
    let errors = answer.body["errors"].as_array().unwrap();
    let mut names: Vec<&str> = errors.iter().map(|error| error["name"].as_str().unwrap()).collect();
    names.sort_unstable();
    assert_eq!(names, ["colour", "cursor", "limit", "limits", "status"]);
}

#[tokio::test]
async fn p1_a_limit_is_a_whole_number_from_1_to_200() {
    for (limit, fine) in [
        ("1", true),
        ("200", true),
        ("201", false),
        ("0", false),
        ("-1", false),
        ("2.5", false),
        ("", false),
        ("5&limit=6", false),
    ] {
        let address = format!("/api/cohorts?limit={limit}");
        let answer = world().send(&asks(VIEWER, "GET", &address)).await;
        assert_eq!(answer.status, if fine { 200 } else { 400 }, "{limit:?}");
    }
}

#[tokio::test]
async fn p1_an_unknown_parameter_is_refused_on_every_route_and_does_nothing() {
    for operation in operations() {
        let world = world();
        let address = format!("{}?sectoin=a", operation.path);
        let answer = world.send(&asks(OPERATOR, &operation.method, &address)).await;
        assert_eq!(answer.status, 400, "{address}");
        assert_eq!(answer.body["errors"][0]["name"], "sectoin");
        let held = world.held();
        assert!(held.nothing_done());
    }
}

#[tokio::test]
async fn p1_a_section_that_the_cohort_does_not_have_is_refused() {
    for section in ["c", "a%23b", ""] {
        let address = format!("/api/cohorts/coh_computer-science-2026/students?section={section}");
        let answer = world().send(&asks(VIEWER, "GET", &address)).await;
        assert_eq!(answer.status, 400, "{section:?}");
        assert_eq!(answer.body["errors"][0]["name"], "section");
    }
}

#[tokio::test]
async fn q8_a_cohort_counts_its_answers_section_by_section() {
    let answer = world().send(&asks(VIEWER, "GET", "/api/cohorts/coh_computer-science-2026")).await;
    assert_eq!(
        answer.body["responses"],
        json!({ "students": 5, "sections": [
            { "section": "a", "students": 3 }, { "section": "b", "students": 2 },
            { "section": "empty", "students": 0 },
        ] })
    );
    assert_eq!(answer.body["state"], "forming");
    assert_eq!(answer.body["delete_on"], "2027-05-07");
    assert_eq!(answer.body["latest_formation"]["id"], "for_waiting");
    let label = &answer.body["criteria"][1]["label"];
    assert_eq!(
        *label,
        json!({ "da": "Mindst 2 fælles ledige timer: Ledige timer", "en": "At least 2 common free hours: Free hours" })
    );
}

#[tokio::test]
async fn p1_a_student_is_shown_with_what_the_list_promises() {
    let answer =
        world().send(&asks(VIEWER, "GET", "/api/cohorts/coh_computer-science-2026/students")).await;
    assert_eq!(
        answer.body["items"][1],
        json!({
            "id": "stu_2", "name": "Emil Holm", "email": "emil@example.edu", "number": "s204711",
            "section": "a", "submitted_at": "2026-09-01T07:31:05Z", "suppressed": "bounced",
            "takes_part": true,
        })
    );
}

#[tokio::test]
async fn g5_a_group_shows_its_members_scores_and_common_hours() {
    let address = "/api/cohorts/coh_computer-science-2026/formations/for_published/groups";
    let answer = world().send(&asks(VIEWER, "GET", address)).await;
    let group = &answer.body["items"][1];
    assert_eq!(
        group["members"],
        json!([{ "id": "stu_3", "name": "Ida Krogh" }, { "id": "stu_gone" }]),
        "whoever has left is still counted, without a name"
    );
    let brief: Vec<Value> = group["criteria"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| json!([one["criterion"], one["score"], one["must_broken"]]))
        .collect();
    assert_eq!(
        brief,
        [json!(["same", 9000, false]), json!(["free", null, true]), json!(["retired", 100, false])]
    );
    assert_eq!(group["common_slots"], json!([{ "day": 1, "hour": 10 }, { "day": 6, "hour": 23 }]));
}

#[tokio::test]
async fn g3_a_failed_formation_says_why_in_both_languages() {
    let address = "/api/cohorts/coh_computer-science-2026/formations/for_failed";
    let answer = world().send(&asks(VIEWER, "GET", address)).await;
    let failure = &answer.body["failure"];
    assert_eq!(failure["code"], "too_few_students");
    assert_eq!(failure["section"], "b");
    assert!(failure["sentence"]["da"].as_str().unwrap().contains("færre studerende"));
    assert!(failure["sentence"]["en"].as_str().unwrap().contains("fewer students"));
}

#[tokio::test]
async fn g1_a_formation_without_groups_says_so_and_shows_none() {
    for (formation, status) in [("for_running", "running"), ("for_failed", "failed")] {
        let world = world();
        let address =
            format!("/api/cohorts/coh_computer-science-2026/formations/{formation}/groups");
        let answer = world.send(&asks(VIEWER, "GET", &address)).await;
        assert_eq!((answer.status, answer.problem()), (409, "no-groups"));
        assert_eq!(answer.body["formation_status"], status);
    }
    let address = "/api/cohorts/coh_computer-science-2026/formations/for_never/groups";
    assert_eq!(world().send(&asks(VIEWER, "GET", address)).await.status, 404);
}

#[tokio::test]
async fn m3_mails_are_shown_and_counted_for_one_formation() {
    let address = "/api/cohorts/coh_computer-science-2026/formations/for_published/messages";
    let failed = world().send(&asks(VIEWER, "GET", &format!("{address}?status=failed"))).await;
    assert_eq!(failed.each("/name"), ["Alma Dahl"]);
    assert_eq!(failed.each("/failure"), ["suppressed"]);
    assert_eq!(failed.each("/email"), ["alma@example.edu"]);

    let counts = world().send(&asks(VIEWER, "GET", &format!("{address}/summary"))).await;
    assert_eq!(
        counts.body,
        json!({ "total": 5, "statuses": {
            "queued": 1, "claimed": 0, "unknown": 0, "accepted": 0, "delivered": 2, "bounced": 1,
            "complained": 0, "failed": 1,
        } })
    );
}

#[tokio::test]
async fn d2_a_certificate_is_there_once_the_erasure_is_done() {
    let done = world().send(&asks(VIEWER, "GET", "/api/erasures/era_done/certificate")).await;
    assert_eq!(done.body["institution"], "ins_example-university");
    assert_eq!(done.body["left_over"], json!({ "items": 0 }));
    let running = world().send(&asks(VIEWER, "GET", "/api/erasures/era_running/certificate")).await;
    assert_eq!((running.status, running.problem()), (409, "no-certificate"));
    assert_eq!(running.body["erasure_status"], "running");

    let list = world().send(&asks(VIEWER, "GET", "/api/erasures")).await;
    assert_eq!(list.each("/name/en"), ["Computer science"; 2], "the name outlives the cohort");

    let bare = world();
    bare.held().objects.clear();
    let bare = bare.send(&asks(VIEWER, "GET", "/api/erasures/era_done/certificate")).await;
    assert_eq!(bare.status, 500);
}

#[tokio::test]
async fn d9_statistics_outlive_the_cohort_and_stay_with_its_institution() {
    let world = world();
    let erased = Scope { cohort: CohortId::parse("coh_erased").unwrap(), ..home() };
    let path = "/api/cohorts/coh_erased/statistics";
    let none = world.send(&asks(COORDINATOR, "GET", path)).await;
    assert_eq!(none.status, 404, "none were made");
    put_statistics(&world, &erased);
    let found = world.send(&asks(COORDINATOR, "GET", path)).await;
    assert_eq!((found.status, &found.body["students"]), (200, &json!(115)));
    let counts = &found.body["questions"][0]["counts"];
    assert_eq!(counts[1], json!({ "cell": "2" }), "withheld");
    assert_eq!(counts[3], json!({ "cell": "4", "count": 35 }));
    let foreign = world.send(&asks(FOREIGN, "GET", path)).await;
    assert_eq!((foreign.status, foreign.problem()), (404, "not-found"));
}

#[tokio::test]
async fn p1_an_etag_spares_an_answer_that_did_not_change() {
    for operation in operations() {
        if operation.described["responses"]["304"].is_null() {
            continue;
        }
        let world = world();
        let event = asks(OPERATOR, "GET", &operation.path);
        let tag = world.send(&event).await.headers["etag"].clone();
        let same = world.send(&with_header(event.clone(), "if-none-match", &tag)).await;
        assert_eq!((same.status, &same.body), (304, &Value::Null), "{}", operation.path);
        let other = world.send(&with_header(event, "if-none-match", "\"other\"")).await;
        assert_eq!(other.status, 200, "{}", operation.path);
    }
}
