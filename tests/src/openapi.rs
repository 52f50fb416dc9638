//! The API's document as a judge of live answers (P1).
//!
//! The schemas are closed before they are used: a member that the document does not name is an
//! error here, so that it cannot be forgotten there.

use std::fs;

use anyhow::{Context as _, Result, bail, ensure};
use dev::layout::Layout;
use dev::service::Answer;
use domain::CohortId;
use reqwest::Method;
use serde_json::{Map, Value, json};

/// The document.
pub struct Document {
    document: Value,
    /// `components` with every schema twice: closed, and open for use within `allOf`.
    components: Value,
}

/// An operation of the document.
#[derive(Debug, Clone)]
pub struct Operation {
    /// The method.
    pub method: Method,
    /// The path with `{parameters}`.
    pub path: String,
    /// The role that is needed at least.
    pub role: String,
}

impl Operation {
    /// The path with its parameters filled in.
    pub fn filled(&self, parameters: &[(&str, &str)]) -> String {
        parameters.iter().fold(self.path.clone(), |path, (name, value)| {
            path.replace(&format!("{{{name}}}"), value)
        })
    }
}

impl Document {
    /// Reads `docs/openapi.json`.
    pub fn read(layout: &Layout) -> Result<Self> {
        let text = fs::read(layout.path("docs/openapi.json")).context("docs/openapi.json")?;
        let document: Value = serde_json::from_slice(&text).context("docs/openapi.json")?;
        let mut schemas = Map::new();
        for (name, schema) in document["components"]["schemas"].as_object().into_iter().flatten() {
            let mut open = schema.clone();
            close_below(&mut open);
            let mut closed = open.clone();
            close(&mut closed);
            schemas.insert(format!("{name}.open"), open);
            schemas.insert(name.clone(), closed);
        }
        ensure!(!schemas.is_empty(), "the document has no schemas");
        let components = json!({ "schemas": schemas });
        Ok(Self { document, components })
    }

    /// The cohort that the examples of paths name.
    pub fn example_cohort(&self) -> Result<CohortId> {
        let at = "/paths/~1api~1cohorts~1{cohort}/get/parameters/0/example";
        let example = self.document.pointer(at).and_then(Value::as_str);
        Ok(example.context("the document's examples name no cohort")?.parse()?)
    }

    /// Every operation.
    pub fn operations(&self) -> Vec<Operation> {
        let paths = self.document["paths"].as_object().into_iter().flatten();
        let all = paths.flat_map(|(path, methods)| {
            methods.as_object().into_iter().flatten().map(|(method, operation)| Operation {
                method: method.to_uppercase().parse().unwrap_or(Method::TRACE),
                path: path.clone(),
                role: operation["x-role"].as_str().unwrap_or_default().to_owned(),
            })
        });
        all.collect()
    }

    /// Whether an answer to a call is one that the document promises.
    pub fn check(&self, method: &Method, path: &str, answer: &Answer) -> Result<()> {
        let told = || format!("{method} {path} answered {}", answer.status);
        let path = path.split('?').next().unwrap_or_default();
        let paths = self.document["paths"].as_object().into_iter().flatten();
        let operation = paths
            .filter(|(template, _)| fits(template, path))
            // A fixed word wins over a parameter.
            .min_by_key(|(template, _)| template.matches('{').count())
            .map(|(_, methods)| &methods[method.as_str().to_lowercase()]);
        let operation = operation.filter(|operation| operation.is_object());
        let operation = operation.with_context(|| format!("{}: no such operation", told()))?;
        let response = &operation["responses"][answer.status.to_string()];
        let response = self.follow(response);
        ensure!(response.is_object(), "{}, which is not promised: {}", told(), answer.body);
        let Some(content) = response["content"].as_object() else {
            ensure!(answer.body.is_null(), "{} with a body", told());
            return Ok(());
        };
        let Some(media) = content.get(&answer.content_type) else {
            bail!("{} as {}", told(), answer.content_type);
        };
        let mut schema = media["schema"].clone();
        close_below(&mut schema);
        schema["components"] = self.components.clone();
        let validator = jsonschema::draft202012::new(&schema)
            .map_err(|error| anyhow::anyhow!("{}: the schema cannot be used: {error}", told()))?;
        let errors: Vec<String> = validator
            .iter_errors(&answer.body)
            .map(|error| format!("{error} at {}", error.instance_path()))
            .collect();
        ensure!(errors.is_empty(), "{}: {}", told(), errors.join("; "));
        Ok(())
    }

    fn follow<'a>(&'a self, response: &'a Value) -> &'a Value {
        let pointer = response["$ref"].as_str().and_then(|target| target.strip_prefix('#'));
        pointer.and_then(|pointer| self.document.pointer(pointer)).unwrap_or(response)
    }
}

fn fits(template: &str, path: &str) -> bool {
    let (template, path): (Vec<_>, Vec<_>) =
        (template.split('/').collect(), path.split('/').collect());
    template.len() == path.len()
        && template.iter().zip(path).all(|(part, here)| part.starts_with('{') || *part == here)
}

/// Refuses members that a schema does not name.
fn close(schema: &mut Value) {
    if schema.get("properties").is_some() || schema.get("allOf").is_some() {
        schema["unevaluatedProperties"] = json!(false);
    }
}

/// Closes every schema inside this one; inside `allOf` only the whole is closed.
fn close_below(schema: &mut Value) {
    let Some(members) = schema.as_object_mut() else { return };
    for (name, member) in members {
        match (name.as_str(), member) {
            ("properties", Value::Object(properties)) => {
                for property in properties.values_mut() {
                    close_below(property);
                    close(property);
                }
            }
            ("items" | "additionalProperties", member) => {
                close_below(member);
                close(member);
            }
            ("oneOf" | "anyOf", Value::Array(choices)) => {
                for choice in choices {
                    close_below(choice);
                    close(choice);
                }
            }
            ("allOf", Value::Array(parts)) => {
                for part in parts {
                    close_below(part);
                    if let Some(target) = part["$ref"].as_str() {
                        part["$ref"] = json!(format!("{target}.open"));
                    }
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, content_type: &str, body: Value) -> Answer {
        Answer { status, content_type: content_type.into(), body }
    }

    #[test]
    fn p1_an_answer_beside_the_document_is_noticed() {
        let document = Document::read(&Layout::find().unwrap()).unwrap();
        let check = |status, kind: &str, body| {
            document.check(&Method::GET, "/api/erasures?limit=1", &answer(status, kind, body))
        };
        let json = "application/json";
        check(200, json, json!({ "items": [] })).unwrap();
        for (status, kind, body) in [
            (200, json, json!({ "items": {} })),
            (200, json, json!({ "items": [], "total": 3 })),
            (200, json, json!({ "items": [{ "id": "era_1" }] })),
            (200, "text/html", json!({ "items": [] })),
            (204, json, Value::Null),
            (404, "application/problem+json", json!({ "title": "?" })),
        ] {
            assert!(check(status, kind, body.clone()).is_err(), "{status} {kind} {body}");
        }
        let nowhere = answer(200, json, json!({}));
        assert!(document.check(&Method::GET, "/api/nowhere", &nowhere).is_err());
    }

    #[test]
    fn p1_a_member_that_is_not_documented_is_noticed_behind_all_of_too() {
        let document = Document::read(&Layout::find().unwrap()).unwrap();
        let schema = &document.components["schemas"]["Cohort"];
        assert_eq!(schema["unevaluatedProperties"], false, "{schema}");
    }
}
