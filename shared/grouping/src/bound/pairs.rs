//! What the best partners of all would give each student, over all pairwise criteria together.

use super::shares::Shares;
use super::{ONE, worth};
use crate::law::{FULL, Law, Pairwise, SHIFT, Sense, pairs};
use crate::model::{Model, Ruled};

/// A perfect group in the pairs' own parts, which fit into 32 bits.
const PERFECT: i64 = 1 << 26;

/// Pairs looked at for the price of an evaluation of the search.
const LOOKS: u64 = 64;

/// Students at most, whatever the budget: three matrices of them take 192 MB.
const MOST_STUDENTS: u32 = 4_000;

/// Steps of the prices at most.
const STEPS: u64 = 60;

/// How much of the criteria that can be taken both ways is taken by pairs, in quarters.
pub(super) const QUARTERS: [i64; 3] = [0, 2, 4];

/// Pairs of a problem whose matrix fits into the budget.
pub(super) struct Pairs<'m> {
    model: &'m Model,
    steps: u64,
}

/// By student and partner: what the pair gives a group of one size at most.
struct Matrix {
    size: usize,
    students: usize,
    rows: Vec<i32>,
}

/// Whether a criterion is about pairs, and its totals say nothing.
pub(super) fn always(law: &Law) -> bool {
    match law {
        Law::Pairwise(law) => !on_a_line(law),
        Law::Overlap(_) => true,
        Law::Relation(law) => law.sense() == Sense::Avoid,
        _ => false,
    }
}

/// Whether a criterion can be taken both ways, by totals and by pairs.
pub(super) fn either(law: &Law) -> bool {
    matches!(law, Law::Pairwise(law) if on_a_line(law))
}

fn on_a_line(law: &Pairwise) -> bool {
    law.is_mix() && law.line().is_some()
}

impl<'m> Pairs<'m> {
    /// Nothing if no criterion is about pairs, or if the budget or the memory does not allow it.
    pub(super) fn new(model: &'m Model, budget: u64) -> Option<Self> {
        if model.students > MOST_STUDENTS {
            return None;
        }
        let laws = model.rules.iter().filter(|rule| always(&rule.law) || either(&rule.law));
        let laws = laws.count() as u64;
        let sizes = u64::from(model.sizes.max - model.sizes.min + 1);
        let looks = (budget / 4).saturating_mul(LOOKS) / (pairs(model.students as usize) as u64);
        if laws == 0 || looks < sizes * laws {
            return None;
        }
        let steps = (looks - sizes * laws) / (2 * sizes * QUARTERS.len() as u64);
        Some(Self { model, steps: steps.min(STEPS) })
    }

    /// Adds the pairs' part to the shares for each of [`QUARTERS`], and gives a bound of the
    /// worst group.
    pub(super) fn add(&self, shares: &mut [Shares]) -> i64 {
        let model = self.model;
        let mut most = vec![0; model.students as usize];
        for size in shares[0].sizes() {
            let plain = self.matrix(size, always);
            let lined = self.matrix(size, either);
            let mut here = vec![ONE; model.students as usize];
            for (shares, quarters) in shares.iter_mut().zip(QUARTERS) {
                let both = plain.plus(&lined, quarters);
                shares.add(size, &both.shares(self.steps));
                if quarters % 4 == 0 {
                    let capped =
                        |rule: &&Ruled| !(always(&rule.law) || quarters == 4 && either(&rule.law));
                    let caps: i64 =
                        model.rules.iter().filter(capped).map(Ruled::worth_of_full).sum();
                    let rest = worth(model, i128::from(caps + model.size_value(size)), 1);
                    both.around(rest, &mut here);
                }
            }
            for (most, here) in most.iter_mut().zip(here) {
                *most = here.max(*most);
            }
        }
        most.into_iter().min().unwrap_or(ONE)
    }

    /// What the criteria chosen give to a group of `size`, pair by pair.
    fn matrix(&self, size: usize, takes: impl Fn(&Law) -> bool) -> Matrix {
        let students = self.model.students as usize;
        let mut rows = vec![0; students * students];
        let count = pairs(size).max(1);
        for rule in self.model.rules.iter().filter(|rule| takes(&rule.law)) {
            let reciprocal = match &rule.law {
                Law::Pairwise(law) => law.reciprocal(size),
                _ => (1_u64 << SHIFT) / count as u64 + 1,
            };
            let point = i128::from(rule.worth_of_full() / FULL) * i128::from(PERFECT);
            let point = point * i128::from(reciprocal)
                / (i128::from(FULL) * i128::from(self.model.total_weight));
            let point = (point >> (SHIFT - FINE)) as i64 + 1;
            for a in 0..students {
                for b in a + 1..students {
                    let score = at_best(&rule.law, a as u32, b as u32);
                    let part = (((score * point) >> FINE) + 1) as i32;
                    rows[a * students + b] += part;
                    rows[b * students + a] += part;
                }
            }
        }
        Matrix { size, students, rows }
    }
}

/// Binary digits of a point's worth after the point.
const FINE: u32 = 24;

/// What a pair adds to the score of its group at most, all pairs of the group adding up. A score
/// that something is taken off is rounded up by less than a point.
fn at_best(law: &Law, a: u32, b: u32) -> i64 {
    match law {
        Law::Pairwise(law) => {
            let distance = law.distances(a, &[b]);
            if law.is_mix() { distance } else { FULL + 1 - distance }
        }
        Law::Overlap(law) => law.at_best(a, b),
        Law::Relation(law) => law.at_best(a, b) + 1,
        _ => FULL,
    }
}

impl Matrix {
    fn plus(&self, other: &Self, quarters: i64) -> Self {
        let part = |&value: &i32| ((i64::from(value) * quarters + 3) / 4) as i32;
        let rows = self.rows.iter().zip(&other.rows).map(|(a, b)| a + part(b)).collect();
        Self { rows, ..*self }
    }

    /// By student: half of what the best partners give, after prices on the partners.
    ///
    /// Each member of a group pays its price to each other member, so that prices cancel within
    /// groups; whatever they are, the sum stays a bound. They are moved to make it low: up for
    /// those who are among the best partners of too many.
    fn shares(&self, steps: u64) -> Vec<i64> {
        let partners = self.size as i64 - 1;
        let mut prices = vec![0_i32; self.students];
        let mut wanted = vec![0_i64; self.students];
        let mut top = Top::new(self.size - 1);
        let mut best: Option<(i128, Vec<i64>)> = None;
        let mut first = 0;
        for step in 0..=steps {
            wanted.fill(0);
            let mut spread = 0;
            let mut shares = Vec::with_capacity(self.students);
            for (student, row) in self.rows.chunks_exact(self.students).enumerate() {
                top.fill(row, &prices, student);
                spread += i64::from(top.best() - top.last());
                for partner in top.partners() {
                    wanted[partner] += 1;
                }
                shares.push(top.sum() + partners * i64::from(prices[student]));
            }
            let total = shares.iter().map(|&share| i128::from(share)).sum();
            if best.as_ref().is_none_or(|(found, _)| total < *found) {
                best = Some((total, shares));
            }
            if step == 0 {
                first = spread / self.students as i64;
            }
            let move_by = first / (step as i64 + 2) / 2;
            if move_by == 0 {
                break;
            }
            for (price, wanted) in prices.iter_mut().zip(&wanted) {
                let change = move_by * (wanted - partners) / partners.max(1);
                let limit = PERFECT / 4;
                *price = (i64::from(*price) + change).clamp(-limit, limit) as i32;
            }
        }
        let (_, shares) = best.unwrap_or_default();
        // Halves, in parts of ONE.
        shares.into_iter().map(|share| share * (ONE / PERFECT / 2)).collect()
    }

    /// Lowers to what a group around each student can be worth: their own best partners, the
    /// best pair of all among these, and `rest` for the other criteria.
    fn around(&self, rest: i64, most: &mut [i64]) {
        let prices = vec![0; self.students];
        let mut top = Top::new(self.size - 1);
        let highest = self.rows.iter().max().copied().unwrap_or(0);
        let others = pairs(self.size - 1) * i64::from(highest);
        for (student, row) in self.rows.chunks_exact(self.students).enumerate() {
            top.fill(row, &prices, student);
            let found = (top.sum() + others) * (ONE / PERFECT) + rest;
            most[student] = most[student].min(found);
        }
    }
}

/// The best partners of a student.
struct Top {
    /// Worth and partner, the best first.
    found: Vec<(i32, u32)>,
    count: usize,
}

impl Top {
    fn new(count: usize) -> Self {
        Self { found: Vec::with_capacity(count + 1), count }
    }

    fn fill(&mut self, row: &[i32], prices: &[i32], student: usize) {
        self.found.clear();
        let mut least = i32::MIN;
        for (partner, (&worth, price)) in row.iter().zip(prices).enumerate() {
            let worth = worth - price;
            if worth <= least || partner == student {
                continue;
            }
            let at = self.found.partition_point(|other| other.0 >= worth);
            self.found.insert(at, (worth, partner as u32));
            self.found.truncate(self.count);
            if self.found.len() == self.count {
                least = self.found[self.count - 1].0;
            }
        }
    }

    fn best(&self) -> i32 {
        self.found.first().map_or(0, |first| first.0)
    }

    fn last(&self) -> i32 {
        self.found.last().map_or(0, |last| last.0)
    }

    fn sum(&self) -> i64 {
        self.found.iter().map(|found| i64::from(found.0)).sum()
    }

    fn partners(&self) -> impl Iterator<Item = usize> {
        self.found.iter().map(|found| found.1 as usize)
    }
}
