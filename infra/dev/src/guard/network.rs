//! What the outside reaches: the HTTP API, and mail.

use serde_json::Value;

use super::Report;
use super::subject::{Subject, references, texts};

/// Every route asks for a token with a scope, except those listed with a reason.
pub(super) fn authorised_routes(subject: &Subject, report: &mut Report) {
    for (name, route) in subject.of("AWS::ApiGatewayV2::Route") {
        let key = route["RouteKey"].as_str().unwrap_or_default();
        if subject.policy.open_routes.contains_key(key) {
            continue;
        }
        let authorised = route["AuthorizationType"] == "JWT"
            && !texts(&route["AuthorizationScopes"]).is_empty()
            && references(&route["AuthorizerId"])
                .iter()
                .any(|id| subject.properties(id)["AuthorizerType"] == "JWT");
        report.require(authorised, name, &format!("\"{key}\" asks for no token with a scope"));
    }
}

/// What a browser asks before it calls reaches the API without a token: `ANY` and `$default` catch `OPTIONS`, too.
pub(super) fn preflight(subject: &Subject, report: &mut Report) {
    let routes = || subject.of("AWS::ApiGatewayV2::Route");
    for (name, route) in routes().filter(|(_, route)| route["AuthorizationType"] == "JWT") {
        let key = route["RouteKey"].as_str().unwrap_or_default();
        let wanted = key.split_once(' ').map(|(_, path)| format!("OPTIONS {path}"));
        let open = routes().any(|(_, other)| {
            other["RouteKey"].as_str() == wanted.as_deref()
                && [Value::Null, "NONE".into()].contains(&other["AuthorizationType"])
        });
        report.require(open, name, "a browser's preflight would be asked for a token");
    }
}

/// Every stage is throttled, route by route, so that none starves another. What is left to the default is open to
/// anybody and gets less than any.
pub(super) fn throttled(subject: &Subject, report: &mut Report) {
    let limits = |settings: &Value| {
        let limit = |name: &str| settings[name].as_u64().filter(|limit| *limit > 0);
        limit("ThrottlingBurstLimit").zip(limit("ThrottlingRateLimit"))
    };
    for (name, stage) in subject.of("AWS::ApiGatewayV2::Stage") {
        let default = limits(&stage["DefaultRouteSettings"]);
        report.require(default.is_some(), name, "is not throttled");
        let before = texts(&subject.template["Resources"][name]["DependsOn"]);
        for (route, properties) in subject.of("AWS::ApiGatewayV2::Route") {
            let key = properties["RouteKey"].as_str().unwrap_or_default();
            if key == "$default" {
                continue;
            }
            let own = limits(&stage["RouteSettings"][key]);
            let more = own.zip(default).is_some_and(|(own, rest)| own.0 > rest.0 && own.1 > rest.1);
            report.require(more, name, &format!("\"{key}\" has no limits of its own"));
            let there = before.contains(&route);
            report.require(there, name, &format!("may be made before \"{key}\", and then fails"));
        }
    }
}

/// The access log says nothing about the person: neither address nor path nor token.
pub(super) fn access_log(subject: &Subject, report: &mut Report) {
    for (name, stage) in subject.of("AWS::ApiGatewayV2::Stage") {
        let format = stage["AccessLogSettings"]["Format"].as_str().unwrap_or_default();
        report.require(!format.is_empty(), name, "has no access log");
        for personal in ["identity", "$context.path", "authorizer.claims", "rawPath"] {
            report.require(!format.contains(personal), name, &format!("logs {personal}"));
        }
    }
}

/// M4, M5: exactly the events that settle a message's state reach the topic, and mail travels encrypted.
pub(super) fn mail_events(subject: &Subject, report: &mut Report) {
    for (name, properties) in subject.of("AWS::SES::ConfigurationSetEventDestination") {
        let destination = &properties["EventDestination"];
        let events = texts(&destination["MatchingEventTypes"]);
        let events = events.into_iter().map(str::to_owned).collect();
        report.require(subject.policy.mail_events == events, name, "other events than expected");
        report.require(destination["Enabled"] == true, name, "is off");
    }
    for (name, properties) in subject.of("AWS::SES::ConfigurationSet") {
        let encrypted = properties["DeliveryOptions"]["TlsPolicy"] == "REQUIRE";
        report.require(encrypted, name, "mail may travel without TLS");
    }
}
