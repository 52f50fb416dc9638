//! From what students answered to the columns and rules that the grouping engine knows.
//!
//! An answer that is absent, of another kind than the question, or of a code the question no longer
//! has, is missing to the engine; it never guesses.

use std::collections::BTreeMap;

use domain::QuestionId;
use domain::cohort::{self, ChoiceOption, CriterionSetting, Question, QuestionKind};
use domain::formation::SolveInput;
use domain::profile::Answer;
use grouping::{CodeSet, Criterion, Feature, Hardness, Problem, Rule, Sizes, Values, Week};

/// A section's problem, and where its availability is.
#[derive(Debug, Clone)]
pub struct Posed {
    /// What the engine solves.
    pub problem: Problem,
    /// The column from which common free hours are told: that of the heaviest overlap criterion,
    /// else the first availability question.
    pub availability: Option<usize>,
}

/// Why criteria and questions do not fit. Names ids of settings only.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    /// A criterion names a question that does not exist.
    #[error("criterion `{criterion}` names a question that does not exist")]
    NoQuestion {
        /// The criterion's id.
        criterion: String,
    },
    /// A criterion names a free-text question.
    #[error("criterion `{criterion}` names a free-text question")]
    FreeText {
        /// The criterion's id.
        criterion: String,
    },
    /// A criterion names a code that its question does not have.
    #[error("criterion `{criterion}` names a code that the question does not have")]
    NoCode {
        /// The criterion's id.
        criterion: String,
    },
}

/// Poses a section's problem. Rows are in the order of the input's students.
pub fn pose(input: &SolveInput) -> Result<Posed, Misfit> {
    let (features, columns) = columns(input);
    let mut criteria = Vec::with_capacity(input.criteria.len());
    for setting in &input.criteria {
        let misses = || Misfit::NoQuestion { criterion: setting.id.clone() };
        let question = input.questions.iter().find(|q| q.id == *setting.rule.question());
        let question = question.ok_or_else(misses)?;
        let text = || Misfit::FreeText { criterion: setting.id.clone() };
        let feature = *columns.get(&question.id).ok_or_else(text)?;
        criteria.push(Criterion {
            id: setting.id.clone(),
            weight: setting.weight,
            hardness: match setting.hardness {
                cohort::Hardness::Must => Hardness::Must,
                cohort::Hardness::Should => Hardness::Should,
                cohort::Hardness::Could => Hardness::Could,
            },
            rule: rule(setting, question, feature)?,
        });
    }
    let sizes = input.sizes;
    let problem = Problem {
        students: u32::try_from(input.students.len()).unwrap_or(u32::MAX),
        sizes: Sizes {
            min: sizes.min.into(),
            preferred: sizes.preferred.into(),
            max: sizes.max.into(),
            weight: None,
            allow_small: false,
        },
        features,
        criteria,
        worst_weight: 250,
    };
    Ok(Posed { availability: availability(input, &columns), problem })
}

/// A column per question that can count, in the order of the questions.
fn columns(input: &SolveInput) -> (Vec<Feature>, BTreeMap<QuestionId, usize>) {
    let mut features = Vec::new();
    let mut columns = BTreeMap::new();
    for question in &input.questions {
        if let Some(values) = values(question, input) {
            columns.insert(question.id.clone(), features.len());
            features.push(Feature { id: question.id.as_str().to_owned(), values });
        }
    }
    (features, columns)
}

fn values(question: &Question, input: &SolveInput) -> Option<Values> {
    let answers = || input.students.iter().map(|s| s.profile.answers.get(&question.id));
    Some(match &question.kind {
        QuestionKind::Scale { .. } => Values::Number(
            answers()
                .map(|answer| match answer {
                    Some(Answer::Scale(value)) => Some(i64::from(*value)),
                    _ => None,
                })
                .collect(),
        ),
        QuestionKind::Choice { options } => Values::Category(
            answers()
                .map(|answer| match answer {
                    Some(Answer::Choice(code)) => place(options, code),
                    _ => None,
                })
                .collect(),
        ),
        QuestionKind::Choices { options } => Values::Set(
            answers()
                .map(|answer| match answer {
                    Some(Answer::Choices(codes)) => {
                        CodeSet::from_codes(codes.iter().filter_map(|code| place(options, code)))
                    }
                    _ => None,
                })
                .collect(),
        ),
        QuestionKind::Availability { .. } => Values::Slots(
            answers()
                .map(|answer| match answer {
                    Some(Answer::Slots(slots)) => Week::from_slots(slots.iter().copied()),
                    _ => None,
                })
                .collect(),
        ),
        QuestionKind::Text => return None,
    })
}

/// The place of a code among the options: the code that the engine sees.
fn place(options: &[ChoiceOption], code: &str) -> Option<u16> {
    let place = options.iter().position(|option| option.code == code)?;
    u16::try_from(place).ok()
}

fn rule(setting: &CriterionSetting, question: &Question, feature: usize) -> Result<Rule, Misfit> {
    let codes = |codes: &std::collections::BTreeSet<String>| {
        let options = match &question.kind {
            QuestionKind::Choice { options } | QuestionKind::Choices { options } => {
                options.as_slice()
            }
            _ => &[],
        };
        let places = codes.iter().map(|code| place(options, code)).collect::<Option<Vec<u16>>>();
        places.ok_or_else(|| Misfit::NoCode { criterion: setting.id.clone() })
    };
    Ok(match &setting.rule {
        cohort::Rule::Align { .. } => Rule::Align { feature, floor: None },
        cohort::Rule::Mix { .. } => Rule::Mix { feature, floor: None },
        cohort::Rule::Balance { .. } => Rule::Balance { feature, floor: None },
        cohort::Rule::Overlap { min_slots, .. } => {
            Rule::Overlap { feature, min_common: *min_slots, min_length: 1, slots_per_day: 24 }
        }
        cohort::Rule::NeverAlone { codes: named, .. } => {
            Rule::NeverAlone { feature, codes: codes(named)? }
        }
        cohort::Rule::Cover { codes: named, at_least, .. } => {
            Rule::Cover { feature, codes: codes(named)?, at_least: (*at_least).into() }
        }
    })
}

fn availability(input: &SolveInput, columns: &BTreeMap<QuestionId, usize>) -> Option<usize> {
    let overlaps = input.criteria.iter().filter_map(|criterion| match &criterion.rule {
        cohort::Rule::Overlap { question, .. } => {
            Some(((criterion.hardness, std::cmp::Reverse(criterion.weight)), question))
        }
        _ => None,
    });
    let heaviest = overlaps.min_by_key(|(rank, _)| *rank).map(|(_, question)| question);
    let first = || {
        let mut questions = input.questions.iter();
        let first = questions.find(|q| matches!(q.kind, QuestionKind::Availability { .. }));
        first.map(|question| &question.id)
    };
    columns.get(heaviest.or_else(first)?).copied()
}
