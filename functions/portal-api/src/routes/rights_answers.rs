//! Answers of a questionnaire that are put right (D4), held against the cohort's questions.

use std::collections::BTreeSet;

use domain::ResponseToken;
use domain::cohort::{Cohort, Question, QuestionKind};
use domain::cpr;
use domain::profile::{Answer, Profile};
use domain::student::{Response, Student};
use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::params::ParameterProblem;
use crate::problem::Problem;

/// The longest text of an answer, in characters.
const LONGEST_TEXT: usize = 5000;

/// The response that counts from now on: the one before with the answers that are put right. A response
/// never changes under its token, as formations go by it, so it is a new one; the one before is kept as a
/// superseded one is.
pub(super) fn corrected(
    cohort: &Cohort,
    before: &Response,
    after: &Student,
    answers: Map<String, Value>,
    request: &domain::RightsRequestId,
    now: Timestamp,
) -> Result<Response, Problem> {
    let (profile, masked) = profile(cohort, before, answers)?;
    let suffix = request.as_str().trim_start_matches(domain::RightsRequestId::PREFIX);
    let token = ResponseToken::parse(format!("corrected_{suffix}"));
    Ok(Response {
        token: token.map_err(|_| Problem::Internal)?,
        student: before.student.clone(),
        section: after.section.clone(),
        submitted_at: now,
        received_at: now,
        profile,
        masked: before.masked + masked,
    })
}

/// The profile with the answers put right, and how many CPR numbers were masked in them. Everything that
/// is wrong is told at once, without what was given.
fn profile(
    cohort: &Cohort,
    before: &Response,
    answers: Map<String, Value>,
) -> Result<(Profile, u32), Problem> {
    let mut profile = before.profile.clone();
    let (mut masked, mut problems) = (0, Vec::new());
    for (id, value) in answers {
        let question = cohort.settings.questions.iter().find(|known| known.id.as_str() == id);
        let name = format!("answers.{id}");
        let Some(question) = question else {
            problems.push(ParameterProblem::body(&name, "is not a question of this cohort"));
            continue;
        };
        if value.is_null() {
            profile.answers.remove(&question.id);
            continue;
        }
        match answer(question, &value) {
            Ok((answer, numbers)) => {
                masked += numbers;
                profile.answers.insert(question.id.clone(), answer);
            }
            Err(problem) => problems.push(ParameterProblem::body(&name, problem)),
        }
    }
    if problems.is_empty() { Ok((profile, masked)) } else { Err(Problem::Parameters(problems)) }
}

/// An answer as the question takes it, or what would be right.
fn answer(question: &Question, value: &Value) -> Result<(Answer, u32), String> {
    let answer = match &question.kind {
        QuestionKind::Scale { min, max } => {
            let number = value.as_i64().and_then(|number| i32::try_from(number).ok());
            let number = number.filter(|number| (*min..=*max).contains(number));
            let number =
                number.ok_or_else(|| format!("must be a whole number from {min} to {max}"))?;
            Answer::Scale(number)
        }
        QuestionKind::Choice { options } => {
            let known = options.iter().find(|option| value.as_str() == Some(&option.code));
            let codes = || options.iter().map(|option| option.code.as_str()).collect::<Vec<_>>();
            let known = known.ok_or_else(|| format!("must be one of {}", codes().join(", ")))?;
            Answer::Choice(known.code.clone())
        }
        QuestionKind::Choices { options } => {
            let known: BTreeSet<&str> = options.iter().map(|option| option.code.as_str()).collect();
            let codes: Vec<&str> = known.iter().copied().collect();
            let problem = || format!("must be a list of some of {}", codes.join(", "));
            let given = value.as_array().ok_or_else(problem)?.iter();
            let given = given.map(|code| code.as_str().filter(|code| known.contains(code)));
            let given: Option<BTreeSet<String>> =
                given.map(|code| code.map(str::to_owned)).collect();
            Answer::Choices(given.ok_or_else(problem)?)
        }
        QuestionKind::Availability { options } => {
            let offered: BTreeSet<u16> =
                options.iter().flat_map(|option| option.slots.iter().copied()).collect();
            let problem = || {
                "must be a list of hours that the questionnaire offers (day * 24 + hour, day 0 is Monday)".to_owned()
            };
            let given = value.as_array().ok_or_else(problem)?.iter();
            let given = given.map(|slot| {
                let slot = slot.as_u64().and_then(|slot| u16::try_from(slot).ok());
                slot.filter(|slot| offered.contains(slot))
            });
            let given: Option<BTreeSet<u16>> = given.collect();
            Answer::Slots(given.ok_or_else(problem)?)
        }
        QuestionKind::Students => {
            return Err("names others; it is put right by answering again".to_owned());
        }
        QuestionKind::Text => {
            let text = value.as_str().filter(|text| text.chars().count() <= LONGEST_TEXT);
            let text =
                text.ok_or_else(|| format!("must be a text of at most {LONGEST_TEXT} characters"))?;
            let (text, numbers) = cpr::mask(text);
            return Ok((
                Answer::Text(text.into_owned()),
                u32::try_from(numbers).unwrap_or(u32::MAX),
            ));
        }
    };
    Ok((answer, 0))
}
