//! Every file of `events/formation-trigger` is sent and its answer compared.

use std::path::Path;

use domain::formation::{FormationStatus, RequestedBy};
use formation_trigger::start::formation;
use formation_trigger::{Answer, Refusal, Request};
use store::Scope;

use crate::world::{World, now};

#[tokio::test]
async fn g1_every_sample_event_is_answered() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../events/formation-trigger");
    let mut seen = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        let event: serde_json::Value = serde_json::from_str(&text).unwrap();
        let (world, scope) = World::with_cohort().await;
        prepare(&world, &scope, &event).await;
        let answer = world.send(event).await.unwrap();
        match name.as_str() {
            "deadline" => {
                assert!(matches!(answer, Answer::Swept(swept) if swept.started == 1), "{answer:?}");
            }
            "around" | "contact" | "operator" | "plan" | "redrive" | "replace" | "rotation" => {
                assert!(matches!(answer, Answer::Accepted { started: true, .. }), "{answer:?}");
            }
            "operator-unknown-cohort" => {
                assert_eq!(answer, Answer::Refused { refused: Refusal::NoCohort, formation: None });
            }
            other => panic!("nobody says what comes of {other}.json"),
        }
        seen.push(name);
    }
    assert_eq!(seen.len(), 9);
}

/// An event that runs a formation again needs one that failed, one that replaces groups some that
/// were published.
async fn prepare(world: &World, scope: &Scope, event: &serde_json::Value) {
    let request: Request = serde_json::from_value(event.clone()).unwrap();
    let (id, status) = match request {
        Request::Redrive { formation, .. } => (formation, FormationStatus::Failed),
        Request::Contact { replace: Some(published), .. }
        | Request::Operator { replace: Some(published), .. } => {
            (published, FormationStatus::Published)
        }
        Request::Contact { around: Some(around), .. } => {
            (around.formation, FormationStatus::AwaitingApproval)
        }
        _ => return,
    };
    let mut known = formation(id, RequestedBy::Operator, None, now());
    known.status = status;
    world.table.store().start_formation(scope, &known, None).await.unwrap();
    if status == FormationStatus::AwaitingApproval {
        return;
    }
    let key = store::keys::cohort(scope);
    let mut held = world.table.held();
    let cohort = held.items.get_mut(&(key.pk, key.sk)).unwrap();
    let active = cohort.remove("active_formation").unwrap();
    if status == FormationStatus::Published {
        cohort.insert("published_formation".to_owned(), active);
    }
}
