//! Alarms.

use serde_json::Value;

use super::Report;
use super::subject::{Subject, list, references};

/// The namespace of what the functions count.
const OUTCOMES: &str = "UniHelper";

/// The metric that must be watched for each kind of resource.
const WATCHED: [(&str, &str); 4] = [
    ("AWS::Lambda::Function", "Errors"),
    ("AWS::StepFunctions::StateMachine", "ExecutionsFailed"),
    ("AWS::StepFunctions::StateMachine", "ExecutionsTimedOut"),
    ("AWS::SQS::Queue", "ApproximateNumberOfMessagesVisible"),
];

/// Every function, state machine and queue has an alarm: a queue of dead letters for its first message, a working
/// queue for messages that wait. Functions whose errors are answers are listed with the reason.
pub(super) fn for_everything(subject: &Subject, report: &mut Report) {
    for (kind, metric) in WATCHED {
        for (name, properties) in subject.of(kind) {
            if subject.policy.errors_are_answers.contains_key(name) {
                continue;
            }
            let works = kind == "AWS::SQS::Queue" && !properties["RedrivePolicy"].is_null();
            let metric = if works { "ApproximateAgeOfOldestMessage" } else { metric };
            let watched = subject.of("AWS::CloudWatch::Alarm").any(|(_, alarm)| {
                alarm["MetricName"] == metric && references(&alarm["Dimensions"]).contains(name)
            });
            report.require(watched, name, &format!("has no alarm on {metric}"));
        }
    }
}

/// What a function answers properly is no error to Lambda, so the outcomes that mean lost or refused work have alarms
/// of their own: on the function that counts them, under the name that it counts them by.
pub(super) fn on_outcomes(subject: &Subject, report: &mut Report) {
    let alarms =
        || subject.of("AWS::CloudWatch::Alarm").filter(|(_, a)| a["Namespace"] == OUTCOMES);
    for outcome in subject.policy.watched_outcomes.keys() {
        let watched = alarms().any(|(_, alarm)| alarm["MetricName"] == outcome.as_str());
        report.require(watched, outcome, "has no alarm");
    }
    for (name, alarm) in alarms() {
        let outcome = alarm["MetricName"].as_str().unwrap_or_default();
        let counted = list(&alarm["Dimensions"]).iter().any(|dimension| {
            references(&dimension["Value"]).iter().any(|function| {
                let folder = folder(&subject.properties(function)["FunctionName"]);
                let mut functions = subject.functions.iter();
                functions.any(|f| Some(&f.name) == folder.as_ref() && f.outcomes.contains(outcome))
            })
        });
        report.require(counted, name, &format!("its function does not count {outcome}"));
    }
}

/// The folder of a function, which ends its name.
fn folder(name: &Value) -> Option<String> {
    name["Fn::Sub"].as_str()?.strip_prefix("${AWS::StackName}-").map(str::to_owned)
}

/// Alarms watch metrics that exist, by the dimension they have, and tell somebody.
pub(super) fn known_metrics(subject: &Subject, report: &mut Report) {
    for (name, alarm) in subject.of("AWS::CloudWatch::Alarm") {
        let text = |key: &str| alarm[key].as_str().unwrap_or_default();
        let metric = format!("{} {}", text("Namespace"), text("MetricName"));
        let dimensions = list(&alarm["Dimensions"]);
        match subject.policy.metrics.get(&metric) {
            None => report.add(name, format!("metric \"{metric}\" is not on the list")),
            Some(dimension) => report.require(
                dimensions.len() == 1 && dimensions[0]["Name"] == dimension.as_str(),
                name,
                &format!("\"{metric}\" has the dimension {dimension}"),
            ),
        }
        report.require(!list(&alarm["AlarmActions"]).is_empty(), name, "tells nobody");
        report.require(
            text("TreatMissingData") == "notBreaching",
            name,
            "silence would count as a breach",
        );
    }
}
