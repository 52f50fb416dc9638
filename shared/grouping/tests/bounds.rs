//! How good groups can be at all: no assignment is above the bound, and what is said to be
//! proven is.

mod support;

use grouping::{Hardness, Options, Problem, Rule, Solution, Values, bound, evaluate, solve};
use support::{Dice, cohort, criterion, each_partition, feature, mixed, sizes};

/// All partitions of a section judged.
fn all(problem: &Problem, visit: &mut impl FnMut(&Solution)) {
    each_partition(problem, 0, &mut Vec::new(), &mut |groups| {
        visit(&evaluate(problem, groups).expect("a partition"));
    });
}

#[test]
fn g5_no_assignment_of_a_small_section_is_above_the_bound() {
    for seed in 0..250 {
        let students = 4 + (seed % 4) as u32;
        let range = if seed % 3 == 0 { sizes(2, 2, 4) } else { sizes(2, 3, 3) };
        let problem = mixed(seed, students, range);
        // Too little to look through all: the arguments alone.
        let found = bound(&problem, 40).expect("valid");
        let shown = |judged: &Solution| format!("case {seed}: {found:?} {:?}", judged.groups);
        all(&problem, &mut |judged| {
            if !found.proven {
                assert!(judged.objective <= found.objective, "{}", shown(judged));
            }
            assert!(judged.mean <= found.mean, "{}", shown(judged));
            assert!(judged.worst <= found.worst, "{}", shown(judged));
        });
    }
}

#[test]
fn g5_what_is_proven_is_the_optimum() {
    for seed in 0..80 {
        let students = 5 + (seed % 4) as u32;
        let problem = mixed(seed, students, sizes(2, 3, 4));
        let found = bound(&problem, 1_000_000).expect("valid");
        assert!(found.proven);
        let mut best = (u64::MAX, 0);
        all(&problem, &mut |judged| {
            let better = judged.must_cost < best.0
                || judged.must_cost == best.0 && judged.objective > best.1;
            if better {
                best = (judged.must_cost, judged.objective);
            }
        });
        assert_eq!(found.objective, best.1, "case {seed}");
        // The search alone is too short to find it; the solution is the optimum all the same.
        let options = Options { seed, budget: 20_000, threads: 1, restarts: None, clock: None };
        let solution = solve(&problem, &options).expect("valid");
        assert_eq!((solution.must_cost, solution.objective), best, "case {seed}");
        assert_eq!(solution.bound, Some(bound(&problem, 20_000).expect("valid")));
    }
}

#[test]
fn g5_larger_sections_keep_to_the_bound_too() {
    for seed in 0..60 {
        let problem = mixed(seed, 16 + (seed % 30) as u32, sizes(3, 4, 6));
        let options = Options { seed, budget: 60_000, threads: 1, restarts: None, clock: None };
        let solution = solve(&problem, &options).expect("valid");
        let found = solution.bound.expect("a solution has one");
        assert!(solution.mean <= found.mean, "case {seed}");
        assert!(solution.worst <= found.worst, "case {seed}");
        assert!(solution.objective <= found.objective, "case {seed}");
    }
}

/// One answer per student, one criterion, groups of exactly `size`.
fn single(values: Values, size: u32, rule: Rule) -> Problem {
    Problem {
        students: u32::try_from(values.len()).expect("few"),
        sizes: sizes(size, size, size),
        features: vec![feature("answer", values)],
        criteria: vec![criterion("rule", 1, Hardness::Could, rule)],
        worst_weight: 0,
    }
}

#[test]
fn g5_totals_are_exact_where_an_even_spread_exists() {
    // Sixty students, groups of six. Nine can lead ten groups at nine tenths; one to sixty
    // in layers of ten.
    let leads = (0..60).map(|student| Some(u16::from(student % 7 == 3))).collect();
    let cover = Rule::Cover { feature: 0, codes: vec![1], at_least: 1 };
    let three = (0..60).map(|student| Some(student % 3)).collect();
    let ladder = (0..60).map(Some).collect();
    for (problem, reached) in [
        (single(Values::Category(leads), 6, cover), 9_000..=9_000),
        (
            single(Values::Category(three), 6, Rule::Mix { feature: 0, floor: None }),
            10_000..=10_000,
        ),
        (single(Values::Number(ladder), 6, Rule::Mix { feature: 0, floor: None }), 6_500..=6_700),
    ] {
        let options = Options { seed: 1, budget: 60_000, threads: 1, restarts: None, clock: None };
        let solution = solve(&problem, &options).expect("valid");
        let found = solution.bound.expect("a solution has one");
        assert!(reached.contains(&solution.mean), "{}", solution.mean);
        assert!(found.mean - solution.mean <= 1, "{found:?} above {}", solution.mean);
    }
}

#[test]
fn g5_the_bound_of_a_cohort_is_near_enough_to_tell_something() {
    for (students, gap) in [(20, 300_000), (60, 800_000), (120, 600_000)] {
        let problem = cohort(1, students);
        let options = Options { threads: 1, ..Options::for_students(students, 1) };
        let solution = solve(&problem, &options).expect("valid");
        let found = solution.bound.expect("a solution has one");
        assert_eq!(found.proven, students <= 20);
        assert!(found.objective >= solution.objective);
        assert!(found.objective - solution.objective < gap, "{found:?} {}", solution.objective);
    }
}

#[test]
fn g5_a_bound_needs_no_answers_and_no_criteria() {
    let mut dice = Dice(4);
    for students in [2, 3, 17, 40] {
        let mut problem = mixed(dice.roll(99), students, sizes(2, 2, 9));
        problem.criteria.clear();
        assert!(bound(&problem, 10_000).expect("valid").objective <= 10_000_000);
    }
}
