//! D6: everything of an institution is returned, whole and only that.

use std::fmt::Write as _;
use std::time::Duration;

use domain::export::{ExportFailure, ExportStatus};
use serde_json::{Value, json};
use store::keys;

use crate::memory::When;
use crate::world::{World, now, scope, task};

/// Whether a file is the one with JSON lines.
fn is_lines(name: &str) -> bool {
    std::path::Path::new(name).extension().is_some_and(|ending| ending == "jsonl")
}

#[tokio::test]
async fn d6_everything_of_the_institution_is_in_the_export_and_nothing_of_another() {
    let world = World::full().await;
    assert!(world.runs(task()).await.unwrap().done);
    let export = world.export().await;
    assert_eq!((export.status, export.ended_at), (ExportStatus::Ready, Some(now())));
    let files = world.files();
    let all: String = files.values().map(String::as_str).collect();
    for mark in [
        "Home contact",
        "Home breach",
        "Home letter",
        "Home certificate",
        "Home.swept",
        "Home student 0 of coh_a",
        "Home student 44 of coh_a",
        "Home student 1 of coh_b",
        "Home form 8 of coh_a",
        "\"delete_on\":\"2027-05-07\"",
        "institution.export",
    ] {
        assert!(all.contains(mark), "{mark} is missing");
    }
    for mark in [
        "Foreign",
        "of coh_due",
        "of coh_gone",
        "secret-nonce",
        "secret-token",
        "deadline_pk",
        "\"pk\"",
    ] {
        assert!(!all.contains(mark), "{mark} is there");
    }
    let students: usize = files
        .iter()
        .filter(|(name, _)| name.contains("items-student") && is_lines(name))
        .map(|(_, text)| text.lines().count())
        .sum();
    assert_eq!(students, 47, "of both cohorts");
    let forms = files.iter().filter(|(name, _)| name.contains(".raw-") && is_lines(name));
    assert_eq!(forms.map(|(_, text)| text.lines().count()).sum::<usize>(), 10);
    assert_eq!(world.recorded(), 1);
}

#[tokio::test]
async fn d6_the_manifest_names_every_file_with_its_hash() {
    use sha2::{Digest as _, Sha256};
    let world = World::full().await;
    world.runs(task()).await.unwrap();
    let files = world.files();
    let manifest: Value = serde_json::from_str(&files["manifest.json"]).unwrap();
    let named = manifest["files"].as_array().unwrap();
    assert_eq!(named.len() + 1, files.len());
    for file in named {
        let body = &files[file["name"].as_str().unwrap()];
        let hash = Sha256::digest(body).iter().fold(String::new(), |mut text, byte| {
            write!(text, "{byte:02x}").unwrap();
            text
        });
        assert_eq!(file["sha256"], hash, "{file}");
        assert_eq!(file["bytes"], body.len());
        if is_lines(file["name"].as_str().unwrap()) {
            assert_eq!(file["items"], body.lines().count());
            assert!(body.lines().all(|line| serde_json::from_str::<Value>(line).is_ok()));
        }
    }
    assert_eq!(world.noted().await.len(), files.len());
}

#[tokio::test]
async fn d6_a_task_without_time_hands_over_and_the_next_goes_on() {
    let whole = World::full().await;
    whole.runs(task()).await.unwrap();
    let world = World { slice: Some(Duration::ZERO), ..World::full().await };
    let mut rounds = 0;
    while !world.runs(task()).await.unwrap().done {
        rounds += 1;
        assert!(rounds < 100);
    }
    assert!(rounds > 10, "a page each: {rounds}");
    assert_eq!(world.files(), whole.files());
    assert_eq!(world.recorded(), 1);
}

#[tokio::test]
async fn d6_an_export_that_dies_anywhere_is_resumed_and_ends_the_same() {
    let whole = World::small().await;
    whole.runs(task()).await.unwrap();
    let calls = whole.gate.calls();
    let expected = whole.files();
    for call in 0..calls {
        for when in [When::Before, When::After] {
            let world = World::small().await;
            world.gate.fail(call, when);
            let first = world.runs(task()).await;
            assert!(first.is_err(), "{call} {when:?}");
            assert!(world.runs(task()).await.unwrap().done, "{call} {when:?}");
            assert_eq!(world.export().await.status, ExportStatus::Ready, "{call} {when:?}");
            assert_eq!(world.files(), expected, "{call} {when:?}");
            assert_eq!(world.noted().await.len(), expected.len(), "{call} {when:?}");
            assert_eq!(world.recorded(), 1, "{call} {when:?}");
        }
    }
}

#[tokio::test]
async fn d6_an_export_stops_when_something_of_it_is_erased() {
    for (completed, stops) in
        [(None, true), (Some("2026-09-10T12:00:01Z"), true), (Some("2026-09-10T11:59:59Z"), false)]
    {
        let world = World::full().await;
        let key = keys::erasure(&scope().institution, &"era_9".parse().unwrap());
        let mut erasure = json!({
            "id": "era_9", "cohort": "coh_b", "scope": "cohort", "status": "running",
            "reason": "retention_ended", "started_at": "2026-09-10T11:00:00Z", "deleted": {},
        });
        if let Some(at) = completed {
            erasure["completed_at"] = at.into();
        }
        world.put(&key, &erasure);
        assert!(world.runs(task()).await.unwrap().done);
        let export = world.export().await;
        let expected = if stops { ExportStatus::Failed } else { ExportStatus::Ready };
        assert_eq!(export.status, expected, "{completed:?}");
        assert_eq!(export.failure, stops.then_some(ExportFailure::Erasure));
        assert_eq!(world.files().contains_key("manifest.json"), !stops);
    }
}

#[tokio::test]
async fn d6_a_deactivated_institution_is_exported_all_the_same() {
    let world = World::full().await;
    let deactivation = json!({
        "reference": "2026-1", "given_on": "2026-09-01", "erase_on": "2027-09-01",
        "at": "2026-09-01T10:00:00Z",
    });
    world.put(&keys::deactivation(&scope().institution), &deactivation);
    assert!(world.runs(task()).await.unwrap().done);
    let all: String = world.files().into_values().collect();
    assert!(all.contains("Home student 0 of coh_a") && all.contains("2026-1"));
}
