//! The state machine's definition fits these tasks.

use std::collections::BTreeSet;
use std::path::Path;

use formation_steps::Task;
use serde_json::{Map, Value, json};

fn definition() -> Value {
    let path = "../../infra/statemachines/formation.asl.json";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// All tasks with their names, those inside the map too.
fn tasks(definition: &Value) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    for (name, state) in definition["States"].as_object().unwrap() {
        match state["Type"].as_str().unwrap() {
            "Task" => found.push((name.clone(), state.clone())),
            "Map" => found.extend(tasks(&state["ItemProcessor"])),
            _ => {}
        }
    }
    found
}

/// A payload with each reference replaced by an example.
fn filled(payload: &Map<String, Value>) -> Value {
    let example = |reference: &str| match reference {
        "$.institution" => json!("ins_1"),
        "$.cohort" => json!("coh_1"),
        "$.formation" => json!("for_1"),
        "$.section" => json!("A"),
        "$$.Task.Token" => json!("token"),
        "$.error" => json!({"Error": "X", "Cause": ""}),
        other => panic!("{other} is not a thing that tasks are told"),
    };
    payload
        .iter()
        .map(|(name, value)| match name.strip_suffix(".$") {
            Some(name) => (name.to_owned(), example(value.as_str().unwrap())),
            None => (name.clone(), value.clone()),
        })
        .collect()
}

#[test]
fn g1_every_task_is_one_that_the_function_knows_and_each_is_used() {
    let mut steps = BTreeSet::new();
    for (name, state) in tasks(&definition()) {
        let payload = state["Parameters"]["Payload"].as_object().unwrap();
        let task: Task = serde_json::from_value(filled(payload)).unwrap();
        assert!(steps.insert(task.step.name()), "{name}");
        assert_eq!(state["Parameters"]["FunctionName"], "${FormationStepsArn}", "{name}");
    }
    assert_eq!(steps.len(), 7);
}

#[test]
fn g1_every_task_has_a_time_out_and_is_retried_when_transient() {
    for (name, state) in tasks(&definition()) {
        assert!(state["TimeoutSeconds"].as_u64().is_some_and(|s| s > 900), "{name}");
        let retried: Vec<&Value> = state["Retry"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|retry| retry["ErrorEquals"].as_array().unwrap())
            .collect();
        let all = retried.contains(&&json!("States.ALL"));
        assert!(all || retried.contains(&&json!("Transient")), "{name}");
    }
}

#[test]
fn d10_no_result_but_ids_and_flags_stays_in_the_state() {
    let kept = [
        ("Snapshot", json!({"sections.$": "$.Payload.sections"})),
        ("Commit", json!({"approval.$": "$.Payload.approval"})),
        ("Fail", json!({"status.$": "$.Payload.status", "ours.$": "$.Payload.ours"})),
    ];
    for (name, state) in tasks(&definition()) {
        match kept.iter().find(|(kept, _)| *kept == name) {
            Some((_, selector)) => assert_eq!(state["ResultSelector"], *selector, "{name}"),
            // The map itself drops what its tasks answer.
            None if name == "Solve" => {}
            None => assert_eq!(state.get("ResultPath"), Some(&Value::Null), "{name}"),
        }
    }
    assert_eq!(definition()["States"]["SolveSections"].get("ResultPath"), Some(&Value::Null));
}

#[test]
fn g1_everything_before_the_publication_ends_in_fail_and_nothing_after_it() {
    let definition = definition();
    for (name, state) in definition["States"].as_object().unwrap() {
        let catches = state["Catch"].as_array().cloned().unwrap_or_default();
        let all = catches.iter().find(|catch| catch["ErrorEquals"] == json!(["States.ALL"]));
        let caught = all.map(|catch| catch["Next"].as_str().unwrap());
        let working = ["Task", "Map"].contains(&state["Type"].as_str().unwrap());
        let after = ["Announce", "Fail"].contains(&name.as_str());
        assert_eq!(caught, (working && !after).then_some("Fail"), "{name}");
    }
}

#[test]
fn g3_only_a_fault_of_ours_fails_the_execution() {
    let states = &definition()["States"];
    let next = |ended: Value| {
        let choices = states["HowItEnded"]["Choices"].as_array().unwrap();
        let met = choices.iter().find(|choice| {
            let member = choice["Variable"].as_str().unwrap().strip_prefix("$.ended.").unwrap();
            let wanted = ["StringEquals", "BooleanEquals"];
            wanted.iter().any(|wanted| choice.get(wanted) == Some(&ended[member]))
        });
        let next = met.map_or(&states["HowItEnded"]["Default"], |choice| &choice["Next"]);
        next.as_str().unwrap().to_owned()
    };
    let kind = |name: &str| states[name]["Type"].as_str().unwrap();
    let ended = |status: &str, ours: bool| next(json!({"status": status, "ours": ours}));
    assert_eq!(kind(&ended("failed", true)), "Fail");
    assert_eq!(kind(&ended("failed", false)), "Succeed");
    assert_eq!(kind(&ended("rejected", false)), "Succeed");
    assert_eq!(ended("published", false), "Announce");
}
