//! Published groups under change: repairs, and the live effect of a move.

use grouping::{About, Board, Options, Problem, Sizes, repair, solve};

use crate::clock::Clock;
use crate::generate::Dice;
use crate::large::cohort;
use crate::{BenchError, Row, Settings, Target};

const STUDENTS: u32 = 500;

/// Incidents of each kind.
const CASES: u32 = 40;

/// Moves tried.
const MOVES: u32 = 2_000;

pub(crate) fn measure(settings: &Settings, take: &mut dyn FnMut(Row)) -> Result<(), BenchError> {
    let wanted = [("repair", "one drop-out"), ("repair", "one joiner"), ("live", "one move")];
    if !wanted.iter().any(|(measure, subject)| settings.wants(measure, subject)) {
        return Ok(());
    }
    // Sizes that leave room for one more or less.
    let sizes = Sizes { min: 4, preferred: 5, max: 6, weight: None, allow_small: false };
    let problem = Problem { sizes, ..cohort(1, STUDENTS) };
    // Groups as published: good ones, not the best there are.
    let options = Options { threads: 1, budget: 300_000, ..Options::for_students(STUDENTS, 1) };
    let groups = solve(&problem, &options).map_err(refused)?.groups;
    for (subject, joins) in [("one drop-out", false), ("one joiner", true)] {
        if settings.wants("repair", subject) {
            take(repairs(&problem, &groups, subject, joins)?);
        }
    }
    if settings.wants("live", "one move") {
        live(&problem, groups, take)?;
    }
    Ok(())
}

fn refused(source: grouping::Error) -> BenchError {
    BenchError::Engine { subject: format!("{STUDENTS} students"), source }
}

/// The most other groups that one incident changes.
fn repairs(
    problem: &Problem,
    groups: &[Vec<u32>],
    subject: &str,
    joins: bool,
) -> Result<Row, BenchError> {
    let mut dice = Dice(1);
    let (mut most, mut moved, mut proven) = (0, 0, 0);
    let clock = Clock::start();
    for _ in 0..CASES {
        let student = dice.roll(STUDENTS);
        let own = groups.iter().position(|group| group.contains(&student));
        // A joiner is somebody whom the published groups leave out.
        let mut published = groups.to_vec();
        if joins {
            for group in &mut published {
                group.retain(|&member| member != student);
            }
        }
        let left: &[u32] = if joins { &[] } else { &[student] };
        let found = repair(problem, &published, left, &[]).map_err(refused)?;
        let others = found.changed.iter().filter(|&&group| joins || Some(group) != own).count();
        most = most.max(others);
        moved = moved.max(found.moved);
        proven += u32::from(found.fewest);
    }
    let note = format!(
        "groups changed but the one left; {CASES} cases, {proven} proven fewest, at most {moved} moved, {:.0} ms each",
        1000.0 * clock.seconds() / f64::from(CASES)
    );
    let most = u32::try_from(most).unwrap_or(u32::MAX);
    let subject = format!("{subject}, {STUDENTS}");
    Ok(Row::new("repair", subject, f64::from(most), Target::AtMost(1.0), note))
}

/// Milliseconds for the effect of one move, and for the best changes of one student.
fn live(
    problem: &Problem,
    groups: Vec<Vec<u32>>,
    take: &mut dyn FnMut(Row),
) -> Result<(), BenchError> {
    let count = u32::try_from(groups.len()).unwrap_or(u32::MAX);
    let board = Board::new(problem.clone(), groups).map_err(refused)?;
    let mut dice = Dice(1);
    let mut judged = 0;
    let clock = Clock::start();
    for _ in 0..MOVES {
        let effect = board.try_move(dice.roll(STUDENTS), dice.roll(count) as usize);
        judged += u32::from(effect.is_ok());
    }
    let each = 1000.0 * clock.seconds() / f64::from(MOVES);
    let note = format!("ms, {judged} moves judged");
    take(Row::new("live", format!("one move, {STUDENTS}"), each, Target::AtMost(1.0), note));
    let clock = Clock::start();
    let found = board.suggest_moves(About::Student(0), 5).map_or(0, |found| found.len());
    let note = format!("ms, {found} suggestions about a student");
    let spent = 1000.0 * clock.seconds();
    take(Row::new("live", format!("suggestions, {STUDENTS}"), spent, Target::None, note));
    Ok(())
}
