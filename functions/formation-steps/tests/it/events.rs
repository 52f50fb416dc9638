//! Every file of `events/formation-steps` is sent, in the state of the formation it belongs to.

use std::path::Path;

use domain::formation::FormationStatus;
use serde_json::{Value, json};

use crate::world::{World, now};

#[tokio::test]
async fn g1_every_sample_event_is_answered() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../events/formation-steps");
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        let event: Value = serde_json::from_str(&text).unwrap();
        let world = World::with_students(9, 8).await;
        let (before, answer, status) = match name.as_str() {
            "snapshot" => {
                let sections = json!({"sections": [{"section": "A"}, {"section": "B"}]});
                (None, sections, FormationStatus::Running)
            }
            "solve" => (Some("snapshot"), json!({"done": true}), FormationStatus::Running),
            "commit" => (Some("solve"), json!({"approval": false}), FormationStatus::Running),
            "request_approval" => (Some("commit"), json!({}), FormationStatus::AwaitingApproval),
            "publish" => (Some("commit"), json!({"published": true}), FormationStatus::Published),
            "announce" => (Some("publish"), json!({"messages": 17}), FormationStatus::Published),
            // No erasure has taken anybody out of these groups.
            "repair" => {
                let answer = json!({"groups": 0, "messages": 0});
                (Some("publish"), answer, FormationStatus::Published)
            }
            // No contact has written the mailing that these are about.
            "address" => {
                let answer = json!({"done": true, "messages": 0});
                (None, answer, FormationStatus::Running)
            }
            "stop" => (None, json!({}), FormationStatus::Running),
            "fail" => {
                let answer = json!({"status": "failed", "ours": false});
                (Some("solve"), answer, FormationStatus::Failed)
            }
            "fail-rejected" => {
                let answer = json!({"status": "rejected", "ours": false});
                (Some("commit"), answer, FormationStatus::Rejected)
            }
            other => panic!("nobody says what comes of {other}.json"),
        };
        if let Some(before) = before {
            world.up_to(before).await;
        }
        assert_eq!(world.send(event, now).await.unwrap(), answer, "{name}");
        assert_eq!(world.formation().await.status, status, "{name}");
        seen += 1;
    }
    assert_eq!(seen, 11);
}
