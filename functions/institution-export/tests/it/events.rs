//! Every file in `events/institution-export/`, by its name.

use domain::export::ExportStatus;
use institution_export::Task;

use crate::world::World;

#[tokio::test]
async fn every_event_is_answered_as_its_name_says() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../events/institution-export");
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    names.sort();
    let expected = [
        ("fail", true, ExportStatus::Failed),
        ("unknown", false, ExportStatus::Running),
        ("write", true, ExportStatus::Ready),
    ];
    assert_eq!(names, expected.map(|(name, ..)| name));
    for (name, answers, leaves) in expected {
        let text = std::fs::read_to_string(format!("{folder}/{name}.json")).unwrap();
        let task: Task = serde_json::from_str(&text).unwrap();
        let world = World::full().await;
        assert_eq!(world.runs(task).await.is_ok(), answers, "{name}");
        assert_eq!(world.export().await.status, leaves, "{name}");
    }
}
