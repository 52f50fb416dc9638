//! From a parsed response to a person and a profile, by the cohort's settings alone (Q3).
//!
//! Questions are found by field `ref`, never by title or position.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use domain::cohort::{Settings, Source};
use domain::profile::Profile;
use domain::quarantine::QuarantineReason;
use domain::{Email, PersonName, QuestionId, SectionId, StudentNumber};
use typeform::Response;
use typeform::payload::AnswerValue;

use crate::answers::{Read, TEXT_BUDGET, read};
use crate::said::{is_masked, selections, text};

/// Names of unknown answer types kept for the report, and characters of each.
const UNKNOWN_TYPES: (usize, usize) = (20, 64);

/// A response that could be mapped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapped {
    /// Where mail goes; it also says who the student is.
    pub email: Email,
    /// The name; empty if the form does not ask for it.
    pub name: PersonName,
    /// The student number, where it was given.
    pub number: Option<StudentNumber>,
    /// The section.
    pub section: SectionId,
    /// The answers, without those that name students.
    pub profile: Profile,
    /// The students named, by question; whoever stores the answers makes ids of the addresses.
    pub named: BTreeMap<QuestionId, Vec<Email>>,
    /// How many answers are off their scale or mean none of their question's options.
    pub dropped: u32,
    /// How many answers are of a type that is not known; the types' names are in the profile.
    pub unknown: u32,
}

/// Maps a response, or says why it belongs in quarantine (Q4).
pub fn map(settings: &Settings, response: &Response) -> Result<Mapped, QuarantineReason> {
    let identity = &settings.identity;
    let email = plain(response, &identity.email).ok_or(QuarantineReason::MissingEmail)?;
    let email = Email::parse(&email).map_err(|_| QuarantineReason::InvalidEmail)?;
    let section = section(settings, response)?;
    let names: Vec<String> =
        identity.name.iter().filter_map(|source| plain(response, source)).collect();
    let number = identity.student_number.as_ref().and_then(|source| plain(response, source));

    let mut profile = Profile::default();
    let mut partners = BTreeMap::new();
    let (mut dropped, mut budget) = (0, TEXT_BUDGET);
    for question in &settings.questions {
        match read(question, response, &mut budget) {
            Read::Answered(answer) => {
                profile.answers.insert(question.id.clone(), answer);
            }
            Read::Named(emails) => {
                partners.insert(question.id.clone(), emails);
            }
            Read::Dropped => dropped += 1,
            Read::Unanswered => {}
        }
    }
    let unknown;
    (profile.unknown_types, unknown) = unknown_types(response);
    Ok(Mapped {
        email,
        name: PersonName::new(&names.join(" ")),
        number: number.map(|text| StudentNumber::new(&text)),
        section,
        profile,
        named: partners,
        dropped,
        unknown,
    })
}

/// What stands at a source, unless it is empty.
pub(crate) fn plain(response: &Response, source: &Source) -> Option<String> {
    let found = match source {
        Source::Field(reference) => text(&response.answer(reference)?.value),
        Source::Hidden(name) => response.hidden.get(name)?.clone(),
    };
    (!found.trim().is_empty()).then_some(found)
}

/// The section. A cohort with just one needs no answer, but an answer that means another section
/// is not overruled.
fn section(settings: &Settings, response: &Response) -> Result<SectionId, QuarantineReason> {
    let answer = settings.identity.section.as_ref().map_or_else(Vec::new, |source| match source {
        Source::Field(reference) => {
            response.answer(reference).map_or_else(Vec::new, |answer| meanings(&answer.value))
        }
        Source::Hidden(name) => {
            response.hidden.get(name).map(|text| Cow::from(text.as_str())).into_iter().collect()
        }
    });
    let texts: Vec<&str> =
        answer.iter().map(AsRef::as_ref).filter(|text| !text.trim().is_empty()).collect();
    match (texts.is_empty(), settings.sections.as_slice()) {
        (true, [only]) => Ok(only.id.clone()),
        (true, _) => Err(QuarantineReason::MissingSection),
        // Text by text, so that a choice's ref counts before its label.
        (false, _) => texts
            .iter()
            .find_map(|text| settings.section_for(&[text]))
            .cloned()
            .ok_or(QuarantineReason::UnknownSection),
    }
}

fn meanings(value: &AnswerValue) -> Vec<Cow<'_, str>> {
    selections(value).into_iter().flat_map(|said| said.texts).collect()
}

/// The types that are not known and how many answers have one.
fn unknown_types(response: &Response) -> (BTreeSet<String>, u32) {
    let (mut names, mut count) = (BTreeSet::new(), 0);
    for answer in &response.answers {
        let AnswerValue::Unknown { kind, .. } = &answer.value else { continue };
        if is_masked(&answer.value) {
            continue;
        }
        count += 1;
        let name = [kind.as_str(), &answer.field.kind, "unnamed"]
            .into_iter()
            .find(|name| !name.is_empty())
            .unwrap_or_default();
        if names.len() < UNKNOWN_TYPES.0 {
            names.insert(name.chars().take(UNKNOWN_TYPES.1).collect());
        }
    }
    (names, count)
}
