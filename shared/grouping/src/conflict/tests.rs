use super::*;
use crate::support::{cohort, criterion, feature, mixed, sizes};
use crate::{Sizes, Values, Week, solve};

fn posed(values: Vec<Values>, range: Sizes, rules: Vec<Rule>) -> Problem {
    Problem {
        students: u32::try_from(values[0].len()).expect("few"),
        sizes: range,
        features: values
            .into_iter()
            .enumerate()
            .map(|(i, v)| feature(&format!("f{i}"), v))
            .collect(),
        criteria: rules
            .into_iter()
            .enumerate()
            .map(|(i, rule)| criterion(&format!("rule {i}"), 1, Hardness::Must, rule))
            .collect(),
        worst_weight: 250,
    }
}

fn looked_into(problem: &Problem) -> Conflicts {
    let options = Options { seed: 3, budget: 30_000, threads: 1, restarts: None, clock: None };
    let solution = solve(problem, &options).expect("valid");
    conflicts(problem, &solution, &options).expect("valid")
}

fn only(problem: &Problem) -> Conflict {
    let mut told = looked_into(problem);
    assert_eq!((told.found.len(), told.kept.is_none()), (1, true), "{told:?}");
    told.found.remove(0)
}

fn names(conflict: &Conflict) -> Vec<&str> {
    conflict.rules.iter().map(|rule| rule.criterion.as_str()).collect()
}

/// Every `n`th of the students has code 1.
fn every(n: u32, students: u32) -> Values {
    Values::Category((0..students).map(|s| Some(u16::from(s % n == 0))).collect())
}

fn cover(at_least: u32) -> Rule {
    Rule::Cover { feature: 0, codes: vec![1], at_least }
}

#[test]
fn g3_too_few_who_qualify_are_counted() {
    // Sixty students are ten groups of six at least; nine lead.
    let problem = posed(vec![every(7, 60)], sizes(5, 6, 6), vec![cover(1)]);
    let found = only(&problem);
    let expected = Obstacle::TooFewQualify {
        criterion: "rule 0".into(),
        at_least: 1,
        groups: 10,
        have: 9,
        size: Some(7),
    };
    assert_eq!((found.certainty, found.obstacle), (Certainty::Proven, Some(expected)));
    assert_eq!(found.rules[0].students, [0, 7, 14, 21, 28, 35, 42, 49, 56]);
    assert_eq!(found.rules[0].broken_in, 1);
    assert_eq!(found.rules[0].relaxed.must_broken, 0);
}

#[test]
fn g3_a_rule_that_excludes_everybody_is_told_and_without_it_there_are_groups() {
    let nobody = Values::Category(vec![Some(0); 12]);
    let found = only(&posed(vec![nobody], sizes(3, 4, 4), vec![cover(1)]));
    let expected = Obstacle::TooFewQualify {
        criterion: "rule 0".into(),
        at_least: 1,
        groups: 3,
        have: 0,
        size: None,
    };
    assert_eq!((found.certainty, found.obstacle), (Certainty::Proven, Some(expected)));
    assert_eq!(found.rules[0].students, [0_u32; 0], "nobody is named for it");
    assert_eq!(found.rules[0].broken_in, 3);
    assert_eq!(found.rules[0].relaxed.must_broken, 0);
}

#[test]
fn g3_too_many_who_count_are_counted() {
    let rule = Rule::AtMost { feature: 0, codes: vec![1], at_most: 2 };
    let found = only(&posed(vec![every(2, 60)], sizes(5, 5, 6), vec![rule]));
    let expected = Obstacle::TooManyCount {
        criterion: "rule 0".into(),
        at_most: 2,
        groups: 12,
        have: 30,
        size: Some(4),
    };
    assert_eq!(found.obstacle, Some(expected));
}

#[test]
fn g3_a_rule_about_nobody_is_in_nobodys_way() {
    let at_most = Rule::AtMost { feature: 0, codes: vec![7], at_most: 2 };
    let found = only(&posed(vec![every(7, 60)], sizes(5, 6, 6), vec![at_most, cover(1)]));
    assert_eq!(names(&found), ["rule 1"]);
}

#[test]
fn g3_the_only_one_is_always_alone() {
    let mut values = vec![Some(0); 12];
    values[4] = Some(1);
    let rule = Rule::NeverAlone { feature: 0, codes: vec![0, 1] };
    let found = only(&posed(vec![Values::Category(values)], sizes(3, 4, 4), vec![rule]));
    assert_eq!(found.obstacle, Some(Obstacle::OnlyOne { criterion: "rule 0".into(), student: 4 }));
    assert_eq!(found.rules[0].students.len(), 4);
}

#[test]
fn g3_more_avoid_each_other_than_there_are_groups() {
    let rule = Rule::Apart { sets: vec![vec![8, 1, 2, 3, 5]] };
    let found = only(&posed(vec![every(2, 12)], sizes(3, 3, 4), vec![rule]));
    let students = vec![1, 2, 3, 5, 8];
    let expected = Obstacle::TooManyApart { criterion: "rule 0".into(), students, groups: 4 };
    assert_eq!(found.obstacle, Some(expected));
    assert_eq!(found.rules[0].students.len(), 2, "the pair that shares a group");
}

#[test]
fn g3_whoever_has_met_nearly_everybody_has_no_group_left() {
    let rule = Rule::NotAgain { pairs: (1..11).map(|other| (0, other)).collect(), weights: vec![] };
    let found = only(&posed(vec![every(2, 12)], sizes(3, 3, 4), vec![rule]));
    let expected =
        Obstacle::NobodyLeft { criterion: "rule 0".into(), student: 0, left: 1, needed: 2 };
    assert_eq!(found.obstacle, Some(expected));
}

/// Everybody is free from eight to twelve on Monday but the one at 7.
fn all_but_one(week: &[u16]) -> Problem {
    let weeks = (0..30_u16).map(|student| match student {
        7 => Week::from_slots(week.iter().copied()),
        _ => Week::from_slots(8..12),
    });
    let rule = Rule::Overlap { feature: 0, min_common: 2, min_length: 2, slots_per_day: 24 };
    posed(vec![Values::Slots(weeks.collect())], sizes(3, 4, 5), vec![rule])
}

#[test]
fn g3_whoever_is_never_free_is_named() {
    for week in [&[][..], &[8], &[8, 10, 30]] {
        let found = only(&all_but_one(week));
        let expected =
            Obstacle::TooFewFree { criterion: "rule 0".into(), students: vec![7], needed: 2 };
        assert_eq!((found.certainty, found.obstacle), (Certainty::Proven, Some(expected)));
        assert_eq!(found.rules[0].relaxed.must_broken, 0);
    }
}

#[test]
fn g3_whoever_is_never_free_with_the_others_is_named() {
    let found = only(&all_but_one(&[30, 31, 32]));
    let expected =
        Obstacle::NobodyLeft { criterion: "rule 0".into(), student: 7, left: 0, needed: 2 };
    assert_eq!((found.certainty, found.obstacle), (Certainty::Proven, Some(expected)));
}

#[test]
fn g3_one_rule_wants_fewer_groups_than_another() {
    let apart = Rule::Apart { sets: vec![vec![1, 2, 3, 4, 5]] };
    let found = only(&posed(vec![every(6, 24)], sizes(3, 4, 6), vec![cover(1), apart]));
    let expected = Obstacle::NumberOfGroups {
        fewer: "rule 0".into(),
        most: 4,
        more: "rule 1".into(),
        least: 5,
    };
    assert_eq!(names(&found), ["rule 0", "rule 1"]);
    assert_eq!(found.obstacle, Some(expected));
}

/// Two who must be together are free at other times; a rule about leaders has nothing to do
/// with it.
fn strangers_together(students: u32) -> Problem {
    let week = |student: u32| match student {
        // Company for the stranger, were it not for the other one.
        0..=2 => None,
        5 => Week::from_slots([100]),
        _ => Week::from_slots([7]),
    };
    let weeks = Values::Slots((0..students).map(week).collect());
    let overlap = Rule::Overlap { feature: 1, min_common: 1, min_length: 1, slots_per_day: 24 };
    let together = Rule::Together { sets: vec![vec![3, 5]] };
    posed(vec![every(3, students), weeks], sizes(3, 3, 4), vec![together, cover(1), overlap])
}

#[test]
fn g3_what_counting_does_not_see_is_narrowed_down_by_search() {
    for (students, certainty) in [(9, Certainty::Proven), (30, Certainty::Found)] {
        let found = only(&strangers_together(students));
        assert_eq!(names(&found), ["rule 0", "rule 2"]);
        assert_eq!((found.certainty, found.obstacle.as_ref()), (certainty, None));
        for rule in &found.rules {
            assert_eq!(rule.relaxed.must_broken, 0, "{students} students: {}", rule.criterion);
        }
    }
}

#[test]
fn g3_independent_conflicts_are_all_told() {
    let mut problem = strangers_together(30);
    problem.criteria.push(criterion("two each", 1, Hardness::Must, cover(2)));
    let told = looked_into(&problem);
    let found: Vec<Vec<&str>> = told.found.iter().map(names).collect();
    assert_eq!(found, [vec!["two each"], vec!["rule 0", "rule 2"]]);
}

#[test]
fn g3_without_any_rule_of_a_conflict_the_others_hold() {
    let mut conflicting = 0;
    for seed in 0..60 {
        let problem = mixed(seed, 6 + (seed % 5) as u32, sizes(2, 3, 4));
        let told = looked_into(&problem);
        for conflict in &told.found {
            conflicting += 1;
            let is_in = |id: &String| conflict.rules.iter().any(|rule| rule.criterion == *id);
            let mut part = problem.clone();
            part.criteria.retain(|criterion| is_in(&criterion.id));
            let broken = |part: &Problem| {
                let optimum = exact(&Model::new(part).expect("a part"), u64::MAX).expect("small");
                optimum.standing.cost > 0
            };
            assert!(broken(&part), "case {seed}: {conflict:?}");
            assert_eq!(conflict.certainty, Certainty::Proven, "case {seed}");
            for rule in &conflict.rules {
                let mut without = part.clone();
                without.criteria.retain(|criterion| criterion.id != rule.criterion);
                assert!(!broken(&without), "case {seed} without {}", rule.criterion);
            }
        }
        if let Some(groups) = told.kept {
            assert_eq!(crate::evaluate(&problem, &groups).expect("valid").must_broken, 0);
        }
    }
    assert!(conflicting > 20, "{conflicting}");
}

#[test]
fn g3_a_price_is_never_worse_than_the_groups_at_hand() {
    let mut compared = 0;
    for seed in 0..60 {
        let problem = mixed(seed, 18, sizes(3, 4, 5));
        let options = Options { seed, budget: 2_000, threads: 1, restarts: None, clock: None };
        let (solution, told) = solve_or_explain(&problem, &options).expect("valid");
        for rule in told.found.iter().flat_map(|conflict| &conflict.rules) {
            let mut relaxed = problem.clone();
            let named = |criterion: &&mut crate::Criterion| criterion.id == rule.criterion;
            let criterion = relaxed.criteria.iter_mut().find(named).expect("one of them");
            criterion.hardness = Hardness::Should;
            let at_hand = crate::evaluate(&relaxed, &solution.groups).expect("a partition");
            if at_hand.must_cost == 0 {
                compared += 1;
                assert_eq!(rule.relaxed.must_broken, 0, "case {seed}: {}", rule.criterion);
                assert!(rule.relaxed.objective >= at_hand.objective, "case {seed}");
            }
        }
    }
    assert!(compared > 5, "{compared}");
}

#[test]
fn g3_groups_that_the_closer_look_finds_are_the_result() {
    let mut found_after_all = 0;
    for seed in 0..80 {
        // Too large to be looked through completely, and a budget that is soon spent.
        let problem = mixed(seed, 40, sizes(3, 4, 5));
        let options = Options { seed, budget: 300, threads: 1, restarts: None, clock: None };
        let first = solve(&problem, &options).expect("valid");
        let (solution, conflicts) = solve_or_explain(&problem, &options).expect("valid");
        let judged = crate::evaluate(&problem, &solution.groups).expect("a partition");
        assert_eq!(
            (judged.must_broken, judged.objective),
            (solution.must_broken, solution.objective)
        );
        assert_eq!(solution.must_broken > 0, !conflicts.found.is_empty(), "case {seed}");
        let bound = solution.bound.expect("a search has a bound");
        assert!(solution.objective <= bound.objective, "case {seed}");
        if first.must_broken > 0 && solution.must_broken == 0 {
            found_after_all += 1;
            assert!(solution.evaluations > first.evaluations);
            assert_eq!(solution.progress.last().map(|last| last.must_cost), Some(0));
        }
    }
    assert!(found_after_all > 3, "{found_after_all}");
}

#[test]
fn g3_nothing_is_told_where_nothing_is_broken() {
    assert_eq!(looked_into(&cohort(2, 40)), Conflicts::default());
}

#[test]
fn g3_refused_problems_have_words_too() {
    let together = Rule::Together { sets: vec![vec![0, 1, 2, 3, 4]] };
    let problem = posed(vec![every(2, 12)], sizes(3, 3, 4), vec![together]);
    let options = Options::for_students(12, 1);
    let error = solve(&problem, &options).expect_err("too large");
    let found = Obstacle::of(&error).expect("a conflict");
    assert!(matches!(found, Obstacle::TogetherTooLarge { students: 5, max: 4, .. }));
    assert_eq!(Obstacle::of(&Error::NoBudget), None);
}
