//! Each file of `events/mailing-clock` is executed.

use domain::mailing::Audience;
use mailing_clock::{Answer, Tick, handle};

use crate::world::{World, now};

#[tokio::test]
async fn every_event_is_executed() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../events/mailing-clock");
    let mut executed = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let event: Tick = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let expected = match path.file_stem().unwrap().to_str().unwrap() {
            "minute" => Tick::Minute {},
            "operator" => Tick::Operator {},
            other => panic!("events/mailing-clock/{other}.json: nobody knows what it should do"),
        };
        assert_eq!(event, expected);
        let (world, _) = World::with_plan(Audience::Cohort).await;
        let answer = handle(&world.deps(now), event).await.unwrap();
        assert_eq!(answer, Answer { due: 1, started: 1, ..Answer::default() });
        executed += 1;
    }
    assert_eq!(executed, 2);
}
