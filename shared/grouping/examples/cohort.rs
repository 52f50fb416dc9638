//! Times the engine on invented cohorts: `cohort [STUDENTS [BUDGET [SEEDS [THREADS]]]]`.
#![allow(clippy::print_stdout, reason = "printing is what it is for")]

#[path = "../tests/support/mod.rs"]
mod support;

use std::error::Error;
use std::str::FromStr;
use std::time::Instant;

use grouping::{Options, solve};

fn main() -> Result<(), Box<dyn Error>> {
    let students: u32 = argument(1, 500)?;
    let defaults = Options::for_students(students, 0);
    let budget: u64 = argument(2, defaults.budget)?;
    let seeds: u64 = argument(3, 3)?;
    let threads: usize = argument(4, 1)?;
    let problem = support::cohort(1, students);
    for seed in 0..seeds {
        let options = Options { seed, budget, threads, ..defaults };
        let start = Instant::now();
        let found = solve(&problem, &options)?;
        println!(
            "seed {seed}: {} groups, {} must rules broken, mean {} worst {} objective {} \
             (random: mean {} worst {}), {} evaluations, {:.2?}",
            found.groups.len(),
            found.must_broken,
            found.mean,
            found.worst,
            found.objective,
            found.reference.mean,
            found.reference.worst,
            found.evaluations,
            start.elapsed()
        );
    }
    Ok(())
}

fn argument<T: FromStr>(position: usize, absent: T) -> Result<T, T::Err> {
    std::env::args().nth(position).map_or(Ok(absent), |text| text.parse())
}
