//! Plans rounds without repeats: `rotation [STUDENTS SIZE [ROUNDS [BUDGET]]]`; without arguments
//! the sizes of the benchmark. Prints the repeats, the bound, the time and, with criteria, the
//! scores.
#![allow(clippy::print_stdout, reason = "printing is what it is for")]

#[path = "../tests/support/mod.rs"]
mod support;

use std::error::Error;
use std::time::Instant;

use grouping::{Options, Problem, Rotation, plan_rounds, solve};
use support::{cohort, sizes};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Result<Vec<u32>, _> =
        std::env::args().skip(1).map(|text| text.parse()).collect();
    match arguments?.as_slice() {
        [] => {
            for (students, size, rounds) in [(32, 4, 9), (60, 5, 11), (100, 5, 18), (100, 5, 21)] {
                one(students, size, rounds, 1_000_000)?;
            }
        }
        [students, size] => one(*students, *size, (students - 1) / (size - 1), 1_000_000)?,
        [students, size, rounds] => one(*students, *size, *rounds, 1_000_000)?,
        [students, size, rounds, budget, ..] => one(*students, *size, *rounds, *budget)?,
        [_] => return Err("usage: rotation [STUDENTS SIZE [ROUNDS [BUDGET]]]".into()),
    }
    Ok(())
}

fn one(students: u32, size: u32, rounds: u32, budget: u32) -> Result<(), Box<dyn Error>> {
    let range = if students.is_multiple_of(size) {
        sizes(size, size, size)
    } else {
        sizes(size - 1, size, size)
    };
    let rich = Problem { sizes: range, ..cohort(1, students) };
    let bare = Problem { criteria: Vec::new(), ..rich.clone() };
    let options =
        Options { budget: budget.into(), threads: 1, ..Options::for_students(students, 1) };
    for (name, problem) in [("no criteria", bare), ("eight criteria", rich)] {
        let start = Instant::now();
        let plan = plan_rounds(&problem, &[], rounds, &options)?;
        let took = start.elapsed();
        println!(
            "{students} in groups of {size}, {rounds} rounds, {name}: {} without a repeat, {} repeats, at most {} possible, {took:.2?}",
            clean(&plan),
            plan.repeats,
            plan.at_most,
        );
        if !problem.criteria.is_empty() {
            let mean = |of: fn(&grouping::Solution) -> u64| {
                plan.rounds.iter().map(|round| of(&round.solution)).sum::<u64>() / u64::from(rounds)
            };
            let broken: u32 = plan.rounds.iter().map(|round| round.solution.must_broken).sum();
            let alone = solve(&problem, &options)?;
            println!(
                "  objective: mean of the rounds {}, random {}, one round alone {}; must rules broken {broken}, alone {}",
                mean(|s| s.objective.into()),
                mean(|s| 750 * u64::from(s.reference.mean) + 250 * u64::from(s.reference.worst)),
                alone.objective,
                alone.must_broken,
            );
        }
    }
    Ok(())
}

/// The rounds before the first repeat.
fn clean(plan: &Rotation) -> usize {
    plan.rounds.iter().take_while(|round| round.repeats.is_empty()).count()
}
