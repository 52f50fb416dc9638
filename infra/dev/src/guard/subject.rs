//! What the rules look at, and the looking.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::Policy;
use crate::layout::{Layout, rust_files};

/// The expanded template, the state machines and the functions' sources.
#[derive(Debug, Clone)]
pub struct Subject {
    pub(super) template: Value,
    pub(super) machines: BTreeMap<String, Value>,
    pub(super) functions: Vec<Function>,
    pub(super) policy: std::sync::Arc<Policy>,
}

/// A folder below `functions/`.
#[derive(Debug, Clone)]
pub(super) struct Function {
    pub(super) name: String,
    /// The settings its sources ask the environment for.
    pub(super) settings: BTreeSet<String>,
    /// The outcomes its sources count.
    pub(super) outcomes: BTreeSet<String>,
}

impl Subject {
    /// Reads everything but the template, which comes expanded.
    pub fn read(layout: &Layout, template: Value) -> Result<Self> {
        let policy = fs::read(layout.path("infra/guard/policy.json")).context("policy.json")?;
        let mut machines = BTreeMap::new();
        for path in machine_files(layout)? {
            let text = fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let machine = serde_json::from_slice(&text)
                .with_context(|| format!("{} is not JSON", path.display()))?;
            machines.insert(name.trim_end_matches(".asl.json").to_owned(), machine);
        }
        let mut functions = Vec::new();
        for name in layout.functions()? {
            let (mut read, mut counted) = (BTreeSet::new(), BTreeSet::new());
            let sources = layout.path(&format!("functions/{name}/src"));
            for path in rust_files(&sources)? {
                let source = fs::read_to_string(&path)?;
                read.extend(settings(&source));
                counted.extend(outcomes(&source));
            }
            functions.push(Function { settings: read, outcomes: counted, name });
        }
        let policy = serde_json::from_slice(&policy).context("reading policy.json")?;
        Ok(Self { template, machines, functions, policy: std::sync::Arc::new(policy) })
    }

    /// Name, type and properties of every resource.
    pub(super) fn resources(&self) -> impl Iterator<Item = (&str, &str, &Value)> {
        let resources = self.template["Resources"].as_object();
        resources.into_iter().flatten().map(|(name, resource)| {
            (name.as_str(), resource["Type"].as_str().unwrap_or_default(), &resource["Properties"])
        })
    }

    /// Name and properties of the resources of a type.
    pub(super) fn of<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = (&'a str, &'a Value)> {
        self.resources().filter(move |(_, found, _)| *found == kind).map(|(name, _, p)| (name, p))
    }

    /// The properties of a resource.
    pub(super) fn properties(&self, name: &str) -> &Value {
        &self.template["Resources"][name]["Properties"]
    }
}

/// The files of the state machines.
pub(crate) fn machine_files(layout: &Layout) -> Result<Vec<std::path::PathBuf>> {
    let folder = layout.path("infra/statemachines");
    let mut files = Vec::new();
    for entry in folder.read_dir().with_context(|| format!("reading {}", folder.display()))? {
        let path = entry?.path();
        if path.to_string_lossy().ends_with(".asl.json") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// The names that a source asks `runtime::settings::Reader` for, tests left out.
fn settings(source: &str) -> BTreeSet<String> {
    let source = source.split("#[cfg(test)]").next().unwrap_or_default();
    let mut names = BTreeSet::new();
    for method in [".text(", ".parsed(", ".parsed::<"] {
        for call in source.split(method).skip(1) {
            let name = call.split('"').nth(1).unwrap_or_default();
            if !name.is_empty() && name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_') {
                names.insert(name.to_owned());
            }
        }
    }
    names
}

/// The members of `runtime::Metric` that a source names, tests left out. That they exist, the compiler knows.
fn outcomes(source: &str) -> BTreeSet<String> {
    let source = source.split("#[cfg(test)]").next().unwrap_or_default();
    let named = source.split("Metric::").skip(1);
    let words = named.map(|rest| rest.split(|c: char| !c.is_ascii_alphanumeric()).next());
    words.flatten().filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

/// A value that may stand alone or in a list, as a list.
pub(super) fn list(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(values) => values.iter().collect(),
        Value::Null => Vec::new(),
        value => vec![value],
    }
}

/// The texts of a value that may stand alone or in a list.
pub(super) fn texts(value: &Value) -> Vec<&str> {
    list(value).into_iter().filter_map(Value::as_str).collect()
}

/// Logical names that a value refers to, by `Ref`, `Fn::GetAtt` or `Fn::Sub`, at any depth.
pub(super) fn references(value: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    walk(value, &mut |key, value| match (key, value) {
        ("Ref", Value::String(name)) => drop(found.insert(name.clone())),
        ("Fn::GetAtt", Value::Array(parts)) => {
            found.extend(parts.first().and_then(Value::as_str).map(str::to_owned));
        }
        ("Fn::GetAtt", Value::String(text)) => {
            found.extend(text.split('.').next().map(str::to_owned));
        }
        ("Fn::Sub", Value::String(text)) => {
            for part in text.split("${").skip(1) {
                let name = part.split(['}', '.']).next().unwrap_or_default();
                found.insert(name.to_owned());
            }
        }
        _ => {}
    });
    found
}

/// Calls `visit` with every member of every object below `value`; members of lists come with an empty key.
pub(super) fn walk<'a>(value: &'a Value, visit: &mut impl FnMut(&'a str, &'a Value)) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                visit(key, value);
                walk(value, visit);
            }
        }
        Value::Array(values) => {
            for value in values {
                visit("", value);
                walk(value, visit);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn settings_are_found_in_the_ways_functions_ask_for_them() {
        let source = r#"
            app: reader.text("APP_TABLE"),
            rate: reader.parsed::<u32>("SES_RATE_PER_SECOND"),
            arn: reader.parsed(
                "FORMATION_STATE_MACHINE_ARN",
            ),
            name: other("NOT_ONE"),
            #[cfg(test)]
            reader.text("ONLY_IN_A_TEST")
        "#;
        let found: Vec<String> = settings(source).into_iter().collect();
        assert_eq!(found, ["APP_TABLE", "FORMATION_STATE_MACHINE_ARN", "SES_RATE_PER_SECOND"]);
    }

    #[test]
    fn outcomes_are_found_where_sources_name_them() {
        let source = "count(Metric::MailsUnknown, 1); [(Metric::A, 1)]; use runtime::Metric;
            #[cfg(test)] Metric::OnlyInATest";
        let found: Vec<String> = outcomes(source).into_iter().collect();
        assert_eq!(found, ["A", "MailsUnknown"]);
    }

    #[test]
    fn references_are_found_in_all_three_forms() {
        let value = json!({"a": [{"Ref": "A"}, {"Fn::GetAtt": ["B", "Arn"]}], "c": {"Fn::Sub": "${C.Arn}/x/${D}"}});
        assert_eq!(references(&value), ["A", "B", "C", "D"].map(str::to_owned).into());
    }
}
