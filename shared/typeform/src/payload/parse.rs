//! From bytes to a [`Delivery`], and from an item of the Responses API to a [`Response`].

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use serde_json::{Map, Value};

use super::{
    Answer, Definition, Delivery, EventType, NOT_SUBMITTED, PayloadError, Response,
    definition::text,
};

/// Longest identifier accepted. Typeform's have up to 32 characters; keys and object names have room for
/// more, but not for anything.
const MAX_ID_LENGTH: usize = 128;

pub(super) fn delivery(body: &[u8]) -> Result<Delivery, PayloadError> {
    // The parser's own message is left out: it may quote the payload.
    let value: Value = serde_json::from_slice(body)
        .map_err(|error| PayloadError::NotJson { line: error.line(), column: error.column() })?;
    let event = value.as_object().ok_or(PayloadError::NotAnObject)?;
    let response = event
        .get("form_response")
        .and_then(Value::as_object)
        .ok_or(PayloadError::MissingFormResponse)?;
    let event_type =
        EventType::from_name(event.get("event_type").and_then(Value::as_str).unwrap_or_default());
    let definition = response.get("definition").map(Definition::from_json).unwrap_or_default();
    let form_id = text(response, "form_id")
        .or_else(|| {
            response.get("definition").and_then(Value::as_object).and_then(|map| text(map, "id"))
        })
        .ok_or(PayloadError::MissingFormId)?;
    let submitted = event_type == EventType::Complete;
    Ok(Delivery {
        event_id: text(event, "event_id"),
        response: self::response(response, form_id, definition, submitted)?,
        event_type,
    })
}

/// Reads an item of the Responses API, which lacks the form's id and definition.
#[cfg(feature = "client")]
pub(crate) fn response_from_item(
    item: &Value,
    form_id: &str,
    definition: &Definition,
    submitted: bool,
) -> Result<Response, PayloadError> {
    let item = item.as_object().ok_or(PayloadError::NotAnObject)?;
    response(item, form_id.to_owned(), definition.clone(), submitted)
}

fn response(
    object: &Map<String, Value>,
    form_id: String,
    definition: Definition,
    submitted: bool,
) -> Result<Response, PayloadError> {
    if !is_identifier(&form_id) {
        return Err(PayloadError::BadFormId);
    }
    let token = text(object, "token")
        .or_else(|| text(object, "response_id"))
        .ok_or(PayloadError::MissingToken)?;
    if !is_identifier(&token) {
        return Err(PayloadError::BadToken);
    }
    let landed_at = object.get("landed_at").and_then(Value::as_str).and_then(time);
    let submitted_at = match object.get("submitted_at") {
        None | Some(Value::Null) => Err(PayloadError::MissingSubmittedAt),
        Some(value) => value
            .as_str()
            .and_then(time)
            .filter(|time| *time > NOT_SUBMITTED)
            .ok_or(PayloadError::BadSubmittedAt),
    };
    let submitted_at = match submitted_at {
        Err(error) if submitted => return Err(error),
        // Nothing depends on the time of what is never an answer; failing would only make the sender
        // repeat it.
        other => other.unwrap_or(NOT_SUBMITTED),
    };
    let answers = match object.get("answers") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(list)) => {
            list.iter().map(|answer| Answer::from_json(answer, &definition)).collect()
        }
        Some(_) => return Err(PayloadError::AnswersNotAList),
    };
    Ok(Response {
        form_id,
        token,
        landed_at,
        submitted_at,
        hidden: hidden(object),
        definition,
        answers,
    })
}

fn hidden(object: &Map<String, Value>) -> BTreeMap<String, String> {
    let fields = object.get("hidden").and_then(Value::as_object);
    fields
        .into_iter()
        .flatten()
        .filter_map(|(key, value)| {
            let text = match value {
                Value::Null => return None,
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            Some((key.clone(), text))
        })
        .collect()
}

/// ISO 8601 with an offset, or without one, which then is UTC as in all of Typeform's times.
fn time(text: &str) -> Option<Timestamp> {
    text.parse().ok().or_else(|| {
        let civil: DateTime = text.parse().ok()?;
        civil.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
    })
}

/// Identifiers become keys, object names and path segments, so only what Typeform uses in them passes.
pub(crate) fn is_identifier(text: &str) -> bool {
    (1..=MAX_ID_LENGTH).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}
