//! Every event in `events/portal-api` is executed, and there is none that nobody expects.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::data::world;

/// Status and, for refusals, the problem of every event.
const EXPECTED: [(&str, u16, &str); 17] = [
    ("approve-formation.json", 202, ""),
    ("erase-active-institution.json", 409, "institution-active"),
    ("erase-person.json", 202, ""),
    ("erase-person-not-confirmed.json", 400, "parameters"),
    ("extend-retention.json", 200, ""),
    ("extend-retention-too-far.json", 400, "parameters"),
    ("foreign-cohort.json", 404, "not-found"),
    ("id-token.json", 401, "unauthenticated"),
    ("list-cohorts.json", 200, ""),
    ("list-groups.json", 200, ""),
    ("list-students.json", 200, ""),
    ("no-claims.json", 401, "unauthenticated"),
    ("operator-without-reason.json", 400, "reason-required"),
    ("revoke-extension.json", 200, ""),
    ("start-formation.json", 202, ""),
    ("viewer-starts-formation.json", 403, "role-too-low"),
    ("wrong-parameters.json", 400, "parameters"),
];

#[tokio::test]
async fn every_event_file_does_what_its_name_says() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../events/portal-api");
    let mut expected: BTreeMap<&str, (u16, &str)> =
        EXPECTED.into_iter().map(|(name, status, problem)| (name, (status, problem))).collect();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let event: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let (status, problem) = expected
            .remove(name.as_str())
            .unwrap_or_else(|| panic!("{name} is expected by nobody"));
        let answer = world().send(&event).await;
        assert_eq!((answer.status, answer.problem()), (status, problem), "{name}: {answer:?}");
        let id = event["requestContext"]["requestId"].as_str().unwrap();
        assert_eq!(answer.headers["x-request-id"], id, "{name}");
    }
    assert!(expected.is_empty(), "missing: {expected:?}");
}
