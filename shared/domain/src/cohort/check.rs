//! What can be wrong with a cohort's settings. All of it is told at once, so that whoever sets a
//! cohort up mends it in one go.

mod criteria;

use std::collections::{BTreeMap, BTreeSet};

use super::{CriterionSetting, Question, QuestionKind, Rule, SLOTS_PER_WEEK, Settings, Sizes};
use crate::QuestionId;
use criteria::criteria_problems;

/// Why settings cannot be used. Names the item, never a person.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{item}: {problem}")]
pub struct SettingsError {
    /// Which setting, in the form `questions.ambition`.
    pub item: String,
    /// What is wrong with it and what would be right.
    pub problem: String,
}

impl Settings {
    /// Everything that is wrong with the settings; empty when they can be used.
    pub fn problems(&self) -> Vec<SettingsError> {
        let mut found = Vec::new();
        let mut say = |item: String, problem: &str| {
            found.push(SettingsError { item, problem: problem.to_owned() });
        };
        if self.sections.is_empty() {
            say("sections".into(), "at least one section is needed");
        }
        let mut seen = BTreeSet::new();
        for section in &self.sections {
            if !seen.insert(&section.id) {
                say(format!("sections.{}", section.id), "the id stands twice");
            }
        }
        if self.sections.len() > 1 && self.identity.section.is_none() {
            say("identity.section".into(), "is needed when there are several sections");
        }
        if self.identity.name.is_empty() {
            say("identity.name".into(), "at least one source is needed");
        }
        if self.name.da.trim().is_empty() || self.name.en.trim().is_empty() {
            say("name".into(), "is needed in Danish and English");
        }
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
    let mut found = Vec::new();
    let mut say = |item: String, problem: &str| {
        found.push(SettingsError { item, problem: problem.to_owned() });
    };
    let Sizes { min, preferred, max } = sizes;
    if min < 2 || min > preferred || preferred > max || max > 50 {
        say("sizes".into(), "must hold 2 <= min <= preferred <= max <= 50");
    }
    let mut questions: BTreeMap<&QuestionId, &Question> = BTreeMap::new();
    for question in asked {
        let item = format!("questions.{}", question.id);
        if questions.insert(&question.id, question).is_some() {
            say(item.clone(), "the id stands twice");
        }
        if let Some(problem) = question.problem() {
            say(item, problem);
        }
    }
    for criterion in criteria {
        if matches!(criterion.rule, Rule::Cover { at_least, .. } if at_least > max) {
            say(format!("criteria.{}", criterion.id), "at_least is more than the largest group");
        }
    }
    found.extend(criteria_problems(criteria, &questions));
    found
}

impl Question {
    fn problem(&self) -> Option<&'static str> {
        if self.refs.is_empty() {
            return Some("at least one field ref is needed");
        }
        match &self.kind {
            QuestionKind::Availability { options } => {
                if options.is_empty() {
                    return Some("at least one option is needed");
                }
                options
                    .iter()
                    .flat_map(|o| &o.slots)
                    .any(|slot| *slot >= SLOTS_PER_WEEK)
                    .then_some("slots are 0 to 167")
            }
            _ if self.refs.len() > 1 => Some("several refs are for availability only"),
            QuestionKind::Scale { min, max } => (min >= max).then_some("min must be below max"),
            QuestionKind::Choice { options } | QuestionKind::Choices { options } => {
                let codes: BTreeSet<&str> = options.iter().map(|o| o.code.as_str()).collect();
                if options.is_empty() {
                    Some("at least one option is needed")
                } else if codes.len() < options.len() {
                    Some("a code stands twice")
                } else if options.len() > 64 {
                    Some("at most 64 options")
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
