//! A questionnaire as Typeform posts it: `event_id`, `event_type`, `form_response` with definition
//! and answers (typeform.com/developers/webhooks, "Example payload").

use std::collections::BTreeMap;

use domain::cohort::{QuestionKind, Settings, Source};
use domain::profile::Answer;
use domain::{QuestionId, SectionId};
use jiff::{Span, Timestamp};
use serde_json::{Map, Value, json};

/// What one student answered.
#[derive(Clone)]
pub struct Answered {
    /// Where mail goes.
    pub email: String,
    /// First names.
    pub first: String,
    /// Last name.
    pub last: String,
    /// Student number.
    pub number: String,
    /// Section.
    pub section: SectionId,
    /// The answers by question.
    pub answers: BTreeMap<QuestionId, Answer>,
}

/// One sending of a questionnaire.
pub struct Submission<'a> {
    /// The cohort's settings: they tell the fields and their `ref`s.
    pub settings: &'a Settings,
    /// What was answered.
    pub answered: &'a Answered,
    /// Typeform's token.
    pub token: String,
    /// When it was submitted.
    pub submitted_at: Timestamp,
}

impl Submission<'_> {
    /// The body that Typeform posts.
    pub fn body(&self) -> Vec<u8> {
        serde_json::to_vec(&self.payload()).expect("a JSON value serialises")
    }

    /// The body as a JSON value, for variations.
    pub fn payload(&self) -> Value {
        let mut form = Form::default();
        self.identity(&mut form);
        for question in &self.settings.questions {
            let answer = self.answered.answers.get(&question.id);
            for reference in &question.refs {
                form.question(reference, &question.label.en, &question.kind, answer);
            }
        }
        let submitted = second(self.submitted_at);
        let landed = second(self.submitted_at - Span::new().minutes(12));
        json!({
            "event_id": format!("01EVT{}", self.token.to_uppercase()),
            "event_type": "form_response",
            "form_response": {
                "form_id": self.settings.form,
                "token": self.token,
                "landed_at": landed,
                "submitted_at": submitted,
                "hidden": form.hidden,
                "calculated": { "score": 0 },
                "definition": {
                    "id": self.settings.form,
                    "title": self.settings.name.en,
                    "fields": form.fields,
                    "endings": [{ "id": "end1", "ref": "thanks", "title": "Thank you", "type": "thankyou_screen" }],
                    "settings": { "partial_responses_to_all_integrations": true },
                },
                "answers": form.answers,
                "ending": { "id": "end1", "ref": "thanks" },
            },
        })
    }

    fn identity(&self, form: &mut Form) {
        let settings = self.settings;
        let who = self.answered;
        let names: Vec<&str> = match settings.identity.name.len() {
            1 => vec![],
            _ => vec![&who.first, &who.last],
        };
        let whole = format!("{} {}", who.first, who.last);
        for (place, source) in settings.identity.name.iter().enumerate() {
            form.identity(
                source,
                "short_text",
                "text",
                json!(names.get(place).copied().unwrap_or(&whole)),
            );
        }
        form.identity(&settings.identity.email, "email", "email", json!(who.email));
        if let Some(source) = &settings.identity.student_number {
            form.identity(source, "short_text", "text", json!(who.number));
        }
        if let Some(source) = &settings.identity.section {
            let section = settings.sections.iter().find(|section| section.id == who.section);
            let label =
                section.and_then(|s| s.answers.last()).map_or(who.section.as_str(), String::as_str);
            match source {
                Source::Hidden(_) => form.identity(source, "", "", json!(label)),
                Source::Field(_) => {
                    let choice = json!({ "id": format!("ch_{}", who.section), "ref": who.section, "label": label });
                    form.identity(source, "dropdown", "choice", choice);
                }
            }
        }
    }
}

#[derive(Default)]
struct Form {
    fields: Vec<Value>,
    answers: Vec<Value>,
    hidden: Map<String, Value>,
}

impl Form {
    fn identity(&mut self, source: &Source, field_type: &str, kind: &str, value: Value) {
        match source {
            Source::Hidden(name) => {
                self.hidden.insert(name.clone(), value);
            }
            Source::Field(reference) => {
                let field = self.field(reference, field_type, reference, None);
                self.answers.push(json!({ "type": kind, kind: value, "field": field }));
            }
        }
    }

    /// Adds a field to the definition and returns the reference that answers carry.
    fn field(
        &mut self,
        reference: &str,
        field_type: &str,
        title: &str,
        choices: Option<Vec<Value>>,
    ) -> Value {
        let id = format!("fld{:04}", self.fields.len() + 1);
        let mut field = json!({ "id": id, "ref": reference, "type": field_type, "title": title, "properties": {} });
        if let Some(choices) = choices {
            field["choices"] = json!(choices);
        }
        self.fields.push(field);
        json!({ "id": id, "ref": reference, "type": field_type })
    }

    fn question(
        &mut self,
        reference: &str,
        title: &str,
        kind: &QuestionKind,
        answer: Option<&Answer>,
    ) {
        let (field_type, choices) = match kind {
            QuestionKind::Scale { .. } => ("opinion_scale", None),
            QuestionKind::Students | QuestionKind::Text => ("long_text", None),
            QuestionKind::Choice { options } => (
                "multiple_choice",
                Some(options.iter().map(|o| choice(reference, &o.code, &o.answers)).collect()),
            ),
            QuestionKind::Choices { options } => (
                "checkbox",
                Some(options.iter().map(|o| choice(reference, &o.code, &o.answers)).collect()),
            ),
            QuestionKind::Availability { options } => {
                let here = options
                    .iter()
                    .filter(|o| o.field.as_deref().is_none_or(|field| field == reference));
                let choices = here.map(|o| {
                    choice(reference, o.answers.first().map_or("", String::as_str), &o.answers)
                });
                ("checkbox", Some(choices.collect()))
            }
        };
        let field = self.field(reference, field_type, title, choices);
        let answered = match (kind, answer) {
            (_, Some(Answer::Scale(value))) => Some(json!({ "type": "number", "number": value })),
            (_, Some(Answer::Text(text))) => Some(json!({ "type": "text", "text": text })),
            (QuestionKind::Choice { options }, Some(Answer::Choice(code))) => options
                .iter()
                .find(|option| option.code == *code)
                .map(|o| json!({ "type": "choice", "choice": choice(reference, &o.code, &o.answers) })),
            (QuestionKind::Choices { options }, Some(Answer::Choices(codes))) => {
                let chosen = options.iter().filter(|o| codes.contains(&o.code));
                several(&chosen.map(|o| choice(reference, &o.code, &o.answers)).collect::<Vec<_>>())
            }
            (QuestionKind::Availability { options }, Some(Answer::Slots(slots))) => {
                let chosen = options.iter().filter(|o| {
                    o.field.as_deref().is_none_or(|field| field == reference)
                        && o.slots.iter().all(|slot| slots.contains(slot))
                });
                let label = |o: &domain::cohort::SlotOption| o.answers.first().cloned().unwrap_or_default();
                several(&chosen.map(|o| choice(reference, &label(o), &o.answers)).collect::<Vec<_>>())
            }
            _ => None,
        };
        if let Some(mut answered) = answered {
            answered["field"] = field;
            self.answers.push(answered);
        }
    }
}

/// A choice as definition and answers show it. The `ref` is the code, the label what people read.
fn choice(field: &str, code: &str, answers: &[String]) -> Value {
    let label = answers.last().map_or(code, String::as_str);
    json!({ "id": format!("{field}_{}", slug(code)), "ref": slug(code), "label": label })
}

fn slug(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' })
        .collect()
}

/// An answer with several choices; nothing chosen is no answer, as at Typeform.
fn several(chosen: &[Value]) -> Option<Value> {
    if chosen.is_empty() {
        return None;
    }
    let of = |name: &str| chosen.iter().map(|c| c[name].clone()).collect::<Vec<_>>();
    Some(
        json!({ "type": "choices", "choices": { "ids": of("id"), "refs": of("ref"), "labels": of("label") } }),
    )
}

/// Typeform's times have whole seconds.
fn second(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
