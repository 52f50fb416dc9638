//! Rules about who is with whom, on groups small enough to check by hand: marks over several
//! columns, shares, repeats by their age, wishes, meetings of some length.

mod support;

use grouping::{
    CodeSet, Error, Feature, Hardness, Has, Options, Problem, Rule, Values, Week, evaluate, solve,
};
use support::{criterion, feature, sizes};

fn problem(students: u32, features: Vec<Feature>, hardness: Hardness, rule: Rule) -> Problem {
    let criteria = vec![criterion("rule", 1, hardness, rule)];
    Problem { students, sizes: sizes(2, 4, 8), features, criteria, worst_weight: 0 }
}

/// (score, severity) by group.
fn judged(problem: &Problem, groups: &[&[u32]]) -> Vec<(u16, u32)> {
    let groups: Vec<Vec<u32>> = groups.iter().map(|group| group.to_vec()).collect();
    let found = evaluate(problem, &groups).expect("valid");
    found.reports.iter().map(|r| (r.criteria[0].score, r.criteria[0].severity)).collect()
}

fn codes(values: &[u16]) -> Values {
    Values::Category(values.iter().map(|&value| Some(value)).collect())
}

/// Gender: 1 woman; origin: 7 from abroad, among others.
fn two_columns() -> Vec<Feature> {
    let origin = |codes: &[u16]| CodeSet::from_codes(codes.iter().copied());
    let origins = [&[7][..], &[7, 8], &[], &[7], &[8], &[]];
    vec![
        feature("gender", codes(&[1, 1, 0, 0, 1, 1])),
        feature("origin", Values::Set(origins.iter().map(|codes| origin(codes)).collect())),
    ]
}

const WOMAN: Has = Has { feature: 0, code: 1 };
const ABROAD: Has = Has { feature: 1, code: 7 };

#[test]
fn g2_never_alone_takes_several_columns_together() {
    let marks = vec![vec![WOMAN], vec![ABROAD], vec![WOMAN, ABROAD]];
    let problem = problem(6, two_columns(), Hardness::Must, Rule::NeverAloneMarked { marks });
    // Two women from abroad; a man from abroad alone; two women who are not.
    assert_eq!(judged(&problem, &[&[0, 1], &[2, 3], &[4, 5]]), [(10_000, 0), (0, 1), (10_000, 0)]);
    // Woman and abroad have company, a woman from abroad has none.
    assert_eq!(judged(&problem, &[&[0, 3, 4], &[1, 2, 5]])[0], (6_666, 1));
    // Only one of 0 and 1, both women and both from abroad, is on either side.
    let found = solve(&problem, &Options::for_students(6, 1)).expect("valid");
    assert_eq!(found.must_broken, 0);
}

#[test]
fn whoever_left_out_one_answer_of_a_mark_does_not_have_it() {
    let mut features = two_columns();
    if let Values::Set(rows) = &mut features[1].values {
        rows[1] = None;
        rows[4] = None;
    }
    if let Values::Category(rows) = &mut features[0].values {
        rows[4] = None;
    }
    let marks = vec![vec![WOMAN, ABROAD]];
    let problem = problem(6, features, Hardness::Must, Rule::NeverAloneMarked { marks });
    let groups = [vec![0, 1], vec![2, 3], vec![4, 5]];
    let found = evaluate(&problem, &groups).expect("valid");
    assert_eq!(found.reports[0].criteria[0].severity, 1);
    // Silent is who answered neither.
    let missing: Vec<u32> = found.reports.iter().map(|r| r.criteria[0].missing).collect();
    assert_eq!(missing, [0, 0, 1]);
}

#[test]
fn g2_as_few_and_as_many_want_the_share() {
    // Six of twelve: a group's share is half of it.
    let values = || vec![feature("x", codes(&[1, 0, 1, 1, 1, 0, 1, 0, 1, 0, 0, 0]))];
    let few = Rule::AsFew { feature: 0, codes: vec![1] };
    let few = problem(12, values(), Hardness::Must, few);
    let groups: [&[u32]; 3] = [&[0, 1, 10, 11], &[2, 3, 4, 5], &[6, 7, 8, 9]];
    // One is below the share of two, three are one above (1 of 1 + 2), two are it.
    assert_eq!(judged(&few, &groups), [(10_000, 0), (6_667, 1), (10_000, 0)]);
    let many = Rule::AsMany { feature: 0, codes: vec![1] };
    let many = problem(12, values(), Hardness::Must, many);
    assert_eq!(judged(&many, &groups), [(6_667, 1), (10_000, 0), (10_000, 0)]);
    // The share of a group of five is two and a half: two and three are both fair.
    let five: [&[u32]; 2] = [&[0, 2, 3, 1, 5], &[4, 6, 8, 7, 9, 10, 11]];
    assert_eq!(judged(&few, &five), [(8_334, 0), (10_000, 0)]);
    assert_eq!(judged(&many, &five), [(10_000, 0), (9_000, 0)]);
}

#[test]
fn g2_as_few_as_possible_spreads_them_evenly() {
    // Seven of 24: at most two in each of six groups, whatever the hardness.
    let values = Values::Category((0..24).map(|s| Some(u16::from(s < 7))).collect());
    for rule in
        [Rule::AsFew { feature: 0, codes: vec![1] }, Rule::AsMany { feature: 0, codes: vec![1] }]
    {
        for hardness in [Hardness::Must, Hardness::Should, Hardness::Could] {
            let mut problem =
                problem(24, vec![feature("x", values.clone())], hardness, rule.clone());
            problem.sizes = sizes(4, 4, 4);
            let found = solve(&problem, &Options::for_students(24, 1)).expect("valid");
            for group in &found.groups {
                let count = group.iter().filter(|&&student| student < 7).count();
                assert!((1..=2).contains(&count), "{rule:?} {hardness:?}: {count}");
            }
        }
    }
}

#[test]
fn g7_a_repeat_of_the_latest_round_costs_most() {
    let rounds = [
        vec![vec![0, 1, 2, 3], vec![4, 5, 6, 7]],
        vec![vec![0, 4], vec![1, 5]],
        vec![],
        vec![],
        vec![vec![2, 6]],
        vec![vec![3, 7]],
    ];
    let rule = Rule::not_again(&rounds);
    let Rule::NotAgain { pairs, weights } = &rule else { panic!("of another kind") };
    assert_eq!(pairs.len(), 16);
    assert_eq!(weights[0..12], [8; 12]);
    assert_eq!(weights[12..], [4, 4, 1, 1]);
    let problem = problem(8, Vec::new(), Hardness::Must, rule);
    let groups: [&[u32]; 4] = [&[0, 1], &[2, 6], &[3, 7], &[4, 5]];
    assert_eq!(judged(&problem, &groups), [(0, 8), (8_750, 1), (8_750, 1), (0, 8)]);
    assert_eq!(judged(&problem, &[&[0, 4], &[1, 5], &[2, 7], &[3, 6]])[0], (5_000, 4));
    // Old acquaintances rather than recent ones.
    let mut pairs_only = problem;
    pairs_only.sizes = sizes(2, 2, 2);
    let found = solve(&pairs_only, &Options::for_students(8, 1)).expect("valid");
    assert_eq!(found.must_broken, 0);
}

#[test]
fn g2_wishes_count_by_student_and_mutual_ones_twice() {
    let wishes = |wanted: &[(u32, u32)], unwanted: &[(u32, u32)]| {
        let rule = Rule::Wishes { wanted: wanted.to_vec(), unwanted: unwanted.to_vec() };
        problem(8, Vec::new(), Hardness::Must, rule)
    };
    let groups: [&[u32]; 2] = [&[0, 1, 2, 3], &[4, 5, 6, 7]];
    // Nobody wishes: everybody is content.
    assert_eq!(judged(&wishes(&[], &[]), &groups), [(10_000, 0), (10_000, 0)]);
    // One of 0's two wishes is met, 5's is not.
    let found = judged(&wishes(&[(0, 1), (0, 4), (5, 3)], &[]), &groups);
    assert_eq!(found, [(8_750, 1), (7_500, 1)]);
    // 0 and 1 want each other: two thirds of 0's wishes are met, all of 1's.
    let found = judged(&wishes(&[(0, 1), (1, 0), (0, 4)], &[]), &groups);
    assert_eq!(found[0], (9_167, 1));
    // Unwanted and present, unwanted and absent.
    let found = judged(&wishes(&[], &[(0, 1), (0, 4), (5, 1)]), &groups);
    assert_eq!(found, [(8_750, 1), (10_000, 0)]);
    // Whoever names many has no more weight than whoever names one.
    let found = judged(&wishes(&[(0, 4), (0, 5), (0, 6)], &[]), &groups);
    assert_eq!(found[0], (7_500, 3));
}

#[test]
fn more_wanted_partners_than_fit_can_all_be_content() {
    let wanted = (1..8).map(|partner| (0, partner)).collect();
    let rule = Rule::Wishes { wanted, unwanted: Vec::new() };
    let mut problem = problem(8, Vec::new(), Hardness::Must, rule);
    problem.sizes = sizes(2, 4, 4);
    assert_eq!(judged(&problem, &[&[0, 1, 2, 3], &[4, 5, 6, 7]])[0], (10_000, 0));
}

#[test]
fn a_member_without_wishes_is_missing_not_discontent() {
    let rule = Rule::Wishes { wanted: vec![(0, 4), (1, 4)], unwanted: vec![(2, 3)] };
    let problem = problem(6, Vec::new(), Hardness::Should, rule);
    let found = evaluate(&problem, &[vec![0, 1, 5], vec![2, 3, 4]]).expect("valid");
    let missing: Vec<u32> = found.reports.iter().map(|r| r.criteria[0].missing).collect();
    assert_eq!(missing, [1, 2]);
}

#[test]
fn g2_must_wishes_are_kept() {
    let wanted = vec![(0, 9), (9, 14), (3, 4), (11, 2)];
    let unwanted = vec![(0, 14), (5, 6), (6, 7), (7, 5)];
    let rule = Rule::Wishes { wanted, unwanted };
    let mut problem = problem(16, Vec::new(), Hardness::Must, rule);
    problem.sizes = sizes(4, 4, 4);
    let found = solve(&problem, &Options::for_students(16, 1)).expect("valid");
    // 0 wants 9, 9 wants 14, 0 does not want 14: one of the three has to give way.
    assert_eq!(found.must_cost, 11);
}

#[test]
fn g2_overlap_may_ask_for_slots_in_a_row() {
    let week = |slots: &[u16]| Week::from_slots(slots.iter().copied());
    let weeks = Values::Slots(vec![
        week(&[1, 3, 5, 7, 8, 40, 41]),
        week(&[1, 3, 5, 7, 8, 41]),
        week(&[2, 3, 4, 20]),
        week(&[3, 4, 5, 20]),
    ]);
    let overlap = |min_length, slots_per_day| Rule::Overlap {
        feature: 0,
        min_common: 2,
        min_length,
        slots_per_day,
    };
    let judge = |rule| {
        judged(
            &problem(4, vec![feature("free", weeks.clone())], Hardness::Must, rule),
            &[&[0, 1], &[2, 3]],
        )
    };
    // Any slot counts: six and three of two.
    assert_eq!(judge(overlap(1, 8)), [(10_000, 0), (9_000, 0)]);
    // Two in a row: 7 and 8 are on different days of eight slots, on one of twenty-four.
    assert_eq!(judge(overlap(2, 8)), [(0, 2), (8_000, 0)]);
    assert_eq!(judge(overlap(2, 24)), [(8_000, 0), (8_000, 0)]);
    assert_eq!(judge(overlap(3, 24)), [(0, 2), (0, 2)]);
}

#[test]
fn marks_weights_and_wishes_that_cannot_be() {
    let refused = |rule| {
        let problem = problem(6, two_columns(), Hardness::Should, rule);
        solve(&problem, &Options::for_students(6, 1)).expect_err("should be refused")
    };
    let id = || "rule".to_owned();
    let marks = |marks: &[&[Has]]| Rule::NeverAloneMarked {
        marks: marks.iter().map(|mark| mark.to_vec()).collect(),
    };
    assert_eq!(refused(marks(&[])), Error::MarkCount { criterion: id(), marks: 0 });
    assert_eq!(refused(marks(&[&[]])), Error::CodeCount { criterion: id(), codes: 0 });
    assert_eq!(
        refused(marks(&[&[WOMAN, WOMAN]])),
        Error::DuplicateCode { criterion: id(), code: 1 }
    );
    assert_eq!(
        refused(marks(&[&[Has { feature: 1, code: 64 }]])),
        Error::CodeOutOfRange { criterion: id(), code: 64 }
    );
    assert_eq!(
        refused(marks(&[&[Has { feature: 2, code: 0 }]])),
        Error::UnknownFeature { criterion: id(), feature: 2, features: 2 }
    );
    let not_again = |weights| Rule::NotAgain { pairs: vec![(0, 1), (2, 3)], weights };
    assert_eq!(
        refused(not_again(vec![1])),
        Error::PairWeights { criterion: id(), pairs: 2, weights: 1 }
    );
    for weight in [0, 1001] {
        assert_eq!(
            refused(not_again(vec![1, weight])),
            Error::WeightOutOfRange { criterion: id(), weight }
        );
    }
    let wishes = |wanted, unwanted| Rule::Wishes { wanted, unwanted };
    assert_eq!(
        refused(wishes(vec![(0, 1)], vec![(1, 0), (0, 1)])),
        Error::WishTwice { criterion: id(), student: 0, partner: 1 }
    );
    assert_eq!(
        refused(wishes(vec![(2, 2)], vec![])),
        Error::StudentTwiceInSet { criterion: id(), student: 2 }
    );
    assert_eq!(
        refused(wishes(vec![], vec![(2, 6)])),
        Error::UnknownStudent { criterion: id(), student: 6, students: 6 }
    );
    let overlap = |min_length, slots_per_day| Rule::Overlap {
        feature: 0,
        min_common: 1,
        min_length,
        slots_per_day,
    };
    let mut weekly = problem(
        2,
        vec![feature("free", Values::Slots(vec![None; 2]))],
        Hardness::Must,
        overlap(3, 2),
    );
    for (length, day, count, max) in
        [(3, 2, 3, 2), (0, 2, 0, 2), (1, 193, 193, 192), (1, 0, 0, 192)]
    {
        weekly.criteria[0].rule = overlap(length, day);
        let error = Error::CountOutOfRange { criterion: id(), count, max };
        assert_eq!(evaluate(&weekly, &[vec![0, 1]]), Err(error));
    }
}
