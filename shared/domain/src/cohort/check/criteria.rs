//! What can be wrong with criteria, each for itself.

use std::collections::{BTreeMap, BTreeSet};

use super::{Found, Told};
use crate::QuestionId;
use crate::cohort::{CriterionSetting, Question, QuestionKind, Rule, SLOTS_PER_WEEK};

/// The most criteria a cohort can have; the engine takes no more.
const MOST_CRITERIA: usize = 64;

/// Everything that is wrong with criteria on these questions.
pub(super) fn criteria_problems(
    criteria: &[CriterionSetting],
    questions: &BTreeMap<&QuestionId, &Question>,
    found: &mut Found,
) {
    if criteria.len() > MOST_CRITERIA {
        let told = (format!("at most {MOST_CRITERIA}"), format!("højst {MOST_CRITERIA}"));
        found.say("criteria", "/criteria", told);
    }
    let mut seen = BTreeSet::new();
    for (place, criterion) in criteria.iter().enumerate() {
        let item = format!("criteria.{}", criterion.id);
        let at = |member: &str| format!("/criteria/{place}/{member}");
        if criterion.id.trim().is_empty() {
            found.say(item.clone(), at("id"), ("the id is empty", "id'et er tomt"));
        }
        if !seen.insert(&criterion.id) {
            found.say(item.clone(), at("id"), ("the id stands twice", "id'et står to gange"));
        }
        if !(1..=100).contains(&criterion.weight) {
            let weight = criterion.weight;
            let told = (
                format!("the weight {weight} must be 1 to 100"),
                format!("vægten {weight} skal være 1 til 100"),
            );
            found.say(item.clone(), at("weight"), told);
        }
        let kind = criterion.rule.kind();
        for question in criterion.rule.questions() {
            let told = match questions.get(question) {
                None => Some((
                    format!("names a question that does not exist: `{question}`"),
                    format!(
                        "nævner et spørgsmål, der ikke findes: `{question}`; tilføj det, eller vælg et andet"
                    ),
                )),
                Some(known) => criterion.rule.problem_with(known),
            };
            if let Some(told) = told {
                found.say(item.clone(), at(&format!("rule/{kind}")), told);
            }
        }
        if let Some((member, english, danish)) = criterion.rule.problem() {
            let member = if member.is_empty() { String::new() } else { format!("/{member}") };
            found.say(item, at(&format!("rule/{kind}{member}")), (english, danish));
        }
    }
}

impl Rule {
    /// The word that the JSON form begins the rule with.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Align { .. } => "align",
            Self::Mix { .. } => "mix",
            Self::Balance { .. } => "balance",
            Self::Overlap { .. } => "overlap",
            Self::NeverAlone { .. } => "never_alone",
            Self::NeverAloneMarked { .. } => "never_alone_marked",
            Self::Cover { .. } => "cover",
            Self::AtMost { .. } => "at_most",
            Self::AsFew { .. } => "as_few",
            Self::AsMany { .. } => "as_many",
            Self::Apart { .. } => "apart",
            Self::Together { .. } => "together",
            Self::NotAgain { .. } => "not_again",
            Self::Wishes { .. } => "wishes",
        }
    }

    /// What is wrong with the rule whatever the questions are.
    fn problem(&self) -> Option<Told> {
        const NO_CODE: Told =
            ("codes", "at least one code is needed", "mindst én kode skal vælges");
        match self {
            Self::Overlap { min_slots, min_length, .. } => {
                if !(1..=SLOTS_PER_WEEK).contains(min_slots) {
                    return Some((
                        "min_slots",
                        "min_slots must be 1 to 168",
                        "timerne om ugen skal være 1 til 168",
                    ));
                }
                let length = (
                    "min_length",
                    "min_length must be 1 to 24",
                    "timerne i træk skal være 1 til 24",
                );
                (!(1..=24).contains(min_length)).then_some(length)
            }
            Self::NeverAlone { codes, .. }
            | Self::AtMost { codes, .. }
            | Self::AsFew { codes, .. }
            | Self::AsMany { codes, .. } => codes.is_empty().then_some(NO_CODE),
            Self::Cover { codes, at_least, .. } => {
                if codes.is_empty() {
                    return Some(NO_CODE);
                }
                let least = ("at_least", "at_least must be 1 or more", "der skal være mindst 1");
                (*at_least == 0).then_some(least)
            }
            Self::NeverAloneMarked { marks } => {
                if marks.is_empty() || marks.len() > 64 {
                    return Some((
                        "marks",
                        "1 to 64 marks are needed",
                        "der skal være 1 til 64 kendetegn",
                    ));
                }
                let empty = ("marks", "a mark holds no answer", "et kendetegn er uden svar");
                marks.iter().any(BTreeMap::is_empty).then_some(empty)
            }
            Self::Apart { sets } | Self::Together { sets } => {
                let few = (
                    "sets",
                    "a set holds fewer than two different students",
                    "et sæt har færre end to forskellige studerende",
                );
                sets.iter().any(|set| set.len() < 2).then_some(few)
            }
            Self::NotAgain { rounds } => {
                let none = ("rounds", "rounds must be 1 or more", "der skal være mindst 1 runde");
                (*rounds == Some(0)).then_some(none)
            }
            Self::Wishes { wanted, unwanted } => {
                if wanted.is_none() && unwanted.is_none() {
                    return Some((
                        "",
                        "needs a question for wanted or for unwanted partners",
                        "skal have et spørgsmål om ønskede eller uønskede makkere",
                    ));
                }
                let same = (
                    "",
                    "wanted and unwanted are the same question",
                    "ønskede og uønskede er det samme spørgsmål",
                );
                (wanted == unwanted).then_some(same)
            }
            Self::Align { .. } | Self::Mix { .. } | Self::Balance { .. } => None,
        }
    }

    /// What is wrong with the rule on one of its questions, in English and Danish.
    fn problem_with(&self, question: &Question) -> Option<(String, String)> {
        use QuestionKind::{Availability, Choice, Choices, Scale, Students, Text};
        let (english, danish) = match (self, &question.kind) {
            (_, Text) => ("free text cannot be a criterion", "fritekst kan ikke være et kriterium"),
            (Self::Wishes { .. }, Students)
            | (Self::Overlap { .. }, Availability { .. })
            | (Self::Balance { .. }, Scale { .. })
            | (
                Self::Align { .. } | Self::Mix { .. },
                Scale { .. } | Choice { .. } | Choices { .. },
            ) => {
                return None;
            }
            (Self::Wishes { .. }, _) => (
                "wishes need a question that names students",
                "ønsker skal have et spørgsmål, der nævner studerende",
            ),
            (_, Students) => (
                "a question that names students counts by wishes only",
                "et spørgsmål, der nævner studerende, tæller kun som ønsker",
            ),
            (Self::Overlap { .. }, _) => (
                "overlap needs an availability question",
                "fælles tid skal have et spørgsmål om ledige tider",
            ),
            (_, Availability { .. }) => {
                ("availability counts by overlap only", "ledige tider tæller kun som fælles tid")
            }
            (Self::Balance { .. }, _) => ("balance needs a scale", "gennemsnit skal have en skala"),
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
            _ => ("needs a choice question", "skal have et spørgsmål med svarmuligheder"),
        };
        Some((english.into(), danish.into()))
    }
}

fn no_code(code: &str, question: &Question) -> (String, String) {
    let id = &question.id;
    (
        format!("names a code that the question does not have: `{code}` of `{id}`"),
        format!("nævner en kode, som spørgsmålet ikke har: `{code}` i `{id}`"),
    )
}
