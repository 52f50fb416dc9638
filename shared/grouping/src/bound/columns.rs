//! Classes of some twenty: every possible group is judged, with prices on the students.
//!
//! A group's worth less the prices of its members, divided among them, and each member's own
//! price on top: whatever the prices, the best such share of everybody bounds the sum over all
//! groups. Prices rise for those whom too many of these best groups want, which closes in on the
//! bound of the fractional problem. Between complete looks at all groups the prices are moved by
//! those groups alone that come near to somebody's best.

use super::shares::Shares;
use super::{ONE, worth};
use crate::law::{Agg, Change};
use crate::model::Model;

/// Complete looks, and steps between two of them.
const LOOKS: usize = 8;
const STEPS: usize = 30;

/// Groups that prices are moved by.
const POOL: usize = 20_000;

/// Every group that the sizes allow.
struct Columns {
    students: usize,
    members: Vec<u32>,
    worth: Vec<i64>,
}

/// Bounds of the mean and of the worst group; nothing if there are too many groups.
pub(super) fn columns(
    model: &Model,
    budget: u64,
    mean_of: impl Fn(&Shares) -> i64,
) -> Option<(i64, i64)> {
    if model.students > u32::BITS || count(model) > budget / 2 {
        return None;
    }
    let columns = Columns::new(model);
    let students = columns.students;
    let mut prices = vec![0_i64; students];
    let (mut mean, mut worst) = (ONE, ONE);
    for look in 0..LOOKS {
        let all = 0..columns.members.len() as u32;
        let shares = columns.shares(model, &prices);
        mean = mean.min(mean_of(&shares));
        if look == 0 {
            worst = columns.worst();
        }
        let pool = columns.near(all, &prices, mean);
        for step in 0..STEPS {
            let pace = ONE / 50 / (1 + (look * STEPS + step) as i64 / 10);
            columns.move_prices(&pool, &mut prices, mean, pace);
        }
    }
    Some((mean, worst))
}

fn count(model: &Model) -> u64 {
    let students = u64::from(model.students);
    let sizes = u64::from(model.sizes.min)..=u64::from(model.sizes.max);
    sizes.map(|size| super::exact::choose(students, size)).fold(0, u64::saturating_add)
}

impl Columns {
    fn new(model: &Model) -> Self {
        let mut columns =
            Self { students: model.students as usize, members: Vec::new(), worth: Vec::new() };
        let aggs = vec![Agg::default(); model.rules.len()];
        columns.grow(model, &mut Vec::new(), &aggs, 0);
        columns
    }

    /// Adds every group that begins with these members.
    fn grow(&mut self, model: &Model, group: &mut Vec<u32>, aggs: &[Agg], from: u32) {
        let max = model.sizes.max as usize;
        for student in from..model.students {
            let change = Change { rest: group, leaves: None, joins: Some(student) };
            let size = change.size();
            let rules = model.rules.iter().zip(aggs);
            let after: Vec<Agg> = rules.map(|(rule, agg)| rule.law.shift(*agg, change)).collect();
            if size >= model.sizes.min as usize {
                let rules = model.rules.iter().zip(&after);
                let scores: i64 =
                    rules.map(|(rule, agg)| rule.weigh(rule.law.judge(*agg, change)).0).sum();
                let value = model.size_value(size) + scores;
                let members = group.iter().fold(1 << student, |set, member| set | 1 << member);
                self.members.push(members);
                self.worth.push(worth(model, i128::from(value), 1));
            }
            if size < max {
                group.push(student);
                self.grow(model, group, &after, student + 1);
                group.pop();
            }
        }
    }

    /// What is left of a group's worth after prices, for each of its members, rounded up.
    fn share(&self, column: u32, prices: &[i64], toll: i64) -> i64 {
        let members = self.members[column as usize];
        let paid: i64 = each(members).map(|member| prices[member]).sum();
        let size = i64::from(members.count_ones());
        (self.worth[column as usize] - toll - paid).div_euclid(size) + 1
    }

    /// By size and student: their price and the best share of any group around them.
    fn shares(&self, model: &Model, prices: &[i64]) -> Shares {
        let mut shares = Shares::empty(model);
        for size in shares.sizes() {
            let mut best = vec![-ONE; self.students];
            for column in 0..self.members.len() as u32 {
                let members = self.members[column as usize];
                if members.count_ones() as usize == size {
                    let share = self.share(column, prices, 0);
                    for member in each(members) {
                        best[member] = best[member].max(share);
                    }
                }
            }
            for (best, price) in best.iter_mut().zip(prices) {
                *best += price;
            }
            shares.add(size, &best);
        }
        shares
    }

    /// Somebody's best group is the worst.
    fn worst(&self) -> i64 {
        let mut best = vec![0; self.students];
        for (&members, &worth) in self.members.iter().zip(&self.worth) {
            for member in each(members) {
                best[member] = worth.max(best[member]);
            }
        }
        best.into_iter().min().unwrap_or(ONE)
    }

    /// The groups that come nearest to some member's best.
    fn near(&self, all: std::ops::Range<u32>, prices: &[i64], toll: i64) -> Vec<u32> {
        let best = self.best(all.clone(), prices, toll);
        let mut near: Vec<(i64, u32)> = all
            .map(|column| {
                let share = self.share(column, prices, toll);
                let members = each(self.members[column as usize]);
                let short = members.map(|member| best[member].0 - share).min();
                (short.unwrap_or(0), column)
            })
            .collect();
        if near.len() > POOL {
            near.select_nth_unstable(POOL);
            near.truncate(POOL);
        }
        near.sort_unstable_by_key(|near| near.1);
        near.into_iter().map(|near| near.1).collect()
    }

    /// By student: the best share and its group.
    fn best(&self, among: impl Iterator<Item = u32>, prices: &[i64], toll: i64) -> Vec<(i64, u32)> {
        let mut best = vec![(i64::MIN, 0); self.students];
        for column in among {
            let share = self.share(column, prices, toll);
            for member in each(self.members[column as usize]) {
                if share > best[member].0 {
                    best[member] = (share, column);
                }
            }
        }
        best
    }

    /// Raises the prices of those whom too many best groups want, and lowers the others.
    fn move_prices(&self, pool: &[u32], prices: &mut [i64], toll: i64, pace: i64) {
        let best = self.best(pool.iter().copied(), prices, toll);
        let mut moved = vec![-pace; self.students];
        for (_, column) in best {
            let members = self.members[column as usize];
            let part = pace / i64::from(members.count_ones());
            for member in each(members) {
                moved[member] += part;
            }
        }
        for (price, moved) in prices.iter_mut().zip(moved) {
            *price = (*price + moved).clamp(-ONE, ONE);
        }
    }
}

/// The members of a set.
fn each(mut members: u32) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let first = (members != 0).then(|| members.trailing_zeros() as usize)?;
        members &= members - 1;
        Some(first)
    })
}
