//! Small problems against all possible assignments.

mod support;

use grouping::{Options, Problem, Solution, evaluate, solve};
use support::{each_partition, mixed, sizes};

/// The best of all partitions within the sizes, by full evaluation of each.
fn best_of_all(problem: &Problem) -> (u64, u32) {
    let mut best = (u64::MAX, 0);
    let mut groups: Vec<Vec<u32>> = Vec::new();
    each_partition(problem, 0, &mut groups, &mut |groups| {
        let judged = evaluate(problem, groups).expect("a partition");
        if better(&judged, best) {
            best = (judged.must_cost, judged.objective);
        }
    });
    best
}

fn better(judged: &Solution, best: (u64, u32)) -> bool {
    judged.must_cost < best.0 || judged.must_cost == best.0 && judged.objective > best.1
}

#[test]
fn small_problems_are_solved_to_the_optimum() {
    let mut cases = 0;
    for seed in 0..120 {
        let students = 5 + (seed % 5) as u32;
        let problem = mixed(seed, students, sizes(2, 3, 4));
        let best = best_of_all(&problem);
        let options = Options { seed, budget: 150_000, threads: 1, restarts: None };
        let found = solve(&problem, &options).expect("valid");
        assert_eq!((found.must_cost, found.objective), best, "case {seed} of {students} students");
        cases += 1;
    }
    assert_eq!(cases, 120);
}
