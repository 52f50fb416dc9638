//! D4: a person is found in all cohorts by address or number, and requests of all cohorts are listed.

use domain::StudentId;
use serde_json::{Value, json};
use store::{Scope, keys};

use crate::data::{COORDINATOR, FOREIGN, OPERATOR, home, put_request, world};
use crate::world::{Answer, World, asks, with_body};

const SEARCH: &str = "/api/people/search";

async fn search(world: &World, subject: &str, body: &Value) -> Answer {
    world.send(&with_body(asks(subject, "POST", SEARCH), body)).await
}

/// The same person in two cohorts of the institution.
fn two_cohorts(world: &World) -> Vec<(String, String)> {
    let cohorts = ["coh_computer-science-2026", "coh_later"];
    let ids = [(cohorts[0], "stu_mette"), (cohorts[1], "stu_later")].map(|(cohort, id)| {
        let scope = Scope::new(home().institution, cohort.parse().unwrap());
        let id = StudentId::parse(id).unwrap();
        let student = json!({
            "id": id, "name": "Mette Vang", "email": "mette@example.edu",
            "former": ["m.vang@example.edu"], "section": "a",
            "number": "S999", "response": "token-m", "submitted_at": "2026-09-01T07:31:05Z",
        });
        world.put(&keys::student(&scope, &id), &student);
        (cohort.to_owned(), id.to_string())
    });
    ids.into()
}

fn last_entry(world: &World) -> Value {
    serde_dynamo::from_item(world.held().audit.last().unwrap().clone()).unwrap()
}

#[tokio::test]
async fn d4_a_person_is_found_in_every_cohort_by_address_and_by_number() {
    for body in [
        json!({ "email": " Mette@Example.EDU " }),
        json!({ "email": "M.Vang@example.edu" }),
        json!({ "number": " s999" }),
    ] {
        let world = world();
        let expected = two_cohorts(&world);
        let answer = search(&world, OPERATOR, &body).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let found: Vec<(String, String)> = answer
            .each("/cohort")
            .into_iter()
            .zip(answer.each("/student"))
            .map(|(cohort, student)| (cohort.to_owned(), student.to_owned()))
            .collect();
        assert_eq!(found, expected, "{body}");
        assert_eq!(answer.body["items"][0]["stored"], json!({ "students": 1 }));
        // Who asked is told ids and numbers; nothing of it names the person.
        assert!(!answer.text.contains("Mette") && !answer.text.contains("mette"));
        let entry = last_entry(&world);
        assert_eq!(entry["action"], "people.search");
        assert_eq!(entry["ids"], json!([expected[0].1, expected[1].1]));
        assert!(!entry.to_string().to_lowercase().contains("mette"));
        assert!(!entry.to_string().contains("999"));
    }
}

#[tokio::test]
async fn d4_nobody_is_found_elsewhere_or_while_being_erased_and_each_look_is_recorded() {
    let world = world();
    for (subject, body) in [
        (OPERATOR, json!({ "email": "nobody@example.edu" })),
        (OPERATOR, json!({ "number": "0" })),
        (FOREIGN, json!({ "number": "s204712" })),
    ] {
        let answer = search(&world, subject, &body).await;
        assert_eq!((answer.status, &answer.body), (200, &json!({ "items": [] })), "{body}");
        assert_eq!(last_entry(&world)["action"], "people.search");
    }
    let key = keys::student(&home(), &"stu_3".parse().unwrap());
    world
        .held()
        .items
        .get_mut(&(key.pk, key.sk))
        .unwrap()
        .insert("erasure".into(), aws_sdk_dynamodb::types::AttributeValue::S("era_1".into()));
    let answer = search(&world, OPERATOR, &json!({ "number": "s204712" })).await;
    assert_eq!(answer.body, json!({ "items": [] }));
}

#[tokio::test]
async fn d4_a_search_names_one_person_in_one_way() {
    for body in [
        json!({}),
        json!({ "email": "a@example.edu", "number": "1" }),
        json!({ "email": "secret-not-an-address" }),
        json!({ "name": "Freja" }),
        json!({ "email": 7 }),
    ] {
        let world = world();
        let answer = search(&world, OPERATOR, &body).await;
        assert_eq!((answer.status, answer.problem()), (400, "parameters"), "{body}");
        assert!(!answer.text.contains("secret-not"), "{}", answer.text);
        assert_eq!(last_entry(&world)["problem"], "parameters");
    }
    let refused = search(&world(), COORDINATOR, &json!({ "number": "s204712" })).await;
    assert_eq!((refused.status, refused.problem()), (403, "role-too-low"));
}

#[tokio::test]
async fn d4_requests_of_all_cohorts_are_listed_what_is_late_first() {
    let world = world();
    let later = Scope::new(home().institution, "coh_later".parse().unwrap());
    let late = json!({ "received_at": "2026-07-01T07:00:00Z", "status": "acknowledged" });
    put_request(&world, &later, "rrq_late", &late);
    let fresh = json!({ "received_at": "2026-09-10T11:00:00Z", "status": "acknowledged" });
    put_request(&world, &later, "rrq_fresh", &fresh);
    let all = world.send(&asks(OPERATOR, "GET", "/api/rights")).await;
    assert_eq!(all.status, 200, "{all:?}");
    let ids = all.each("/request/id");
    assert_eq!((ids[0], ids[ids.len() - 1]), ("rrq_late", "rrq_in_force"));
    assert_eq!(all.body["items"][0]["cohort"], "coh_later");
    assert_eq!(all.body["items"][0]["request"]["alert"], "overdue");
    assert_eq!(last_entry(&world)["action"], "rights.overview");

    // Page by page it is the same list.
    let (mut walked, mut cursor) = (Vec::new(), String::new());
    loop {
        let page =
            world.send(&asks(OPERATOR, "GET", &format!("/api/rights?limit=2{cursor}"))).await;
        walked.extend(page.each("/request/id").into_iter().map(str::to_owned));
        let Some(next) = page.body["next"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(walked, ids);
    for (status, wanted) in [
        ("fulfilled", vec!["rrq_in_force"]),
        ("acknowledged", vec!["rrq_late", "rrq_told", "rrq_fresh"]),
        ("lifted", vec![]),
    ] {
        let some =
            world.send(&asks(OPERATOR, "GET", &format!("/api/rights?status={status}"))).await;
        assert_eq!(some.each("/request/id"), wanted, "{status}");
    }
    let open = world.send(&asks(OPERATOR, "GET", "/api/rights?status=open")).await;
    assert_eq!(open.each("/request/id").len(), ids.len() - 1);
    let wrong = world.send(&asks(OPERATOR, "GET", "/api/rights?status=late")).await;
    assert_eq!((wrong.status, wrong.problem()), (400, "parameters"));
    let elsewhere = world.send(&asks(FOREIGN, "GET", "/api/rights")).await;
    assert_eq!(elsewhere.body["items"], json!([]));
}
