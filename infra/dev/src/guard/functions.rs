//! Functions.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Report;
use super::subject::{Subject, references};

/// The folder name that a function's name ends in.
fn folder(properties: &Value) -> &str {
    let name = properties["FunctionName"]["Fn::Sub"].as_str().unwrap_or_default();
    name.strip_prefix("${AWS::StackName}-").unwrap_or_default()
}

/// Every folder below `functions/` is a function of its name and binary, and no function is without a folder.
pub(super) fn binary(subject: &Subject, report: &mut Report) {
    let mut deployed = BTreeSet::new();
    for (name, properties) in subject.of("AWS::Lambda::Function") {
        let folder = folder(properties);
        deployed.insert(folder);
        let exists = subject.functions.iter().any(|function| function.name == folder);
        report.require(exists, name, "its name is not the stack's, a hyphen and a folder's");
        let code = properties["Code"]["S3Key"].as_str().unwrap_or_default();
        let binary = code.rsplit('/').next().unwrap_or_default();
        report.require(binary == folder, name, "its binary is another function's");
        report.require(
            properties["Handler"] == "bootstrap",
            name,
            "its handler is not `bootstrap`",
        );
        report.require(properties["Runtime"] == "provided.al2023", name, "unexpected runtime");
        let architecture = &properties["Architectures"][0]["Ref"];
        report.require(architecture == "Architecture", name, "architecture is not the parameter");
    }
    for function in &subject.functions {
        report.require(
            deployed.contains(function.name.as_str()),
            &function.name,
            "the folder is not deployed",
        );
    }
}

/// A function logs in JSON to a group of its own that forgets; every group is encrypted.
pub(super) fn log(subject: &Subject, report: &mut Report) {
    let mut taken = BTreeSet::new();
    for (name, properties) in subject.of("AWS::Lambda::Function") {
        let logging = &properties["LoggingConfig"];
        report.require(logging["LogFormat"] == "JSON", name, "does not log in JSON");
        let group = logging["LogGroup"]["Ref"].as_str().unwrap_or_default();
        report.require(
            !subject.properties(group).is_null(),
            name,
            "has no log group of the template",
        );
        report.require(taken.insert(group), name, "shares its log group");
    }
    for (name, properties) in subject.of("AWS::Logs::LogGroup") {
        report.require(!properties["RetentionInDays"].is_null(), name, "logs are kept for ever");
        let key = references(&properties["KmsKeyId"]).contains("DataKey");
        report.require(key, name, "logs are not encrypted with the stack's key");
    }
}

/// Every function is traced.
pub(super) fn trace(subject: &Subject, report: &mut Report) {
    for (name, properties) in subject.of("AWS::Lambda::Function") {
        report.require(properties["TracingConfig"]["Mode"] == "Active", name, "is not traced");
    }
}

/// The template sets the settings that a function reads: all of them and no others.
pub(super) fn settings(subject: &Subject, report: &mut Report) {
    for (name, properties) in subject.of("AWS::Lambda::Function") {
        let folder = folder(properties);
        let Some(function) = subject.functions.iter().find(|found| found.name == folder) else {
            continue;
        };
        let variables = properties["Environment"]["Variables"].as_object();
        // `runtime::start` reads this one for every function.
        let mut set: BTreeSet<&str> = variables.into_iter().flatten().map(|(k, _)| &**k).collect();
        report.require(set.remove("LOG_LEVEL"), name, "LOG_LEVEL is not set");
        for setting in &function.settings {
            report.require(
                set.remove(setting.as_str()),
                name,
                &format!("{setting} is read and not set"),
            );
        }
        for unread in set {
            report.add(name, format!("{unread} is set and not read"));
        }
    }
}
