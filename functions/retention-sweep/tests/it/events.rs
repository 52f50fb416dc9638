//! Each file of `events/retention-sweep` is executed.

use retention_sweep::{Sweep, sweep};

use crate::world::World;

#[tokio::test]
async fn every_event_is_executed() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../events/retention-sweep");
    let mut executed = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let event: Sweep = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let world = World::new().await;
        let outcome = sweep(&world.systems(), event).await;
        let started = world.executions.all().len();
        let left = world.unassigned().len();
        match path.file_stem().unwrap().to_str().unwrap() {
            "daily" | "operator" => {
                assert!(outcome.is_ok());
                assert_eq!((started, left), (2, 1));
            }
            "dry-run" => {
                assert_eq!(outcome.unwrap().cohorts.len(), 2);
                assert_eq!((started, left), (0, 3));
            }
            "dry-run-as-of" => {
                assert_eq!(outcome.unwrap().cohorts.len(), 3);
                assert_eq!((started, left), (0, 3));
            }
            "as-of-without-dry-run" => {
                assert_eq!(outcome.unwrap_err().name, "Refused");
                assert_eq!((started, left), (0, 3));
            }
            other => panic!("events/retention-sweep/{other}.json: nobody knows what it should do"),
        }
        executed += 1;
    }
    assert_eq!(executed, 5);
}
