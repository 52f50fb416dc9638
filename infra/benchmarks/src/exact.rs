//! Small sections against the optimum by dynamic programming over sets of students.

use grouping::{
    CodeSet, Criterion, Feature, Hardness, Options, Problem, Rule, Sizes, Values, Week, bound,
    solve,
};

use crate::generate::Dice;
use crate::{BenchError, Row, Settings, Target};

const MEASURE: &str = "exact";

/// Cases of each size.
const CASES: u32 = 200;

/// What the dynamic programme may take for one case, in evaluations.
const PATIENCE: u64 = 4_000_000_000;

/// What a hurried search may take: too little for the solver to look through everything itself,
/// save the smallest.
const HURRIED: u64 = 60_000;

pub(crate) fn measure(settings: &Settings, take: &mut dyn FnMut(Row)) -> Result<(), BenchError> {
    let subjects = ["sections of up to 20", "the same in a hurry"];
    if !subjects.iter().any(|subject| settings.wants(MEASURE, subject)) {
        return Ok(());
    }
    // What every section gets, and far less.
    let mut counts = subjects.map(|_| (0_u32, Vec::new()));
    let (mut proven, mut largest) = (0, 0);
    for seed in 0..CASES {
        let students = 5 + seed % 16;
        let problem = mixed(u64::from(seed), students);
        let refused =
            |source| BenchError::Engine { subject: format!("case {seed} of {students}"), source };
        let best = bound(&problem, PATIENCE).map_err(refused)?;
        if !best.proven {
            continue;
        }
        proven += 1;
        largest = largest.max(students);
        let usual = Options::for_students(students, u64::from(seed)).budget;
        for ((equal, missed), budget) in counts.iter_mut().zip([usual, HURRIED]) {
            let options =
                Options { budget, threads: 1, ..Options::for_students(students, u64::from(seed)) };
            let found = solve(&problem, &options).map_err(refused)?.objective;
            let best = best.objective;
            if found == best {
                *equal += 1;
            } else {
                missed.push(format!("; case {seed} of {students}: {found} instead of {best}"));
            }
        }
    }
    for (subject, (equal, missed)) in subjects.into_iter().zip(counts) {
        let note = format!("of {proven} cases proven, up to {largest} students{}", missed.concat());
        let target = Target::AtLeast(f64::from(CASES));
        take(Row::new(MEASURE, subject, f64::from(equal), target, note));
    }
    Ok(())
}

/// A section with answers and criteria of all kinds.
fn mixed(seed: u64, students: u32) -> Problem {
    let mut dice = Dice(seed);
    let n = students as usize;
    let missing = [2, 5, 12, 1000][dice.roll(4) as usize];
    let mut column = |roll: &mut dyn FnMut(&mut Dice) -> u32| -> Vec<Option<u32>> {
        (0..n)
            .map(|_| {
                let value = roll(&mut dice);
                (dice.roll(missing) != 0).then_some(value)
            })
            .collect()
    };
    let number = column(&mut |dice| dice.roll(9));
    let code = column(&mut |dice| dice.roll(3));
    let set = column(&mut |dice| dice.roll(64));
    let slots = column(&mut |dice| dice.roll(1 << 12) | dice.roll(1 << 12));
    let small = |value: u32| u16::try_from(value).unwrap_or(0);
    let values = [
        Values::Number(number.iter().map(|value| value.map(i64::from)).collect()),
        Values::Category(code.iter().map(|value| value.map(small)).collect()),
        Values::Set(set.iter().map(|value| value.map(|bits| CodeSet(bits.into()))).collect()),
        Values::Slots(
            slots.iter().map(|value| value.map(|bits| Week([bits.into(), 0, 0]))).collect(),
        ),
    ];
    let features = (0..)
        .zip(values)
        .map(|(index, values)| Feature { id: format!("q{index}"), values })
        .collect();
    let criteria = (0..=dice.roll(5))
        .map(|index| {
            let feature = [0, 1, 2][dice.roll(3) as usize];
            let codes = vec![0, 2];
            let rule = match dice.roll(7) {
                0 => Rule::Align { feature, floor: None },
                1 => Rule::Mix { feature, floor: None },
                2 => Rule::Balance { feature: 0, floor: None },
                3 => Rule::Overlap { feature: 3, min_common: 2, min_length: 1, slots_per_day: 24 },
                4 => Rule::NeverAlone { feature: 1, codes: vec![1] },
                5 => Rule::Cover { feature: 1 + feature % 2, codes, at_least: 1 },
                _ => Rule::AtMost { feature: 1 + feature % 2, codes, at_most: 2 },
            };
            let hardness = [Hardness::Must, Hardness::Should, Hardness::Could];
            Criterion {
                id: format!("c{index}"),
                weight: 1 + dice.roll(9),
                hardness: hardness[dice.roll(3) as usize],
                rule,
            }
        })
        .collect();
    Problem {
        students,
        sizes: Sizes { min: 3, preferred: 4, max: 5, weight: None, allow_small: true },
        features,
        criteria,
        worst_weight: [0, 250, 1000][dice.roll(3) as usize],
    }
}
