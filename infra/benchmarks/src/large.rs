//! A cohort of 20,000 against a long run on itself.

use grouping::{
    CodeSet, Criterion, Error, Feature, Hardness, Options, Problem, Rule, Sizes, Solution, Values,
    Week, solve,
};

use crate::clock::Clock;
use crate::generate::Dice;
use crate::pace::Pace;
use crate::{BenchError, Row, Settings, Target, memory};

const MEASURE: &str = "large";
const STUDENTS: u32 = 20_000;

/// Seconds of the short run.
const SHORT: f64 = 10.0;

/// The part of them that is planned for. No two runs go at the same pace: one that is late mends its lowest
/// groups in the last fifth of the time all the same.
const PLANNED: f64 = 1.0;

/// A short run that leaves more of its time unused is done again with the pace it had, so many times.
const USED: f64 = 0.93;
const RETRIES: u32 = 2;

/// Evaluations of the run that measures the speed of the run that measures it better.
const PROBE: u64 = 400_000;

/// From so many evaluations per student on the engine searches in another way, at another pace.
const PATIENT: u64 = 50_000;

/// The largest peak of memory, in megabytes.
const MEMORY: f64 = 200.0;

pub(crate) fn measure(settings: &Settings, take: &mut dyn FnMut(Row)) -> Result<(), BenchError> {
    if !settings.wants(MEASURE, "20,000 students") {
        return Ok(());
    }
    let refused = |source| BenchError::Engine { subject: "20,000 students".into(), source };
    let problem = cohort(1, STUDENTS);
    let base = Options { threads: 1, restarts: Some(1), ..Options::for_students(STUDENTS, 1) };
    let run = |budget: u64, limit: f64| -> Result<(f64, f64, Solution), BenchError> {
        let clock = Clock::start();
        let share = || clock.seconds() / limit;
        let options = Options { budget, clock: Some(&share), ..base };
        let found = solve(&problem, &options).map_err(refused)?;
        Ok((f64::from(found.objective) / 1000.0, clock.seconds(), found))
    };
    let pace = plan(&problem, &base).map_err(refused)?;
    let (mut short, mut spent, mut quick) = run(pace.budget(PLANNED * SHORT), SHORT)?;
    for _ in 0..RETRIES {
        if spent >= USED * SHORT {
            break;
        }
        // The run itself knows its pace best.
        let each = spent / float(quick.evaluations).max(1.0);
        (short, spent, quick) = run(Pace::of(each).budget(PLANNED * SHORT), SHORT)?;
    }
    let budget = long_budget(settings.long, &pace, &base).map_err(refused)?;
    let (long, took, patient) = run(budget, f64::INFINITY)?;
    if let Some(peak) = memory::peak() {
        let target = Target::AtMost(MEMORY);
        take(Row::new(MEASURE, "20,000 students, MB", peak, target, "peak of this process"));
    }
    let note = format!(
        "objective {short:.1} in {spent:.1} s ({:.1} M changes{}), {long:.1} in {took:.0} s ({:.0} M)",
        float(quick.evaluations) / 1e6,
        if quick.stopped_early { ", hurried by the clock" } else { "" },
        float(patient.evaluations) / 1e6
    );
    let share = 100.0 * short / long;
    take(Row::new(MEASURE, "20,000 students, %", share, Target::AtLeast(99.0), note));
    Ok(())
}

/// The pace of the short run, by one of half its length: how many groups the search takes
/// together, and so its pace, depends on the budget.
fn plan(problem: &Problem, base: &Options) -> Result<Pace, Error> {
    let rough = Pace::measure(problem, &Options { budget: PROBE, ..*base })?;
    Pace::measure(problem, &Options { budget: rough.budget(SHORT / 2.0), ..*base })
}

/// The budget of the long run. The pace of a patient search is measured on a tenth of the
/// students, as it shows only after that many evaluations per student.
fn long_budget(seconds: f64, quick: &Pace, base: &Options) -> Result<u64, Error> {
    let tenth = STUDENTS / 10;
    let budget = 2 * PATIENT * u64::from(tenth);
    let patient = u64::from(STUDENTS) * PATIENT;
    if quick.budget(seconds) < patient {
        return Ok(quick.budget(seconds));
    }
    let slow = Pace::measure(&cohort(1, tenth), &Options { budget, ..*base })?;
    Ok(slow.budget(seconds).max(patient))
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
fn float(count: u64) -> f64 {
    count as f64
}

/// Groups of five; 16 questions, a weekly schedule, nobody alone.
pub(crate) fn cohort(seed: u64, students: u32) -> Problem {
    let mut dice = Dice(seed);
    let n = students as usize;
    let mut features = Vec::new();
    let mut criteria = Vec::new();
    for index in 0..16 {
        let missing = |dice: &mut Dice| dice.roll(20) == 0;
        let small = |value: u32| u16::try_from(value).unwrap_or(0);
        let values = match index % 4 {
            0 | 1 => {
                let steps = [5, 101, 7, 121][index / 4];
                Values::Number(
                    (0..n)
                        .map(|_| {
                            let value = i64::from(dice.roll(steps));
                            (!missing(&mut dice)).then_some(value)
                        })
                        .collect(),
                )
            }
            2 => Values::Category(
                (0..n)
                    .map(|_| {
                        let value = small(dice.roll(3) * dice.roll(3));
                        (!missing(&mut dice)).then_some(value)
                    })
                    .collect(),
            ),
            _ => Values::Set(
                (0..n)
                    .map(|_| {
                        let value = CodeSet(u64::from(dice.roll(256) & dice.roll(256)));
                        (!missing(&mut dice)).then_some(value)
                    })
                    .collect(),
            ),
        };
        let feature = features.len();
        features.push(Feature { id: format!("q{index}"), values });
        let rule = match index % 8 {
            1 => Rule::Balance { feature, floor: None },
            2 if index == 2 => Rule::NeverAlone { feature, codes: vec![1, 2] },
            0 | 4 => Rule::Align { feature, floor: None },
            7 => Rule::Cover { feature, codes: vec![0, 1], at_least: 1 },
            _ => Rule::Mix { feature, floor: None },
        };
        let hardness = match index {
            2 => Hardness::Must,
            0 | 7 => Hardness::Should,
            _ => Hardness::Could,
        };
        criteria.push(Criterion {
            id: format!("c{index}"),
            weight: 1 + dice.roll(5),
            hardness,
            rule,
        });
    }
    let feature = features.len();
    features.push(Feature {
        id: "free".into(),
        values: Values::Slots(
            (0..n).map(|_| (dice.roll(15) != 0).then(|| week(&mut dice))).collect(),
        ),
    });
    criteria.push(Criterion {
        id: "meeting".into(),
        weight: 5,
        hardness: Hardness::Should,
        rule: Rule::Overlap { feature, min_common: 3, min_length: 1, slots_per_day: 24 },
    });
    Problem {
        students,
        sizes: Sizes { min: 5, preferred: 5, max: 5, weight: None, allow_small: false },
        features,
        criteria,
        worst_weight: 250,
    }
}

/// Free for about half of five times eight hours, by one of four habits.
fn week(dice: &mut Dice) -> Week {
    let habit = u16::try_from(dice.roll(4)).unwrap_or(0);
    let free = (0..40_u16).filter(|slot| {
        let likely = (slot / 8 + slot) % 4 == habit;
        dice.roll(100) < if likely { 85 } else { 40 }
    });
    Week::from_slots(free).unwrap_or_default()
}
