//! From answers to the engine's columns (G2).

mod sample;

use domain::cohort::{Rule as Wanted, SmallSections};
use domain::profile::Answer;
use grouping::{CodeSet, Hardness, Has, Rule, Values, Week};
use posing::{Misfit, pose};

use sample::{criterion, input, rule, student};

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

#[test]
fn g2_the_rules_of_the_class_list_are_posed() {
    let mut input = input(3);
    input.criteria = vec![
        rule(r#"{"at_most": {"question": "gender", "codes": ["m"], "at_most": 2}}"#),
        rule(r#"{"as_few": {"question": "skills", "codes": ["rust"]}}"#),
        rule(r#"{"as_many": {"question": "skills", "codes": ["maths", "rust"]}}"#),
        rule(
            r#"{"never_alone_marked": {"marks": [{"gender": "f"}, {"gender": "f", "skills": "maths"}]}}"#,
        ),
        rule(r#"{"overlap": {"question": "free", "min_slots": 4, "min_length": 2}}"#),
    ];
    let problem = pose(&input).unwrap().problem;
    let has = |feature, code| Has { feature, code };
    let expected = [
        Rule::AtMost { feature: 1, codes: vec![1], at_most: 2 },
        Rule::AsFew { feature: 2, codes: vec![0] },
        Rule::AsMany { feature: 2, codes: vec![1, 0] },
        Rule::NeverAloneMarked { marks: vec![vec![has(1, 0)], vec![has(1, 0), has(2, 1)]] },
        Rule::Overlap { feature: 3, min_common: 4, min_length: 2, slots_per_day: 24 },
    ];
    let found: Vec<Rule> = problem.criteria.into_iter().map(|criterion| criterion.rule).collect();
    assert_eq!(found, expected);
}

#[test]
fn g2_rules_about_students_see_those_who_are_here() {
    let mut input = input(4);
    let id = |number: usize| student(number).as_str().to_owned();
    let sets = vec![[id(0), id(2), id(9)].into(), [id(1), id(9)].into()];
    input.criteria = vec![
        criterion("apart", Wanted::Apart { sets: sets.clone() }),
        criterion("together", Wanted::Together { sets: sets[1..].to_vec() }),
    ];
    let problem = pose(&input).unwrap().problem;
    // The second set is left with one student, and the second rule with nobody.
    assert_eq!(problem.criteria.len(), 1);
    assert_eq!(problem.criteria[0].rule, Rule::Apart { sets: vec![vec![0, 2]] });
}

#[test]
fn g7_who_has_met_is_told_by_round() {
    let mut input = input(4);
    input.criteria = vec![rule(r#"{"not_again": {}}"#)];
    assert_eq!(pose(&input).unwrap().problem.criteria, [], "nobody has met");
    let group = |numbers: &[usize]| numbers.iter().map(|&number| student(number)).collect();
    input.past = vec![vec![group(&[0, 1, 7]), group(&[7, 8])], vec![group(&[2, 3])]];
    let posed = |input: &domain::formation::SolveInput| {
        pose(input).unwrap().problem.criteria.remove(0).rule
    };
    let all = Rule::NotAgain { pairs: vec![(0, 1), (2, 3)], weights: vec![8, 4] };
    assert_eq!(posed(&input), all);
    input.criteria = vec![rule(r#"{"not_again": {"rounds": 1}}"#)];
    assert_eq!(posed(&input), Rule::NotAgain { pairs: vec![(0, 1)], weights: vec![8] });
}

#[test]
fn g2_wishes_name_students_of_the_section() {
    let mut input = input(4);
    let name =
        |input: &mut domain::formation::SolveInput, row: usize, question: &str, named: &[usize]| {
            let named = named.iter().map(|&number| student(number)).collect();
            let answers = &mut input.students[row].profile.answers;
            answers.insert(question.parse().unwrap(), Answer::Students(named));
        };
    input.criteria = vec![rule(r#"{"wishes": {"wanted": "partners", "unwanted": "strangers"}}"#)];
    assert_eq!(pose(&input).unwrap().problem.criteria, [], "nobody wishes");
    // Themselves, somebody elsewhere, and somebody both ways.
    name(&mut input, 0, "partners", &[0, 1, 2, 9]);
    name(&mut input, 0, "strangers", &[2, 3]);
    name(&mut input, 2, "partners", &[0]);
    let found = pose(&input).unwrap().problem.criteria.remove(0).rule;
    assert_eq!(found, Rule::Wishes { wanted: vec![(0, 1), (2, 0)], unwanted: vec![(0, 3)] });
    input.criteria = vec![rule(r#"{"wishes": {"wanted": "ambition"}}"#)];
    assert_eq!(pose(&input).unwrap_err(), Misfit::WrongKind { criterion: "rule".into() });
    input.criteria = vec![rule(r#"{"mix": {"question": "partners"}}"#)];
    assert_eq!(pose(&input).unwrap_err(), Misfit::WrongKind { criterion: "rule".into() });
}

#[test]
fn g2_a_small_section_may_be_one_group() {
    let mut input = input(2);
    assert!(!pose(&input).unwrap().problem.sizes.allow_small);
    input.small_sections = SmallSections::OneGroup;
    assert!(pose(&input).unwrap().problem.sizes.allow_small);
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
