//! Times the live effects that the portal shows: `board [STUDENTS [CALLS]]`.
#![allow(clippy::print_stdout, reason = "printing is what it is for")]

#[path = "../tests/support/mod.rs"]
mod support;

use std::error::Error;
use std::time::{Duration, Instant};

use grouping::{About, Board, Options, solve};

fn main() -> Result<(), Box<dyn Error>> {
    let argument = |at: usize, absent: u32| {
        std::env::args().nth(at).map_or(Ok(absent), |text| text.parse::<u32>())
    };
    let (students, calls) = (argument(1, 500)?, argument(2, 2_000)?);
    let problem = support::cohort(1, students);
    let options = Options { budget: 200_000, ..Options::for_students(students, 1) };
    let found = solve(&problem, &options)?;
    let (board, built) = timed(|| Board::new(problem, found.groups));
    let board = board?;
    println!("{students} students in {} groups; built in {built:.2?}", board.groups().len());
    let mut dice = support::Dice(1);
    let mut times: Vec<Duration> = Vec::new();
    for _ in 0..calls.max(1) {
        let student = u32::try_from(dice.roll(u64::from(students)))?;
        let to = usize::try_from(dice.roll(board.groups().len() as u64))?;
        let (effect, took) = timed(|| board.try_move(student, to));
        if effect.is_ok() {
            times.push(took);
        }
    }
    times.sort_unstable();
    let at = |share: usize| times.get(times.len() * share / 100).copied().unwrap_or_default();
    println!(
        "try_move: median {:.2?}, 99 of 100 within {:.2?}, {} calls",
        at(50),
        at(99),
        times.len()
    );
    println!("evaluate: {:.2?}", timed(|| board.evaluate()).1);
    for (name, about) in
        [("a student", About::Student(0)), ("a group", About::Group(0)), ("all", About::All)]
    {
        let (found, took) = timed(|| board.suggest_moves(about, 5));
        println!("suggest_moves about {name}: {took:.2?}, {} suggestions", found?.len());
    }
    Ok(())
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let done = work();
    (done, start.elapsed())
}
