//! What a group's verdict is worth in the assignment.

use super::GROUPS;
use crate::law::FULL;
use crate::state::State;

/// The largest weight of what a low group is short of the quantile.
const HEAVIEST: i64 = 50;

/// The largest cost of one group that still makes a difference.
const COSTLIEST: i64 = 1_000;

/// The worst group cannot be told apart there, so all low ones count for more, together as much
/// as the worst one does in the objective.
pub(super) struct Worth {
    quantile: i64,
    weight: i64,
    hard: i64,
}

impl Worth {
    /// Of so many groups the lowest counts more.
    pub(super) fn now(state: &State<'_>, lowest: usize) -> Self {
        let mut values: Vec<i64> =
            (0..state.groups).map(|group| state.group_value(group)).collect();
        let at = values.len() / lowest;
        let quantile = *values.select_nth_unstable(at).1;
        let share = state.model.worst;
        let weight = (lowest as i64 * share / (1000 - share).max(1)).min(HEAVIEST);
        // No change of scores in the window outweighs a unit of cost.
        let hard = FULL * state.model.total_weight * (1 + weight) * (GROUPS as i64 + 1);
        Self { quantile, weight, hard }
    }

    pub(super) fn price(&self, value: i64, cost: i64) -> i64 {
        let short = (self.quantile - value).max(0);
        self.hard * cost.min(COSTLIEST) - value + self.weight * short
    }
}
