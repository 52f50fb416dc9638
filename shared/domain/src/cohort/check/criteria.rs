//! What can be wrong with criteria, alone and against each other.

use std::collections::{BTreeMap, BTreeSet};

use super::SettingsError;
use crate::QuestionId;
use crate::cohort::{CriterionSetting, Hardness, Question, QuestionKind, Rule, SLOTS_PER_WEEK};

/// The most criteria a cohort can have; the engine takes no more.
const MOST_CRITERIA: usize = 64;

/// Everything that is wrong with criteria on these questions.
pub(super) fn criteria_problems(
    criteria: &[CriterionSetting],
    questions: &BTreeMap<&QuestionId, &Question>,
) -> Vec<SettingsError> {
    let mut found = Vec::new();
    let mut say = |item: String, problem: String| found.push(SettingsError { item, problem });
    if criteria.len() > MOST_CRITERIA {
        say("criteria".into(), format!("at most {MOST_CRITERIA}"));
    }
    let mut seen = BTreeSet::new();
    for criterion in criteria {
        let item = format!("criteria.{}", criterion.id);
        if criterion.id.trim().is_empty() {
            say(item.clone(), "the id is empty".into());
        }
        if !seen.insert(&criterion.id) {
            say(item.clone(), "the id stands twice".into());
        }
        if !(1..=100).contains(&criterion.weight) {
            say(item.clone(), format!("the weight {} must be 1 to 100", criterion.weight));
        }
        for question in criterion.rule.questions() {
            let problem = match questions.get(question) {
                None => Some(format!("names a question that does not exist: `{question}`")),
                Some(known) => criterion.rule.problem_with(known),
            };
            if let Some(problem) = problem {
                say(item.clone(), problem);
            }
        }
        if let Some(problem) = criterion.rule.problem() {
            say(item, problem.into());
        }
    }
    if let Some((item, problem)) = contradiction(criteria) {
        say(item, problem);
    }
    found
}

impl Rule {
    /// What is wrong with the rule whatever the questions are.
    fn problem(&self) -> Option<&'static str> {
        match self {
            Self::Overlap { min_slots, min_length, .. } => {
                if !(1..=SLOTS_PER_WEEK).contains(min_slots) {
                    return Some("min_slots must be 1 to 168");
                }
                (!(1..=24).contains(min_length)).then_some("min_length must be 1 to 24")
            }
            Self::NeverAlone { codes, .. }
            | Self::AtMost { codes, .. }
            | Self::AsFew { codes, .. }
            | Self::AsMany { codes, .. } => {
                codes.is_empty().then_some("at least one code is needed")
            }
            Self::Cover { codes, at_least, .. } => {
                if codes.is_empty() {
                    return Some("at least one code is needed");
                }
                (*at_least == 0).then_some("at_least must be 1 or more")
            }
            Self::NeverAloneMarked { marks } => {
                if marks.is_empty() || marks.len() > 64 {
                    return Some("1 to 64 marks are needed");
                }
                marks.iter().any(BTreeMap::is_empty).then_some("a mark holds no answer")
            }
            Self::Apart { sets } | Self::Together { sets } => sets
                .iter()
                .any(|set| set.len() < 2)
                .then_some("a set holds fewer than two different students"),
            Self::NotAgain { rounds } => (*rounds == Some(0)).then_some("rounds must be 1 or more"),
            Self::Wishes { wanted, unwanted } => {
                if wanted.is_none() && unwanted.is_none() {
                    return Some("needs a question for wanted or for unwanted partners");
                }
                (wanted == unwanted).then_some("wanted and unwanted are the same question")
            }
            Self::Align { .. } | Self::Mix { .. } | Self::Balance { .. } => None,
        }
    }

    /// What is wrong with the rule on one of its questions.
    fn problem_with(&self, question: &Question) -> Option<String> {
        use QuestionKind::{Availability, Choice, Choices, Scale, Students, Text};
        let told = match (self, &question.kind) {
            (_, Text) => "free text cannot be a criterion",
            (Self::Wishes { .. }, Students)
            | (Self::Overlap { .. }, Availability { .. })
            | (Self::Balance { .. }, Scale { .. })
            | (
                Self::Align { .. } | Self::Mix { .. },
                Scale { .. } | Choice { .. } | Choices { .. },
            ) => {
                return None;
            }
            (Self::Wishes { .. }, _) => "wishes need a question that names students",
            (_, Students) => "a question that names students counts by wishes only",
            (Self::Overlap { .. }, _) => "overlap needs an availability question",
            (_, Availability { .. }) => "availability counts by overlap only",
            (Self::Balance { .. }, _) => "balance needs a scale",
            (
                Self::NeverAlone { codes, .. }
                | Self::Cover { codes, .. }
                | Self::AtMost { codes, .. }
                | Self::AsFew { codes, .. }
                | Self::AsMany { codes, .. },
                Choice { options } | Choices { options },
            ) => {
                let known = |code: &String| options.iter().any(|option| option.code == *code);
                let unknown = codes.iter().find(|code| !known(code))?;
                return Some(no_code(unknown, question));
            }
            (Self::NeverAloneMarked { marks }, Choice { options } | Choices { options }) => {
                let known = |code: &&String| options.iter().any(|option| option.code == **code);
                let mut codes = marks.iter().filter_map(|mark| mark.get(&question.id));
                return Some(no_code(codes.find(|code| !known(code))?, question));
            }
            _ => "needs a choice question",
        };
        Some(told.into())
    }
}

fn no_code(code: &str, question: &Question) -> String {
    format!("names a code that the question does not have: `{code}` of `{}`", question.id)
}

/// Two students whom must rules bring together, over any number of sets, and keep apart.
fn contradiction(criteria: &[CriterionSetting]) -> Option<(String, String)> {
    let musts = || criteria.iter().filter(|criterion| criterion.hardness == Hardness::Must);
    let mut block: BTreeMap<&str, &str> = BTreeMap::new();
    for criterion in musts() {
        let Rule::Together { sets } = &criterion.rule else { continue };
        for set in sets {
            let Some(first) = set.first() else { continue };
            let leader = *block.get(first.as_str()).unwrap_or(&first.as_str());
            for student in set {
                let theirs = *block.get(student.as_str()).unwrap_or(&student.as_str());
                for led in block.values_mut().filter(|led| **led == theirs) {
                    *led = leader;
                }
                block.insert(student, leader);
            }
        }
    }
    for criterion in musts() {
        let Rule::Apart { sets } = &criterion.rule else { continue };
        for set in sets {
            let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
            for student in set {
                let Some(leader) = block.get(student.as_str()) else { continue };
                if let Some(other) = seen.insert(leader, student) {
                    let item = format!("criteria.{}", criterion.id);
                    let told = "keeps students apart whom must rules bring together";
                    return Some((item, format!("{told}: `{other}` and `{student}`")));
                }
            }
        }
    }
    None
}
