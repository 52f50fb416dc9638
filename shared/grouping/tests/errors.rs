//! Bad input gets a typed error that names the item, never a panic.

mod support;

use grouping::{Error, Hardness, Options, Problem, Rule, Values, evaluate, solve};
use support::{cohort, criterion, feature, not_again, overlap, sizes};

fn refused(change: impl FnOnce(&mut Problem)) -> Error {
    let mut problem = cohort(1, 24);
    change(&mut problem);
    solve(&problem, &Options::for_students(24, 1)).expect_err("should be refused")
}

fn refused_rule(rule: Rule) -> Error {
    refused(|problem| problem.criteria[0].rule = rule)
}

#[test]
fn g9_numbers_of_students_out_of_range() {
    let with = |students: u32| {
        refused(|problem| {
            problem.students = students;
            problem.features.clear();
            problem.criteria.clear();
        })
    };
    assert_eq!(with(0), Error::NoStudents);
    assert_eq!(with(3), Error::TooFewStudents { students: 3, min: 4 });
    assert_eq!(with(20_001), Error::TooManyStudents { students: 20_001 });
    assert_eq!(with(7), Error::ImpossibleSizes { students: 7, min: 4, max: 6 });
}

#[test]
fn a_section_below_the_smallest_size_may_be_one_small_group() {
    let mut problem = support::mixed(1, 3, sizes(4, 5, 6));
    problem.sizes.allow_small = true;
    let solution = solve(&problem, &Options::for_students(3, 1)).expect("allowed");
    assert_eq!(solution.groups, [[0, 1, 2]]);
    problem.students = 1;
    for feature in &mut problem.features {
        feature.values = Values::Number(vec![None]);
    }
    problem.criteria.clear();
    assert_eq!(
        solve(&problem, &Options::for_students(1, 1)),
        Err(Error::TooFewStudents { students: 1, min: 4 })
    );
}

#[test]
fn sizes_and_weights_out_of_range() {
    for (min, preferred, max) in [(1, 2, 3), (4, 3, 5), (4, 6, 5), (4, 5, 1001)] {
        let error = refused(|problem| problem.sizes = sizes(min, preferred, max));
        assert_eq!(error, Error::InvalidSizes { min, preferred, max });
    }
    let error = refused(|problem| problem.sizes.weight = Some(0));
    assert_eq!(error, Error::SizeWeight { weight: 0 });
    let error = refused(|problem| problem.worst_weight = 1001);
    assert_eq!(error, Error::WorstWeight { thousandths: 1001 });
    for weight in [0, 1001] {
        let error = refused(|problem| problem.criteria[2].weight = weight);
        assert_eq!(error, Error::WeightOutOfRange { criterion: "grade".into(), weight });
    }
}

#[test]
fn columns_that_do_not_fit() {
    let error = refused(|problem| problem.features[1].values = Values::Number(vec![None; 23]));
    assert_eq!(error, Error::FeatureLength { feature: "prior".into(), expected: 24, actual: 23 });
    let error = refused(|problem| problem.features[1].id = "ambition".into());
    assert_eq!(error, Error::DuplicateFeature { feature: "ambition".into() });
    let error = refused_rule(Rule::Align { feature: 7, floor: None });
    assert_eq!(
        error,
        Error::UnknownFeature { criterion: "ambition".into(), feature: 7, features: 7 }
    );
}

#[test]
fn rules_on_the_wrong_kind_of_column() {
    let wrong = [
        (Rule::Align { feature: 6, floor: None }, "slots"),
        (Rule::Mix { feature: 6, floor: None }, "slots"),
        (Rule::Balance { feature: 3, floor: None }, "category"),
        (overlap(0, 1), "number"),
        (Rule::NeverAlone { feature: 0, codes: vec![1] }, "number"),
        (Rule::Cover { feature: 6, codes: vec![1], at_least: 1 }, "slots"),
        (Rule::AtMost { feature: 1, codes: vec![1], at_most: 1 }, "number"),
    ];
    for (rule, kind) in wrong {
        match refused_rule(rule) {
            Error::WrongKind { criterion, actual, .. } => {
                assert_eq!((criterion.as_str(), actual), ("ambition", kind));
            }
            other => panic!("{other}"),
        }
    }
}

#[test]
fn rules_with_impossible_values() {
    let criterion = || "ambition".to_owned();
    let cases = [
        (
            Rule::Mix { feature: 1, floor: Some(10_001) },
            Error::FloorOutOfRange { criterion: criterion(), floor: 10_001 },
        ),
        (overlap(6, 193), Error::CountOutOfRange { criterion: criterion(), count: 193, max: 192 }),
        (
            Rule::Cover { feature: 3, codes: vec![1], at_least: 7 },
            Error::CountOutOfRange { criterion: criterion(), count: 7, max: 6 },
        ),
        (
            Rule::NeverAlone { feature: 3, codes: vec![] },
            Error::CodeCount { criterion: criterion(), codes: 0 },
        ),
        (
            Rule::NeverAlone { feature: 5, codes: vec![64] },
            Error::CodeOutOfRange { criterion: criterion(), code: 64 },
        ),
        (
            Rule::AtMost { feature: 3, codes: vec![2, 2], at_most: 1 },
            Error::DuplicateCode { criterion: criterion(), code: 2 },
        ),
        (
            Rule::Apart { sets: vec![vec![1, 2], vec![3]] },
            Error::ShortSet { criterion: criterion(), set: 1 },
        ),
        (
            not_again(vec![(1, 24)]),
            Error::UnknownStudent { criterion: criterion(), student: 24, students: 24 },
        ),
        (
            Rule::Together { sets: vec![vec![1, 2, 1]] },
            Error::StudentTwiceInSet { criterion: criterion(), student: 1 },
        ),
    ];
    for (rule, error) in cases {
        assert_eq!(refused_rule(rule), error);
    }
}

#[test]
fn more_pairs_than_memory_is_kept_for() {
    let error = refused_rule(not_again(vec![(0, 1); 1_600_001]));
    assert_eq!(error, Error::TooManyPairs { criterion: "ambition".into(), pairs: 1_600_001 });
    let error = refused_rule(Rule::Apart { sets: vec![(0..2_000).collect()] });
    assert_eq!(error, Error::TooManyPairs { criterion: "ambition".into(), pairs: 1_999_000 });
}

#[test]
fn criteria_with_the_same_name_or_too_many() {
    let error = refused(|problem| problem.criteria[1].id = "ambition".into());
    assert_eq!(error, Error::DuplicateCriterion { criterion: "ambition".into() });
    let error = refused(|problem| {
        problem.criteria = (0..65)
            .map(|i| {
                let rule = Rule::Align { feature: 0, floor: None };
                criterion(&format!("c{i}"), 1, Hardness::Could, rule)
            })
            .collect();
    });
    assert_eq!(error, Error::TooManyCriteria { criteria: 65 });
}

#[test]
fn g3_contradicting_together_and_apart_is_named() {
    let must = |id: &str, rule| criterion(id, 1, Hardness::Must, rule);
    let together =
        |sets: &[&[u32]]| Rule::Together { sets: sets.iter().map(|set| set.to_vec()).collect() };
    let error = refused(|problem| {
        problem.criteria = vec![
            must("friends", together(&[&[1, 2], &[2, 3]])),
            must("quarrel", Rule::Apart { sets: vec![vec![9, 3, 1]] }),
        ];
    });
    assert_eq!(error, Error::Contradiction { apart: "quarrel".into(), first: 1, second: 3 });
    let error = refused(|problem| {
        problem.criteria = vec![must("friends", together(&[&[1, 2, 3, 4], &[4, 5, 6, 7]]))];
    });
    assert_eq!(error, Error::TogetherTooLarge { criterion: "friends".into(), students: 7, max: 6 });
}

#[test]
fn options_that_allow_no_search() {
    let problem = cohort(1, 24);
    let options = Options { budget: 0, ..Options::for_students(24, 1) };
    assert_eq!(solve(&problem, &options), Err(Error::NoBudget));
    for restarts in [0, 1025] {
        let options = Options { restarts: Some(restarts), ..Options::for_students(24, 1) };
        assert_eq!(solve(&problem, &options), Err(Error::RestartsOutOfRange { restarts }));
    }
}

#[test]
fn assignments_that_are_no_partition() {
    let mut problem = cohort(1, 8);
    problem.features.push(feature("more", Values::Number(vec![None; 8])));
    let judge = |groups: &[&[u32]]| {
        let groups: Vec<Vec<u32>> = groups.iter().map(|group| group.to_vec()).collect();
        evaluate(&problem, &groups).map(|solution| solution.groups.len())
    };
    assert_eq!(judge(&[&[0, 1, 2, 3], &[4, 5, 6, 7]]), Ok(2));
    assert_eq!(judge(&[&[0, 1, 2, 3], &[4, 5, 6, 0]]), Err(Error::AssignedTwice { student: 0 }));
    assert_eq!(judge(&[&[0, 1, 2, 3], &[4, 5, 6, 8]]), Err(Error::AssignedTwice { student: 8 }));
    assert_eq!(judge(&[&[0, 1, 2, 3], &[4, 5, 6]]), Err(Error::NotAssigned { student: 7 }));
    assert_eq!(
        judge(&[&[0, 1, 2], &[3, 4, 5, 6, 7]]),
        Err(Error::GroupSize { group: 0, size: 3, min: 4, max: 6 })
    );
}

#[test]
fn a_tiny_budget_still_gives_groups() {
    let problem = cohort(1, 200);
    let options = Options { budget: 1, ..Options::for_students(200, 1) };
    let solution = solve(&problem, &options).expect("valid");
    assert_eq!(solution.groups.concat().len(), 200);
}
