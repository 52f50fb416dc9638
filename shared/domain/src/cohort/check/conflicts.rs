//! Must rules that no group can keep: alone, because of the sizes, or against each other. What depends on who
//! has answered is told when groups are formed; this is known before.

use std::collections::{BTreeMap, BTreeSet};

use super::Found;
use crate::QuestionId;
use crate::cohort::{CriterionSetting, Hardness, Question, QuestionKind, Rule, Sizes};

/// Says which criteria no group can keep.
pub(super) fn conflicts(
    criteria: &[CriterionSetting],
    questions: &BTreeMap<&QuestionId, &Question>,
    sizes: Sizes,
    found: &mut Found,
) {
    for (place, criterion) in criteria.iter().enumerate() {
        if matches!(criterion.rule, Rule::Cover { at_least, .. } if at_least > sizes.max) {
            let told = (
                "at_least is more than the largest group",
                "der kræves flere, end den største gruppe har",
            );
            let pointer = format!("/criteria/{place}/rule/cover/at_least");
            found.say(format!("criteria.{}", criterion.id), pointer, told);
        }
    }
    let musts: Vec<(usize, &CriterionSetting)> = criteria
        .iter()
        .enumerate()
        .filter(|(_, criterion)| criterion.hardness == Hardness::Must)
        .collect();
    for (place, criterion) in &musts {
        if let Some((member, english, danish)) = shuts_out(&criterion.rule, questions, sizes) {
            let kind = criterion.rule.kind();
            let pointer = format!("/criteria/{place}/rule/{kind}/{member}");
            found.say(format!("criteria.{}", criterion.id), pointer, (english, danish));
        }
    }
    for (index, (_, one)) in musts.iter().enumerate() {
        for (place, other) in &musts[index + 1..] {
            if let Some((english, danish)) = against(&one.rule, &other.rule, questions, sizes) {
                let told = (
                    format!("{english} (`{}`); turn one of them into should", one.id),
                    format!("{danish} (`{}`); gør et af dem til bør", one.id),
                );
                let pointer = format!("/criteria/{place}/rule");
                found.say(format!("criteria.{}", other.id), pointer, told);
            }
        }
    }
    if let Some((place, (english, danish))) = contradiction(&musts) {
        let item = format!("criteria.{}", criteria[place].id);
        found.say(item, format!("/criteria/{place}/rule/apart/sets"), (english, danish));
    }
}

/// A must rule that leaves people no group to be in.
fn shuts_out(
    rule: &Rule,
    questions: &BTreeMap<&QuestionId, &Question>,
    sizes: Sizes,
) -> Option<(&'static str, &'static str, &'static str)> {
    match rule {
        Rule::AtMost { question, codes, at_most: 0 } if !codes.is_empty() => {
            let all =
                options(questions, question).is_subset(&codes.iter().map(String::as_str).collect());
            if all {
                return Some((
                    "codes",
                    "excludes everybody: it allows none of the question's answers; leave some out",
                    "udelukker alle: ingen af spørgsmålets svar er tilladt; fjern nogle af dem",
                ));
            }
            Some((
                "at_most",
                "excludes everybody with these answers; allow at least one, or use as_few to spread them",
                "udelukker alle med disse svar; tillad mindst én, eller brug »så få som muligt« for at sprede dem",
            ))
        }
        Rule::AtMost { question, codes, at_most } if is_single(questions, question) => {
            let given: BTreeSet<&str> = codes.iter().map(String::as_str).collect();
            let all = options(questions, question).is_subset(&given);
            (all && *at_most < sizes.min).then_some((
                "at_most",
                "no group can be as large as the smallest: all answers count; raise the number or leave answers out",
                "ingen gruppe kan nå den mindste størrelse, for alle svar tæller; hæv antallet, eller fjern svar",
            ))
        }
        Rule::Together { sets } => {
            let large = |set: &BTreeSet<String>| set.len() > usize::from(sizes.max);
            sets.iter().any(large).then_some((
                "sets",
                "a set has more students than the largest group",
                "et sæt har flere studerende end den største gruppe",
            ))
        }
        _ => None,
    }
}

/// Two must rules that no group keeps both of, in English and Danish.
fn against(
    one: &Rule,
    other: &Rule,
    questions: &BTreeMap<&QuestionId, &Question>,
    sizes: Sizes,
) -> Option<(&'static str, &'static str)> {
    match (one, other) {
        (Rule::Align { question: a }, Rule::Mix { question: b })
        | (Rule::Mix { question: b }, Rule::Align { question: a }) => (a == b).then_some((
            "asks for different answers where another must rule asks for similar ones",
            "beder om forskellige svar, hvor et andet skal-krav beder om ens",
        )),
        (
            Rule::Cover { question: a, codes: wanted, at_least },
            Rule::AtMost { question: b, codes: limited, at_most },
        )
        | (
            Rule::AtMost { question: b, codes: limited, at_most },
            Rule::Cover { question: a, codes: wanted, at_least },
        ) => (a == b && wanted.is_subset(limited) && at_least > at_most).then_some((
            "asks for more of an answer than another must rule allows",
            "beder om flere med et svar, end et andet skal-krav tillader",
        )),
        (
            Rule::Cover { question: a, codes: these, at_least: few },
            Rule::Cover { question: b, codes: others, at_least: more },
        ) => {
            let apart = a == b && is_single(questions, a) && these.is_disjoint(others);
            let both = u32::from(*few) + u32::from(*more);
            (apart && both > u32::from(sizes.max)).then_some((
                "asks together with another must rule for more members than the largest group has",
                "beder sammen med et andet skal-krav om flere medlemmer, end den største gruppe har",
            ))
        }
        (
            Rule::NeverAlone { question: a, codes: marked },
            Rule::AtMost { question: b, codes: limited, at_most: 1 },
        )
        | (
            Rule::AtMost { question: b, codes: limited, at_most: 1 },
            Rule::NeverAlone { question: a, codes: marked },
        ) => (a == b && !marked.is_disjoint(limited)).then_some((
            "excludes people: one must rule allows one with an answer, another at least two",
            "udelukker nogen: et skal-krav tillader én med et svar, et andet mindst to",
        )),
        _ => None,
    }
}

fn is_single(questions: &BTreeMap<&QuestionId, &Question>, id: &QuestionId) -> bool {
    questions.get(id).is_some_and(|known| matches!(known.kind, QuestionKind::Choice { .. }))
}

/// The codes of a question's options.
fn options<'a>(
    questions: &BTreeMap<&QuestionId, &'a Question>,
    id: &QuestionId,
) -> BTreeSet<&'a str> {
    match questions.get(id).map(|question| &question.kind) {
        Some(QuestionKind::Choice { options } | QuestionKind::Choices { options }) => {
            options.iter().map(|option| option.code.as_str()).collect()
        }
        _ => BTreeSet::new(),
    }
}

/// Two students whom must rules bring together, over any number of sets, and keep apart.
fn contradiction(musts: &[(usize, &CriterionSetting)]) -> Option<(usize, (String, String))> {
    let mut block: BTreeMap<&str, &str> = BTreeMap::new();
    for (_, criterion) in musts {
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
    for (place, criterion) in musts {
        let Rule::Apart { sets } = &criterion.rule else { continue };
        for set in sets {
            let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
            for student in set {
                let Some(leader) = block.get(student.as_str()) else { continue };
                if let Some(other) = seen.insert(leader, student) {
                    let told = (
                        format!(
                            "keeps students apart whom must rules bring together: `{other}` and `{student}`"
                        ),
                        format!(
                            "holder studerende adskilt, som skal-krav bringer sammen: `{other}` og `{student}`"
                        ),
                    );
                    return Some((*place, told));
                }
            }
        }
    }
    None
}
