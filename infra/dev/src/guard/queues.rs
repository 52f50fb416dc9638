//! Queues and what is invoked without an answer.

use serde_json::Value;

use super::Report;
use super::subject::{Subject, references, texts};

/// Names of the queues that take what others gave up.
fn last_resorts(subject: &Subject) -> Vec<String> {
    let mut names = Vec::new();
    for (_, _, properties) in subject.resources() {
        for target in [
            &properties["RedrivePolicy"]["deadLetterTargetArn"],
            &properties["DestinationConfig"]["OnFailure"]["Destination"],
            &properties["Target"]["DeadLetterConfig"]["Arn"],
        ] {
            names.extend(references(target));
        }
    }
    names
}

/// Every queue hands on what cannot be handled, or is the one that others hand on to; so does every schedule and
/// every function that a schedule invokes; so does every subscription of a queue.
pub(super) fn dead_letters(subject: &Subject, report: &mut Report) {
    let last = last_resorts(subject);
    for (name, queue) in subject.of("AWS::SQS::Queue") {
        let target = references(&queue["RedrivePolicy"]["deadLetterTargetArn"]);
        let handed_on = target.iter().any(|target| !subject.properties(target).is_null());
        report.require(handed_on || last.iter().any(|l| l == name), name, "has no dead letters");
        if last.iter().any(|l| l == name) {
            let kept = queue["MessageRetentionPeriod"].as_u64() == Some(1_209_600);
            report.require(kept, name, "dead letters are not kept for fourteen days");
        }
    }
    for (name, schedule) in subject.of("AWS::Scheduler::Schedule") {
        let dead = !references(&schedule["Target"]["DeadLetterConfig"]["Arn"]).is_empty();
        report.require(dead, name, "has no dead letters");
        for function in references(&schedule["Target"]["Arn"]) {
            let caught = subject.of("AWS::Lambda::EventInvokeConfig").any(|(_, config)| {
                references(&config["FunctionName"]).contains(&function)
                    && !config["DestinationConfig"]["OnFailure"].is_null()
            });
            report.require(caught, &function, "its failed invocations are lost");
        }
    }
    for (name, subscription) in subject.of("AWS::SNS::Subscription") {
        let dead = !references(&subscription["RedrivePolicy"]["deadLetterTargetArn"]).is_empty();
        report.require(dead || subscription["Protocol"] != "sqs", name, "has no dead letters");
    }
}

/// A function that takes from a queue answers for each message, and its queue waits long enough for it: six times
/// its time-out, as Lambda's documentation asks.
pub(super) fn event_sources(subject: &Subject, report: &mut Report) {
    for (name, source) in subject.of("AWS::Lambda::EventSourceMapping") {
        let answers = texts(&source["FunctionResponseTypes"]).contains(&"ReportBatchItemFailures");
        report.require(answers, name, "one bad message would fail its whole batch");
        let number = |value: &Value| value.as_u64().unwrap_or_default();
        let only = |value: &Value| references(value).into_iter().next().unwrap_or_default();
        let queue = subject.properties(&only(&source["EventSourceArn"]));
        let function = subject.properties(&only(&source["FunctionName"]));
        let enough = number(&queue["VisibilityTimeout"]) >= 6 * number(&function["Timeout"]);
        report.require(enough, name, "messages come back while they are still worked on");
    }
}
