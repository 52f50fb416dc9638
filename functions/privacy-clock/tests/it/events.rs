//! Each file of `events/privacy-clock` is executed.

use privacy_clock::Tick;
use serde_json::json;

use crate::world::{World, at, request};

#[tokio::test]
async fn every_event_is_executed() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../events/privacy-clock");
    let mut executed = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let event: Tick = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let expected = match path.file_stem().unwrap().to_str().unwrap() {
            "hourly" => Tick::Hourly {},
            "operator" => Tick::Operator {},
            other => panic!("events/privacy-clock/{other}.json: nobody knows what it should do"),
        };
        assert_eq!(event, expected);
        let world = World::default();
        world.noted(&request("rrq_1", json!({}))).await;
        let told = world.tick_for(event, || at("2027-03-31T22:00:00Z")).await.unwrap();
        assert_eq!(told.rights_overdue, 1);
        executed += 1;
    }
    assert_eq!(executed, 2);
}
