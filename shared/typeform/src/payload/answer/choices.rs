//! Selected choices, joined with the choices on offer.
//!
//! `choices` comes as up to three parallel arrays (`ids`, `refs`, `labels`) that need not be parallel:
//! any may be null or absent, and real payloads have three labels with one id, or one id more than
//! labels because the id of "other" is listed. The definition tells which entries belong together.

use serde_json::{Map, Value};

use super::{Choice, Choices};
use crate::payload::definition::{ChoiceDefinition, text};

/// The choice of a question that allows one.
pub(super) fn one(object: &Map<String, Value>, offered: &[ChoiceDefinition]) -> Choice {
    let choice = Choice {
        id: text(object, "id"),
        reference: text(object, "ref"),
        label: text(object, "label"),
        other: text(object, "other"),
    };
    complete(choice, offered)
}

/// The choices of a question that allows several.
pub(super) fn several(object: &Map<String, Value>, offered: &[ChoiceDefinition]) -> Choices {
    let other = text(object, "other");
    let mut columns = [
        (Part::Ref, list(object, "refs")),
        (Part::Id, list(object, "ids")),
        (Part::Label, list(object, "labels")),
    ];
    if other.is_some() {
        columns = columns.map(|(part, entries)| (part, without_other(part, entries, offered)));
    }
    columns = columns.map(|(part, entries)| {
        let entries = if entries.iter().all(Option::is_none) { Vec::new() } else { entries };
        (part, entries)
    });

    let selected = aligned(&columns, offered).unwrap_or_else(|| merged(columns, offered));
    Choices { selected, other }
}

/// Which member of a choice an array lists.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Id,
    Ref,
    Label,
}

impl Part {
    fn of(self, choice: &ChoiceDefinition) -> Option<&str> {
        match self {
            Self::Id => choice.id.as_deref(),
            Self::Ref => choice.reference.as_deref(),
            Self::Label => choice.label.as_deref(),
        }
    }

    fn set(self, choice: &mut Choice, value: String) {
        match self {
            Self::Id => choice.id = Some(value),
            Self::Ref => choice.reference = Some(value),
            Self::Label => choice.label = Some(value),
        }
    }

    /// The one choice on offer with this value; none if two share it, as labels may.
    fn find(self, value: &str, offered: &[ChoiceDefinition]) -> Option<usize> {
        let mut hits =
            offered.iter().enumerate().filter(|(_, choice)| self.of(choice) == Some(value));
        let (index, _) = hits.next()?;
        hits.next().is_none().then_some(index)
    }
}

type Column = (Part, Vec<Option<String>>);

fn list(object: &Map<String, Value>, key: &str) -> Vec<Option<String>> {
    let entries = object.get(key).and_then(Value::as_array);
    entries
        .into_iter()
        .flatten()
        .map(|entry| entry.as_str().filter(|text| !text.is_empty()).map(str::to_owned))
        .collect()
}

/// Drops the marker that stands for "other" among ids and refs: the word itself, or an entry no choice
/// on offer has. The respondent's own words are kept apart, in [`Choices::other`].
fn without_other(
    part: Part,
    mut entries: Vec<Option<String>>,
    offered: &[ChoiceDefinition],
) -> Vec<Option<String>> {
    if part != Part::Label {
        let listed = offered.iter().any(|choice| part.of(choice).is_some());
        entries.retain(|entry| {
            entry.as_deref().is_none_or(|value| {
                value != "other" && (!listed || part.find(value, offered).is_some())
            })
        });
    }
    entries
}

/// The choices row by row, if the arrays that are there have one length and the definition does not say
/// that a row mixes two choices.
fn aligned(columns: &[Column; 3], offered: &[ChoiceDefinition]) -> Option<Vec<Choice>> {
    let mut lengths = columns.iter().map(|(_, entries)| entries.len()).filter(|length| *length > 0);
    let Some(rows) = lengths.next() else { return Some(Vec::new()) };
    if lengths.any(|length| length != rows) {
        return None;
    }
    let mut selected = Vec::with_capacity(rows);
    for row in 0..rows {
        let mut choice = Choice::default();
        let mut meant = None;
        for (part, entries) in columns {
            let Some(value) = entries.get(row).cloned().flatten() else {
                continue;
            };
            match (meant, part.find(&value, offered)) {
                (Some(one), Some(another)) if one != another => return None,
                (None, found) => meant = found,
                _ => {}
            }
            part.set(&mut choice, value);
        }
        let choice = complete(choice, offered);
        if choice != Choice::default() && !selected.contains(&choice) {
            selected.push(choice);
        }
    }
    Some(selected)
}

/// The choices of arrays that do not line up. The longest array gives the order and the choices nobody
/// offers; the others only add what it leaves out. Without a definition nothing tells whether an entry
/// of a shorter array is a further choice or the same one, so only the longest is read.
fn merged(mut columns: [Column; 3], offered: &[ChoiceDefinition]) -> Vec<Choice> {
    // Stable, so refs come before ids and labels of the same length.
    columns.sort_by_key(|(_, entries)| std::cmp::Reverse(entries.len()));
    let mut seen = Vec::new();
    let mut selected = Vec::new();
    for (rank, (part, entries)) in columns.into_iter().enumerate() {
        for value in entries.into_iter().flatten() {
            let found = part.find(&value, offered);
            if found.is_some_and(|index| seen.contains(&index)) || (found.is_none() && rank > 0) {
                continue;
            }
            seen.extend(found);
            let mut choice = Choice::default();
            part.set(&mut choice, value);
            selected.push(complete(choice, offered));
        }
    }
    selected
}

/// Adds what the definition knows about the choice: found by id, else ref, else label.
fn complete(mut choice: Choice, offered: &[ChoiceDefinition]) -> Choice {
    let by = |part: Part, value: &Option<String>| {
        value.as_deref().and_then(|value| part.find(value, offered))
    };
    let known = by(Part::Id, &choice.id)
        .or_else(|| by(Part::Ref, &choice.reference))
        .or_else(|| by(Part::Label, &choice.label))
        .map(|index| &offered[index]);
    if let Some(known) = known {
        choice.id = choice.id.or_else(|| known.id.clone());
        choice.reference = choice.reference.or_else(|| known.reference.clone());
        choice.label = choice.label.or_else(|| known.label.clone());
    }
    choice
}
