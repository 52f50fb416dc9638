//! What an answer says, apart from how the questionnaire asked: the texts that options of a cohort
//! are compared with, and the answer as plain text.

use std::borrow::Cow;

use domain::cohort::{ChoiceOption, same};
use domain::cpr;
use serde_json::Value;
use typeform::payload::{AnswerValue, Choice};

/// One selection: texts that may mean an option, the most trustworthy first (choice `ref`, then label).
pub(crate) struct Said<'a> {
    pub(crate) texts: Vec<Cow<'a, str>>,
    /// The respondent wrote it under "other" instead of choosing.
    pub(crate) own_words: bool,
}

impl<'a> Said<'a> {
    fn chosen(choice: &'a Choice) -> Option<Self> {
        let texts: Vec<_> =
            [&choice.reference, &choice.label].into_iter().flatten().map(Cow::from).collect();
        (!texts.is_empty()).then_some(Self { texts, own_words: false })
    }

    fn other(text: Option<&'a String>) -> Option<Self> {
        text.map(|text| Self { texts: vec![text.into()], own_words: true })
    }

    fn plain(text: impl Into<Cow<'a, str>>) -> Self {
        Self { texts: vec![text.into()], own_words: false }
    }

    /// The code of the option that is meant. Own words that mean none are the option `other`, where
    /// the question has one; a choice that nobody mapped is not.
    pub(crate) fn code<'o>(&self, options: &'o [ChoiceOption]) -> Option<&'o str> {
        let means = |option: &&ChoiceOption, text: &str| {
            same(&option.code, text) || option.answers.iter().any(|known| same(known, text))
        };
        self.texts
            .iter()
            .find_map(|text| options.iter().find(|option| means(option, text)))
            .or_else(|| options.iter().find(|option| self.own_words && same(&option.code, "other")))
            .map(|option| option.code.as_str())
    }
}

/// Everything that was selected. Types that can stand for a choice count as one: a form may ask the
/// same with a dropdown, a yes/no question or a short text.
pub(crate) fn selections(value: &AnswerValue) -> Vec<Said<'_>> {
    match value {
        AnswerValue::Choice(choice) => {
            Said::chosen(choice).into_iter().chain(Said::other(choice.other.as_ref())).collect()
        }
        AnswerValue::Choices(choices) => choices
            .selected
            .iter()
            .filter_map(Said::chosen)
            .chain(Said::other(choices.other.as_ref()))
            .collect(),
        AnswerValue::Text(text) => vec![Said::plain(text)],
        AnswerValue::Number(number) => vec![Said::plain(number.to_string())],
        AnswerValue::Boolean(true) => vec![words(["true", "yes", "ja"])],
        AnswerValue::Boolean(false) => vec![words(["false", "no", "nej"])],
        _ => Vec::new(),
    }
}

fn words(texts: [&'static str; 3]) -> Said<'static> {
    Said { texts: texts.map(Cow::Borrowed).into(), own_words: false }
}

/// The answer as text, whatever its type; empty if there is nothing in it.
pub(crate) fn text(value: &AnswerValue) -> String {
    match value {
        AnswerValue::Text(text)
        | AnswerValue::FileUrl(text)
        | AnswerValue::Url(text)
        | AnswerValue::Signature(text)
        | AnswerValue::Email(text)
        | AnswerValue::PhoneNumber(text) => text.clone(),
        AnswerValue::Choice(choice) => said_by(choice).cloned().unwrap_or_default(),
        AnswerValue::Choices(choices) => {
            let all: Vec<&str> = choices
                .selected
                .iter()
                .filter_map(said_by)
                .chain(choices.other.as_ref())
                .map(String::as_str)
                .collect();
            all.join(", ")
        }
        AnswerValue::Date(date) => date.to_string(),
        AnswerValue::Boolean(yes) => yes.to_string(),
        AnswerValue::Number(number) => number.to_string(),
        AnswerValue::MultiFormat(members) => Value::Object(members.clone()).to_string(),
        AnswerValue::Payment(payment) => payment.amount.clone().unwrap_or_default(),
        AnswerValue::Unknown { kind, raw } => match raw.get(kind) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Null) | None => String::new(),
            Some(value) => value.to_string(),
        },
    }
}

/// What a choice says to a reader.
fn said_by(choice: &Choice) -> Option<&String> {
    choice.label.as_ref().or(choice.other.as_ref()).or(choice.reference.as_ref())
}

/// Whether an answer could not be read only because a CPR number was masked in it.
pub(crate) fn is_masked(value: &AnswerValue) -> bool {
    matches!(value, AnswerValue::Unknown { kind, raw } if raw.get(kind).and_then(Value::as_str) == Some(cpr::MASK))
}
