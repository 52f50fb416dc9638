//! Replica exchange (parallel tempering): states at fixed temperatures from hot to cold, which
//! change places where chance allows. What the hot ones find sinks to the cold ones; nothing has
//! to be known about how long the search may take.

use super::ladder::Ladder;
use super::landscape::Landscape;
use super::record::Record;
use crate::draw::{Draw, ln};

/// Turns between two descents from the coldest state.
const DESCENT: u64 = 64;

/// Runs until the record's share reaches `end`.
pub(crate) fn temper<L: Landscape>(
    land: &mut L,
    ladder: &Ladder,
    replicas: usize,
    end: f64,
    record: &mut Record<'_>,
    draw: &mut Draw,
) {
    let last = replicas.max(2) - 1;
    let temperatures: Vec<f64> =
        (0..=last).map(|rung| ladder.at(rung as f64 / last as f64)).collect();
    let mut states: Vec<L::State> = Vec::new();
    for _ in 0..=last {
        let home = land.start(draw);
        states.push(land.state(&home));
    }
    let mut lowest = land.state(record.home());
    for turn in 1.. {
        for (state, &temperature) in states.iter_mut().zip(&temperatures) {
            let tally = land.sweep(state, temperature, draw);
            record.note(land, state, tally);
        }
        for rung in 0..last {
            let gain = land.value(&states[rung]) - land.value(&states[rung + 1]);
            let colder = 1.0 / temperatures[rung + 1] - 1.0 / temperatures[rung];
            let chance = (f64::from(draw.word()) + 0.5) / 4_294_967_296.0;
            if gain >= 0 || gain as f64 * colder > ln(chance) {
                states.swap(rung, rung + 1);
            }
        }
        if turn % DESCENT == 0 {
            let home = land.home(&states[last]).to_vec();
            land.assign(&mut lowest, &home);
            let (tally, _) = land.descend(&mut lowest, record.left());
            record.note(land, &lowest, tally);
        }
        if record.share() >= end {
            break;
        }
    }
}
