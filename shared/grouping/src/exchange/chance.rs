//! A little chance in prices.

use crate::anneal::Acceptance;
use crate::draw::Draw;

/// Numbers that chance is drawn from: as many as [`Acceptance`] has.
const NUMBERS: usize = 4096;

/// What may come on top of a price.
pub(super) struct Chance {
    numbers: Vec<i64>,
    none: bool,
}

impl Chance {
    /// No chance at first.
    pub(super) fn none() -> Self {
        Self { numbers: vec![0; NUMBERS], none: true }
    }

    /// Sets how much chance there is.
    pub(super) fn set(&mut self, temperature: f64, acceptance: &Acceptance) {
        self.none = temperature <= 0.0;
        for (number, part) in self.numbers.iter_mut().zip(acceptance.all()) {
            *number = (temperature * part) as i64;
        }
    }

    /// Adds chance to prices. One word of the draw has two numbers.
    pub(super) fn add(&self, prices: &mut [i64], draw: &mut Draw) {
        if self.none {
            return;
        }
        let numbers = &self.numbers[..NUMBERS];
        for two in prices.chunks_mut(2) {
            let word = draw.word();
            for (price, word) in two.iter_mut().zip([word, word >> 16]) {
                *price += numbers[word as usize % NUMBERS];
            }
        }
    }
}
