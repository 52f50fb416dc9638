//! From answers to the engine's columns (G2).

use domain::cohort::Rule as Wanted;
use domain::profile::Answer;
use formation_steps::problem::{Misfit, pose};
use grouping::{CodeSet, Hardness, Rule, Values, Week};

use crate::sample::input;

#[test]
fn g2_each_kind_of_question_becomes_a_column_and_text_none() {
    let mut input = input(3);
    let question = |id: &str| id.parse().unwrap();
    let answers = &mut input.students[0].profile.answers;
    answers.insert(question("ambition"), Answer::Scale(4));
    answers.insert(question("gender"), Answer::Choice("m".into()));
    answers.insert(question("skills"), Answer::Choices(["maths".into(), "gone".into()].into()));
    answers.insert(question("free"), Answer::Slots([9, 167].into()));
    // Answers that do not fit the question, and none.
    let answers = &mut input.students[1].profile.answers;
    answers.insert(question("ambition"), Answer::Text("four".into()));
    answers.insert(question("gender"), Answer::Choice("gone".into()));
    answers.insert(question("free"), Answer::Slots([500].into()));
    answers.remove(&question("skills"));
    input.students.truncate(2);
    let problem = pose(&input).unwrap().problem;
    let ids: Vec<&str> = problem.features.iter().map(|feature| feature.id.as_str()).collect();
    assert_eq!(ids, ["ambition", "gender", "skills", "free"]);
    let expected = [
        Values::Number(vec![Some(4), None]),
        Values::Category(vec![Some(1), None]),
        Values::Set(vec![CodeSet::from_codes([1]), None]),
        Values::Slots(vec![Week::from_slots([9, 167]), None]),
    ];
    for (feature, expected) in problem.features.iter().zip(expected) {
        assert!(feature.values == expected, "{}", feature.id);
    }
}

#[test]
fn g2_each_rule_keeps_its_weight_hardness_and_codes() {
    let mut input = input(3);
    let ambition = || "ambition".parse().unwrap();
    input.criteria.push(criterion("level", Wanted::Balance { question: ambition() }));
    let cover = Wanted::Cover {
        question: "skills".parse().unwrap(),
        codes: ["writing".into(), "rust".into()].into(),
        at_least: 2,
    };
    input.criteria.push(criterion("skilled", cover));
    let problem = pose(&input).unwrap().problem;
    let rules: Vec<&Rule> = problem.criteria.iter().map(|criterion| &criterion.rule).collect();
    assert_eq!(*rules[0], Rule::Align { feature: 0, floor: None });
    assert_eq!(*rules[1], Rule::NeverAlone { feature: 1, codes: vec![0, 1] });
    assert_eq!(*rules[2], Rule::Mix { feature: 2, floor: None });
    let overlap = Rule::Overlap { feature: 3, min_common: 2, min_length: 1, slots_per_day: 24 };
    assert_eq!(*rules[3], overlap);
    assert_eq!(*rules[4], Rule::Balance { feature: 0, floor: None });
    assert_eq!(*rules[5], Rule::Cover { feature: 2, codes: vec![0, 2], at_least: 2 });
    assert_eq!(problem.criteria[0].hardness, Hardness::Should);
    assert_eq!((problem.criteria[4].weight, problem.criteria[4].hardness), (7, Hardness::Must));
    assert_eq!((problem.sizes.min, problem.sizes.preferred, problem.sizes.max), (3, 4, 5));
}

fn criterion(id: &str, rule: Wanted) -> domain::cohort::CriterionSetting {
    let hardness = domain::cohort::Hardness::Must;
    domain::cohort::CriterionSetting { id: id.into(), rule, weight: 7, hardness }
}

#[test]
fn g3_a_criterion_on_free_text_or_on_no_question_is_named() {
    let mut input = input(3);
    input.criteria[0].rule = Wanted::Align { question: "remarks".parse().unwrap() };
    let criterion = "same-ambition".to_owned();
    assert_eq!(pose(&input).unwrap_err(), Misfit::FreeText { criterion: criterion.clone() });
    input.criteria[0].rule = Wanted::Align { question: "nothing".parse().unwrap() };
    assert_eq!(pose(&input).unwrap_err(), Misfit::NoQuestion { criterion });
}

#[test]
fn m1_common_hours_are_known_without_a_criterion_on_them() {
    let mut input = input(3);
    assert_eq!(pose(&input).unwrap().availability, Some(3));
    input.criteria.truncate(1);
    assert_eq!(pose(&input).unwrap().availability, Some(3));
    input.questions.truncate(2);
    assert_eq!(pose(&input).unwrap().availability, None);
}
