//! The form's definition, as far as it helps to read answers: ids, refs, types and choices. Titles are
//! left out on purpose: questions are mapped by `ref`, never by title.

use serde_json::{Map, Value};

/// The questions of a form. Empty if the payload carries none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Definition {
    /// All questions, those inside groups and contact blocks included.
    pub fields: Vec<FieldDefinition>,
}

/// One question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldDefinition {
    /// Typeform's id; empty if the definition gives none.
    pub id: String,
    /// The author's name of the question.
    pub reference: Option<String>,
    /// The question's type in Typeform's words, e.g. `multiple_choice`; empty if not given.
    pub kind: String,
    /// The choices it offers, if it is a question with choices and the definition lists them.
    pub choices: Vec<ChoiceDefinition>,
}

/// One choice a question offers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChoiceDefinition {
    /// Typeform's id.
    pub id: Option<String>,
    /// The author's name of the choice; newer forms only.
    pub reference: Option<String>,
    /// What the respondent read.
    pub label: Option<String>,
}

impl Definition {
    /// Reads a definition as webhooks carry it (`choices` beside the field) or as the Forms API gives it
    /// (`choices` and nested `fields` below `properties`). Whatever has another shape is left out.
    pub fn from_json(value: &Value) -> Self {
        let mut fields = Vec::new();
        if let Some(list) = value.get("fields").and_then(Value::as_array) {
            collect(list, &mut fields);
        }
        Self { fields }
    }

    /// The question with this id.
    pub fn field(&self, id: &str) -> Option<&FieldDefinition> {
        self.fields.iter().find(|field| !id.is_empty() && field.id == id)
    }

    /// The question with this `ref`.
    pub fn field_by_ref(&self, reference: &str) -> Option<&FieldDefinition> {
        self.fields.iter().find(|field| field.reference.as_deref() == Some(reference))
    }
}

fn collect(list: &[Value], fields: &mut Vec<FieldDefinition>) {
    for object in list.iter().filter_map(Value::as_object) {
        let properties = object.get("properties").and_then(Value::as_object);
        let inner = |key: &str| {
            object
                .get(key)
                .or_else(|| properties.and_then(|map| map.get(key)))
                .and_then(Value::as_array)
        };
        fields.push(FieldDefinition {
            id: text(object, "id").unwrap_or_default(),
            reference: text(object, "ref"),
            kind: text(object, "type").unwrap_or_default(),
            choices: inner("choices")
                .into_iter()
                .flatten()
                .filter_map(Value::as_object)
                .map(|choice| ChoiceDefinition {
                    id: text(choice, "id"),
                    reference: text(choice, "ref"),
                    label: text(choice, "label"),
                })
                .collect(),
        });
        // Depth is bounded by the JSON parser's own limit.
        if let Some(nested) = inner("fields") {
            collect(nested, fields);
        }
    }
}

/// A non-empty string member of `object`.
pub(super) fn text(object: &Map<String, Value>, key: &str) -> Option<String> {
    object.get(key).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned)
}
