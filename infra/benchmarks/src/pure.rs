//! The pure problem against published results.

use std::collections::BTreeMap;
use std::path::Path;

use grouping::{PairOptions, SizeBounds, solve_pairs};

use crate::clock::Clock;
use crate::generate::library_bounds;
use crate::{
    BenchError, Family, Instance, Published, Row, Settings, Target, generate, read_instance,
    read_published,
};

const MEASURE: &str = "pure";
const FIVES: &str = "fives";

/// Half a per cent above the published heuristic's 85,800 on such instances.
const FIVES_TARGET: f64 = 86_230.0;

/// Seconds for the groups of five.
const FIVES_SECONDS: f64 = 5.0;

/// 480 students in groups of five.
pub(crate) fn fives(settings: &Settings, take: &mut dyn FnMut(Row)) -> Result<(), BenchError> {
    for seed in 1..=settings.seeds.min(3) {
        let bounds = [SizeBounds { min: 5, max: 5 }; 96];
        let instance = generate(Family::RanReal, 480, &bounds, seed);
        if settings.wants(FIVES, &instance.name) {
            let runs = Runs::of(&instance, FIVES_SECONDS, 1)?;
            let target = Target::AtLeast(FIVES_TARGET);
            take(Row::new(FIVES, instance.name, runs.mean, target, runs.told(FIVES_SECONDS)));
        }
    }
    Ok(())
}

/// The library's instances, or generated ones without a target.
pub(crate) fn library(settings: &Settings, take: &mut dyn FnMut(Row)) -> Result<(), BenchError> {
    let Some(folder) = &settings.instances else {
        return generated(settings, take);
    };
    let failed = |source| BenchError::Read { path: folder.clone(), source };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let ending =
            |name: &Path| name.extension().map(|ending| ending.to_string_lossy().into_owned());
        let inner = if ending(&path).as_deref() == Some("gz") {
            path.with_extension("")
        } else {
            path.clone()
        };
        if ending(&inner).as_deref() == Some("txt") {
            files.push(path);
        }
    }
    files.sort();
    let results = folder.join("tpsdp_published.csv");
    let published: BTreeMap<String, Published> =
        if results.exists() { read_published(&results)? } else { BTreeMap::new() };
    for file in files {
        if !settings.wants(MEASURE, &file.to_string_lossy()) {
            continue;
        }
        let instance = read_instance(&file)?;
        let seconds = published_limit(instance.problem.students()) * settings.scale;
        let runs = Runs::of(&instance, seconds, settings.seeds)?;
        let known = published.get(&instance.name);
        // At the full limit the best run is the mark, at a part of it the mean of all runs.
        let full = settings.scale >= 1.0;
        let target = known.map_or(Target::None, |known| {
            Target::AtLeast(if full { known.best } else { known.average })
        });
        let note =
            known.map_or(String::new(), |known| format!("published best {:.3}; ", known.best));
        take(Row::new(MEASURE, instance.name, runs.mean, target, note + &runs.told(seconds)));
    }
    Ok(())
}

fn generated(settings: &Settings, take: &mut dyn FnMut(Row)) -> Result<(), BenchError> {
    for family in [Family::Geo, Family::RanInt, Family::RanReal] {
        for (students, groups) in [(120, 10), (240, 12), (480, 20)] {
            for same in [false, true] {
                let bounds = library_bounds(students, groups, same, 1);
                let mut instance = generate(family, students, &bounds, 1);
                instance.name += if same { " ss" } else { " ds" };
                if !settings.wants(MEASURE, &instance.name) {
                    continue;
                }
                let seconds = published_limit(students) * settings.scale;
                let runs = Runs::of(&instance, seconds, settings.seeds)?;
                let told = runs.told(seconds);
                take(Row::new(MEASURE, instance.name, runs.mean, Target::None, told));
            }
        }
    }
    Ok(())
}

/// The seconds under which the published results were reached.
fn published_limit(students: u32) -> f64 {
    match students {
        0..=120 => 3.0,
        121..=240 => 20.0,
        241..=480 => 120.0,
        _ => 600.0,
    }
}

/// Several runs of an instance, in its units.
struct Runs {
    mean: f64,
    worst: f64,
    best: f64,
    seconds: f64,
    evaluations: u64,
}

impl Runs {
    fn of(instance: &Instance, seconds: f64, seeds: u64) -> Result<Self, BenchError> {
        let mut values = Vec::new();
        let mut spent: f64 = 0.0;
        let mut evaluations = 0;
        for seed in 1..=seeds.max(1) {
            let clock = Clock::start();
            let share = || clock.seconds() / seconds;
            let options = PairOptions { seed, budget: u64::MAX, clock: Some(&share) };
            let subject = || instance.name.clone();
            let refused = |source| BenchError::Pairs { subject: subject(), source };
            let found = solve_pairs(&instance.problem, &options).map_err(refused)?;
            spent = spent.max(clock.seconds());
            evaluations += found.evaluations;
            // What counts is the value of the groups, not what the search believes.
            let value = instance.problem.evaluate(&found.groups).map_err(refused)?;
            #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
            values.push(value as f64 / instance.unit);
        }
        #[expect(clippy::cast_precision_loss, reason = "few runs")]
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        Ok(Self {
            mean,
            worst: values.iter().copied().fold(f64::INFINITY, f64::min),
            best: values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
            seconds: spent,
            evaluations: evaluations / seeds.max(1),
        })
    }

    fn told(&self, limit: f64) -> String {
        let Self { worst, best, seconds, evaluations, .. } = self;
        let million = evaluations / 1_000_000;
        format!("{worst:.3} to {best:.3}, {seconds:.2} of {limit} s, {million} M changes")
    }
}
