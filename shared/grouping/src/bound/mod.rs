//! How good groups can be at all: a bound that no assignment exceeds.
//!
//! Three kinds of arguments, the lowest result counts:
//!
//! - **Totals** (`totals`): a section has only so many of each answer. Each criterion's score is
//!   bounded by a sum over the members that is exact where the answers are spread as evenly as
//!   the section allows; for instance nine coordinators cover nine groups of ten.
//! - **Pairs** (`pairs`): a group of five gives each member four partners. What the best four of
//!   all give, over all pairwise criteria together, bounds what anybody brings. Prices on popular
//!   partners, moved by a few steps of a subgradient method, see that not everybody can have
//!   the same ones.
//! - **The worst group**: somebody has to be with the student who is hardest to place, and the
//!   worst group is no better than the mean.
//!
//! In a class of some twenty every possible group can be judged (`columns`), which sees how all
//! criteria together get in each other's way.
//!
//! Sections small enough are looked through completely (`exact`), which proves the optimum.
//!
//! Everything is integer and rounded upwards, so that a bound is never below what can be reached.

mod beyond;
mod columns;
mod exact;
mod pairs;
mod shares;
mod totals;
mod ways;

use serde::{Deserialize, Serialize};

pub(crate) use beyond::{Beyond, beyond};
pub(crate) use exact::exact;

use crate::law::FULL;
use crate::model::Model;
use crate::state::Standing;
use crate::{Error, Problem};
use pairs::{Pairs, QUARTERS, always, either};
use shares::Shares;

/// What no assignment exceeds. Scores as in [`Solution`](crate::Solution).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bound {
    /// No assignment that breaks as few must rules as can be (by
    /// [`must_cost`](crate::Solution::must_cost)) has a higher
    /// [`objective`](crate::Solution::objective), in thousandths of a point. Unless it is
    /// proven, no assignment at all has.
    pub objective: u32,
    /// Whether [`objective`](Self::objective) is reached: the section was small enough to look
    /// through all assignments.
    pub proven: bool,
    /// No assignment has a higher mean, must rules or not.
    pub mean: u16,
    /// No assignment has a better worst group, must rules or not.
    pub worst: u16,
}

/// Computes a bound without a search; for small sections the optimum itself.
///
/// `budget` limits the time, in evaluations of a change (see [`Options`](crate::Options)); what
/// does not fit is left out, and the bound is less tight.
pub fn bound(problem: &Problem, budget: u64) -> Result<Bound, Error> {
    let model = Model::new(problem)?;
    let found = estimate(&model, budget);
    Ok(exact(&model, budget).map_or(found, |optimum| found.proved(&model, optimum.standing)))
}

impl Bound {
    /// The same with the optimum known.
    pub(crate) fn proved(self, model: &Model, optimum: Standing) -> Self {
        let objective = crate::report::objective(model, optimum);
        Self { objective, proven: true, ..self }
    }
}

/// A perfect group; fine enough that rounding stays under a thousandth of a point.
const ONE: i64 = 1 << 32;

/// A weighted score over `by` as a part of a perfect group, rounded upwards.
fn worth(model: &Model, value: i128, by: i128) -> i64 {
    let perfect = i128::from(FULL) * i128::from(model.total_weight) * by;
    -(-value * i128::from(ONE)).div_euclid(perfect) as i64
}

/// More shares than this are not worth their memory: only sizes count then.
const MOST_SHARES: usize = 4_000_000;

/// More numbers of groups than this are not looked at one by one: they differ too little.
const MOST_COUNTS: u32 = 40;

/// The bound without looking through assignments.
pub(crate) fn estimate(model: &Model, budget: u64) -> Bound {
    let sizes = (model.sizes.max - model.sizes.min + 1) as usize;
    let (mut mean, mut worst) = (ONE, ONE);
    if sizes * model.students as usize <= MOST_SHARES {
        let pairs = Pairs::new(model, budget);
        let quarters = if pairs.is_some() { QUARTERS.as_slice() } else { &[0] };
        let mut tables: Vec<Shares> = quarters.iter().map(|_| Shares::new(model)).collect();
        for rule in &model.rules {
            let by_pairs = pairs.is_some() && always(&rule.law);
            for size in tables[0].sizes() {
                if by_pairs {
                    continue;
                }
                let shares = totals::shares(model, rule, size);
                for (table, by_pairs) in tables.iter_mut().zip(quarters) {
                    let by_pairs = if either(&rule.law) { *by_pairs } else { 0 };
                    table.add_quarters(size, &shares, 4 - by_pairs);
                }
            }
        }
        if let Some(pairs) = pairs {
            worst = worst.min(pairs.add(&mut tables));
        }
        for table in &tables {
            mean = mean.min(best_mean(model, table));
        }
    }
    if let Some((better, least)) =
        columns::columns(model, budget, |shares| best_mean(model, shares))
    {
        mean = mean.min(better);
        worst = worst.min(least);
    }
    worst = worst.min(mean);
    let share = i128::from(model.worst);
    let mixed = (1000 - share) * i128::from(mean) + share * i128::from(worst);
    Bound {
        objective: points(mixed) as u32,
        proven: false,
        mean: points(i128::from(mean)) as u16,
        worst: points(i128::from(worst)) as u16,
    }
}

/// The bound of the mean over all numbers of groups.
fn best_mean(model: &Model, shares: &Shares) -> i64 {
    let any = shares.mean();
    let (low, high) = model.group_counts();
    if high - low >= MOST_COUNTS {
        return any;
    }
    let best = (low..=high).map(|groups| shares.mean_of(groups)).max();
    best.map_or(any, |best| best.min(any))
}

/// Parts of a perfect group in points, rounded upwards.
fn points(parts: i128) -> i64 {
    let one = i128::from(ONE);
    ((parts * i128::from(FULL) + one - 1) / one) as i64
}

#[cfg(test)]
mod tests;
