//! Scores against time: how soon which part of the final score is there.
//!
//! Each subject has a long run, whose best so far makes the line, and shorter ones, which make the
//! dots: the search fits its cooling to what it may spend, so that a short run is at its end far
//! above where a long one is by then.

use grouping::{Options, PairOptions, Problem, SizeBounds, Sizes, Solution, solve, solve_pairs};

use crate::clock::Clock;
use crate::large::cohort;
use crate::{BenchError, Family, generate};

/// Students of the pure problem, in groups of 24.
const PURE: u32 = 480;

/// Seconds of the pure problem's long run.
const PURE_SECONDS: f64 = 16.0;

/// Students of the classes, and the changes that the long run may judge.
const CLASSES: [(u32, u64); 2] = [(500, 8_000_000), (5_000, 16_000_000)];

/// Each run has a fourth of the time of the next longer one.
const FEWER: [u32; 5] = [0, 1, 2, 3, 4];

/// Seconds at which the drawing begins.
pub(crate) const FROM: f64 = 0.01;

/// One subject's course.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Trace {
    /// What was searched.
    pub(crate) subject: String,
    /// Seconds of processor time and the best score so far of the long run, as a part of the best
    /// of all runs.
    pub(crate) line: Vec<(f64, f64)>,
    /// Seconds and final score of each run, the longest first.
    pub(crate) runs: Vec<(f64, f64)>,
}

/// Takes the traces one after the other, on this thread.
pub(crate) fn traces() -> Result<Vec<Trace>, BenchError> {
    let mut traces = vec![pure()?];
    for (students, budget) in CLASSES {
        traces.push(class(students, budget)?);
    }
    Ok(traces)
}

fn pure() -> Result<Trace, BenchError> {
    let instance = generate(Family::RanReal, PURE, &[SizeBounds { min: 24, max: 24 }; 20], 1);
    let (mut line, mut runs) = (Vec::new(), Vec::new());
    for fewer in FEWER {
        let seconds = PURE_SECONDS / f64::from(4_u32.pow(fewer));
        let clock = Clock::start();
        let share = || clock.seconds() / seconds;
        let options = PairOptions { seed: 1, budget: u64::MAX, clock: Some(&share) };
        let found = solve_pairs(&instance.problem, &options)
            .map_err(|source| BenchError::Pairs { subject: instance.name.clone(), source })?;
        let spent = clock.seconds();
        if fewer == 0 {
            let course = found.times.iter().zip(&found.progress);
            line = course
                .map(|(share, (_, value))| {
                    (seconds * f64::from(*share) / 1e6, float(value.unsigned_abs()))
                })
                .collect();
        }
        runs.push((spent, float(found.value.unsigned_abs())));
    }
    Ok(Trace { subject: format!("pure problem, n = {PURE}"), line, runs }.relative())
}

fn class(students: u32, budget: u64) -> Result<Trace, BenchError> {
    let thousands = if students < 1000 { String::new() } else { format!("{},", students / 1000) };
    let width = if students < 1000 { 0 } else { 3 };
    let subject = format!("class of {thousands}{:0width$}, 17 criteria", students % 1000);
    // Sizes that leave the engine a choice.
    let sizes = Sizes { min: 4, preferred: 5, max: 6, weight: None, allow_small: false };
    let problem = Problem { sizes, ..cohort(1, students) };
    let mut found = Vec::new();
    for fewer in FEWER {
        let options = Options {
            threads: 1,
            budget: budget / 4_u64.pow(fewer),
            restarts: Some(1),
            ..Options::for_students(students, 1)
        };
        let clock = Clock::start();
        let solution = solve(&problem, &options)
            .map_err(|source| BenchError::Engine { subject: subject.clone(), source })?;
        found.push((clock.seconds(), solution));
    }
    let runs = found.iter().map(|(seconds, found)| (*seconds, f64::from(found.objective)));
    Ok(Trace { subject, line: line(&found), runs: runs.collect() }.relative())
}

/// The long run's course; two runs tell what a change costs and what is spent beside them.
fn line(found: &[(f64, Solution)]) -> Vec<(f64, f64)> {
    let [(long, solution), (short, fewer), ..] = found else { return Vec::new() };
    let (judged, fewer) = (float(solution.evaluations), float(fewer.evaluations));
    let each = (long - short) / (judged - fewer).max(1.0);
    let beside = (long - each * judged).max(0.0);
    // While must rules are broken that can be mended, the score is not what is looked for.
    let course = solution.progress.iter().filter(|seen| seen.must_cost == solution.must_cost);
    course
        .map(|seen| (beside + each * float(seen.evaluations), f64::from(seen.objective)))
        .collect()
}

impl Trace {
    /// Scores as parts of the best of all.
    fn relative(mut self) -> Self {
        let best = self.runs.iter().map(|(_, score)| *score).fold(f64::MIN_POSITIVE, f64::max);
        // A line ends where its run ends, not at the last improvement.
        if let (Some(&(end, score)), true) = (self.runs.first(), !self.line.is_empty()) {
            self.line.push((end, score));
        }
        // What came before the drawing begins is where the line enters it.
        let early = self.line.iter().take_while(|(seconds, _)| *seconds < FROM).count();
        self.line.drain(..early.saturating_sub(1));
        for (seconds, _) in &mut self.line {
            *seconds = seconds.max(FROM);
        }
        for (_, score) in self.line.iter_mut().chain(&mut self.runs) {
            *score /= best;
        }
        self
    }
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
fn float(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_are_parts_of_the_best_and_the_line_begins_and_ends_with_the_drawing() {
        let trace = Trace {
            subject: "x".into(),
            line: vec![(0.0, 1.0), (0.005, 50.0), (0.5, 75.0)],
            runs: vec![(1.0, 80.0), (0.2, 100.0)],
        };
        let relative = trace.relative();
        assert_eq!(relative.line, [(0.01, 0.5), (0.5, 0.75), (1.0, 0.8)]);
        assert_eq!(relative.runs, [(1.0, 0.8), (0.2, 1.0)]);
    }
}
