//! Which temperatures matter, measured by a quick cooling.
//!
//! Families of problems differ: random values freeze within a factor of two in temperature,
//! distances between points over a factor of thirty. What they have in common is the share of
//! changes accepted where the search begins to be selective and where it comes to rest, and how
//! far apart two temperatures may be for their states to look alike: the change of the inverse
//! temperature times the change of the mean value, about 1.

use super::landscape::{Landscape, Tally};
use super::record::Record;
use crate::draw::{Draw, exp, ln};

/// The first temperature looked at, in mean effects of a random change.
const BEGIN: f64 = 0.5;

/// From one temperature to the next.
const STEP: f64 = 0.96;

/// Sweeps at each.
const SWEEPS: usize = 3;

/// Changes accepted in a sweep, per student, at the hot end.
const HOT: f64 = 0.45;

/// Changes accepted in a sweep at the cold end.
const COLD: f64 = 8.0;

/// No colder than this part of [`BEGIN`].
const COLDEST: f64 = 1e-3;

/// Temperatures from hot to cold, with how far each is from the hot end in units of likeness.
pub(crate) struct Ladder {
    rungs: Vec<(f64, f64)>,
}

impl Ladder {
    /// Cools a state quickly from chaos to rest and measures.
    pub(crate) fn measure<L: Landscape>(
        land: &mut L,
        state: &mut L::State,
        record: &mut Record<'_>,
        draw: &mut Draw,
    ) -> Self {
        let begin = BEGIN * land.unit(state, draw);
        let students = land.home(state).len() as f64;
        let mut rungs: Vec<(f64, f64)> = Vec::new();
        let mut before: Option<(f64, f64)> = None;
        let mut temperature = begin;
        let mut length = 0.0;
        loop {
            let mut tally = Tally::default();
            let mut mean = 0.0;
            for _ in 0..SWEEPS {
                tally.add(land.sweep(state, temperature, draw));
                mean += land.value(state) as f64 / SWEEPS as f64;
            }
            record.note(land, state, tally);
            let accepted = tally.accepted as f64 / SWEEPS as f64;
            if accepted < HOT * students {
                if let Some((hotter, lower)) = before {
                    let gap = (1.0 / temperature - 1.0 / hotter) * (mean - lower);
                    length += gap.max(0.0).sqrt();
                }
                rungs.push((temperature, length));
                before = Some((temperature, mean));
            }
            if accepted < COLD || temperature < begin * COLDEST || record.share() >= 0.2 {
                break;
            }
            temperature *= STEP;
        }
        if rungs.is_empty() {
            rungs.push((temperature, 0.0));
        }
        Self { rungs }
    }

    /// The hottest and the coldest temperature.
    pub(crate) fn ends(&self) -> (f64, f64) {
        (self.rungs[0].0, self.rungs[self.rungs.len() - 1].0)
    }

    /// The distance between the ends.
    pub(crate) fn length(&self) -> f64 {
        self.rungs[self.rungs.len() - 1].1
    }

    /// The temperature at a part (0 to 1) of the way from hot to cold, geometrically.
    pub(crate) fn at(&self, part: f64) -> f64 {
        let (hot, cold) = self.ends();
        hot * exp((ln(cold / hot) * part).clamp(-40.0, 0.0))
    }
}
