//! Rotation: rounds in which nobody meets again.

use grouping::{Options, Problem, Sizes, plan_rounds};

use crate::clock::Clock;
use crate::{BenchError, Row, Settings, Target};

const MEASURE: &str = "rotation";

/// Students, size of the groups, and the rounds without a repeat to reach.
const CASES: [(u32, u32, u32); 3] = [(32, 4, 9), (60, 5, 11), (100, 5, 18)];

pub(crate) fn measure(settings: &Settings, take: &mut dyn FnMut(Row)) -> Result<(), BenchError> {
    for (students, size, rounds) in CASES {
        let subject = format!("{students} in groups of {size}");
        if !settings.wants(MEASURE, &subject) {
            continue;
        }
        let sizes =
            Sizes { min: size, preferred: size, max: size, weight: None, allow_small: false };
        let problem = Problem {
            students,
            sizes,
            features: Vec::new(),
            criteria: Vec::new(),
            worst_weight: 250,
        };
        let options = Options { threads: 1, ..Options::for_students(students, 1) };
        let clock = Clock::start();
        let plan = plan_rounds(&problem, &[], rounds, &options)
            .map_err(|source| BenchError::Engine { subject: subject.clone(), source })?;
        let note = format!(
            "{} repeats in {rounds} rounds, at most {} can be, {:.2} s",
            plan.repeats,
            plan.at_most,
            clock.seconds()
        );
        let clean = plan.rounds.iter().take_while(|round| round.repeats.is_empty()).count();
        let clean = u32::try_from(clean).unwrap_or(u32::MAX);
        let target = Target::AtLeast(f64::from(rounds));
        take(Row::new(MEASURE, subject, f64::from(clean), target, note));
    }
    Ok(())
}
