//! Strict reading: a key that nobody reads is a misspelt setting, and every fault is told with its place.
//! A value that cannot be read is not repeated: it may be somebody's name in the wrong place.

use domain::cohort::{
    CriterionSetting, Evaluation, IdentityMapping, Localised, Question, Section, Settings, Sizes,
    SmallSections,
};
use domain::institution::Language;
use domain::{CohortId, FormId, InstitutionId};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::Segment;

use crate::Fault;

/// What settings must say.
const NEEDED: [&str; 11] = [
    "institution",
    "id",
    "name",
    "language",
    "form",
    "deadline",
    "sections",
    "identity",
    "questions",
    "criteria",
    "sizes",
];

/// Reads a value of some type, or says what is wrong: every unknown key, and the first place that cannot
/// be read.
pub fn read<T: DeserializeOwned>(value: &Value) -> (Option<T>, Vec<Fault>) {
    read_at("", "", value)
}

/// Reads settings and checks them. Each setting, and each section, question and criterion, is read for
/// itself, so that a fault in one hides none in another.
pub fn settings(value: &Value) -> Result<Settings, Vec<Fault>> {
    let Some(members) = value.as_object() else {
        return Err(vec![fault("", "", "must be an object", "skal være et objekt")]);
    };
    let mut found = Vec::new();
    for name in NEEDED.iter().filter(|name| !members.contains_key(**name)) {
        found.push(fault(name, &format!("/{name}"), "is missing", "mangler"));
    }
    for (name, member) in members {
        found.extend(member_faults(name, member));
    }
    // Keys that nobody reads keep no setting from being read, so the settings are checked all the same.
    match serde_json::from_value::<Settings>(value.clone()) {
        Ok(settings) => {
            found.extend(settings.problems());
            if found.is_empty() { Ok(settings) } else { Err(found) }
        }
        Err(error) if found.is_empty() => {
            let told = without_values(&error.to_string());
            Err(vec![fault("", "", &told, &unreadable(&told))])
        }
        Err(_) => Err(found),
    }
}

fn member_faults(name: &str, member: &Value) -> Vec<Fault> {
    match name {
        "institution" => one::<InstitutionId>(name, member),
        "id" => one::<CohortId>(name, member),
        "name" => one::<Localised>(name, member),
        "language" => one::<Language>(name, member),
        "form" => one::<FormId>(name, member),
        "deadline" => one::<Timestamp>(name, member),
        "sections" => each::<Section>(name, member),
        "identity" => one::<IdentityMapping>(name, member),
        "questions" => each::<Question>(name, member),
        "criteria" => each::<CriterionSetting>(name, member),
        "sizes" => one::<Sizes>(name, member),
        "small_sections" => one::<SmallSections>(name, member),
        "evaluation" if member.is_null() => Vec::new(),
        "evaluation" => one::<Evaluation>(name, member),
        "approval" | "mail_agreed" => one::<bool>(name, member),
        _ => vec![unknown(name, &pointer_to(name))],
    }
}

fn one<T: DeserializeOwned>(name: &str, member: &Value) -> Vec<Fault> {
    read_at::<T>(name, &pointer_to(name), member).1
}

fn each<T: DeserializeOwned>(name: &str, member: &Value) -> Vec<Fault> {
    let Some(items) = member.as_array() else {
        return vec![fault(name, &pointer_to(name), "must be a list", "skal være en liste")];
    };
    let read = |(place, item)| {
        read_at::<T>(&format!("{name}[{place}]"), &format!("/{name}/{place}"), item).1
    };
    items.iter().enumerate().flat_map(read).collect()
}

/// Reads a value that stands at a place.
fn read_at<T: DeserializeOwned>(
    item: &str,
    pointer: &str,
    value: &Value,
) -> (Option<T>, Vec<Fault>) {
    let mut found = Vec::new();
    let mut ignored = |path: serde_ignored::Path<'_>| {
        found.push(unknown(&under(item, &path.to_string()), &format!("{pointer}{}", place(&path))));
    };
    let strict = serde_ignored::Deserializer::new(value, &mut ignored);
    match serde_path_to_error::deserialize(strict) {
        Ok(read) => (Some(read), found),
        Err(error) => {
            let path = error.path().to_string();
            let item = if path == "." { item.to_owned() } else { under(item, &path) };
            let steps = error.path().iter().map(|segment| match segment {
                Segment::Seq { index } => format!("/{index}"),
                Segment::Map { key } => pointer_to(key),
                Segment::Enum { variant } => pointer_to(variant),
                Segment::Unknown => String::new(),
            });
            let pointer = format!("{pointer}{}", steps.collect::<String>());
            let told = without_values(&error.into_inner().to_string());
            found.push(fault(&item, &pointer, &told, &unreadable(&told)));
            (None, found)
        }
    }
}

fn under(item: &str, path: &str) -> String {
    if item.is_empty() { path.to_owned() } else { format!("{item}.{path}") }
}

fn unknown(item: &str, pointer: &str) -> Fault {
    fault(item, pointer, "is not a setting", "er ikke en indstilling")
}

fn unreadable(told: &str) -> String {
    format!("kan ikke læses ({told})")
}

fn fault(item: &str, pointer: &str, problem: &str, danish: &str) -> Fault {
    let text = str::to_owned;
    Fault { item: text(item), pointer: text(pointer), problem: text(problem), danish: text(danish) }
}

/// A key as a step of a JSON pointer (RFC 6901).
fn pointer_to(key: &str) -> String {
    format!("/{}", key.replace('~', "~0").replace('/', "~1"))
}

fn place(path: &serde_ignored::Path<'_>) -> String {
    use serde_ignored::Path;
    match path {
        Path::Root => String::new(),
        Path::Seq { parent, index } => format!("{}/{index}", place(parent)),
        Path::Map { parent, key } => format!("{}{}", place(parent), pointer_to(key)),
        Path::Some { parent }
        | Path::NewtypeStruct { parent }
        | Path::NewtypeVariant { parent } => place(parent),
    }
}

/// A message of serde's without the value that it quotes.
fn without_values(message: &str) -> String {
    let mut kept = message.to_owned();
    for (open, close) in [("string \"", "\", expected"), ("unknown variant `", "`, expected")] {
        if let (Some(start), Some(end)) = (kept.find(open), kept.rfind(close)) {
            let start = start + open.len() - 1;
            if start < end {
                kept.replace_range(start..=end, "");
            }
        }
    }
    kept.replace("string , expected", "a string, expected")
        .replace("unknown variant ,", "unknown word,")
}
