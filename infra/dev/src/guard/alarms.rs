//! Alarms.

use super::Report;
use super::subject::{Subject, list, references};

/// The metric that must be watched for each kind of resource.
const WATCHED: [(&str, &str); 4] = [
    ("AWS::Lambda::Function", "Errors"),
    ("AWS::StepFunctions::StateMachine", "ExecutionsFailed"),
    ("AWS::StepFunctions::StateMachine", "ExecutionsTimedOut"),
    ("AWS::SQS::Queue", "ApproximateNumberOfMessagesVisible"),
];

/// Every function, state machine and queue has an alarm: a queue of dead letters for its first message, a working
/// queue for messages that wait.
pub(super) fn for_everything(subject: &Subject, report: &mut Report) {
    for (kind, metric) in WATCHED {
        for (name, properties) in subject.of(kind) {
            let works = kind == "AWS::SQS::Queue" && !properties["RedrivePolicy"].is_null();
            let metric = if works { "ApproximateAgeOfOldestMessage" } else { metric };
            let watched = subject.of("AWS::CloudWatch::Alarm").any(|(_, alarm)| {
                alarm["MetricName"] == metric && references(&alarm["Dimensions"]).contains(name)
            });
            report.require(watched, name, &format!("has no alarm on {metric}"));
        }
    }
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
