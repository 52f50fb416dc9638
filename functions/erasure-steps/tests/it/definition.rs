//! The state machine's definition: what its interpreter in these tests does not look at.

use erasure_steps::Step;
use serde_json::Value;

use crate::machine::definition;
use crate::world::from;

fn states() -> Vec<(String, Value)> {
    let states = definition()["States"].as_object().unwrap().clone();
    states.into_iter().collect()
}

#[test]
fn d2_every_task_has_an_end_a_retry_and_a_way_to_fail() {
    let mut tasks = 0;
    for (name, state) in states() {
        if state["Type"] != "Task" {
            continue;
        }
        tasks += 1;
        // The functions' own time-outs are 300 and 900 seconds; the machine waits a little longer.
        let step = &state["Parameters"]["Payload"]["step"];
        let (function, limit) = if name == "Repair" {
            assert_eq!(step, "repair");
            ("${FormationStepsArn}", 910)
        } else {
            let _known: Step = from(step.clone());
            ("${ErasureStepsArn}", 310)
        };
        assert_eq!(state["Parameters"]["FunctionName"], function, "{name}");
        assert_eq!(state["TimeoutSeconds"], limit, "{name}");
        let retried = &state["Retry"][0]["ErrorEquals"];
        if name == "Fail" {
            assert_eq!(retried[0], "States.ALL");
            assert_eq!(state["Next"], "Failed");
            continue;
        }
        let names: Vec<&str> =
            retried.as_array().unwrap().iter().filter_map(Value::as_str).collect();
        for retried in ["Transient", "Sandbox.Timedout", "Lambda.TooManyRequestsException"] {
            assert!(names.contains(&retried), "{name} {retried}");
        }
        assert_eq!(state["Catch"][0]["ErrorEquals"][0], "States.ALL", "{name}");
        assert_eq!(state["Catch"][0]["Next"], "Fail", "{name}");
    }
    assert_eq!(tasks, 10);
}

#[test]
fn every_state_is_reachable_and_every_next_state_exists() {
    let states = states();
    let mut reached = vec![definition()["StartAt"].as_str().unwrap().to_owned()];
    for (_, state) in &states {
        let branches = state["Choices"].as_array().into_iter().flatten();
        let catches = state["Catch"].as_array().into_iter().flatten();
        let nexts = branches.chain(catches).chain([state]).map(|from| &from["Next"]);
        reached
            .extend(nexts.chain([&state["Default"]]).filter_map(Value::as_str).map(str::to_owned));
    }
    for name in &reached {
        assert!(states.iter().any(|(known, _)| known == name), "{name} does not exist");
    }
    for (name, _) in &states {
        assert!(reached.contains(name), "{name} is never reached");
    }
}

#[test]
fn d2_writers_that_read_the_cohort_before_it_was_marked_have_ended() {
    let wait = &definition()["States"]["LetWritersEnd"];
    // The webhook's time-out is 20 seconds.
    assert!(wait["Seconds"].as_u64().unwrap() >= 30);
    assert_eq!(definition()["States"]["BeginIsDone"]["Choices"][0]["Next"], "LetWritersEnd");
}
