//! Simulated annealing: one state, cooled once over the whole budget.

use super::ladder::Ladder;
use super::landscape::Landscape;
use super::record::Record;
use crate::draw::Draw;

/// Runs until the record's share reaches `end`.
pub(crate) fn cool<L: Landscape>(
    land: &mut L,
    state: &mut L::State,
    ladder: &Ladder,
    end: f64,
    record: &mut Record<'_>,
    draw: &mut Draw,
) {
    let begun = record.share();
    loop {
        let part = (record.share() - begun) / (end - begun).max(1e-9);
        if part >= 1.0 {
            break;
        }
        let tally = land.sweep(state, ladder.at(part), draw);
        record.note(land, state, tally);
    }
    let (tally, _) = land.descend(state, record.left());
    record.note(land, state, tally);
}
