//! What holds for every problem.

mod support;

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use grouping::{
    ENGINE_VERSION, Hardness, MAX_SCORE, Options, Problem, Rule, Sizes, Solution, Values, evaluate,
    solve,
};
use proptest::prelude::*;
use support::{cohort, mixed, sizes};

fn options(seed: u64, budget: u64) -> Options<'static> {
    Options { seed, budget, threads: 1, restarts: None, clock: None }
}

fn assert_partition(problem: &Problem, solution: &Solution) {
    let mut all: Vec<u32> = solution.groups.concat();
    all.sort_unstable();
    assert_eq!(all, (0..problem.students).collect::<Vec<u32>>());
    for group in &solution.groups {
        assert!((problem.sizes.min as usize..=problem.sizes.max as usize).contains(&group.len()));
        assert!(group.is_sorted());
    }
    assert!(solution.groups.is_sorted());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn g2_every_student_is_in_exactly_one_group_of_an_allowed_size(
        seed: u64, students in 2_u32..90, min in 2_u32..6, more in 0_u32..3, span in 0_u32..4,
    ) {
        let range = sizes(min, min + more, min + more + span);
        prop_assume!(students >= min && students.div_ceil(range.max) <= students / min);
        let problem = mixed(seed, students, range);
        let solution = solve(&problem, &options(seed, 2_000)).expect("valid");
        assert_partition(&problem, &solution);
        for report in &solution.reports {
            prop_assert!(report.score <= MAX_SCORE);
            prop_assert!(report.criteria.iter().all(|criterion| criterion.score <= MAX_SCORE));
        }
    }

    #[test]
    fn g4_judging_the_solution_again_gives_the_same_scores(seed: u64, students in 8_u32..60) {
        let problem = mixed(seed, students, sizes(3, 4, 6));
        let found = solve(&problem, &options(seed, 3_000)).expect("valid");
        let mut shuffled = found.groups.clone();
        shuffled.reverse();
        for group in &mut shuffled {
            group.reverse();
        }
        let mut judged = evaluate(&problem, &shuffled).expect("valid");
        prop_assert_eq!(judged.evaluations, 0);
        judged.evaluations = found.evaluations;
        judged.progress.clone_from(&found.progress);
        prop_assert_eq!(judged.bound, None);
        judged.bound = found.bound;
        prop_assert_eq!(judged, found);
    }

    #[test]
    fn the_best_so_far_only_gets_better(seed: u64, students in 8_u32..60) {
        let problem = mixed(seed, students, sizes(3, 4, 6));
        let solution = solve(&problem, &options(seed, 5_000)).expect("valid");
        for pair in solution.progress.windows(2) {
            prop_assert!(pair[0].evaluations <= pair[1].evaluations);
            prop_assert!(
                (pair[1].must_cost, std::cmp::Reverse(pair[1].objective))
                    <= (pair[0].must_cost, std::cmp::Reverse(pair[0].objective))
            );
        }
        let last = solution.progress.last().expect("at least the start");
        prop_assert_eq!(last.must_cost, solution.must_cost);
        prop_assert_eq!(last.objective, solution.objective);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn g4_the_result_does_not_depend_on_threads(
        seed: u64, students in 20_u32..100, restarts in 2_u32..7,
    ) {
        let problem = mixed(seed, students, sizes(3, 4, 6));
        let run = |threads| {
            let restarts = Some(restarts);
            let options = Options { seed, budget: 12_000, threads, restarts, clock: None };
            solve(&problem, &options).expect("valid")
        };
        let alone = run(1);
        prop_assert_eq!(&alone.engine_version, ENGINE_VERSION);
        for threads in 2..=8 {
            prop_assert_eq!(&run(threads), &alone, "{} threads", threads);
        }
    }
}

#[test]
fn g4_seed_and_budget_decide_the_result() {
    let problem = cohort(3, 90);
    let first = solve(&problem, &options(1, 20_000)).expect("valid");
    assert_eq!(solve(&problem, &options(1, 20_000)), Ok(first.clone()));
    let other = solve(&problem, &options(2, 20_000)).expect("valid");
    assert_ne!(other.groups, first.groups);
}

#[test]
fn a_search_beats_random_groups_by_far() {
    let problem = cohort(4, 120);
    let solution = solve(&problem, &options(1, 100_000)).expect("valid");
    assert_eq!(solution.must_broken, 0);
    assert!(solution.mean > solution.reference.mean + 1500);
    assert!(solution.worst > solution.reference.worst + 3000);
    assert!(solution.evaluations <= 100_000);
}

#[test]
fn g9_two_students_are_a_group() {
    let problem = Problem { worst_weight: 250, ..mixed(1, 2, sizes(2, 2, 4)) };
    let solution = solve(&problem, &options(1, 1000)).expect("valid");
    assert_eq!(solution.groups, [[0, 1]]);
}

#[test]
fn a_problem_survives_json_and_refuses_unknown_keys() {
    let problem = cohort(9, 20);
    let json = serde_json::to_value(&problem).expect("serialises");
    let back: Problem = serde_json::from_value(json.clone()).expect("its own form");
    assert_eq!(back, problem);
    for path in ["/sizes", "/criteria/0", "/criteria/0/rule", "/features/0", ""] {
        let mut changed = json.clone();
        let object = changed.pointer_mut(path).expect("exists");
        object["wieght"] = 3.into();
        assert!(
            serde_json::from_value::<Problem>(changed).is_err(),
            "an unknown key at `{path}` was ignored"
        );
    }
}

#[test]
fn answers_do_not_appear_in_debug_output() {
    let problem = cohort(9, 20);
    let shown = format!("{problem:?}");
    assert!(shown.contains("number[20]"));
    assert!(
        !shown.contains("Some(CodeSet") && !shown.contains("Number([") && !shown.contains("Week(")
    );
}

#[test]
fn g4_an_engine_version_gives_one_result_for_good() {
    // Other groups or scores here are fine, with another ENGINE_VERSION.
    assert_eq!(ENGINE_VERSION, "grouping-7");
    let solution = solve(&cohort(1, 24), &options(1, 20_000)).expect("valid");
    let expected: [&[u32]; 5] = [
        &[0, 4, 7, 8, 21],
        &[1, 3, 11, 15, 17],
        &[2, 10, 14, 22],
        &[5, 9, 12, 19, 23],
        &[6, 13, 16, 18, 20],
    ];
    assert_eq!(solution.groups, expected);
    assert_eq!(solution.objective, 8_825_769);
}

#[test]
fn g4_a_clock_that_does_not_strike_changes_nothing() {
    let problem = cohort(3, 90);
    let clock = || 0.999;
    let timed = Options { clock: Some(&clock), ..options(1, 20_000) };
    let solution = solve(&problem, &timed).expect("valid");
    assert!(!solution.stopped_early);
    assert_eq!(Ok(solution), solve(&problem, &options(1, 20_000)));
}

#[test]
fn g4_a_clock_ends_the_search_and_is_told() {
    let problem = cohort(3, 90);
    for (threads, restarts) in [(1, 1), (4, 4)] {
        let asked = AtomicU32::new(0);
        let clock = || f64::from(asked.fetch_add(1, Relaxed)) / 10.0;
        let restarts = Some(restarts);
        let budget = 1_000_000_000;
        let options = Options { seed: 1, budget, threads, restarts, clock: Some(&clock) };
        let solution = solve(&problem, &options).expect("valid");
        assert_partition(&problem, &solution);
        assert!(solution.stopped_early);
        assert!(solution.evaluations < 200_000, "{} evaluations", solution.evaluations);
        let last = solution.progress.last().expect("at least the start");
        assert_eq!(last.objective, solution.objective);
        let json = serde_json::to_value(&solution).expect("serialises");
        assert_eq!(json["stopped_early"], true);
    }
}

#[test]
fn results_stored_before_there_was_a_clock_are_read() {
    let solution = solve(&cohort(3, 20), &options(1, 5_000)).expect("valid");
    let stored = serde_json::to_value(&solution).expect("serialises");
    // Nothing is written where no clock struck, as nothing was before.
    assert_eq!(stored.get("stopped_early"), None);
    assert_eq!(serde_json::from_value::<Solution>(stored).expect("its own form"), solution);
}

/// Sizes as given; one member of each group must be among every `one_in`th student.
fn led(students: u32, range: Sizes, one_in: u32) -> Problem {
    let leads = |student| Some(u16::from(student % one_in == 0));
    let lead = Rule::Cover { feature: 0, codes: vec![1], at_least: 1 };
    Problem {
        students,
        sizes: range,
        features: vec![support::feature(
            "leads",
            Values::Category((0..students).map(leads).collect()),
        )],
        criteria: vec![support::criterion("lead", 1, Hardness::Must, lead)],
        worst_weight: 250,
    }
}

#[test]
fn g2_the_number_of_groups_follows_the_must_rules() {
    // By size it would be ten groups, but there are nine leaders; twenty, but four.
    for (students, range, one_in, groups) in
        [(61, sizes(5, 6, 7), 7, 9), (100, sizes(4, 5, 30), 25, 4)]
    {
        let problem = led(students, range, one_in);
        let solution = solve(&problem, &options(1, 50_000)).expect("valid");
        assert_eq!((solution.groups.len(), solution.must_broken), (groups, 0));
    }
}

#[test]
fn g2_must_rules_that_bind_students_together_are_kept() {
    let sets = vec![vec![3, 17, 29, 40], vec![5, 6], vec![9, 58, 12]];
    let mut problem = cohort(2, 60);
    problem.criteria.push(support::criterion(
        "friends",
        1,
        Hardness::Must,
        Rule::Together { sets: sets.clone() },
    ));
    let solution = solve(&problem, &options(1, 60_000)).expect("valid");
    assert_eq!(solution.must_broken, 0);
    for set in sets {
        let together =
            solution.groups.iter().any(|group| set.iter().all(|student| group.contains(student)));
        assert!(together, "{set:?} were separated");
    }
}

#[test]
fn g7_nobody_meets_again_while_that_is_possible() {
    // Five rounds of 32 students in groups of 4.
    let mut problem = cohort(6, 32);
    problem.sizes = sizes(4, 4, 4);
    problem.criteria.clear();
    let mut met: Vec<(u32, u32)> = Vec::new();
    for round in 0..5 {
        problem.criteria = vec![support::criterion(
            "new partners",
            1,
            Hardness::Must,
            support::not_again(met.clone()),
        )];
        let solution = solve(&problem, &options(round, 200_000)).expect("valid");
        assert_eq!(solution.must_broken, 0, "round {round}");
        for group in &solution.groups {
            for (i, &a) in group.iter().enumerate() {
                met.extend(group[i + 1..].iter().map(|&b| (a, b)));
            }
        }
    }
    met.sort_unstable();
    met.dedup();
    assert_eq!(met.len(), 5 * 8 * 6);
}
