//! One answer of the profile from the fields it was asked under.

use std::collections::BTreeSet;

use domain::Email;
use domain::cohort::{ChoiceOption, Question, QuestionKind, SlotOption, same};
use domain::profile::Answer;
use typeform::Response;
use typeform::payload::AnswerValue;

use crate::said::{Said, selections, text};

/// Characters kept of one free text; the raw object keeps all of it.
const LONGEST_TEXT: usize = 4_000;

/// Bytes kept of all free texts of a profile together: an item of DynamoDB holds 400 KB.
pub(crate) const TEXT_BUDGET: usize = 100_000;

/// Students kept of those that one answer names.
const MOST_NAMED: usize = 50;

/// What became of a question.
pub(crate) enum Read {
    /// It is answered.
    Answered(Answer),
    /// Other students were named by these addresses.
    Named(Vec<Email>),
    /// It was not answered.
    Unanswered,
    /// It was answered off its scale, or with nothing that means one of its options.
    Dropped,
}

/// Reads the answer to a question. `budget` is what is left for free text, in bytes.
pub(crate) fn read(question: &Question, response: &Response, budget: &mut usize) -> Read {
    if let QuestionKind::Availability { options } = &question.kind {
        return slots(&question.refs, options, response);
    }
    let Some(answer) = question.refs.iter().find_map(|name| response.answer(name)) else {
        return Read::Unanswered;
    };
    let value = &answer.value;
    match &question.kind {
        QuestionKind::Scale { min, max } => scale(value)
            .and_then(|number| i32::try_from(number).ok())
            .filter(|number| (min..=max).contains(&number))
            .map_or(Read::Dropped, |number| Read::Answered(Answer::Scale(number))),
        QuestionKind::Choice { options } => selections(value)
            .iter()
            .find_map(|said| said.code(options))
            .map_or(Read::Dropped, |code| Read::Answered(Answer::Choice(code.to_owned()))),
        QuestionKind::Choices { options } => choices(value, options),
        QuestionKind::Students => named(&text(value)),
        QuestionKind::Text => {
            let text = shortened(&text(value), budget);
            if text.is_empty() { Read::Unanswered } else { Read::Answered(Answer::Text(text)) }
        }
        QuestionKind::Availability { .. } => unreachable!("read above"),
    }
}

/// Addresses among commas, semicolons, spaces and words; no more than somebody types by hand.
fn named(text: &str) -> Read {
    let marks = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '<' | '>' | '(' | ')');
    let words = || text.split(marks).filter(|word| !word.is_empty());
    let emails: Vec<Email> =
        words().filter_map(|word| Email::parse(word).ok()).take(MOST_NAMED).collect();
    match (emails.is_empty(), words().next().is_none()) {
        (false, _) => Read::Named(emails),
        (true, true) => Read::Unanswered,
        (true, false) => Read::Dropped,
    }
}

fn choices(value: &AnswerValue, options: &[ChoiceOption]) -> Read {
    let said = selections(value);
    let codes: BTreeSet<String> =
        said.iter().filter_map(|said| said.code(options)).map(str::to_owned).collect();
    match (codes.is_empty(), said.is_empty()) {
        (false, _) => Read::Answered(Answer::Choices(codes)),
        // A list from which nothing was chosen says as much as no answer.
        (true, true) if matches!(value, AnswerValue::Choices(_)) => Read::Unanswered,
        (true, _) => Read::Dropped,
    }
}

/// The free hours of all fields together. Having chosen only options without hours ("never") is an
/// answer too: no hours.
fn slots(refs: &[String], options: &[SlotOption], response: &Response) -> Read {
    let mut free = BTreeSet::new();
    let (mut asked, mut understood) = (false, false);
    for reference in refs {
        let Some(answer) = response.answer(reference) else { continue };
        for said in selections(&answer.value) {
            asked = true;
            if let Some(option) = slot_option(&said, reference, options) {
                understood = true;
                free.extend(option.slots.iter().copied());
            }
        }
    }
    match (understood, asked) {
        (true, _) => Read::Answered(Answer::Slots(free)),
        (false, true) => Read::Dropped,
        (false, false) => Read::Unanswered,
    }
}

fn slot_option<'o>(
    said: &Said<'_>,
    reference: &str,
    options: &'o [SlotOption],
) -> Option<&'o SlotOption> {
    let here =
        |option: &&SlotOption| option.field.as_deref().is_none_or(|field| field == reference);
    said.texts.iter().find_map(|text| {
        options
            .iter()
            .filter(here)
            .find(|option| option.answers.iter().any(|known| same(known, text)))
    })
}

/// A whole number, also where the form asks for it with choices labelled 1 to 5.
fn scale(value: &AnswerValue) -> Option<i64> {
    if let AnswerValue::Number(number) = value {
        #[expect(clippy::cast_possible_truncation, reason = "a whole number far inside i64")]
        return number.as_i64().or_else(|| {
            number.as_f64().filter(|n| n.fract() == 0.0 && n.abs() < 1e9).map(|n| n as i64)
        });
    }
    selections(value).iter().flat_map(|said| &said.texts).find_map(|text| text.trim().parse().ok())
}

fn shortened(text: &str, budget: &mut usize) -> String {
    let mut kept = String::new();
    for character in text.trim().chars().take(LONGEST_TEXT) {
        if character.len_utf8() > *budget {
            break;
        }
        *budget -= character.len_utf8();
        kept.push(character);
    }
    kept
}
