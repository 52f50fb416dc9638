//! Shares: what each student brings to a group at most, by the group's size.
//!
//! If every group's score is at most the sum of its members' shares, the sum of all shares
//! bounds the sum over groups, whoever is with whom. Sizes may differ: a bound `m` of the mean
//! holds if no choice of a size for each student makes the shares of all exceed `m` per group.

use super::ONE;
use crate::model::Model;

/// By size and student, in parts of a perfect group ([`ONE`]).
pub(crate) struct Shares {
    students: usize,
    min: usize,
    by_size: Vec<Vec<i64>>,
}

impl Shares {
    /// No criterion yet, only the sizes.
    pub(crate) fn new(model: &Model) -> Self {
        let students = model.students as usize;
        let (min, max) = (model.sizes.min as usize, model.sizes.max as usize);
        let by_size = (min..=max)
            .map(|size| {
                let each = super::worth(model, i128::from(model.size_value(size)), size as i128);
                vec![each; students]
            })
            .collect();
        Self { students, min, by_size }
    }

    /// Nothing at all yet, not even the sizes.
    pub(crate) fn empty(model: &Model) -> Self {
        let (min, max) = (model.sizes.min as usize, model.sizes.max as usize);
        let students = model.students as usize;
        Self { students, min, by_size: vec![vec![0; students]; max - min + 1] }
    }

    /// The sizes that there can be.
    pub(crate) fn sizes(&self) -> std::ops::Range<usize> {
        self.min..self.min + self.by_size.len()
    }

    /// Adds what one criterion, or several, give to each member of a group of `size`.
    pub(crate) fn add(&mut self, size: usize, more: &[i64]) {
        for (share, more) in self.by_size[size - self.min].iter_mut().zip(more) {
            *share += more;
        }
    }

    /// The same with some quarters of it.
    pub(crate) fn add_quarters(&mut self, size: usize, more: &[i64], quarters: i64) {
        let some: Vec<i64> = more.iter().map(|more| -(-more * quarters).div_euclid(4)).collect();
        self.add(size, &some);
    }

    /// A bound of the mean over groups, whatever their number and sizes.
    pub(crate) fn mean(&self) -> i64 {
        let sizes = self.sizes();
        let (mut holds, mut fails) = (ONE, -1);
        while holds - fails > 1 {
            let mean = (holds + fails).div_euclid(2);
            if self.excess(mean, sizes.clone()) <= 0 {
                holds = mean;
            } else {
                fails = mean;
            }
        }
        holds
    }

    /// A bound of the mean over so many groups.
    pub(crate) fn mean_of(&self, groups: u32) -> i64 {
        let others = groups as usize - 1;
        let (min, max) = (self.min, self.min + self.by_size.len() - 1);
        let least = self.students.saturating_sub(others * max).max(min);
        let most = (self.students - others * min).min(max);
        if least > most {
            return 0;
        }
        // Convex in the price of a group, so its lowest point is between the slopes' signs.
        let bound = |price: i64| {
            let excess = self.excess(price, least..most + 1);
            i128::from(price) * i128::from(groups) + excess
        };
        let (mut low, mut high) = (-ONE, 2 * ONE);
        while low < high {
            let middle = (low + high).div_euclid(2);
            if bound(middle) <= bound(middle + 1) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        let groups = i128::from(groups);
        ((bound(low) + groups - 1).div_euclid(groups)).clamp(0, i128::from(ONE)) as i64
    }

    /// What all shares bring beyond a price per group, each student in the size that suits.
    fn excess(&self, price: i64, sizes: std::ops::Range<usize>) -> i128 {
        let prices: Vec<(i64, &[i64])> = sizes
            .map(|size| (price.div_euclid(size as i64), self.by_size[size - self.min].as_slice()))
            .collect();
        (0..self.students)
            .map(|student| {
                let best = prices.iter().map(|(price, shares)| shares[student] - price).max();
                i128::from(best.unwrap_or(0))
            })
            .sum()
    }
}
