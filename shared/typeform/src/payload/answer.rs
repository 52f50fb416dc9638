//! Answers and their values.

mod choices;

use std::fmt;

use jiff::civil::Date;
use serde_json::{Map, Number, Value};

use super::definition::{Definition, FieldDefinition, text};

/// One answer to one question.
#[derive(Clone, PartialEq)]
pub struct Answer {
    /// The question it answers.
    pub field: AnswerField,
    /// What was answered.
    pub value: AnswerValue,
}

/// The question an answer belongs to; what the answer leaves out is taken from the definition.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AnswerField {
    /// Typeform's id; empty if neither answer nor definition gives one.
    pub id: String,
    /// The author's name of the question, by which cohorts map questions.
    pub reference: Option<String>,
    /// The question's type in Typeform's words, e.g. `short_text`; empty if not known.
    pub kind: String,
}

/// The value of an answer, one variant per answer type of Typeform.
#[derive(Clone, PartialEq)]
pub enum AnswerValue {
    /// From short and long text.
    Text(String),
    /// From a question that allows one choice.
    Choice(Choice),
    /// From a question that allows several, or a ranking (then in the order of rank).
    Choices(Choices),
    /// From a date question.
    Date(Date),
    /// From yes/no and legal questions.
    Boolean(bool),
    /// From number, rating, opinion scale and NPS. Exact, so that a student number survives.
    Number(Number),
    /// From a file upload: the address of the file at Typeform, which needs our bearer token.
    FileUrl(String),
    /// From a video or audio answer. Its members are not documented, so the object is kept as it came.
    MultiFormat(Map<String, Value>),
    /// From a payment.
    Payment(Payment),
    /// From website, Calendly and Google Calendar questions.
    Url(String),
    /// From a signature: the address of the picture.
    Signature(String),
    /// From an e-mail question, as typed.
    Email(String),
    /// From a phone number question, as typed.
    PhoneNumber(String),
    /// Anything else: a type this crate does not know, or a known type with a value it cannot read.
    Unknown {
        /// The answer's `type`; empty if it names none.
        kind: String,
        /// The whole answer as it came.
        raw: Value,
    },
}

/// One selected choice. At least one member is set, unless the payload's choice is empty.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Choice {
    /// Typeform's id of the choice.
    pub id: Option<String>,
    /// The author's name of the choice.
    pub reference: Option<String>,
    /// What the respondent read (possibly in another language than the definition's).
    pub label: Option<String>,
    /// The respondent's own words, if the question allows "other".
    pub other: Option<String>,
}

/// The selected choices of a question that allows several.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Choices {
    /// The choices taken from those on offer.
    pub selected: Vec<Choice>,
    /// The respondent's own words, if the question allows "other".
    pub other: Option<String>,
}

/// A payment as far as Typeform tells.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Payment {
    /// The amount as text, in the form's currency.
    pub amount: Option<String>,
    /// Last four digits of the card.
    pub last4: Option<String>,
    /// Name on the card.
    pub name: Option<String>,
    /// Whether it went through.
    pub success: Option<bool>,
}

impl AnswerValue {
    /// The answer type in Typeform's words; for an unknown one, its own word.
    pub fn kind(&self) -> &str {
        match self {
            Self::Text(_) => "text",
            Self::Choice(_) => "choice",
            Self::Choices(_) => "choices",
            Self::Date(_) => "date",
            Self::Boolean(_) => "boolean",
            Self::Number(_) => "number",
            Self::FileUrl(_) => "file_url",
            Self::MultiFormat(_) => "multi_format",
            Self::Payment(_) => "payment",
            Self::Url(_) => "url",
            Self::Signature(_) => "signature",
            Self::Email(_) => "email",
            Self::PhoneNumber(_) => "phone_number",
            Self::Unknown { kind, .. } => kind,
        }
    }
}

impl Answer {
    pub(super) fn from_json(answer: &Value, definition: &Definition) -> Self {
        let empty = Map::new();
        let object = answer.as_object().unwrap_or(&empty);
        let (field, known) = answer_field(object, definition);
        let kind = text(object, "type").unwrap_or_default();
        let value = value_of(&kind, object.get(&kind), known)
            .unwrap_or_else(|| AnswerValue::Unknown { kind, raw: answer.clone() });
        Self { field, value }
    }
}

fn answer_field<'a>(
    answer: &Map<String, Value>,
    definition: &'a Definition,
) -> (AnswerField, Option<&'a FieldDefinition>) {
    let mut field = answer
        .get("field")
        .and_then(Value::as_object)
        .map(|object| AnswerField {
            id: text(object, "id").unwrap_or_default(),
            reference: text(object, "ref"),
            kind: text(object, "type").unwrap_or_default(),
        })
        .unwrap_or_default();
    let known = definition
        .field(&field.id)
        .or_else(|| field.reference.as_deref().and_then(|name| definition.field_by_ref(name)));
    if let Some(known) = known {
        if field.id.is_empty() {
            field.id.clone_from(&known.id);
        }
        if field.kind.is_empty() {
            field.kind.clone_from(&known.kind);
        }
        if field.reference.is_none() {
            field.reference.clone_from(&known.reference);
        }
    }
    (field, known)
}

/// The value if its type is known and it has the shape of its type.
fn value_of(
    kind: &str,
    value: Option<&Value>,
    field: Option<&FieldDefinition>,
) -> Option<AnswerValue> {
    let value = value?;
    let offered = field.map_or(&[][..], |field| &field.choices);
    let words = || value.as_str().map(str::to_owned);
    Some(match kind {
        "text" => AnswerValue::Text(words()?),
        "choice" => AnswerValue::Choice(choices::one(value.as_object()?, offered)),
        "choices" => AnswerValue::Choices(choices::several(value.as_object()?, offered)),
        "date" => AnswerValue::Date(date(value.as_str()?)?),
        "boolean" => AnswerValue::Boolean(value.as_bool()?),
        "number" => AnswerValue::Number(value.as_number()?.clone()),
        "file_url" => AnswerValue::FileUrl(words()?),
        "multi_format" => AnswerValue::MultiFormat(value.as_object()?.clone()),
        "payment" => AnswerValue::Payment(payment(value.as_object()?)),
        "url" => AnswerValue::Url(words()?),
        // A string in the documentation, an object with `url` in payloads seen.
        "signature" => AnswerValue::Signature(
            words().or_else(|| value.as_object().and_then(|map| text(map, "url")))?,
        ),
        "email" => AnswerValue::Email(words()?),
        "phone_number" => AnswerValue::PhoneNumber(words()?),
        _ => return None,
    })
}

/// A date alone (webhooks) or with a time of day that means nothing (Responses API).
fn date(text: &str) -> Option<Date> {
    text.split_once('T').map_or(text, |(date, _)| date).parse().ok()
}

fn payment(object: &Map<String, Value>) -> Payment {
    Payment {
        amount: text(object, "amount")
            .or_else(|| object.get("amount").and_then(Value::as_number).map(ToString::to_string)),
        last4: text(object, "last4"),
        name: text(object, "name"),
        success: object.get("success").and_then(Value::as_bool),
    }
}

/// `Debug` that names the type and nothing of the content.
macro_rules! redacted {
    ($($name:ident),+) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(redacted)"))
            }
        }
    )+};
}
redacted!(Choice, Choices, Payment);

impl fmt::Debug for AnswerValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if matches!(self, Self::Unknown { .. }) { "unknown" } else { self.kind() };
        write!(f, "AnswerValue({kind}, redacted)")
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer").field("field", &self.field).field("value", &self.value).finish()
    }
}
