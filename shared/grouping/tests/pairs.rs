//! The pure problem: values per pair, bounds per group.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use grouping::{PairError, PairOptions, PairProblem, PairSolution, SizeBounds, solve_pairs};
use proptest::prelude::*;

mod support;
use support::Dice;

fn invented(seed: u64, students: u32, bounds: &[(u32, u32)], span: u64, shift: i32) -> PairProblem {
    let mut dice = Dice(seed);
    let bounds = bounds.iter().map(|&(min, max)| SizeBounds { min, max }).collect();
    let value = |_, _| i32::try_from(dice.roll(span)).expect("below 2^31") + shift;
    PairProblem::new(students, bounds, value).expect("bounds that fit")
}

fn options(seed: u64, budget: u64) -> PairOptions<'static> {
    PairOptions { seed, budget, clock: None }
}

fn assert_holds(problem: &PairProblem, found: &PairSolution) {
    assert_eq!(problem.evaluate(&found.groups), Ok(found.value));
    assert_eq!(found.progress.last().map(|last| last.1), Some(found.value));
    assert!(found.progress.windows(2).all(|pair| pair[0].0 <= pair[1].0 && pair[0].1 < pair[1].1));
    assert!(found.groups.iter().all(|members| members.is_sorted()));
}

/// The best of all assignments.
fn best_of_all(problem: &PairProblem, student: u32, groups: &mut Vec<Vec<u32>>) -> Option<i64> {
    if student == problem.students() {
        return problem.evaluate(groups).ok();
    }
    let mut best = None;
    for group in 0..groups.len() {
        groups[group].push(student);
        best = best.max(best_of_all(problem, student + 1, groups));
        groups[group].pop();
    }
    best
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn small_pair_problems_are_solved_to_the_optimum(
        seed: u64, shift in -100_i32..100, bounds in prop::collection::vec((1_u32..4, 0_u32..3), 1..4),
        part in 0.0..1.0,
    ) {
        let bounds: Vec<(u32, u32)> = bounds.iter().map(|&(min, more)| (min, min + more)).collect();
        let least: u32 = bounds.iter().map(|bounds| bounds.0).sum();
        let most: u32 = bounds.iter().map(|bounds| bounds.1).sum::<u32>().min(9);
        let spread = f64::from(most.saturating_sub(least)) * part;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "below 9")]
        let students = (least + spread as u32).max(2);
        prop_assume!(students <= most);
        let problem = invented(seed, students, &bounds, 100, shift);
        let found = solve_pairs(&problem, &options(seed, 200_000)).expect("a budget");
        assert_holds(&problem, &found);
        let best = best_of_all(&problem, 0, &mut vec![Vec::new(); bounds.len()]);
        prop_assert_eq!(Some(found.value), best);
        prop_assert!(found.local_optimum && !found.by_clock);
    }

    #[test]
    fn no_swap_or_insert_improves_on_a_proven_local_optimum(seed: u64, wide: bool, shift in -50_i32..50) {
        // With large values the sums need 64 bits.
        let span = if wide { 1 << 30 } else { 100 };
        let bounds = [(3, 3), (2, 6), (4, 9), (1, 20)];
        let problem = invented(seed, 22, &bounds, span, shift);
        let found = solve_pairs(&problem, &options(seed, 20_000)).expect("a budget");
        assert_holds(&problem, &found);
        prop_assume!(found.local_optimum);
        for from in 0..4 {
            for to in (0..4).filter(|&to| to != from) {
                for seat in 0..found.groups[from].len() {
                    let mut moved = found.groups.clone();
                    let student = moved[from].remove(seat);
                    moved[to].push(student);
                    if let Ok(value) = problem.evaluate(&moved) {
                        prop_assert!(value <= found.value, "{} to {}", student, to);
                    }
                    for other in 0..found.groups[to].len() {
                        let mut swapped = found.groups.clone();
                        swapped[from][seat] = found.groups[to][other];
                        swapped[to][other] = student;
                        prop_assert!(problem.evaluate(&swapped).expect("same sizes") <= found.value);
                    }
                }
            }
        }
    }
}

#[test]
fn g4_the_same_pair_problem_seed_and_budget_give_the_same_groups() {
    let problem = invented(1, 60, &[(5, 8); 9], 1000, 0);
    let found = solve_pairs(&problem, &options(7, 3_000_000)).expect("a budget");
    assert_eq!(solve_pairs(&problem, &options(7, 3_000_000)), Ok(found.clone()));
    let other = solve_pairs(&problem, &options(8, 3_000_000)).expect("a budget");
    assert_ne!(other.groups, found.groups);
    assert_holds(&problem, &found);
}

#[test]
fn a_clock_ends_the_search_and_is_told() {
    let problem = invented(1, 60, &[(6, 6); 10], 1000, 0);
    let asked = AtomicU32::new(0);
    let clock = || f64::from(1 + asked.fetch_add(1, Relaxed)) / 100.0;
    let timed = PairOptions { seed: 1, budget: u64::MAX, clock: Some(&clock) };
    let found = solve_pairs(&problem, &timed).expect("a budget");
    assert!(found.by_clock);
    let asked = asked.load(Relaxed);
    assert!(asked < 120, "asked {asked} times");
    assert_holds(&problem, &found);
}

#[test]
fn equal_values_leave_nothing_to_search_for() {
    let problem = invented(1, 30, &[(6, 6); 5], 1, 5);
    let found = solve_pairs(&problem, &options(1, 100_000)).expect("a budget");
    assert_eq!(found.value, 5 * 15 * 5);
}

#[test]
fn impossible_pair_problems_are_refused_by_name() {
    let problem = |students, bounds: &[(u32, u32)]| {
        let bounds = bounds.iter().map(|&(min, max)| SizeBounds { min, max }).collect();
        PairProblem::new(students, bounds, |_, _| 1).map(|_| ())
    };
    assert_eq!(problem(1, &[(1, 1)]), Err(PairError::Students { students: 1 }));
    assert_eq!(problem(9_000, &[(1, 9_000)]), Err(PairError::Students { students: 9_000 }));
    assert_eq!(problem(5, &[]), Err(PairError::Groups { groups: 0, students: 5 }));
    assert_eq!(problem(5, &[(1, 5); 6]), Err(PairError::Groups { groups: 6, students: 5 }));
    assert_eq!(problem(5, &[(2, 3), (0, 2)]), Err(PairError::Bounds { group: 1, min: 0, max: 2 }));
    assert_eq!(problem(5, &[(3, 2)]), Err(PairError::Bounds { group: 0, min: 3, max: 2 }));
    let capacity = |least, most| Err(PairError::Capacity { least, most, students: 5 });
    assert_eq!(problem(5, &[(3, 3), (3, 3)]), capacity(6, 6));
    assert_eq!(problem(5, &[(1, 2), (1, 2)]), capacity(2, 4));
    let fits = invented(1, 5, &[(2, 3), (2, 3)], 9, 0);
    assert_eq!(solve_pairs(&fits, &options(1, 0)), Err(PairError::NoBudget));
    let judged = |groups: &[&[u32]]| {
        fits.evaluate(&groups.iter().map(|group| group.to_vec()).collect::<Vec<_>>())
    };
    assert_eq!(judged(&[&[0, 1], &[2, 3, 3]]), Err(PairError::Assignment { student: 3 }));
    assert_eq!(judged(&[&[0, 1], &[2, 3]]), Err(PairError::Assignment { student: 4 }));
    assert_eq!(judged(&[&[0, 1, 2, 3], &[4]]), Err(PairError::Size { group: 0, size: 4 }));
}
