//! Civil registration numbers (CPR) out of a payload, before anything is stored of it (Q6).
//!
//! Read are the places where a respondent or a link can put words: `answers`, `hidden` and
//! `variables`. Left alone is what only looks like a number: Typeform's own ids, refs, tokens,
//! times and addresses of the web, and answers that are an e-mail address or a telephone number.

use domain::cohort::Source;
use domain::{Email, cpr};
use serde_json::Value;

/// Members that hold no words of a respondent.
const NOT_WORDS: [&str; 19] = [
    "id",
    "ids",
    "ref",
    "refs",
    "type",
    "key",
    "field",
    "token",
    "date",
    "email",
    "phone_number",
    "url",
    "file_url",
    "answer_url",
    "response_url",
    "signature",
    "landed_at",
    "submitted_at",
    "last4",
];

/// Ends of names of hidden fields that hold identifiers.
const IDENTIFIER_ENDS: [&str; 5] = ["_id", "_ref", "_token", "_key", "_url"];

/// A payload without CPR numbers.
#[derive(Clone, PartialEq, Eq)]
pub struct MaskedPayload {
    /// The bytes as received when nothing was masked, else the masked payload written anew.
    pub bytes: Vec<u8>,
    /// How many numbers were masked.
    pub count: u32,
}

impl std::fmt::Debug for MaskedPayload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "MaskedPayload({} masked)", self.count)
    }
}

/// Masks a payload given as bytes. `None` if it is not JSON.
///
/// `student_number` is where the cohort asks for it, see [`mask_json`].
pub fn mask_body(body: &[u8], student_number: Option<&Source>) -> Option<MaskedPayload> {
    let mut payload: Value = serde_json::from_slice(body).ok()?;
    let count = mask_json(&mut payload, student_number);
    let bytes = if count == 0 { body.to_vec() } else { serde_json::to_vec(&payload).ok()? };
    Some(MaskedPayload { bytes, count })
}

/// Masks the CPR numbers of a webhook payload in place and counts them.
///
/// A JSON number of ten digits counts as well, and one of nine because a number loses its leading
/// zero. The exception for nine digits is the student number: universities give out numbers such as
/// 202301234, which with a zero before them are a day in February.
pub fn mask_json(payload: &mut Value, student_number: Option<&Source>) -> u32 {
    let Some(response) = payload.get_mut("form_response") else { return 0 };
    let mut count = 0;
    for answer in list(response, "answers") {
        let reference = answer.pointer("/field/ref").and_then(Value::as_str);
        let number = matches!((student_number, reference), (Some(Source::Field(known)), Some(here)) if known == here);
        count += words(answer, number);
    }
    for variable in list(response, "variables") {
        count += words(variable, false);
    }
    if let Some(hidden) = response.get_mut("hidden").and_then(Value::as_object_mut) {
        for (name, value) in hidden {
            let number = matches!(student_number, Some(Source::Hidden(known)) if known == name);
            count += if is_identifier(name) { whole(value) } else { words(value, number) };
        }
    }
    count
}

fn list<'a>(response: &'a mut Value, name: &str) -> impl Iterator<Item = &'a mut Value> {
    response.get_mut(name).and_then(Value::as_array_mut).into_iter().flatten()
}

fn is_identifier(name: &str) -> bool {
    NOT_WORDS.contains(&name) || IDENTIFIER_ENDS.iter().any(|end| name.ends_with(end))
}

/// Masks every number in a value. The depth is bounded by the JSON parser's own limit.
fn words(value: &mut Value, student_number: bool) -> u32 {
    match value {
        Value::String(text) => {
            // An address that mail goes to must stay one, whatever its digits look like.
            if Email::parse(text).is_ok() {
                return 0;
            }
            let (masked, count) = cpr::mask(text);
            if count > 0 {
                *text = masked.into_owned();
            }
            u32::try_from(count).unwrap_or(u32::MAX)
        }
        Value::Number(number) => {
            let Some(digits) = digits(number) else { return 0 };
            if digits.len() == 9 && student_number || cpr::mask(&format!("{digits:0>10}")).1 == 0 {
                return 0;
            }
            *value = Value::String(cpr::MASK.to_owned());
            1
        }
        Value::Array(items) => items.iter_mut().map(|item| words(item, student_number)).sum(),
        Value::Object(members) => members
            .iter_mut()
            .filter(|(name, _)| !NOT_WORDS.contains(&name.as_str()))
            .map(|(_, member)| words(member, student_number))
            .sum(),
        Value::Null | Value::Bool(_) => 0,
    }
}

/// Masks an identifier if it is a CPR number and nothing else; part of one may be anything.
fn whole(value: &mut Value) -> u32 {
    let mut masked = value.clone();
    if words(&mut masked, false) == 1 && masked.as_str().map(str::trim) == Some(cpr::MASK) {
        *value = masked;
        return 1;
    }
    0
}

/// The digits of a whole number of nine or ten of them.
fn digits(number: &serde_json::Number) -> Option<String> {
    let text = match number.as_u64() {
        Some(whole) => whole.to_string(),
        None => {
            number.as_f64().filter(|n| n.fract() == 0.0 && *n > 0.0).map(|n| format!("{n:.0}"))?
        }
    };
    (9..=10).contains(&text.len()).then_some(text)
}
