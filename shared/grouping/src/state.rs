//! An assignment under change: proposals cost one group's worth of work, not a section's.

use crate::law::{Agg, Change};
use crate::least::Least;
use crate::model::Model;
use crate::panel::Panel;

/// No group or no seat.
pub(crate) const NONE: u32 = u32::MAX;

/// Every student in a group, with each group's verdict kept up to date.
pub(crate) struct State<'m> {
    pub(crate) model: &'m Model,
    /// The number of groups.
    pub(crate) groups: usize,
    /// By student: their group.
    pub(crate) home: Vec<u32>,
    seat: Vec<u32>,
    members: Vec<u32>,
    stride: usize,
    size: Vec<u32>,
    /// By group: members who cannot be moved; they sit first.
    fixed: Vec<u32>,
    aggs: Vec<Agg>,
    value: Vec<i64>,
    cost: Vec<i64>,
    total_value: i64,
    total_cost: i64,
    least: Least,
    broken: Vec<u32>,
    broken_seat: Vec<u32>,
    pending: [Pending; 2],
}

/// A proposed change of one group.
struct Pending {
    group: usize,
    leaves: Option<u32>,
    joins: Option<u32>,
    rest: Vec<u32>,
    /// Changes of the packed columns' sums.
    sums: Vec<i32>,
    aggs: Vec<Agg>,
    value: i64,
    cost: i64,
}

/// What a proposal changes; larger values are better, larger costs worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Delta {
    /// Change of the objective, in the units of [`Standing::value`].
    pub(crate) value: i64,
    /// Change of the sum over groups alone, in the same units, as if the worst did not count.
    pub(crate) sum: i64,
    /// Change of the cost of broken must rules.
    pub(crate) cost: i64,
}

impl Delta {
    /// Whether the lexicographic order says better.
    pub(crate) fn improves(self) -> bool {
        self.cost < 0 || self.cost == 0 && self.value > 0
    }
}

/// How good an assignment is: cost first, then value. Values of different numbers of groups
/// compare after division by the number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) cost: i64,
    pub(crate) value: i64,
    pub(crate) groups: i64,
}

impl Standing {
    /// Whether this one is strictly better.
    pub(crate) fn beats(self, other: Self) -> bool {
        let scaled = |a: Self, b: Self| i128::from(a.value) * i128::from(b.groups);
        self.cost < other.cost
            || self.cost == other.cost && scaled(self, other) > scaled(other, self)
    }
}

impl<'m> State<'m> {
    /// Builds the state of an assignment; students whose home is [`NONE`] are not placed yet.
    pub(crate) fn new(model: &'m Model, groups: usize, home: Vec<u32>) -> Self {
        let fixed: Vec<u32> = (0..groups)
            .map(|group| model.anchors.get(group).map_or(0, |anchor| anchor.len() as u32))
            .collect();
        let mut size = fixed.clone();
        for &group in home.iter().filter(|&&group| group != NONE) {
            size[group as usize] += 1;
        }
        // An assignment made by a person may have groups above the range.
        let stride = size.into_iter().fold(model.sizes.max, u32::max) as usize;
        let rules = model.rules.len();
        let pending = || Pending {
            group: 0,
            leaves: None,
            joins: None,
            rest: Vec::with_capacity(stride),
            sums: vec![0; model.packed.width()],
            aggs: vec![Agg::default(); rules],
            value: 0,
            cost: 0,
        };
        let mut state = Self {
            model,
            groups,
            seat: vec![NONE; home.len()],
            home,
            members: vec![NONE; groups * stride],
            stride,
            size: fixed.clone(),
            fixed,
            aggs: vec![Agg::default(); groups * rules],
            value: vec![0; groups],
            cost: vec![0; groups],
            total_value: 0,
            total_cost: 0,
            least: Least::new(&vec![0; groups]),
            broken: Vec::new(),
            broken_seat: vec![NONE; groups],
            pending: [pending(), pending()],
        };
        for (group, anchor) in model.anchors.iter().enumerate() {
            state.members[group * stride..][..anchor.len()].copy_from_slice(anchor);
        }
        for student in 0..state.home.len() {
            if state.home[student] != NONE {
                state.seat_student(student as u32, state.home[student] as usize);
            }
        }
        for group in 0..groups {
            let members = state.members(group).to_vec();
            for (index, rule) in model.rules.iter().enumerate() {
                state.aggs[group * rules + index] = rule.law.whole(&members);
            }
            let (value, cost) = model.judge_group(&members);
            state.set_verdict(group, value, cost);
        }
        state
    }

    /// The members of a group, in no particular order.
    pub(crate) fn members(&self, group: usize) -> &[u32] {
        &self.members[group * self.stride..][..self.size[group] as usize]
    }

    /// Those of them who can be moved.
    pub(crate) fn movable(&self, group: usize) -> &[u32] {
        &self.members(group)[self.fixed[group] as usize..]
    }

    pub(crate) fn size(&self, group: usize) -> u32 {
        self.size[group]
    }

    /// The groups that break a must rule.
    pub(crate) fn broken(&self) -> &[u32] {
        &self.broken
    }

    /// The group with the lowest score.
    pub(crate) fn worst_group(&self) -> usize {
        self.least.first()
    }

    pub(crate) fn standing(&self) -> Standing {
        let closed = self.model.closed;
        let least = self.least.min().min(closed.least);
        Standing {
            cost: self.total_cost + closed.cost,
            value: self.objective(self.total_value + closed.sum, least),
            groups: self.all_groups(),
        }
    }

    /// The weighted sums of all groups together.
    pub(crate) fn sum(&self) -> i64 {
        self.total_value
    }

    /// The lowest weighted sum of a group.
    pub(crate) fn least(&self) -> i64 {
        self.least.min()
    }

    fn objective(&self, sum: i64, least: i64) -> i64 {
        let worst = self.model.worst;
        (1000 - worst) * sum + worst * self.all_groups() * least
    }

    /// The number of groups in the objective.
    pub(crate) fn all_groups(&self) -> i64 {
        self.groups as i64 + self.model.closed.groups
    }

    /// Judges the exchange of two students of different groups.
    pub(crate) fn try_swap(&mut self, a: u32, b: u32) -> Delta {
        let (from, to) = (self.home[a as usize], self.home[b as usize]);
        self.propose(0, from as usize, Some(a), Some(b));
        self.propose(1, to as usize, Some(b), Some(a));
        self.delta()
    }

    /// Judges the move of a student to another group that has room.
    pub(crate) fn try_move(&mut self, student: u32, to: usize) -> Delta {
        let from = self.home[student as usize] as usize;
        self.propose(0, from, Some(student), None);
        self.propose(1, to, None, Some(student));
        self.delta()
    }

    /// Judges a group with a member replaced by each of the panel's joiners in turn.
    pub(crate) fn try_replacements(&mut self, group: usize, leaves: u32, panel: &mut Panel<'_>) {
        self.prepare(0, group, Some(leaves), None);
        let Pending { rest, sums, aggs, .. } = &mut self.pending[0];
        let rules = self.model.rules.len();
        let before = &self.aggs[group * rules..][..rules];
        self.model.shift(before, Change { rest, leaves: Some(leaves), joins: None }, sums, aggs);
        panel.judge(rest, aggs);
    }

    /// Judges a group without one of its members: its weighted sum.
    pub(crate) fn try_removal(&mut self, group: usize, leaves: u32) -> i64 {
        self.propose(0, group, Some(leaves), None);
        self.pending[0].value
    }

    /// The weighted sum of a group.
    pub(crate) fn group_value(&self, group: usize) -> i64 {
        self.value[group]
    }

    /// Judges the placement of a student who has no group yet: what the group gains, and its
    /// change of cost.
    pub(crate) fn try_place(&mut self, student: u32, group: usize) -> (i64, i64) {
        self.propose(0, group, None, Some(student));
        let side = &self.pending[0];
        (side.value - self.value[group], side.cost - self.cost[group])
    }

    /// Places a student who has no group yet.
    pub(crate) fn place(&mut self, student: u32, group: usize) {
        self.propose(0, group, None, Some(student));
        self.settle(0);
        self.seat_student(student, group);
    }

    /// Carries out the swap or move last judged.
    pub(crate) fn commit(&mut self) {
        for side in 0..2 {
            if let Some(student) = self.pending[side].leaves {
                self.unseat(student);
            }
        }
        for side in 0..2 {
            let group = self.pending[side].group;
            if let Some(student) = self.pending[side].joins {
                self.seat_student(student, group);
            }
            self.settle(side);
        }
    }

    fn propose(&mut self, side: usize, group: usize, leaves: Option<u32>, joins: Option<u32>) {
        self.prepare(side, group, leaves, joins);
        let rules = self.model.rules.len();
        let pending = &mut self.pending[side];
        let Pending { rest, sums, aggs, .. } = pending;
        let change = Change { rest, leaves, joins };
        let before = &self.aggs[group * rules..][..rules];
        (pending.value, pending.cost) = self.model.judge_change(before, change, sums, aggs);
    }

    fn prepare(&mut self, side: usize, group: usize, leaves: Option<u32>, joins: Option<u32>) {
        let members = &self.members[group * self.stride..][..self.size[group] as usize];
        let pending = &mut self.pending[side];
        pending.group = group;
        pending.leaves = leaves;
        pending.joins = joins;
        pending.rest.clear();
        pending.rest.extend(members.iter().copied().filter(|&member| Some(member) != leaves));
    }

    fn delta(&self) -> Delta {
        let [a, b] = &self.pending;
        let sum = a.value + b.value - self.value[a.group] - self.value[b.group];
        let most = self.model.closed.least;
        let least = self.least.min_with(a.group, a.value, b.group, b.value).min(most)
            - self.least.min().min(most);
        Delta {
            value: self.objective(sum, least),
            sum: 1000 * sum,
            cost: a.cost + b.cost - self.cost[a.group] - self.cost[b.group],
        }
    }

    fn settle(&mut self, side: usize) {
        let pending = &self.pending[side];
        let rules = self.model.rules.len();
        let (group, value, cost) = (pending.group, pending.value, pending.cost);
        self.aggs[group * rules..][..rules].copy_from_slice(&pending.aggs);
        self.set_verdict(group, value, cost);
    }

    fn set_verdict(&mut self, group: usize, value: i64, cost: i64) {
        self.total_value += value - self.value[group];
        self.total_cost += cost - self.cost[group];
        self.value[group] = value;
        self.cost[group] = cost;
        self.least.set(group, value);
        let listed = self.broken_seat[group] != NONE;
        if cost > 0 && !listed {
            self.broken_seat[group] = self.broken.len() as u32;
            self.broken.push(group as u32);
        } else if cost == 0 && listed {
            let seat = self.broken_seat[group] as usize;
            self.broken.swap_remove(seat);
            if let Some(&moved) = self.broken.get(seat) {
                self.broken_seat[moved as usize] = seat as u32;
            }
            self.broken_seat[group] = NONE;
        }
    }

    fn seat_student(&mut self, student: u32, group: usize) {
        let seat = self.size[group];
        self.members[group * self.stride + seat as usize] = student;
        self.size[group] = seat + 1;
        self.home[student as usize] = group as u32;
        self.seat[student as usize] = seat;
    }

    fn unseat(&mut self, student: u32) {
        let group = self.home[student as usize] as usize;
        let seat = self.seat[student as usize] as usize;
        self.size[group] -= 1;
        let last = self.members[group * self.stride + self.size[group] as usize];
        self.members[group * self.stride + seat] = last;
        self.seat[last as usize] = seat as u32;
    }
}

#[cfg(test)]
#[path = "state_tests.rs"]
mod tests;
