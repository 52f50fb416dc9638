//! What the outside reaches: the HTTP API, and mail.

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

/// Every stage is throttled.
pub(super) fn throttled(subject: &Subject, report: &mut Report) {
    for (name, stage) in subject.of("AWS::ApiGatewayV2::Stage") {
        let settings = &stage["DefaultRouteSettings"];
        let bounded = ["ThrottlingBurstLimit", "ThrottlingRateLimit"]
            .iter()
            .all(|limit| settings[limit].as_u64().is_some_and(|limit| limit > 0));
        report.require(bounded, name, "is not throttled");
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
