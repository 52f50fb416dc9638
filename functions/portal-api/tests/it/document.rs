//! P1: the document is current and true.

use serde_json::Value;

use crate::conform;
use crate::data::{OPERATOR, world};
use crate::world::{World, asks};

/// One operation of the document.
pub(crate) struct Operation {
    pub(crate) method: String,
    /// A path with ids that exist in the invented data.
    pub(crate) path: String,
    pub(crate) described: Value,
}

impl Operation {
    /// The request by a contact, with the document's example as its body.
    pub(crate) fn asked_by(&self, subject: &str) -> Value {
        self.asked_at(&self.path, subject)
    }

    /// The same request for another path.
    pub(crate) fn asked_at(&self, path: &str, subject: &str) -> Value {
        let event = self.with_body(asks(subject, &self.method, path));
        let parameters = self.described["parameters"].as_array().into_iter().flatten();
        let key = parameters.clone().find(|parameter| parameter["name"] == "Idempotency-Key");
        let event = match key {
            Some(key) => {
                let key = key["example"].as_str().or(key["schema"]["example"].as_str());
                crate::world::with_header(event, "idempotency-key", key.expect("an example"))
            }
            None => event,
        };
        let version = parameters.filter(|parameter| parameter["name"] == "If-Match");
        version.fold(event, |event, parameter| {
            let version = parameter["example"].as_str().or(parameter["schema"]["example"].as_str());
            crate::world::with_header(event, "if-match", version.expect("an example"))
        })
    }

    /// An event with the document's example as its body.
    pub(crate) fn with_body(&self, event: Value) -> Value {
        match &self.described["requestBody"]["content"]["application/json"]["example"] {
            Value::Null => event,
            example => {
                let mut body = example.clone();
                if body.get("student").is_some() {
                    body["student"] = "stu_3".into();
                }
                if body.get("section").is_some() {
                    body["section"] = "a".into();
                }
                if event["rawPath"].as_str().unwrap().ends_with("/settings") {
                    // What cannot change is as it is.
                    body["form"] = "form-coh_computer-science-2026".into();
                    body["deadline"] = "2026-09-07T10:00:00Z".into();
                    body["sections"] =
                        serde_json::json!([{"id": "a"}, {"id": "b"}, {"id": "empty"}]);
                }
                if body["audience"].get("section").is_some() {
                    body["audience"]["section"] = "a".into();
                }
                let erases = event["rawPath"].as_str().unwrap().ends_with("/erasure");
                if erases && body.get("confirm").is_some() {
                    let path = event["rawPath"].as_str().unwrap();
                    let student = path.split('/').skip_while(|part| *part != "students").nth(1);
                    body["confirm"] = student.unwrap_or("ins_example-university").into();
                }
                crate::world::with_body(event, &body)
            }
        }
    }

    /// A world in which the operation can be done.
    pub(crate) fn world(&self) -> World {
        let of_deactivated = self.path == "/api/institution/erasure";
        let world = if of_deactivated { crate::access::deactivated(false) } else { world() };
        if self.path.ends_with("/settings") || self.path.ends_with("/archive") {
            crate::data::end_formation(&world);
        }
        if self.path.ends_with("/anew") {
            crate::anew::all_there(&world);
        }
        if self.path.ends_with("/plan") && self.method == "DELETE" {
            crate::planning::prepare(&world, "take-mailing-back.json");
        }
        if self.path.ends_with("/close") && self.path.contains("/mailings/") {
            crate::planning::prepare(&world, "close-mailing.json");
        }
        world
    }

    pub(crate) fn role(&self) -> &str {
        self.described["x-role"].as_str().expect("every operation names its role")
    }

    /// Whether the description promises an audit entry.
    pub(crate) fn is_audited(&self) -> bool {
        let about = self.described["description"].as_str().unwrap_or_default();
        about.replace('\n', " ").contains("recorded in the audit trail")
    }
}

pub(crate) fn document() -> Value {
    serde_json::from_str(&portal_api::openapi_json()).unwrap()
}

pub(crate) fn operations() -> Vec<Operation> {
    let document = document();
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, described) in item.as_object().unwrap() {
            let decision =
                path.ends_with("/approve") || path.ends_with("/reject") || path.contains("/board");
            let formation = if path.ends_with("/publish") {
                crate::data::PLANNED
            } else if decision {
                "for_waiting"
            } else {
                "for_published"
            };
            // A request in the state that the step asks for.
            let request = match path.rsplit('/').next() {
                Some("link") => "rrq_told",
                Some("rectify") => "rrq_confirmed",
                Some("export" | "hand-over") => "rrq_access",
                Some("erase") => "rrq_erasure",
                Some("lift") => "rrq_in_force",
                _ => "rrq_received",
            };
            let path = path
                .replace("{request}", request)
                .replace("{cohort}", "coh_computer-science-2026")
                .replace("{formation}", formation)
                .replace(
                    "{mailing}",
                    if path.contains("/messages") { "mlg_sent" } else { "mlg_draft" },
                )
                .replace("{message}", "msg_0_for_published")
                .replace("{student}", "stu_3")
                .replace("{erasure}", "era_done")
                .replace("{export}", "exp_ready")
                .replace("{file}", "manifest.json")
                .replace("{entry}", "example-translator")
                .replace(
                    "{breach}",
                    if path.contains("/certificate") { "bre_closed" } else { "bre_told" },
                );
            assert!(!path.contains('{'), "{path}: an id this table does not know");
            let method = method.to_uppercase();
            found.push(Operation { method, path, described: described.clone() });
        }
    }
    assert_eq!(found.len(), 98, "a route came or went: adapt the tables of these tests");
    found
}

#[test]
fn p1_openapi_document_is_current() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");
    let committed = std::fs::read_to_string(path).unwrap();
    assert!(
        committed == portal_api::openapi_json(),
        "docs/openapi.json is not what the code describes: cargo run -p portal-api --example openapi"
    );
}

#[test]
fn p1_the_document_is_openapi_3_1_and_whole() {
    let document = document();
    assert_eq!(document["openapi"], "3.1.0");
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        assert!(schema["description"].is_string(), "{name} has no description");
        let whole = !schema["example"].is_null();
        for (member, schema) in schema["properties"].as_object().into_iter().flatten() {
            let about = &schema["description"];
            assert!(about.is_string(), "{name}.{member} has no description");
            let kind = schema["type"].as_str().unwrap_or_default();
            assert!(
                whole || !["string", "integer"].contains(&kind) || !schema["example"].is_null(),
                "{name}.{member} has no example"
            );
        }
    }
    let mut names: Vec<Value> =
        operations().iter().map(|operation| operation.described["operationId"].clone()).collect();
    names.dedup();
    assert_eq!(names.len(), 98, "operation ids are unique");
}

#[tokio::test]
async fn p1_every_route_answers_what_the_document_promises() {
    let document = document();
    for operation in operations() {
        let world = operation.world();
        crate::data::end_erasures(&world);
        let answer = world.send(&operation.asked_by(OPERATOR)).await;
        let (method, path) = (&operation.method, &operation.path);
        assert!(answer.status < 300, "{method} {path}: {answer:?}");
        let promised = &operation.described["responses"][answer.status.to_string()];
        assert!(promised.is_object(), "{method} {path}: {} is not documented", answer.status);
        let kind = answer.headers["content-type"].as_str();
        assert!(promised["content"][kind].is_object(), "{method} {path}: {kind} is not documented");
        for header in promised["headers"].as_object().into_iter().flat_map(|all| all.keys()) {
            assert!(
                answer.headers.contains_key(&header.to_lowercase()),
                "{method} {path}: {header}"
            );
        }
        let schema = &promised["content"][kind]["schema"];
        if kind == "application/pdf" {
            assert!(schema["type"] == "string" && answer.text.starts_with("%PDF-"), "{schema}");
            continue;
        }
        if kind != "application/json" {
            continue;
        }
        let problems = conform::problems(&document, schema, &answer.body);
        assert!(problems.is_empty(), "{method} {path}: {problems:#?}");
    }
}

#[tokio::test]
async fn p1_every_refusal_is_a_documented_problem() {
    let document = document();
    let schema = &document["components"]["schemas"]["Problem"];
    for operation in operations() {
        let with_query = format!("{}?nonsense=1", operation.path);
        let events = [
            operation.with_body(crate::world::event(&operation.method, &operation.path, None)),
            operation.asked_by("sub-nobody"),
            operation.asked_at(&with_query, OPERATOR),
        ];
        for event in events {
            let answer = world().send(&event).await;
            let (method, path) = (&operation.method, &operation.path);
            assert_eq!(
                answer.headers["content-type"], "application/problem+json",
                "{method} {path}"
            );
            assert_eq!(answer.body["status"], answer.status);
            let promised = &operation.described["responses"][answer.status.to_string()];
            assert!(promised.is_object(), "{method} {path}: {} is not documented", answer.status);
            let problems = conform::problems(&document, schema, &answer.body);
            assert!(problems.is_empty(), "{method} {path}: {problems:#?}");
        }
    }
}
