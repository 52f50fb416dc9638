//! Thresholds of the Metropolis rule, drawn in blocks.

use super::sum::Sum;
use crate::draw::{Draw, ln};

/// Thresholds in the table, at least.
const LENGTH: usize = 1 << 15;

/// Exponentially distributed numbers in random order, in blocks of one per member of the largest
/// group. A change is accepted if its gain plus temperature times one of them is not negative.
/// With the largest number of each block at hand, most groups can be passed over without looking
/// at their members.
pub(crate) struct Chance<S> {
    spread: Vec<f32>,
    width: usize,
    peaks: Vec<f32>,
    /// Each block's largest number times the temperature, rounded up.
    reach: Vec<S>,
    temperature: f32,
}

impl<S: Sum> Chance<S> {
    /// For groups of at most `width` members, `groups` of them.
    pub(crate) fn new(width: usize, groups: usize, draw: &mut Draw) -> Self {
        let length = LENGTH.max(4 * width * groups);
        let mut spread: Vec<f32> =
            (0..length).map(|i| -ln((i as f64 + 0.5) / length as f64) as f32).collect();
        draw.shuffle(&mut spread);
        let peaks: Vec<f32> = spread
            .chunks_exact(width)
            .map(|block| block.iter().copied().fold(0.0, f32::max))
            .collect();
        let reach = vec![S::default(); peaks.len()];
        Self { spread, width, peaks, reach, temperature: 0.0 }
    }

    pub(crate) fn heat(&mut self, temperature: f64) {
        self.temperature = temperature as f32;
        for (reach, peak) in self.reach.iter_mut().zip(&self.peaks) {
            *reach = S::above(self.temperature * peak);
        }
    }

    pub(crate) fn temperature(&self) -> f32 {
        self.temperature
    }

    /// The first of `groups` consecutive blocks, from a number in `0..2^32`.
    pub(crate) fn blocks(&self, groups: usize, dice: u32) -> usize {
        ((u64::from(dice) * (self.peaks.len() - groups) as u64) >> 32) as usize
    }

    /// What blocks from `first` on can lift a gain by.
    pub(crate) fn reach(&self, first: usize, groups: usize) -> &[S] {
        &self.reach[first..][..groups]
    }

    /// The numbers of one block, to be multiplied by the temperature.
    pub(crate) fn block(&self, block: usize) -> &[f32] {
        &self.spread[block * self.width..][..self.width]
    }

    /// One number.
    pub(crate) fn one(&self, draw: &mut Draw) -> f32 {
        self.spread[draw.index(self.spread.len())]
    }
}
