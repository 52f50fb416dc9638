//! State machines.

use serde_json::Value;

use super::Report;
use super::subject::{Subject, walk};

/// They are traced, and log failures without the data.
pub(super) fn log(subject: &Subject, report: &mut Report) {
    for (name, properties) in subject.of("AWS::StepFunctions::StateMachine") {
        let logging = &properties["LoggingConfiguration"];
        let data = logging["IncludeExecutionData"] == false;
        report.require(data, name, "execution data would be logged");
        report.require(logging["Level"] == "ERROR", name, "failures are not logged");
        report.require(
            properties["TracingConfiguration"]["Enabled"] == true,
            name,
            "is not traced",
        );
    }
}

/// Every task of every machine, with its name.
fn each_task<'a>(subject: &'a Subject, visit: &mut impl FnMut(String, &'a Value)) {
    for (machine, document) in &subject.machines {
        let mut states = Vec::new();
        collect_states(document, &mut states);
        for (name, state) in states {
            if state["Type"] == "Task" {
                visit(format!("{machine}: {name}"), state);
            }
        }
    }
}

fn collect_states<'a>(document: &'a Value, found: &mut Vec<(&'a str, &'a Value)>) {
    walk(document, &mut |key, value| {
        if key == "States" {
            let states = value.as_object().into_iter().flatten();
            found.extend(states.map(|(name, state)| (name.as_str(), state)));
        }
    });
}

/// Every task ends at some time and is tried again when a fault may pass; a task that waits for a person is not
/// tried again by itself.
pub(super) fn tasks(subject: &Subject, report: &mut Report) {
    each_task(subject, &mut |name, state| {
        let timed = !state["TimeoutSeconds"].is_null();
        report.require(timed, &name, "has no TimeoutSeconds and may hang for ever");
        let waits = state["Resource"].as_str().is_some_and(|r| r.ends_with(".waitForTaskToken"));
        report.require(waits || !state["Retry"].is_null(), &name, "is not tried again");
    });
    for (machine, document) in &subject.machines {
        let timed = !document["TimeoutSeconds"].is_null();
        report.require(timed, machine, "the machine has no TimeoutSeconds");
    }
}

/// D10: what a task is given, and so what the history keeps, is ids and the name of the step.
pub(super) fn ids_only(subject: &Subject, report: &mut Report) {
    each_task(subject, &mut |name, state| {
        let payload = [&state["Parameters"]["Payload"], &state["Arguments"]["Payload"]];
        let given = payload.into_iter().find_map(Value::as_object);
        report.require(given.is_some(), &name, "hands its whole state on");
        for field in given.into_iter().flatten().map(|(key, _)| key.trim_end_matches(".$")) {
            let known = subject.policy.state_fields.contains(field);
            report.require(known, &name, &format!("hands on the field {field}"));
        }
    });
}
