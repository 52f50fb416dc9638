//! What can be wrong with a cohort's settings. All of it is told at once, so that whoever sets a
//! cohort up mends it in one go.

mod conflicts;
mod criteria;
mod evaluation;

use std::collections::{BTreeMap, BTreeSet};

use super::{CriterionSetting, Question, QuestionKind, SLOTS_PER_WEEK, Settings, Sizes};
use crate::QuestionId;
use conflicts::conflicts;
use criteria::criteria_problems;

/// Why settings cannot be used. Names the item, never a person.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{item}: {problem}")]
pub struct SettingsError {
    /// Which setting, in the form `questions.ambition`.
    pub item: String,
    /// Where it stands in the settings as JSON (RFC 6901), such as `/questions/3/refs`.
    pub pointer: String,
    /// What is wrong with it and what would be right, in English.
    pub problem: String,
    /// The same in Danish.
    pub danish: String,
}

/// Collects what is wrong.
#[derive(Default)]
struct Found(Vec<SettingsError>);

impl Found {
    fn say(
        &mut self,
        item: impl Into<String>,
        pointer: impl Into<String>,
        (problem, danish): (impl Into<String>, impl Into<String>),
    ) {
        let (item, pointer) = (item.into(), pointer.into());
        self.0.push(SettingsError {
            item,
            pointer,
            problem: problem.into(),
            danish: danish.into(),
        });
    }
}

impl Settings {
    /// Everything that is wrong with the settings; empty when they can be used.
    pub fn problems(&self) -> Vec<SettingsError> {
        let mut found = Found::default();
        if self.sections.is_empty() {
            found.say(
                "sections",
                "/sections",
                ("at least one section is needed", "der skal være mindst ét hold"),
            );
        }
        let mut seen = BTreeSet::new();
        for (place, section) in self.sections.iter().enumerate() {
            if !seen.insert(&section.id) {
                found.say(
                    format!("sections.{}", section.id),
                    format!("/sections/{place}/id"),
                    ("the id stands twice", "id'et står to gange"),
                );
            }
        }
        if self.sections.len() > 1 && self.identity.section.is_none() {
            found.say(
                "identity.section",
                "/identity/section",
                (
                    "is needed when there are several sections",
                    "skal angives, når der er flere hold",
                ),
            );
        }
        if self.identity.name.is_empty() {
            found.say(
                "identity.name",
                "/identity/name",
                ("at least one source is needed", "mindst ét felt skal angives"),
            );
        }
        for (text, pointer) in [(&self.name.da, "/name/da"), (&self.name.en, "/name/en")] {
            if text.trim().is_empty() {
                found.say(
                    "name",
                    pointer,
                    ("is needed in Danish and English", "skal angives på dansk og engelsk"),
                );
            }
        }
        if let Some(wanted) = &self.evaluation {
            evaluation::problems(wanted, &self.form, &mut found);
        }
        let Found(mut found) = found;
        found.extend(grouping_problems(&self.questions, &self.criteria, self.sizes));
        found
    }
}

/// Everything that is wrong with what groups are formed by; empty when they can be.
pub fn grouping_problems(
    asked: &[Question],
    criteria: &[CriterionSetting],
    sizes: Sizes,
) -> Vec<SettingsError> {
    let mut found = Found::default();
    let Sizes { min, preferred, max } = sizes;
    if min < 2 || min > preferred || preferred > max || max > 50 {
        found.say(
            "sizes",
            "/sizes",
            (
                "must hold 2 <= min <= preferred <= max <= 50",
                "der skal gælde 2 <= mindste <= ønskede <= største <= 50",
            ),
        );
    }
    let mut questions: BTreeMap<&QuestionId, &Question> = BTreeMap::new();
    for (place, question) in asked.iter().enumerate() {
        let item = format!("questions.{}", question.id);
        if questions.insert(&question.id, question).is_some() {
            found.say(
                item.clone(),
                format!("/questions/{place}/id"),
                ("the id stands twice", "id'et står to gange"),
            );
        }
        if let Some((member, english, danish)) = question.problem() {
            found.say(item, format!("/questions/{place}/{member}"), (english, danish));
        }
    }
    criteria_problems(criteria, &questions, &mut found);
    conflicts(criteria, &questions, sizes, &mut found);
    found.0
}

/// A member of something, and what is wrong with it in English and Danish.
type Told = (&'static str, &'static str, &'static str);

impl Question {
    fn problem(&self) -> Option<Told> {
        const NO_OPTION: (&str, &str) =
            ("at least one option is needed", "mindst én svarmulighed skal angives");
        if self.refs.is_empty() {
            return Some((
                "refs",
                "at least one field ref is needed",
                "mindst ét felt (ref) skal angives",
            ));
        }
        match &self.kind {
            QuestionKind::Availability { options } => {
                if options.is_empty() {
                    return Some(("kind", NO_OPTION.0, NO_OPTION.1));
                }
                let slots = ("kind", "slots are 0 to 167", "timerne er 0 til 167");
                let past = |slot: &u16| *slot >= SLOTS_PER_WEEK;
                options.iter().flat_map(|option| &option.slots).any(past).then_some(slots)
            }
            _ if self.refs.len() > 1 => Some((
                "refs",
                "several refs are for availability only",
                "flere felter er kun til ledige tider",
            )),
            QuestionKind::Scale { min, max } => {
                let order =
                    ("kind", "min must be below max", "den laveste skal være under den højeste");
                (min >= max).then_some(order)
            }
            QuestionKind::Choice { options } | QuestionKind::Choices { options } => {
                let codes: BTreeSet<&str> = options.iter().map(|o| o.code.as_str()).collect();
                if options.is_empty() {
                    Some(("kind", NO_OPTION.0, NO_OPTION.1))
                } else if codes.len() < options.len() {
                    Some(("kind", "a code stands twice", "en kode står to gange"))
                } else if options.len() > 64 {
                    Some(("kind", "at most 64 options", "højst 64 svarmuligheder"))
                } else {
                    None
                }
            }
            QuestionKind::Students | QuestionKind::Text => None,
        }
    }
}

#[cfg(test)]
mod tests;
