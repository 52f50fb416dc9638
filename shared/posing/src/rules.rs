//! From a cohort's criteria to the engine's rules.

use std::collections::{BTreeMap, BTreeSet};

use domain::cohort::{self, CriterionSetting, Question, QuestionKind};
use domain::formation::SolveInput;
use domain::profile::Answer;
use domain::{QuestionId, StudentId};
use grouping::{Has, Rule};

use crate::Misfit;
use crate::columns::{Columns, place};

/// Hours of a day: slots are `day * 24 + hour`.
const SLOTS_PER_DAY: u16 = 24;

/// What rules are translated with.
pub(crate) struct Translation<'i> {
    input: &'i SolveInput,
    columns: &'i Columns,
    questions: BTreeMap<&'i QuestionId, &'i Question>,
    rows: BTreeMap<&'i str, u32>,
}

impl<'i> Translation<'i> {
    pub(crate) fn new(input: &'i SolveInput, columns: &'i Columns) -> Self {
        Self {
            input,
            columns,
            questions: input.questions.iter().map(|question| (&question.id, question)).collect(),
            rows: (0..).zip(&input.students).map(|(row, s)| (s.id.as_str(), row)).collect(),
        }
    }

    /// The engine's rule; nothing if it is about students of whom none is here.
    pub(crate) fn rule(&self, setting: &CriterionSetting) -> Result<Option<Rule>, Misfit> {
        use cohort::Rule as Wanted;
        let column = |question| self.column(setting, question);
        let codes = |question, codes| self.codes(setting, question, codes);
        Ok(Some(match &setting.rule {
            Wanted::Align { question } => Rule::Align { feature: column(question)?, floor: None },
            Wanted::Mix { question } => Rule::Mix { feature: column(question)?, floor: None },
            Wanted::Balance { question } => {
                Rule::Balance { feature: column(question)?, floor: None }
            }
            Wanted::Overlap { question, min_slots, min_length } => Rule::Overlap {
                feature: column(question)?,
                min_common: *min_slots,
                min_length: *min_length,
                slots_per_day: SLOTS_PER_DAY,
            },
            Wanted::NeverAlone { question, codes: named } => {
                Rule::NeverAlone { feature: column(question)?, codes: codes(question, named)? }
            }
            Wanted::NeverAloneMarked { marks } => Rule::NeverAloneMarked {
                marks: marks
                    .iter()
                    .map(|mark| mark.iter().map(|answer| self.has(setting, answer)).collect())
                    .collect::<Result<_, _>>()?,
            },
            Wanted::Cover { question, codes: named, at_least } => Rule::Cover {
                feature: column(question)?,
                codes: codes(question, named)?,
                at_least: (*at_least).into(),
            },
            Wanted::AtMost { question, codes: named, at_most } => Rule::AtMost {
                feature: column(question)?,
                codes: codes(question, named)?,
                at_most: (*at_most).into(),
            },
            Wanted::AsFew { question, codes: named } => {
                Rule::AsFew { feature: column(question)?, codes: codes(question, named)? }
            }
            Wanted::AsMany { question, codes: named } => {
                Rule::AsMany { feature: column(question)?, codes: codes(question, named)? }
            }
            Wanted::Apart { sets } => match self.sets(sets) {
                sets if sets.is_empty() => return Ok(None),
                sets => Rule::Apart { sets },
            },
            Wanted::Together { sets } => match self.sets(sets) {
                sets if sets.is_empty() => return Ok(None),
                sets => Rule::Together { sets },
            },
            Wanted::NotAgain { rounds } => match self.not_again(*rounds) {
                Rule::NotAgain { pairs, .. } if pairs.is_empty() => return Ok(None),
                rule => rule,
            },
            Wanted::Wishes { wanted, unwanted } => {
                let mut wanted = self.wishes(setting, wanted.as_ref())?;
                let mut unwanted = self.wishes(setting, unwanted.as_ref())?;
                // Whoever is named both ways is named neither way.
                let both: BTreeSet<_> = wanted.intersection(&unwanted).copied().collect();
                wanted.retain(|wish| !both.contains(wish));
                unwanted.retain(|wish| !both.contains(wish));
                if wanted.is_empty() && unwanted.is_empty() {
                    return Ok(None);
                }
                Rule::Wishes {
                    wanted: wanted.into_iter().collect(),
                    unwanted: unwanted.into_iter().collect(),
                }
            }
        }))
    }

    fn question(
        &self,
        setting: &CriterionSetting,
        id: &QuestionId,
    ) -> Result<&'i Question, Misfit> {
        let missing = || Misfit::NoQuestion { criterion: setting.id.clone() };
        self.questions.get(id).copied().ok_or_else(missing)
    }

    fn column(&self, setting: &CriterionSetting, id: &QuestionId) -> Result<usize, Misfit> {
        let criterion = || setting.id.clone();
        match self.question(setting, id)?.kind {
            QuestionKind::Text => Err(Misfit::FreeText { criterion: criterion() }),
            QuestionKind::Students => Err(Misfit::WrongKind { criterion: criterion() }),
            _ => self
                .columns
                .place
                .get(id)
                .copied()
                .ok_or_else(|| Misfit::NoQuestion { criterion: criterion() }),
        }
    }

    fn code(
        &self,
        setting: &CriterionSetting,
        question: &QuestionId,
        code: &str,
    ) -> Result<u16, Misfit> {
        let (QuestionKind::Choice { options } | QuestionKind::Choices { options }) =
            &self.question(setting, question)?.kind
        else {
            return Err(Misfit::WrongKind { criterion: setting.id.clone() });
        };
        place(options, code).ok_or_else(|| Misfit::NoCode { criterion: setting.id.clone() })
    }

    fn codes(
        &self,
        setting: &CriterionSetting,
        question: &QuestionId,
        codes: &BTreeSet<String>,
    ) -> Result<Vec<u16>, Misfit> {
        codes.iter().map(|code| self.code(setting, question, code)).collect()
    }

    fn has(
        &self,
        setting: &CriterionSetting,
        (question, code): (&QuestionId, &String),
    ) -> Result<Has, Misfit> {
        let feature = self.column(setting, question)?;
        Ok(Has { feature, code: self.code(setting, question, code)? })
    }

    /// The sets without whoever is not here; nobody is bound to somebody elsewhere.
    fn sets(&self, sets: &[BTreeSet<String>]) -> Vec<Vec<u32>> {
        let here = |set: &BTreeSet<String>| -> Vec<u32> {
            set.iter().filter_map(|id| self.rows.get(id.as_str()).copied()).collect()
        };
        sets.iter().map(here).filter(|set| set.len() > 1).collect()
    }

    fn not_again(&self, rounds: Option<u16>) -> Rule {
        let row = |id: &StudentId| self.rows.get(id.as_str()).copied();
        let rounds = rounds.map_or(usize::MAX, usize::from);
        let past: Vec<Vec<Vec<u32>>> = self
            .input
            .past
            .iter()
            .take(rounds)
            .map(|groups| groups.iter().map(|group| group.iter().filter_map(row).collect()))
            .map(Iterator::collect)
            .collect();
        Rule::not_again(&past)
    }

    /// Who names whom, both of them here.
    fn wishes(
        &self,
        setting: &CriterionSetting,
        question: Option<&QuestionId>,
    ) -> Result<BTreeSet<(u32, u32)>, Misfit> {
        let Some(question) = question else { return Ok(BTreeSet::new()) };
        if !matches!(self.question(setting, question)?.kind, QuestionKind::Students) {
            return Err(Misfit::WrongKind { criterion: setting.id.clone() });
        }
        let mut found = BTreeSet::new();
        for (row, student) in (0..).zip(&self.input.students) {
            if let Some(Answer::Students(named)) = student.profile.answers.get(question) {
                let partners = named.iter().filter_map(|id| self.rows.get(id.as_str()).copied());
                found.extend(partners.filter(|&p| p != row).map(|partner| (row, partner)));
            }
        }
        Ok(found)
    }
}
