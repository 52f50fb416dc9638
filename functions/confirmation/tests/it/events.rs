//! Every file in `events/confirmation/`, by its name.

use domain::rights::{Purpose, Status};
use serde_json::{Value, json};

use crate::world::{World, now, token_of};

#[tokio::test]
async fn every_event_is_answered_as_its_name_says() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../events/confirmation");
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    names.sort();
    let expected = [
        ("confirm", 200, Status::Confirmed),
        ("malformed", 410, Status::Acknowledged),
        ("open-link", 200, Status::Acknowledged),
        ("student-another-link", 200, Status::Acknowledged),
        ("student-no-session", 410, Status::Acknowledged),
        ("student-open-link", 200, Status::Acknowledged),
        ("student-open-page", 303, Status::Acknowledged),
        ("student-wrong-token", 410, Status::Acknowledged),
        ("unknown-request", 410, Status::Acknowledged),
        ("wrong-token", 410, Status::Acknowledged),
    ];
    assert_eq!(names, expected.map(|(name, ..)| name));
    for (name, status, leaves) in expected {
        let text = std::fs::read_to_string(format!("{folder}/{name}.json")).unwrap();
        // A token is made with the stack's key, so no file can hold one that is valid.
        let text = text.replace("@TOKEN@", &token_of(Purpose::Confirm, "first"));
        let text = text.replace("@PAGE@", &crate::visitor::token());
        let event: Value = serde_json::from_str(&text).unwrap();
        let world = World::with(&json!({}));
        crate::visitor::mail(&world, &json!({}));
        assert_eq!(world.gets(&event, now).await.status_code, status, "{name}");
        assert_eq!(world.stands().await.status, leaves, "{name}");
    }
}
