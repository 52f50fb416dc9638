//! Exports of the institution through the API (D6).

use serde_json::{Value, json};
use store::keys;

use crate::data::{COORDINATOR, FOREIGN, OPERATOR, end_erasures, home, put_export, world};
use crate::world::{Answer, EXPORTER, World, asks, with_header};

const START: &str = "/api/institution/export";
const EXPORTS: &str = "/api/institution/exports";

fn quiet() -> World {
    let world = world();
    end_erasures(&world);
    world
}

async fn start(world: &World, key: &str) -> Answer {
    world.send(&with_header(asks(OPERATOR, "POST", START), "idempotency-key", key)).await
}

fn last_entry(world: &World) -> Value {
    serde_dynamo::from_item(world.held().audit.last().unwrap().clone()).unwrap()
}

#[tokio::test]
async fn d6_an_export_is_started_once_under_its_key() {
    let world = quiet();
    let first = start(&world, "case 7").await;
    assert_eq!((first.status, &first.body["status"]), (202, &json!("running")), "{first:?}");
    assert_eq!(first.body["expires_at"], "2026-10-10T12:00:00Z");
    let id = first.body["id"].as_str().unwrap();
    assert_eq!(first.headers["location"], format!("{EXPORTS}/{id}"));
    let told = world.held().exporting.clone();
    let ids = json!({ "institution": home().institution, "export": id });
    assert_eq!(told, [(id.to_owned(), ids)], "{EXPORTER} is told ids and nothing else");
    assert_eq!(last_entry(&world)["action"], "institution.export.requested");

    let items = world.held().items.clone();
    let again = start(&world, "case 7").await;
    assert_eq!((again.status, &again.body), (202, &first.body));
    assert_eq!(world.held().items, items);
    assert_eq!(world.held().exporting.len(), 1);
    let other = start(&world, "case 8").await;
    assert_ne!(other.body["id"], first.body["id"]);
    assert_eq!(world.held().exporting.len(), 2);
}

#[tokio::test]
async fn d6_an_export_whose_start_failed_starts_when_it_is_asked_for_again() {
    let world = quiet();
    world.break_machine(true);
    assert_eq!(start(&world, "case 7").await.status, 503);
    assert!(world.held().exporting.is_empty());
    world.break_machine(false);
    assert_eq!(start(&world, "case 7").await.status, 202);
    assert_eq!(world.held().exporting.len(), 1);
}

#[tokio::test]
async fn d6_no_export_without_a_key_or_while_something_is_erased() {
    let world = quiet();
    let answer = world.send(&asks(OPERATOR, "POST", START)).await;
    assert_eq!((answer.status, answer.problem()), (400, "parameters"));
    assert_eq!(last_entry(&world)["problem"], "parameters");
    let erasing = crate::data::world();
    let answer = start(&erasing, "case 7").await;
    assert_eq!((answer.status, answer.problem()), (409, "erasure-runs"));
    assert_eq!(last_entry(&erasing)["problem"], "erasure-runs");
    assert!(erasing.held().exporting.is_empty());
    for (subject, status) in [(COORDINATOR, 403), (FOREIGN, 202)] {
        let world = quiet();
        let event = with_header(asks(subject, "POST", START), "idempotency-key", "case 7");
        assert_eq!(world.send(&event).await.status, status, "{subject}");
        let ours = world
            .held()
            .exporting
            .iter()
            .any(|(_, told)| told["institution"] == "ins_example-university");
        assert!(!ours);
    }
}

#[tokio::test]
async fn d6_exports_are_listed_shown_and_fetched_by_a_short_lived_address() {
    let world = quiet();
    let list = world.send(&asks(OPERATOR, "GET", EXPORTS)).await;
    assert_eq!(list.each("/id"), ["exp_ready"]);
    let shown = world.send(&asks(OPERATOR, "GET", &format!("{EXPORTS}/exp_ready"))).await;
    assert_eq!(shown.body["files"][0]["name"], "manifest.json");
    let path = format!("{EXPORTS}/exp_ready/files/manifest.json");
    let file = world.send(&asks(OPERATOR, "GET", &path)).await;
    assert_eq!((file.status, &file.body["expires_at"]), (200, &json!("2026-09-10T12:05:00Z")));
    let url = file.body["url"].as_str().unwrap();
    let key = "institutions/ins_example-university/exports/exp_ready/manifest.json";
    assert!(url.contains(key) && url.contains("X-Amz-Expires=300"), "{url}");
    assert!(
        url.contains("response-content-disposition=attachment"),
        "it is saved, not shown: {url}"
    );
    assert_eq!(last_entry(&world)["action"], "exports.file");

    for path in ["exp_ready/files/other.json", "exp_unknown", "exp_unknown/files/manifest.json"] {
        let answer = world.send(&asks(OPERATOR, "GET", &format!("{EXPORTS}/{path}"))).await;
        assert_eq!((answer.status, answer.problem()), (404, "not-found"), "{path}");
    }
    let foreign = world.send(&asks(FOREIGN, "GET", &path)).await;
    assert_eq!((foreign.status, foreign.problem()), (404, "not-found"));
}

#[tokio::test]
async fn d6_no_file_of_an_export_that_is_not_ready_over_or_outdated() {
    for (more, problem) in [
        (json!({ "status": "running" }), "export-not-ready"),
        (json!({ "status": "failed", "failure": "erasure" }), "export-not-ready"),
        (json!({ "status": "expired" }), "export-not-ready"),
        (json!({ "expires_at": "2026-09-10T12:00:00Z" }), "export-not-ready"),
    ] {
        let world = quiet();
        put_export(&world, &home().institution, "exp_ready", &more);
        let path = format!("{EXPORTS}/exp_ready/files/manifest.json");
        let answer = world.send(&asks(OPERATOR, "GET", &path)).await;
        assert_eq!((answer.status, answer.problem()), (409, problem), "{more}");
        assert_eq!(last_entry(&world)["problem"], problem);
        let shown = world.send(&asks(OPERATOR, "GET", &format!("{EXPORTS}/exp_ready"))).await;
        assert_eq!(shown.body["files"], json!([]), "{more}");
    }
    let erasing = crate::data::world();
    let path = format!("{EXPORTS}/exp_ready/files/manifest.json");
    let answer = erasing.send(&asks(OPERATOR, "GET", &path)).await;
    assert_eq!((answer.status, answer.problem()), (409, "erasure-runs"));
}

#[tokio::test]
async fn d6_a_deactivated_institution_is_exported_by_an_operator_and_nobody_else() {
    let world = quiet();
    let deactivation = json!({
        "reference": "2026-512", "given_on": "2026-08-01", "erase_on": "2027-09-10",
        "noted_at": "2026-09-01T12:00:00Z",
    });
    let deactivation: domain::deactivation::Deactivation =
        serde_json::from_value(deactivation).unwrap();
    world.put(&keys::deactivation(&home().institution), &deactivation);
    assert_eq!(start(&world, "the end").await.status, 202);
    let path = format!("{EXPORTS}/exp_ready/files/manifest.json");
    assert_eq!(world.send(&asks(OPERATOR, "GET", &path)).await.status, 200);
    let contact = world.send(&asks(COORDINATOR, "GET", EXPORTS)).await;
    assert_eq!((contact.status, contact.problem()), (403, "institution-deactivated"));
}
