//! Groups under repair, and how two repairs compare.

use std::cmp::Ordering;

use crate::model::Model;
use crate::state::NONE;

/// What a repair starts from. Students are those who are present.
pub(super) struct Context<'m> {
    pub(super) model: &'m Model,
    /// By student: the published group, or [`NONE`].
    pub(super) origin: Vec<u32>,
    pub(super) locked: Vec<bool>,
    base: Vec<Base>,
}

/// A published group.
struct Base {
    /// Who is still there.
    remaining: Vec<u32>,
    /// How far outside the sizes it was, and the cost of its broken must rules.
    outside: i64,
    cost: i64,
    /// By criterion: whether it broke it.
    broken: Vec<bool>,
}

/// How a group stands in a repair.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Side {
    /// How much further outside the sizes than published, and how much more its rules cost.
    pub(super) size: i64,
    pub(super) must: i64,
    pub(super) changed: bool,
    moved: i64,
    /// The weighted sum; nothing if the group is empty.
    pub(super) value: Option<i64>,
}

/// New members of some groups, and who is left without one.
#[derive(Clone)]
pub(super) struct Change {
    pub(super) groups: Vec<(usize, Vec<u32>)>,
    pub(super) pool: Vec<u32>,
}

/// A repair's place among repairs: smaller is better.
#[derive(Clone, Copy)]
pub(super) struct Rank {
    /// Sizes, rules, changed groups, students without a group, moved students.
    pub(super) counts: [i64; 5],
    value: i64,
    groups: i64,
}

impl Rank {
    pub(super) fn order(&self, other: &Self) -> Ordering {
        let score = |a: &Self, b: &Self| i128::from(a.value) * i128::from(b.groups);
        self.counts.cmp(&other.counts).then_with(|| score(other, self).cmp(&score(self, other)))
    }

    pub(super) fn beats(&self, other: &Self) -> bool {
        self.order(other) == Ordering::Less
    }
}

/// Groups under repair: the published ones, new ones, and an empty one behind them.
#[derive(Clone)]
pub(super) struct Patch<'c> {
    pub(super) context: &'c Context<'c>,
    pub(super) groups: Vec<Vec<u32>>,
    pub(super) sides: Vec<Side>,
    /// Students without a group.
    pub(super) pool: Vec<u32>,
    /// Groups whose defects are left as they are.
    pub(super) given_up: Vec<usize>,
    counts: [i64; 5],
    sum: i64,
    filled: i64,
    /// The lowest values with their groups, ascending.
    lowest: Vec<(i64, usize)>,
}

/// Groups that one change may touch: so many lowest values and one are remembered.
const TOUCHED: usize = 8;

impl<'m> Context<'m> {
    pub(super) fn new(
        model: &'m Model,
        whole: &Model,
        published: &[Vec<u32>],
        order: &[u32],
        origin: &[u32],
        locked: &[usize],
    ) -> Self {
        let origin: Vec<u32> = order.iter().map(|&student| origin[student as usize]).collect();
        let mut base: Vec<Base> = published
            .iter()
            .map(|members| Base {
                remaining: Vec::new(),
                outside: outside(model, members.len()),
                cost: if members.is_empty() { 0 } else { whole.judge_group(members).1 },
                broken: whole
                    .rules
                    .iter()
                    .map(|rule| !members.is_empty() && rule.judge_whole(members).severity > 0)
                    .collect(),
            })
            .collect();
        for (student, &group) in origin.iter().enumerate() {
            if group != NONE {
                base[group as usize].remaining.push(student as u32);
            }
        }
        // Who left takes part of the section's range and mean along. What that alone breaks in
        // a group that nobody left is not theirs to mend.
        for (base, members) in base.iter_mut().zip(published) {
            if !members.is_empty() && base.remaining.len() == members.len() {
                base.cost = base.cost.max(model.judge_group(&base.remaining).1);
                for (broken, rule) in base.broken.iter_mut().zip(&model.rules) {
                    *broken |= rule.judge_whole(&base.remaining).severity > 0;
                }
            }
        }
        let locked = (0..published.len()).map(|group| locked.contains(&group)).collect();
        Self { model, origin, locked, base }
    }

    /// Takes which rules a group broke when published from what was noted then.
    pub(super) fn note_broken(&mut self, group: usize, noted: impl Fn(usize) -> bool) {
        let base = &mut self.base[group];
        for (index, broken) in base.broken.iter_mut().enumerate() {
            *broken = noted(index);
        }
        // Nothing that was kept is worth a cost; of what was broken, the cost is known no better.
        let any = |rule: &(usize, &bool)| *rule.1 && self.model.rules[rule.0].is_must();
        if !base.broken.iter().enumerate().any(|rule| any(&rule)) {
            base.cost = 0;
        }
    }

    pub(super) fn published(&self) -> usize {
        self.base.len()
    }

    pub(super) fn remaining(&self, group: usize) -> &[u32] {
        self.base.get(group).map_or(&[], |base| &base.remaining)
    }

    pub(super) fn broken_when_published(&self, group: usize, rule: usize) -> bool {
        self.base.get(group).is_some_and(|base| base.broken[rule])
    }

    pub(super) fn is_locked(&self, group: usize) -> bool {
        self.locked.get(group).copied().unwrap_or(false)
    }

    /// How many of these members were published in another group.
    pub(super) fn moved(&self, group: usize, members: &[u32]) -> i64 {
        let elsewhere = members.iter().filter(|&&student| {
            let from = self.origin[student as usize];
            from != NONE && from != group as u32
        });
        elsewhere.count() as i64
    }

    /// How a group of these members would stand.
    pub(super) fn judge(&self, group: usize, members: &[u32]) -> Side {
        let base = self.base.get(group);
        let mut side = Side {
            size: 0,
            must: 0,
            changed: base.is_some_and(|base| {
                let at_home = |&&s: &&u32| self.origin[s as usize] == group as u32;
                let at_home = members.iter().filter(at_home).count();
                let whole = base.remaining.len();
                whole > 0 && (at_home != whole || members.len() != whole)
            }),
            moved: self.moved(group, members),
            value: None,
        };
        if !members.is_empty() {
            let (value, cost) = self.model.judge_group(members);
            let (out, broken) = base.map_or((0, 0), |base| (base.outside, base.cost));
            side.size = (outside(self.model, members.len()) - out).max(0);
            side.must = (cost - broken).max(0);
            side.value = Some(value);
        }
        side
    }

    /// No repair is less outside the sizes than this in all, beyond what was published.
    pub(super) fn least_outside(&self) -> i64 {
        let (min, max) = (i64::from(self.model.sizes.min), i64::from(self.model.sizes.max));
        let students = self.origin.len() as i64;
        let known: i64 = self.base.iter().map(|base| base.outside).sum();
        let outside = |groups: i64| (groups * min - students).max(students - groups * max).max(0);
        (1..=students / min + 1).map(outside).min().map_or(0, |least| (least - known).max(0))
    }

    /// So many published groups change in any repair that keeps sizes and rules.
    pub(super) fn unavoidable(&self) -> usize {
        let ill: Vec<usize> = (0..self.base.len())
            .filter(|&group| {
                let side = self.judge(group, self.remaining(group));
                side.size > 0 || side.must > 0
            })
            .collect();
        let joiners = self.origin.iter().filter(|&&group| group == NONE).count();
        let (min, max) = (self.model.sizes.min as usize, self.model.sizes.max as usize);
        // Could these groups, the joiners and new groups do it among themselves?
        let together: usize =
            joiners + ill.iter().map(|&group| self.remaining(group).len()).sum::<usize>();
        let divisible = together == 0 || together.div_ceil(max) <= together / min;
        // One group alone can only divide itself.
        let alone = ill.len() == 1 && joiners == 0 && together < 2 * min;
        // Locked groups stay, and their own defects need no room elsewhere.
        let bound = ill.iter().any(|&group| self.locked[group])
            || ill.iter().any(|&group| self.base[group].outside > 0);
        ill.len() + usize::from(!bound && (!divisible || alone))
    }
}

/// How many members too few or too many.
fn outside(model: &Model, size: usize) -> i64 {
    if size == 0 {
        return 0;
    }
    let (size, min, max) = (size as i64, i64::from(model.sizes.min), i64::from(model.sizes.max));
    (min - size).max(size - max).max(0)
}

impl<'c> Patch<'c> {
    /// The published groups without those who left; joiners have no group.
    pub(super) fn new(context: &'c Context<'c>) -> Self {
        let groups: Vec<Vec<u32>> =
            context.base.iter().map(|base| base.remaining.clone()).collect();
        let joiners = (0..context.origin.len() as u32)
            .filter(|&student| context.origin[student as usize] == NONE)
            .collect();
        Self::of(context, groups, joiners)
    }

    /// Other groups of the same repair, everybody placed.
    pub(super) fn with_groups(&self, groups: Vec<Vec<u32>>) -> Self {
        Self::of(self.context, groups, Vec::new())
    }

    fn of(context: &'c Context<'c>, groups: Vec<Vec<u32>>, pool: Vec<u32>) -> Self {
        let sides = (0..).zip(&groups).map(|(group, m)| context.judge(group, m)).collect();
        let mut patch = Self {
            context,
            groups,
            sides,
            pool,
            given_up: Vec::new(),
            counts: [0; 5],
            sum: 0,
            filled: 0,
            lowest: Vec::new(),
        };
        patch.add_up();
        patch
    }

    fn add_up(&mut self) {
        if self.groups.len() <= self.context.published()
            || self.groups.last().is_none_or(|last| !last.is_empty())
        {
            self.sides.push(self.context.judge(self.groups.len(), &[]));
            self.groups.push(Vec::new());
        }
        self.counts = [0, 0, 0, self.pool.len() as i64, 0];
        (self.sum, self.filled) = (0, 0);
        self.lowest.clear();
        for (group, side) in self.sides.iter().enumerate() {
            tally(&mut self.counts, side, 1);
            if let Some(value) = side.value {
                self.sum += value;
                self.filled += 1;
                let at = self.lowest.partition_point(|&(low, _)| low <= value);
                if at <= TOUCHED {
                    self.lowest.insert(at, (value, group));
                    self.lowest.truncate(TOUCHED + 1);
                }
            }
        }
    }

    /// The index of the empty group behind the others.
    pub(super) fn spare(&self) -> usize {
        self.groups.len() - 1
    }

    /// Whether nobody may enter or leave.
    pub(super) fn is_locked(&self, group: usize) -> bool {
        self.context.is_locked(group)
    }

    pub(super) fn rank(&self) -> Rank {
        self.rank_with(&Change { groups: Vec::new(), pool: self.pool.clone() })
    }

    /// The rank after a change.
    pub(super) fn rank_with(&self, change: &Change) -> Rank {
        let mut counts = self.counts;
        counts[3] = change.pool.len() as i64;
        let (mut sum, mut filled, mut least) = (self.sum, self.filled, i64::MAX);
        for (group, members) in &change.groups {
            let (before, after) = (&self.sides[*group], self.context.judge(*group, members));
            tally(&mut counts, before, -1);
            tally(&mut counts, &after, 1);
            sum += after.value.unwrap_or(0) - before.value.unwrap_or(0);
            filled += i64::from(after.value.is_some()) - i64::from(before.value.is_some());
            least = least.min(after.value.unwrap_or(i64::MAX));
        }
        let touched = |group: usize| change.groups.iter().any(|&(other, _)| other == group);
        if change.groups.len() <= TOUCHED {
            let others = self.lowest.iter().find(|&&(_, group)| !touched(group));
            least = least.min(others.map_or(i64::MAX, |&(low, _)| low));
        } else {
            for (_, side) in self.sides.iter().enumerate().filter(|&(group, _)| !touched(group)) {
                least = least.min(side.value.unwrap_or(i64::MAX));
            }
        }
        let least = if filled == 0 { 0 } else { least };
        let worst = self.context.model.worst;
        Rank { counts, value: (1000 - worst) * sum + worst * filled * least, groups: filled.max(1) }
    }

    /// Carries out a change.
    pub(super) fn apply(&mut self, change: Change) {
        for (group, members) in change.groups {
            self.sides[group] = self.context.judge(group, &members);
            self.groups[group] = members;
        }
        self.pool = change.pool;
        self.add_up();
    }

    /// Published groups that changed otherwise than by departures.
    pub(super) fn changed(&self) -> Vec<usize> {
        (0..self.sides.len()).filter(|&group| self.sides[group].changed).collect()
    }

    /// Whether sizes and rules are no worse than published.
    pub(super) fn kept(&self) -> bool {
        self.counts[0] == 0 && self.counts[1] == 0 && self.pool.is_empty()
    }

    /// A group's members without one and with some others.
    pub(super) fn with(&self, group: usize, leaves: Option<u32>, joins: &[u32]) -> Vec<u32> {
        let stay = self.groups[group].iter().copied().filter(|&member| Some(member) != leaves);
        stay.chain(joins.iter().copied()).collect()
    }
}

fn tally(counts: &mut [i64; 5], side: &Side, by: i64) {
    counts[0] += by * side.size;
    counts[1] += by * side.must;
    counts[2] += by * i64::from(side.changed);
    counts[4] += by * side.moved;
}
