//! Exchanges among many groups at once, for large sections.
//!
//! One member is taken out of each of 80 groups, and all are put back where they are worth most
//! together: an assignment problem, solved exactly. Judging every student in every group takes
//! as long as judging some three thousand swaps, yet finds the best of all permutations. Where a
//! budget gives each student a few hundred evaluations, most random swaps are refused, and this
//! gets as far in an eighth of the time.

mod assign;

use crate::chain::Record;
use crate::draw::Draw;
use crate::law::FULL;
use crate::panel::Panel;
use crate::state::State;
use assign::Assignment;

/// Groups that take part at once.
const GROUPS: usize = 80;

/// One in so many members is taken out because the others are better off without them, not by
/// chance.
const MISFIT: u32 = 3;

/// Groups below a quantile count more than their score: of 20 groups the lowest.
const LOWEST: usize = 20;

/// The largest weight of what a low group is short of the quantile.
const HEAVIEST: i64 = 50;

/// The largest cost of one group that still makes a difference.
const COSTLIEST: i64 = 1_000;

/// Exchanges until the budget ends, or a round over all groups finds nothing.
pub(crate) fn exchange(
    state: &mut State<'_>,
    budget: u64,
    draw: &mut Draw,
    record: &mut Record<'_>,
) {
    let mut order: Vec<u32> = (0..state.groups as u32).collect();
    order.retain(|&group| {
        !state.movable(group as usize).is_empty() && state.size(group as usize) > 1
    });
    let mut left = budget;
    let mut panel = Panel::new(state.model);
    let mut assignment = Assignment::default();
    loop {
        draw.shuffle(&mut order);
        let worth = Worth::now(state);
        let mut changed = false;
        for window in order.chunks(GROUPS).filter(|window| window.len() > 1) {
            let price = (window.len() * (window.len() + 1) / 2) as u64;
            if left < price || record.stopped() {
                record.keep(state, true);
                return;
            }
            left -= price;
            record.spend(price);
            let out: Vec<u32> =
                window.iter().map(|&group| take_out(state, group as usize, draw)).collect();
            assignment.clear(window.len());
            panel.seat(&out);
            for (&group, &leaves) in window.iter().zip(&out) {
                state.try_replacements(group as usize, leaves, &mut panel);
                assignment.row(panel.verdicts().map(|(value, cost)| worth.price(value, cost)));
            }
            changed |= carry_out(state, &out, assignment.solve());
        }
        record.keep(state, false);
        if !changed {
            record.keep(state, true);
            return;
        }
    }
}

/// Chooses the member to take out of a group.
fn take_out(state: &mut State<'_>, group: usize, draw: &mut Draw) -> u32 {
    let members = state.movable(group);
    if draw.one_in(MISFIT) {
        let members = members.to_vec();
        let without = |&member: &u32| state.try_removal(group, member);
        return members.into_iter().max_by_key(without).unwrap_or_default();
    }
    members[draw.index(members.len())]
}

/// Puts each student where the assignment says, by swaps; whether any was needed.
fn carry_out(state: &mut State<'_>, out: &[u32], takes: &[usize]) -> bool {
    let mut seated: Vec<usize> = (0..out.len()).collect();
    let mut seat: Vec<usize> = (0..out.len()).collect();
    let mut changed = false;
    for group in 0..out.len() {
        let (here, wanted) = (seated[group], takes[group]);
        if here != wanted {
            let other = seat[wanted];
            state.try_swap(out[here], out[wanted]);
            state.commit();
            seated.swap(group, other);
            seat.swap(here, wanted);
            changed = true;
        }
    }
    changed
}

/// What a group's verdict is worth in the assignment. The worst group cannot be told apart there,
/// so all low ones count for more, together as much as the worst one does in the objective.
struct Worth {
    quantile: i64,
    weight: i64,
    hard: i64,
}

impl Worth {
    fn now(state: &State<'_>) -> Self {
        let mut values: Vec<i64> =
            (0..state.groups).map(|group| state.group_value(group)).collect();
        let at = values.len() / LOWEST;
        let quantile = *values.select_nth_unstable(at).1;
        let share = state.model.worst;
        let weight = (LOWEST as i64 * share / (1000 - share).max(1)).min(HEAVIEST);
        // No change of scores in the window outweighs a unit of cost.
        let hard = FULL * state.model.total_weight * (1 + weight) * (GROUPS as i64 + 1);
        Self { quantile, weight, hard }
    }

    fn price(&self, value: i64, cost: i64) -> i64 {
        let short = (self.quantile - value).max(0);
        self.hard * cost.min(COSTLIEST) - value + self.weight * short
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Model;
    use crate::start::random;
    use crate::support::{cohort, mixed, sizes};

    #[test]
    fn exchanges_keep_everybody_and_all_verdicts() {
        for seed in 0..40 {
            let problem = mixed(seed, 60, sizes(3, 4, 6));
            let model = Model::new(&problem).expect("mixed problems are valid");
            let mut draw = Draw::new(seed, 0);
            let mut state = random(&model, 15, &mut draw);
            let sizes: Vec<u32> = (0..15).map(|group| state.size(group)).collect();
            exchange(&mut state, 2_000, &mut draw, &mut Record::new(&model, None));
            let fresh = State::new(&model, 15, state.home.clone());
            assert_eq!(state.standing(), fresh.standing(), "problem {seed}");
            for (group, &size) in sizes.iter().enumerate() {
                assert_eq!(state.size(group), size);
                assert_eq!(state.group_value(group), fresh.group_value(group));
            }
        }
    }

    #[test]
    fn exchanges_get_further_than_as_many_random_swaps() {
        let problem = cohort(1, 400);
        let model = Model::new(&problem).expect("cohorts are valid");
        let mut draw = Draw::new(1, 0);
        let mut state = random(&model, 80, &mut draw);
        let home = state.home.clone();
        exchange(&mut state, 40_000, &mut draw, &mut Record::new(&model, None));
        let mut other = State::new(&model, 80, home);
        for _ in 0..40_000 {
            let (a, b) = (draw.below(400), draw.below(400));
            if other.home[a as usize] != other.home[b as usize] && other.try_swap(a, b).improves() {
                other.commit();
            }
        }
        assert!(state.standing().beats(other.standing()));
    }
}
