//! What a delivery is, before anything is looked up.

use domain::{FormId, ResponseToken};
use jiff::Timestamp;
use serde_json::Value;
use store::Scope;
use typeform::payload::EventType;
use typeform::{Delivery, PayloadError, Response, is_test_delivery};

use crate::Outcome;

/// What is known of a delivery, for logs: ids, and none that opens anything at Typeform.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct About {
    /// The form.
    pub form: Option<FormId>,
    /// The cohort that uses it, with its institution.
    pub scope: Option<Scope>,
    /// The response, as [`ResponseToken::log_id`] names it.
    pub response: Option<String>,
}

/// A delivery.
pub(crate) enum Event {
    /// A submitted questionnaire.
    Response(Box<Readable>),
    /// It claims to be one and cannot be read as one.
    Unreadable,
    /// It is none; nothing of it is stored.
    Nothing(Outcome),
}

/// A submitted questionnaire that can be told from all others.
pub(crate) struct Readable {
    pub(crate) token: ResponseToken,
    pub(crate) form: FormId,
    pub(crate) response: Response,
}

impl Event {
    /// Reads a body. An error means that it does not even claim to come from a form at Typeform.
    pub(crate) fn read(body: &[u8], about: &mut About) -> Result<Self, PayloadError> {
        let delivery = match Delivery::parse(body) {
            Ok(delivery) => delivery,
            Err(error) => return Self::claimed(body, error),
        };
        let token = ResponseToken::parse(&*delivery.response.token);
        let form = FormId::parse(&*delivery.response.form_id);
        about.form = form.as_ref().ok().cloned();
        about.response = token.as_ref().ok().map(ResponseToken::log_id);
        Ok(match &delivery.event_type {
            EventType::Partial => Self::Nothing(Outcome::Partial),
            // A response without the name of its event may be a partial one.
            EventType::Other(name) if name.is_empty() => Self::Unreadable,
            EventType::Other(_) => Self::Nothing(Outcome::Ignored),
            EventType::Complete if is_test_delivery(&delivery) => Self::Nothing(Outcome::Test),
            EventType::Complete => match (token, form) {
                (Ok(token), Ok(form)) => {
                    let response = delivery.response;
                    Self::Response(Box::new(Readable { token, form, response }))
                }
                _ => Self::Unreadable,
            },
        })
    }

    /// What a body that cannot be read says it is. If Typeform renames a member, nothing must be lost
    /// until somebody notices; so either sign of a response is enough.
    fn claimed(body: &[u8], error: PayloadError) -> Result<Self, PayloadError> {
        let Ok(Value::Object(event)) = serde_json::from_slice(body) else { return Err(error) };
        match event.get("event_type").and_then(Value::as_str).unwrap_or_default() {
            "form_response" => Ok(Self::Unreadable),
            "form_response_partial" => Ok(Self::Nothing(Outcome::Partial)),
            "" if event.get("form_response").is_some_and(Value::is_object) => Ok(Self::Unreadable),
            "" => Err(error),
            _ => Ok(Self::Nothing(Outcome::Ignored)),
        }
    }
}

/// What an unreadable body still tells: the form and the time of submission, where they are in order.
pub(crate) fn hints(body: &[u8]) -> (Option<FormId>, Option<Timestamp>) {
    let Ok(event) = serde_json::from_slice::<Value>(body) else { return (None, None) };
    let text = |path: &str| event.pointer(path).and_then(Value::as_str);
    let form = ["/form_response/form_id", "/form_response/definition/id"]
        .into_iter()
        .find_map(|path| FormId::parse(text(path)?).ok());
    (form, text("/form_response/submitted_at").and_then(|time| time.parse().ok()))
}
