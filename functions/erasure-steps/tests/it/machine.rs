//! Runs `infra/statemachines/erasure.asl.json` itself, as far as its language goes: Pass, Task with
//! Retry and Catch, Choice on booleans and on what is there, Wait (not waited for), Succeed and Fail.

use erasure_steps::{Systems, Task, handle};
use serde_json::{Map, Value, json};

/// How an execution ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum End {
    Succeeded,
    Failed(String),
}

/// An execution of the machine.
pub(crate) struct Machine {
    definition: Value,
    /// Whether tasks are tried again.
    pub(crate) retries: bool,
    /// The tasks that were run, in order.
    pub(crate) steps: Vec<String>,
    /// What the engine was asked to repair.
    pub(crate) repairs: Vec<Value>,
    /// The seconds of each wait.
    pub(crate) waits: Vec<u64>,
    /// Every state that the execution passed, as it stands in its history.
    pub(crate) history: String,
}

impl Machine {
    pub(crate) fn new() -> Self {
        Self {
            definition: definition(),
            retries: true,
            steps: Vec::new(),
            repairs: Vec::new(),
            waits: Vec::new(),
            history: String::new(),
        }
    }

    pub(crate) async fn run(&mut self, systems: &Systems, input: Value) -> End {
        let mut at = self.definition["StartAt"].as_str().unwrap().to_owned();
        let mut data = input;
        loop {
            self.history.push_str(&data.to_string());
            let state = self.definition["States"][&at].clone();
            let mut next = state["Next"].as_str().unwrap_or_default().to_owned();
            match state["Type"].as_str().unwrap() {
                "Pass" => data = filled(&state["Parameters"], &data),
                "Succeed" => return End::Succeeded,
                "Fail" => {
                    let name = pick(&data, state["ErrorPath"].as_str().unwrap());
                    return End::Failed(name.as_str().unwrap().to_owned());
                }
                "Wait" => self.waits.push(match state["SecondsPath"].as_str() {
                    Some(path) => pick(&data, path).as_u64().unwrap(),
                    None => state["Seconds"].as_u64().unwrap(),
                }),
                "Choice" => {
                    let choices = state["Choices"].as_array().unwrap();
                    let taken = choices.iter().find(|choice| {
                        let path = choice["Variable"].as_str().unwrap();
                        match choice["IsPresent"].as_bool() {
                            Some(wanted) => data.pointer(&pointer(path)).is_some() == wanted,
                            None => pick(&data, path) == choice["BooleanEquals"],
                        }
                    });
                    let to = taken.map_or(&state["Default"], |choice| &choice["Next"]);
                    to.as_str().unwrap().clone_into(&mut next);
                }
                // Another function's, with tests of its own: what it is asked is noted.
                "Task" if state["Parameters"]["FunctionName"] == "${FormationStepsArn}" => {
                    self.repairs.push(filled(&state["Parameters"]["Payload"], &data));
                }
                "Task" => match self.task(systems, &state, &data).await {
                    Ok(payload) => {
                        if let Some(path) = state["ResultPath"].as_str() {
                            data[path.trim_start_matches("$.")] =
                                filled(&state["ResultSelector"], &json!({ "Payload": payload }));
                        }
                    }
                    Err(error) => {
                        let catch = &state["Catch"][0];
                        let Some(to) = catch["Next"].as_str() else { return End::Failed(error) };
                        data["error"] = json!({ "Error": error, "Cause": "{}" });
                        to.clone_into(&mut next);
                    }
                },
                other => panic!("state of type {other}"),
            }
            at = next;
        }
    }

    async fn task(
        &mut self,
        systems: &Systems,
        state: &Value,
        data: &Value,
    ) -> Result<Value, String> {
        let payload = filled(&state["Parameters"]["Payload"], data);
        let retry = &state["Retry"][0];
        let mut tries = 0;
        loop {
            self.steps.push(payload["step"].as_str().unwrap().to_owned());
            let task: Task = serde_json::from_value(payload.clone()).unwrap();
            let error = match handle(systems, task).await {
                Ok(progress) => return Ok(serde_json::to_value(progress).unwrap()),
                Err(error) => error,
            };
            let names = retry["ErrorEquals"].as_array().unwrap();
            let retried = names.iter().any(|name| *name == error.name || *name == "States.ALL");
            tries += 1;
            if !self.retries || !retried || tries > retry["MaxAttempts"].as_u64().unwrap() {
                return Err(error.name.to_owned());
            }
        }
    }
}

/// The machine's definition as it is deployed.
pub(crate) fn definition() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../infra/statemachines/erasure.asl.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// A template with its paths filled in.
fn filled(template: &Value, data: &Value) -> Value {
    let Some(object) = template.as_object() else { return template.clone() };
    let mut result = Map::new();
    for (name, value) in object {
        match name.strip_suffix(".$") {
            Some(name) => result.insert(name.to_owned(), pick(data, value.as_str().unwrap())),
            None => result.insert(name.clone(), filled(value, data)),
        };
    }
    result.into()
}

fn pick(data: &Value, path: &str) -> Value {
    if path == "$$.Execution.StartTime" {
        return crate::world::NOW.into();
    }
    data.pointer(&pointer(path)).unwrap_or_else(|| panic!("nothing at {path}")).clone()
}

fn pointer(path: &str) -> String {
    path.strip_prefix('$').unwrap().replace('.', "/")
}
