//! Each criterion on groups small enough to check by hand.

mod support;

use grouping::{
    CodeSet, Criterion, Hardness, Problem, Rule, Solution, Values, Week, common_slots, evaluate,
};
use support::{criterion, feature, not_again, overlap, sizes};

fn problem(values: Values, criteria: Vec<Criterion>) -> Problem {
    Problem {
        students: u32::try_from(values.len()).expect("few"),
        sizes: sizes(2, 4, 12),
        features: vec![feature("answer", values)],
        criteria,
        worst_weight: 250,
    }
}

fn judged(values: Values, hardness: Hardness, rule: Rule, groups: &[&[u32]]) -> Solution {
    let problem = problem(values, vec![criterion("rule", 3, hardness, rule)]);
    let groups: Vec<Vec<u32>> = groups.iter().map(|group| group.to_vec()).collect();
    evaluate(&problem, &groups).expect("valid")
}

/// Scores in the order of the groups, which are given in the engine's order.
fn scores(values: Values, rule: Rule, groups: &[&[u32]]) -> Vec<u16> {
    let judged = judged(values, Hardness::Could, rule, groups);
    judged.reports.iter().map(|report| report.criteria[0].score).collect()
}

fn numbers(values: &[i64]) -> Values {
    Values::Number(values.iter().map(|&value| Some(value)).collect())
}

fn codes(values: &[u16]) -> Values {
    Values::Category(values.iter().map(|&value| Some(value)).collect())
}

const ALIGN: Rule = Rule::Align { feature: 0, floor: None };
const MIX: Rule = Rule::Mix { feature: 0, floor: None };

#[test]
fn g2_align_wants_equal_answers() {
    // Range 10: {0,0} has distance 0, {10,5} half the range.
    assert_eq!(scores(numbers(&[0, 0, 10, 5]), ALIGN, &[&[0, 1], &[2, 3]]), [10_000, 5_000]);
    // One of three pairs is equal.
    assert_eq!(scores(codes(&[7, 7, 9, 7, 7]), ALIGN, &[&[0, 1, 2], &[3, 4]]), [3_334, 10_000]);
    // {a,b} and {b,c} share one of three.
    let sets = Values::Set(vec![
        CodeSet::from_codes([0, 1]),
        CodeSet::from_codes([1, 2]),
        CodeSet::from_codes([]),
        CodeSet::from_codes([]),
    ]);
    assert_eq!(scores(sets, ALIGN, &[&[0, 1], &[2, 3]]), [3_333, 10_000]);
}

#[test]
fn g2_mix_wants_as_much_difference_as_the_size_allows() {
    assert_eq!(scores(numbers(&[0, 10, 5, 5]), MIX, &[&[0, 1], &[2, 3]]), [10_000, 0]);
    // Two at either end is the most that four can have, for three it is two and one.
    assert_eq!(
        scores(numbers(&[0, 0, 10, 10, 0, 10, 0]), MIX, &[&[0, 1, 2, 3], &[4, 5, 6]]),
        [10_000, 10_000]
    );
    // Two codes: two and two is the most.
    assert_eq!(scores(codes(&[1, 1, 2, 2, 1, 1]), MIX, &[&[0, 1, 2, 3], &[4, 5]]), [10_000, 0]);
}

#[test]
fn group_size_buys_no_score() {
    // The same make-up in groups of 2, 4 and 8.
    let values = [0, 10, 0, 0, 10, 10, 0, 0, 0, 0, 10, 10, 10, 10];
    let groups: [&[u32]; 3] = [&[0, 1], &[2, 3, 4, 5], &[6, 7, 8, 9, 10, 11, 12, 13]];
    assert_eq!(scores(numbers(&values), MIX, &groups), [10_000; 3]);
    let balance = Rule::Balance { feature: 0, floor: None };
    assert_eq!(scores(numbers(&values), balance, &groups), [10_000; 3]);
}

#[test]
fn g2_balance_wants_the_sections_mean() {
    // Mean 5, deviation 5: {0,0} is sqrt 2 standard errors away, of three.
    let balance = Rule::Balance { feature: 0, floor: None };
    let found = scores(numbers(&[0, 0, 10, 10, 0, 10]), balance, &[&[0, 1], &[2, 3], &[4, 5]]);
    assert_eq!(found[2], 10_000);
    assert_eq!(found[0], found[1]);
    assert!((5_285..=5_287).contains(&found[0]), "{found:?}");
}

#[test]
fn g2_overlap_wants_common_slots() {
    let week = |slots: &[u16]| Week::from_slots(slots.iter().copied());
    let values = Values::Slots(vec![
        week(&[1, 2, 3, 190]),
        week(&[2, 3, 4, 190]),
        week(&[7, 8]),
        week(&[9]),
        week(&[20, 21]),
        week(&[20, 21]),
    ]);
    let rule = overlap(0, 2);
    let problem = problem(values, vec![criterion("meet", 1, Hardness::Must, rule)]);
    let groups = vec![vec![0, 1], vec![2, 3], vec![4, 5]];
    let judged = evaluate(&problem, &groups).expect("valid");
    let found: Vec<(u16, u32)> = judged
        .reports
        .iter()
        .map(|report| (report.criteria[0].score, report.criteria[0].severity))
        .collect();
    // Three of twice two; none; exactly two.
    assert_eq!(found, [(9_000, 0), (0, 2), (8_000, 0)]);
    assert_eq!(judged.must_broken, 1);
    assert_eq!(judged.reports[1].must_broken[0].criterion, "meet");
    assert_eq!(judged.reports[0].reason.common_slots[0].slots, [2, 3, 190]);
    let slots = common_slots(&problem, 0, &[0, 1]).expect("a slots feature");
    assert_eq!(
        (slots.slots.as_slice(), slots.answered, slots.missing),
        ([2, 3, 190].as_slice(), 2, 0)
    );
    assert_eq!(common_slots(&problem, 0, &[0, 6]), None);
    assert_eq!(common_slots(&problem, 1, &[0]), None);
}

#[test]
fn g2_overlap_sees_how_near_a_group_is() {
    let week = |slots: &[u16]| Week::from_slots(slots.iter().copied());
    // Nobody shares a slot in either group, but in the first two of three share two.
    let values = Values::Slots(vec![
        week(&[1, 2]),
        week(&[1, 2]),
        week(&[3]),
        week(&[4]),
        week(&[5]),
        week(&[6]),
    ]);
    let rule = overlap(0, 2);
    assert_eq!(scores(values, rule, &[&[0, 1, 2], &[3, 4, 5]]), [2_000, 0]);
}

#[test]
fn one_members_calendar_is_nobodys_business() {
    let values = Values::Slots(vec![Week::from_slots([5]), None, None]);
    let rule = overlap(0, 1);
    let judged = judged(values, Hardness::Must, rule, &[&[0, 1, 2]]);
    let slots = &judged.reports[0].reason.common_slots[0];
    assert_eq!((slots.slots.len(), slots.answered, slots.missing), (0, 1, 2));
}

#[test]
fn g2_never_alone_wants_none_or_two() {
    let rule = Rule::NeverAlone { feature: 0, codes: vec![1, 2] };
    let values = codes(&[1, 0, 1, 1, 0, 0, 1, 2, 2]);
    let judged = judged(values, Hardness::Must, rule, &[&[0, 1], &[2, 3], &[4, 5], &[6, 7, 8]]);
    let found: Vec<(u16, u32)> = judged
        .reports
        .iter()
        .map(|report| (report.criteria[0].score, report.criteria[0].severity))
        .collect();
    assert_eq!(found, [(0, 1), (10_000, 0), (10_000, 0), (5_000, 1)]);
    assert_eq!(judged.must_broken, 2);
}

#[test]
fn g2_cover_and_at_most_count_members() {
    let values = || codes(&[1, 0, 1, 2, 0, 0]);
    let groups: [&[u32]; 2] = [&[0, 1, 2, 3], &[4, 5]];
    let cover = Rule::Cover { feature: 0, codes: vec![1, 2], at_least: 2 };
    assert_eq!(scores(values(), cover, &groups), [10_000, 0]);
    let at_most = Rule::AtMost { feature: 0, codes: vec![1, 2], at_most: 2 };
    assert_eq!(scores(values(), at_most.clone(), &groups), [5_000, 10_000]);
    let judged = judged(values(), Hardness::Must, at_most, &groups);
    assert_eq!(judged.reports[0].must_broken[0].severity, 1);
}

#[test]
fn g2_apart_together_and_not_again_look_at_pairs() {
    let values = || numbers(&[0; 6]);
    let groups: [&[u32]; 2] = [&[0, 1, 2], &[3, 4, 5]];
    let sets = vec![vec![0, 1, 3]];
    assert_eq!(scores(values(), Rule::Apart { sets: sets.clone() }, &groups), [6_667, 10_000]);
    // 0 and 1 have one of two companions each, 3 none.
    assert_eq!(scores(values(), Rule::Together { sets }, &groups), [5_000, 0]);
    let again = not_again(vec![(2, 0), (0, 2), (3, 4), (0, 5)]);
    assert_eq!(scores(values(), again, &groups), [3_334, 6_667]);
}

#[test]
fn a_missing_answer_counts_as_a_typical_one() {
    // Distances over answered pairs: 0, 10, 10 of 10, so the typical pair has two thirds.
    let values = Values::Number(vec![Some(0), Some(0), Some(10), None]);
    assert_eq!(scores(values.clone(), ALIGN, &[&[0, 1], &[2, 3]]), [10_000, 3_334]);
    assert_eq!(scores(values, MIX, &[&[0, 1], &[2, 3]]), [0, 6_666]);
    // Nobody answered: the middle, for align and mix alike.
    let nobody = || Values::Category(vec![None; 4]);
    assert_eq!(scores(nobody(), ALIGN, &[&[0, 1, 2, 3]]), [5_000]);
    assert_eq!(scores(nobody(), MIX, &[&[0, 1, 2, 3]]), [5_000]);
}

#[test]
fn a_missing_answer_breaks_no_must() {
    // Typical distance is 10,000 here, which would be below the floor.
    let values = || Values::Category(vec![Some(1), None, Some(2), None]);
    let align = Rule::Align { feature: 0, floor: Some(9_000) };
    let groups: [&[u32]; 2] = [&[0, 1], &[2, 3]];
    assert_eq!(judged(values(), Hardness::Must, align.clone(), &groups).must_broken, 0);
    let apart: [&[u32]; 2] = [&[0, 2], &[1, 3]];
    assert_eq!(judged(values(), Hardness::Must, align, &apart).must_broken, 1);
}

#[test]
fn a_missing_answer_does_not_hide_behind_the_typical_one() {
    // Two of three members agree and one is silent: what is known holds. The score is lower,
    // since a typical pair of the section disagrees.
    let values = Values::Category(vec![Some(1), Some(1), None, Some(2), Some(3), Some(4)]);
    let align = Rule::Align { feature: 0, floor: Some(9_000) };
    let judged = judged(values, Hardness::Must, align, &[&[0, 1, 2], &[3, 4, 5]]);
    assert_eq!(judged.reports[0].criteria[0].severity, 0);
    assert!(judged.reports[0].criteria[0].score < 5_000);
    assert_eq!(judged.reports[1].criteria[0].severity, 10);
}

#[test]
fn a_broken_should_rule_halves_its_score_and_weighs_four_times() {
    let align = Rule::Align { feature: 0, floor: Some(6_000) };
    let groups: [&[u32]; 2] = [&[0, 1], &[2, 3]];
    let report = |hardness| {
        let solution = judged(numbers(&[0, 5, 10, 10]), hardness, align.clone(), &groups);
        solution.reports[0].clone()
    };
    // Score 5,000; the size scores 10,000 - 2/9 and weighs as much as the one criterion.
    assert_eq!(report(Hardness::Could).criteria[0].score, 5_000);
    assert_eq!(report(Hardness::Could).size_score, 7_778);
    assert_eq!(report(Hardness::Could).score, 6_389);
    assert_eq!(report(Hardness::Should).score, 5_139);
    assert_eq!(report(Hardness::Must).score, 6_389);
    assert_eq!(report(Hardness::Must).must_broken.len(), 1);
}

#[test]
fn g5_the_reason_names_the_strongest_and_the_weakest_criterion() {
    let values = numbers(&[0, 0, 10, 10]);
    let problem = problem(
        values,
        vec![
            criterion("alike", 1, Hardness::Could, ALIGN),
            criterion("unlike", 1, Hardness::Could, MIX),
        ],
    );
    let judged = evaluate(&problem, &[vec![0, 1], vec![2, 3]]).expect("valid");
    let reason = &judged.reports[0].reason;
    assert_eq!(reason.strongest.as_deref(), Some("alike"));
    assert_eq!(reason.weakest.as_deref(), Some("unlike"));
    assert_eq!(judged.worst, judged.reports[0].score.min(judged.reports[1].score));
}
