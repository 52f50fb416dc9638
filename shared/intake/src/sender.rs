//! Whose a questionnaire is that could not be used.

use domain::Email;
use domain::cohort::{Settings, Source};
use serde_json::Value;
use typeform::client::StoredResponse;
use typeform::payload::Definition;
use typeform::{Delivery, Response};

use crate::map::plain;

/// Whether a student with these addresses sent it: by the address where the cohort expects the sender's. Other answers may name
/// the student too, as somebody a classmate wants to work with, and the questionnaire is the classmate's.
/// Of a body that cannot be read nobody knows what its parts mean: it is everybody's whom it names. By this
/// one rule it is erased with a student and handed over to them.
pub fn is_from(settings: &Settings, body: &[u8], addresses: &[Email]) -> bool {
    match Delivery::parse(body) {
        Ok(delivery) => is_response_from(settings, &delivery.response, addresses),
        Err(_) => names(body, addresses),
    }
}

/// The same of what Typeform still has, also of questionnaires that were never delivered.
pub fn is_stored_from(
    (settings, definition): (&Settings, &Definition),
    stored: &StoredResponse,
    addresses: &[Email],
) -> bool {
    if let Ok(response) = stored.response(settings.form.as_str(), definition) {
        return is_response_from(settings, &response, addresses);
    }
    // What cannot be read as a whole is theirs only by the very answer that says who sent it: here it is
    // deleted where it came from.
    let raw = stored.raw();
    let sender = match &settings.identity.email {
        Source::Field(reference) => {
            let answers = raw.get("answers").and_then(Value::as_array).into_iter().flatten();
            let is_it =
                |answer: &&Value| answer.pointer("/field/ref").is_some_and(|it| it == reference);
            answers.into_iter().find(is_it)
        }
        Source::Hidden(name) => raw.get("hidden").and_then(|hidden| hidden.get(name)),
    };
    sender.is_some_and(|sender| names(sender.to_string().as_bytes(), addresses))
}

fn is_response_from(settings: &Settings, response: &Response, addresses: &[Email]) -> bool {
    let answer = plain(response, &settings.identity.email);
    answer.is_some_and(|answer| names(answer.as_bytes(), addresses))
}

fn names(body: &[u8], addresses: &[Email]) -> bool {
    addresses.iter().any(|address| address.is_in(body))
}
