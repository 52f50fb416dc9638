//! Measures repairs of invented cohorts: `repair [STUDENTS [CASES]]`. For drop-outs, joiners and
//! several of both at once: how many other groups change, and how long it takes.
#![allow(clippy::print_stdout, reason = "printing is what it is for")]

#[path = "../tests/support/mod.rs"]
mod support;

use std::error::Error;
use std::time::{Duration, Instant};

use grouping::{Options, Problem, Repair, repair, solve};
use support::{Dice, cohort};

fn main() -> Result<(), Box<dyn Error>> {
    let argument = |at: usize, absent: u32| {
        std::env::args().nth(at).map_or(Ok(absent), |text| text.parse::<u32>())
    };
    let (students, cases) = (argument(1, 120)?, argument(2, 30)?);
    let problem = cohort(1, students);
    let options = Options { budget: 200_000, ..Options::for_students(students, 1) };
    let groups = solve(&problem, &options)?.groups;
    println!("{students} students in {} groups, {cases} cases each", groups.len());
    for (name, gone, joined) in
        [("one drop-out", 1, 0), ("one joiner", 0, 1), ("five drop-outs and three joiners", 5, 3)]
    {
        let mut dice = Dice(3);
        let mut seen = Seen::default();
        for _ in 0..cases {
            incident(&problem, &groups, gone, joined, &mut dice, &mut seen)?;
        }
        println!(
            "{name}: other groups changed at most {} (mean {:.2}), students moved at most {}; fewest proven {} of {cases}; rules newly broken {}, out of size {}; mean {:.2?}, slowest {:.2?}",
            seen.others,
            f64::from(seen.all_others) / f64::from(cases.max(1)),
            seen.moved,
            seen.proven,
            seen.broken,
            seen.outside,
            seen.time / cases.max(1),
            seen.slowest
        );
    }
    Ok(())
}

/// The worst and the sums over the cases.
#[derive(Default)]
struct Seen {
    others: usize,
    all_others: u32,
    moved: u32,
    proven: u32,
    broken: usize,
    outside: usize,
    time: Duration,
    slowest: Duration,
}

/// Some leave and are replaced by others who were taken out of their groups before publication.
fn incident(
    problem: &Problem,
    groups: &[Vec<u32>],
    gone: usize,
    joined: usize,
    dice: &mut Dice,
    seen: &mut Seen,
) -> Result<(), Box<dyn Error>> {
    let mut chosen: Vec<u32> = Vec::new();
    while chosen.len() < gone + joined {
        let student = u32::try_from(dice.roll(u64::from(problem.students)))?;
        // A late joiner's group was published without them, but not too small.
        let own = groups.iter().find(|group| group.contains(&student)).map_or(0, Vec::len);
        let joins = chosen.len() >= gone;
        if !chosen.contains(&student) && (!joins || own > problem.sizes.min as usize) {
            chosen.push(student);
        }
    }
    let (left, joiners) = chosen.split_at(gone);
    let published: Vec<Vec<u32>> = groups
        .iter()
        .map(|group| group.iter().copied().filter(|s| !joiners.contains(s)).collect())
        .collect();
    let hit = |group: &usize| published[*group].iter().any(|student| left.contains(student));
    let start = Instant::now();
    let found: Repair = repair(problem, &published, left, &[])?;
    let took = start.elapsed();
    let others = found.changed.iter().filter(|group| !hit(group)).count();
    seen.others = seen.others.max(others);
    seen.all_others += u32::try_from(others)?;
    seen.moved = seen.moved.max(found.moved);
    seen.proven += u32::from(found.fewest);
    seen.broken += found.newly_broken.len();
    seen.outside += found.out_of_size.len();
    seen.time += took;
    seen.slowest = seen.slowest.max(took);
    Ok(())
}
