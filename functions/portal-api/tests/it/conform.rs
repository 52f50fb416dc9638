//! Whether an answer is what the document promises: enough of JSON Schema for this document.

use serde_json::Value;

/// Everything in `value` that the schema does not allow, with the place it stands at.
pub(crate) fn problems(document: &Value, schema: &Value, value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let mut known = Vec::new();
    check(document, schema, value, "", &mut found, &mut known);
    found
}

fn resolve<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    match schema["$ref"].as_str() {
        Some(reference) => {
            let pointer = reference.strip_prefix('#').expect("references are local");
            document.pointer(pointer).unwrap_or_else(|| panic!("{reference} leads nowhere"))
        }
        None => schema,
    }
}

fn check(
    document: &Value,
    schema: &Value,
    value: &Value,
    at: &str,
    found: &mut Vec<String>,
    known: &mut Vec<String>,
) {
    let schema = resolve(document, schema);
    if let Some(parts) = schema["allOf"].as_array() {
        let mut names = Vec::new();
        for part in parts {
            // What one part does not know another may.
            let mut aside = Vec::new();
            check(document, part, value, at, &mut aside, &mut names);
            found.extend(aside.into_iter().filter(|problem| !problem.ends_with("undocumented")));
        }
        let members = value.as_object().into_iter().flat_map(serde_json::Map::keys);
        for name in members.filter(|name| !names.contains(name)) {
            found.push(format!("{at}/{name} is undocumented"));
        }
        return;
    }
    let fits = match schema["type"].as_str().unwrap_or_else(|| panic!("{at}: {schema}")) {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "boolean" => value.is_boolean(),
        other => panic!("{at}: a type this check does not know: {other}"),
    };
    if !fits {
        found.push(format!("{at} is not of type {}", schema["type"]));
    }
    if let Some(words) = schema["enum"].as_array()
        && !words.contains(value)
    {
        found.push(format!("{at} is none of the documented words"));
    }
    for item in value.as_array().into_iter().flatten() {
        check(document, &schema["items"], item, &format!("{at}/-"), found, known);
    }
    let Some(members) = value.as_object() else { return };
    for name in schema["required"].as_array().into_iter().flatten() {
        if !members.contains_key(name.as_str().unwrap()) {
            found.push(format!("{at}/{name} is missing"));
        }
    }
    for (name, member) in members {
        let at = format!("{at}/{name}");
        known.push(name.clone());
        if let Some(schema) = schema["properties"].get(name) {
            check(document, schema, member, &at, found, &mut Vec::new());
        } else if let Some(schema) = schema.get("additionalProperties") {
            check(document, schema, member, &at, found, &mut Vec::new());
        } else {
            known.pop();
            found.push(format!("{at} is undocumented"));
        }
    }
}
