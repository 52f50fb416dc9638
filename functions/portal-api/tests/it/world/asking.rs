//! Events as API Gateway makes them, and what comes back.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::REASON;

/// What came back.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Value,
    /// The body as it came.
    pub(crate) text: String,
    /// The same in bytes.
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    /// The word that tells which problem it is.
    pub(crate) fn problem(&self) -> &str {
        let kind = self.body["type"].as_str().unwrap_or_default();
        kind.strip_prefix("urn:unihelper:problem:").unwrap_or_default()
    }

    /// The strings at a place in every item of a list.
    pub(crate) fn each(&self, pointer: &str) -> Vec<&str> {
        let items = self.body["items"].as_array().unwrap();
        items.iter().map(|item| item.pointer(pointer).unwrap().as_str().unwrap()).collect()
    }
}

/// The claims of an access token for the portal.
pub(crate) fn claims(subject: &str) -> Value {
    json!({ "sub": subject, "token_use": "access", "scope": "openid unihelper/portal" })
}

/// An event of API Gateway's payload format 2.0; `address` may carry a query.
pub(crate) fn event(method: &str, address: &str, claims: Option<Value>) -> Value {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let authorizer = claims.map(|claims| json!({ "jwt": { "claims": claims, "scopes": null } }));
    json!({
        "version": "2.0",
        "routeKey": "ANY /api/{proxy+}",
        "rawPath": path,
        "rawQueryString": query,
        "headers": { "host": "portal.example.dk" },
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "api",
            "authorizer": authorizer,
            "domainName": "portal.example.dk",
            "domainPrefix": "portal",
            "http": {
                "method": method, "path": path, "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.1", "userAgent": "test",
            },
            "requestId": "request-1",
            "routeKey": "ANY /api/{proxy+}",
            "stage": "$default",
            "time": "10/Sep/2026:12:00:00 +0000",
            "timeEpoch": 1_789_041_600_000_i64,
        },
        "isBase64Encoded": false,
    })
}

/// An event of a contact; operators say why they ask.
pub(crate) fn asks(subject: &str, method: &str, address: &str) -> Value {
    let event = asks_without_reason(subject, method, address);
    if subject == crate::data::OPERATOR || subject == crate::data::FOREIGN {
        return with_header(event, "x-reason", REASON);
    }
    event
}

/// An event of a contact who does not say why.
pub(crate) fn asks_without_reason(subject: &str, method: &str, address: &str) -> Value {
    event(method, address, Some(claims(subject)))
}

/// The same event with a body.
pub(crate) fn with_body(mut event: Value, body: &Value) -> Value {
    event["body"] = body.to_string().into();
    with_header(event, "content-type", "application/json")
}

/// The same event with a header.
pub(crate) fn with_header(mut event: Value, name: &str, value: &str) -> Value {
    event["headers"][name] = value.into();
    event
}
