//! Recognition of the "send test request" button.

use jiff::Timestamp;

use crate::payload::{AnswerValue, Choice, Delivery, Response};

/// What the button answers to every text question.
const FILLER_TEXT: &str = "Lorem ipsum dolor";
/// What the button answers to every e-mail question.
const FILLER_EMAIL: &str = "an_account@example.com";
/// What the button chooses in questions with choices, although the form does not offer it.
const FILLER_LABEL: &str = "Barcelona";

/// Whether the delivery comes from the "send test request" button of Typeform's webhook page.
///
/// Such a request is signed and shaped like a real response, but nobody gave it, and its token does not
/// exist in the Responses API. Typeform documents no mark, so three signs seen in test requests are
/// weighed, and two of them must be there:
///
/// 1. `event_id` equals the token. Real events have an id of their own.
/// 2. `landed_at` equals `submitted_at`. A person needs at least a second; the times have seconds.
/// 3. The answers are the button's fillers: a text of "Lorem ipsum dolor", the address
///    `an_account@example.com`, or the choice "Barcelona" where the form offers no such choice.
///
/// Losing a student's answers is worse than storing one test. So any single sign is not enough, and an
/// e-mail address or a text other than the filler proves a person whatever the other signs say: a student
/// who writes "Lorem ipsum dolor" into one field, or lives in Barcelona, is not taken for the button.
pub fn is_test_delivery(delivery: &Delivery) -> bool {
    let response = &delivery.response;
    let Fillers { found, real } = fillers(response);
    if real {
        return false;
    }
    let same_id = delivery.event_id.as_deref() == Some(&response.token);
    let no_time =
        response.landed_at.is_some_and(|landed: Timestamp| landed == response.submitted_at);
    [same_id, no_time, found].into_iter().filter(|sign| *sign).count() >= 2
}

struct Fillers {
    /// At least one answer is a filler of the button.
    found: bool,
    /// At least one answer can only come from a person.
    real: bool,
}

fn fillers(response: &Response) -> Fillers {
    let mut signs = Fillers { found: false, real: false };
    for answer in &response.answers {
        let filler = match &answer.value {
            AnswerValue::Text(text) => text.trim() == FILLER_TEXT,
            AnswerValue::Email(address) => address.trim() == FILLER_EMAIL,
            AnswerValue::Choice(choice) => {
                signs.found |= is_filler(choice);
                continue;
            }
            AnswerValue::Choices(choices) => {
                signs.found |= choices.selected.iter().any(is_filler);
                continue;
            }
            // The button's numbers, dates and addresses look like anybody's.
            _ => continue,
        };
        signs.found |= filler;
        signs.real |= !filler;
    }
    signs
}

/// A choice on offer has an id, be it from the payload or from the definition.
fn is_filler(choice: &Choice) -> bool {
    choice.id.is_none()
        && choice.reference.is_none()
        && choice.label.as_deref() == Some(FILLER_LABEL)
}
