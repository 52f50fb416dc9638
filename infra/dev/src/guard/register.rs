//! Who gets data.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Report;
use super::subject::{Subject, list, texts, walk};

/// Kinds of resources that are named differently from their service's actions.
const SERVICES: [(&str, &str); 6] = [
    ("ApiGatewayV2", "apigateway"),
    ("Cognito", "cognito-idp"),
    ("EventSchemas", "schemas"),
    ("S3", "s3"),
    ("StepFunctions", "states"),
    ("WAFv2", "wafv2"),
];

/// D8: every AWS service of the template, be it a resource, a right or a principal, and every host in it belong
/// to a sub-processor in the register (`shared/subprocessors`).
pub(super) fn registered_services(subject: &Subject, report: &mut Report) {
    let register = subprocessors::register();
    for (service, place) in services(subject) {
        let known = register.by_aws_service(&service).is_some();
        report.require(known, &place, &format!("the AWS service {service} is not in the register"));
    }
    for (place, host) in hosts(&subject.template) {
        let known = register.by_host(&host).is_some();
        report.require(known, &place, &format!("the host {host} is not in the register"));
    }
}

/// The services with one place of each.
fn services(subject: &Subject) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for (name, kind, properties) in subject.resources() {
        if let Some(space) = kind.strip_prefix("AWS::").and_then(|kind| kind.split("::").next()) {
            let alias = SERVICES.iter().find(|(known, _)| *known == space);
            let service = alias.map_or_else(|| space.to_lowercase(), |(_, to)| (*to).to_owned());
            found.entry(service).or_insert_with(|| name.to_owned());
        }
        if properties["TracingConfig"]["Mode"] == "Active" {
            found.entry("xray".to_owned()).or_insert_with(|| name.to_owned());
        }
        walk(properties, &mut |key, value| {
            let mut add = |service: &str| {
                found.entry(service.to_owned()).or_insert_with(|| name.to_owned());
            };
            match key {
                "Action" | "NotAction" => {
                    for action in texts(value) {
                        action.split_once(':').into_iter().for_each(|(service, _)| add(service));
                    }
                }
                "Service" => {
                    for principal in list(value) {
                        let principal = principal["Fn::Sub"].as_str().or(principal.as_str());
                        let name = principal.and_then(|name| name.split('.').next());
                        name.into_iter().for_each(&mut add);
                    }
                }
                _ => {}
            }
        });
    }
    found
}

/// Hosts of addresses anywhere in the template, with the text that names them. The account's own domains come out
/// of variables; what is left of them is Amazon's.
fn hosts(template: &Value) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    let mut sections = vec![&template["Resources"], &template["Outputs"]];
    sections.extend(
        template["Parameters"].as_object().into_iter().flatten().map(|(_, p)| &p["Default"]),
    );
    let mut look = |text: &str| {
        for rest in text.split("://").skip(1) {
            let mut plain = String::new();
            let mut depth = 0;
            for c in rest.chars() {
                match c {
                    '{' => depth += 1,
                    '}' => depth -= 1,
                    '$' => {}
                    _ if depth > 0 => {}
                    c if c.is_ascii_alphanumeric() || ".-".contains(c) => plain.push(c),
                    _ => break,
                }
            }
            let host = plain.trim_matches(['.', '-']).to_owned();
            if !host.is_empty() {
                found.insert((text.to_owned(), host));
            }
        }
    };
    for section in sections {
        if let Value::String(text) = section {
            look(text);
        }
        walk(section, &mut |_, value| {
            if let Value::String(text) = value {
                look(text);
            }
        });
    }
    found
}
