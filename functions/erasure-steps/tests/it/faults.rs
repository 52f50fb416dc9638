//! Every call to the outside fails once, at every place of an erasure, before and after it took
//! effect. Whatever happens, the end is the same.

use erasure_steps::Systems;

use crate::machine::{End, Machine};
use crate::memory::When;
use crate::world::{Saved, Snapshot, World, input};

/// A world to go back to, the end without any fault, and how many calls it took to get there.
struct Trial {
    world: World,
    systems: Systems,
    start: Saved,
    expected: Snapshot,
    calls: usize,
}

impl Trial {
    async fn new() -> Self {
        let world = World::new().await;
        let (systems, start) = (world.systems(), world.saved());
        assert_eq!(Machine::new().run(&systems, input()).await, End::Succeeded);
        let (expected, calls) = (world.snapshot(), world.gate.calls());
        assert!(calls > 100, "{calls}");
        Self { world, systems, start, expected, calls }
    }

    /// Every place and kind of a fault.
    fn faults(&self) -> impl Iterator<Item = (usize, When)> {
        (0..self.calls).flat_map(|call| [(call, When::Before), (call, When::After)])
    }

    /// Whether the end is the same.
    fn compare(&self, call: usize, when: When) {
        let differences = self.expected.differences(&self.world.snapshot());
        assert_eq!(differences, [""; 0], "call {call} {when:?}");
    }

    async fn run(&self, retries: bool) -> End {
        let mut machine = Machine::new();
        machine.retries = retries;
        machine.run(&self.systems, input()).await
    }
}

#[tokio::test]
async fn d2_a_step_that_dies_anywhere_is_tried_again_and_ends_the_same() {
    let trial = Trial::new().await;
    for (call, when) in trial.faults() {
        trial.world.restore(&trial.start);
        trial.world.gate.fail(call, when);
        assert_eq!(trial.run(true).await, End::Succeeded, "call {call} {when:?}");
        assert!(trial.world.gate.calls() > call, "the call was made");
        trial.compare(call, when);
        assert_eq!(trial.world.certificates().len(), 1);
    }
}

#[tokio::test]
async fn d2_an_execution_that_dies_anywhere_is_resumed_by_another_and_ends_the_same() {
    let trial = Trial::new().await;
    let mut unharmed = 0;
    for (call, when) in trial.faults() {
        trial.world.restore(&trial.start);
        trial.world.gate.fail(call, when);
        match trial.run(false).await {
            End::Failed(name) => assert_eq!(name, "Transient", "call {call} {when:?}"),
            // Where SES throttles in the middle of a slice, the step waits instead of failing.
            End::Succeeded => unharmed += 1,
        }
        assert_eq!(trial.run(true).await, End::Succeeded, "call {call} {when:?}");
        trial.compare(call, when);
    }
    assert!(unharmed < 20, "{unharmed}");
}
