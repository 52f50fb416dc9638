//! An assignment under a person's hands: what a change would do, before it is made.
//!
//! A [`Board`] is built once per section and answers in well under a millisecond, because a
//! change is judged from the members of the groups it touches. It never decides for the person:
//! a change may break rules and leave the sizes, and the [`Effect`] says so. Only locks, pins
//! and what is no change at all are refused.

mod effect;
mod suggest;

use std::collections::HashSet;

use thiserror::Error;

pub use effect::{
    BoardStanding, CriterionEffect, Edit, Effect, GroupEffect, RuleBreach, Shift, SizeBreach,
};
pub use suggest::{About, Suggestion};

use crate::law::Judged;
use crate::least::Least;
use crate::model::Model;
use crate::report::report;
use crate::solve::check_partition;
use crate::{Error, Locks, MAX_GROUP_SIZE, Problem, Solution};

/// Groups that a person edits. Their indexes stay what they are: a group that loses its last
/// member stays as an empty one, which counts for nothing.
pub struct Board {
    problem: Problem,
    model: Model,
    /// The groups, and an empty one behind them to begin a new group with.
    groups: Vec<Vec<u32>>,
    home: Vec<usize>,
    verdicts: Vec<Verdict>,
    least: Least,
    /// Over all groups: weighted sums, how many, cost, must rules broken.
    totals: (i64, i64, i64, i64),
    locked: HashSet<usize>,
    pinned: HashSet<u32>,
    done: Vec<Change>,
    undone: Vec<Change>,
}

/// New members of some groups.
type Change = Vec<(usize, Vec<u32>)>;

/// What is known of one group.
#[derive(Clone)]
struct Verdict {
    value: i64,
    cost: i64,
    /// By criterion.
    judged: Vec<Judged>,
}

/// Why a change cannot be made or judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Refusal {
    /// There is no such student.
    #[error("there is no student {student}")]
    NoStudent {
        /// The index given.
        student: u32,
    },
    /// There is no such group; the number of groups itself stands for a new one.
    #[error("there is no group {group}")]
    NoGroup {
        /// The index given.
        group: usize,
    },
    /// The student is in that group already, or the two are in the same one.
    #[error("student {student} is in group {group} already")]
    SameGroup {
        /// The student.
        student: u32,
        /// The group.
        group: usize,
    },
    /// Nobody leaves or joins a locked group.
    #[error("group {group} is locked")]
    Locked {
        /// The group.
        group: usize,
    },
    /// A pinned student stays.
    #[error("student {student} is pinned to group {group}")]
    Pinned {
        /// The student.
        student: u32,
        /// The group.
        group: usize,
    },
    /// No group can have more than [`MAX_GROUP_SIZE`](crate::MAX_GROUP_SIZE) members.
    #[error("group {group} has {MAX_GROUP_SIZE} members, the most a group can have")]
    Full {
        /// The group.
        group: usize,
    },
}

impl Board {
    /// Lays out an assignment. Everybody has to be in one group; sizes may be any, since a
    /// person may have to live with less than the range asks for.
    pub fn new(problem: Problem, groups: Vec<Vec<u32>>) -> Result<Self, Error> {
        let model = Model::by_hand(&problem)?;
        check_partition(&problem, &groups)?;
        let limit = MAX_GROUP_SIZE as usize;
        if let Some(group) = groups.iter().position(|members| members.len() > limit) {
            let size = groups[group].len();
            return Err(Error::GroupSize { group, size, min: 0, max: MAX_GROUP_SIZE });
        }
        let mut board = Self {
            home: vec![0; problem.students as usize],
            problem,
            model,
            groups: Vec::new(),
            verdicts: Vec::new(),
            least: Least::new(&[i64::MAX]),
            totals: (0, 0, 0, 0),
            locked: HashSet::new(),
            pinned: HashSet::new(),
            done: Vec::new(),
            undone: Vec::new(),
        };
        board.lay(groups.into_iter().enumerate().collect());
        Ok(board)
    }

    /// The groups by index, members ascending; empty where everybody has left.
    pub fn groups(&self) -> &[Vec<u32>] {
        &self.groups[..self.groups.len() - 1]
    }

    /// A student's group.
    pub fn group_of(&self, student: u32) -> Option<usize> {
        self.home.get(student as usize).copied()
    }

    /// The full report, as [`evaluate`](crate::evaluate) gives it, but for groups of any size.
    /// It lists the groups in its own order.
    pub fn evaluate(&self) -> Solution {
        let groups = self.groups.iter().filter(|group| !group.is_empty()).cloned().collect();
        report(&self.problem, &self.model, groups)
    }

    /// What a change would do. Nothing is changed.
    pub fn try_edit(&self, edit: Edit) -> Result<Effect, Refusal> {
        Ok(self.effect(&self.change(edit)?))
    }

    /// What moving a student would do; `to` may be the number of groups, for a new group.
    pub fn try_move(&self, student: u32, to: usize) -> Result<Effect, Refusal> {
        self.try_edit(Edit::Move { student, to })
    }

    /// What an exchange of two students would do.
    pub fn try_swap(&self, a: u32, b: u32) -> Result<Effect, Refusal> {
        self.try_edit(Edit::Swap { a, b })
    }

    /// Makes a change, and forgets what was undone before.
    pub fn apply(&mut self, edit: Edit) -> Result<Effect, Refusal> {
        let change = self.change(edit)?;
        Ok(self.make(change))
    }

    /// Takes over other groups as one change, for instance the rest solved again around
    /// [`Board::locks`]. Each keeps the index of the group with which it shares the most members.
    pub fn replace(&mut self, groups: Vec<Vec<u32>>) -> Result<Effect, Error> {
        check_partition(&self.problem, &groups)?;
        let change = self.matched(groups);
        for (group, members) in &change {
            if members.len() > MAX_GROUP_SIZE as usize {
                let (group, size) = (*group, members.len());
                return Err(Error::GroupSize { group, size, min: 0, max: MAX_GROUP_SIZE });
            }
        }
        Ok(self.make(change))
    }

    /// Takes back the last change. Nothing if there is none.
    pub fn undo(&mut self) -> Option<Effect> {
        let change = self.done.pop()?;
        let effect = self.effect(&change);
        let back = self.lay(change);
        self.undone.push(back);
        Some(effect)
    }

    /// Makes the change that was last taken back. Nothing if there is none.
    pub fn redo(&mut self) -> Option<Effect> {
        let change = self.undone.pop()?;
        let effect = self.effect(&change);
        let back = self.lay(change);
        self.done.push(back);
        Some(effect)
    }

    /// Locks a group: no change touches it, but undoing what was done before does.
    pub fn lock(&mut self, group: usize) -> Result<(), Refusal> {
        if group >= self.groups().len() {
            return Err(Refusal::NoGroup { group });
        }
        self.locked.insert(group);
        Ok(())
    }

    /// Unlocks a group.
    pub fn unlock(&mut self, group: usize) {
        self.locked.remove(&group);
    }

    /// Pins a student to the group they are in, which others may still leave and join.
    pub fn pin(&mut self, student: u32) -> Result<(), Refusal> {
        if student >= self.problem.students {
            return Err(Refusal::NoStudent { student });
        }
        self.pinned.insert(student);
        Ok(())
    }

    /// Lets a student be moved again.
    pub fn unpin(&mut self, student: u32) {
        self.pinned.remove(&student);
    }

    /// The locks for [`solve_around`](crate::solve_around).
    pub fn locks(&self) -> Locks {
        let locked: Vec<usize> = self.locked.iter().copied().collect();
        let pinned: Vec<u32> = self.pinned.iter().copied().collect();
        let mut locks = Locks::of(self.groups(), &locked, &pinned);
        locks.groups.retain(|group| !group.is_empty());
        locks
    }

    fn make(&mut self, change: Change) -> Effect {
        let effect = self.effect(&change);
        let back = self.lay(change);
        self.done.push(back);
        self.undone.clear();
        effect
    }

    /// The groups an edit touches, as they would be.
    fn change(&self, edit: Edit) -> Result<Change, Refusal> {
        match edit {
            Edit::Move { student, to } => {
                let from = self.leaves(student)?;
                if to >= self.groups.len() {
                    return Err(Refusal::NoGroup { group: to });
                }
                if to == from {
                    return Err(Refusal::SameGroup { student, group: to });
                }
                self.joins(to)?;
                if self.groups[to].len() >= MAX_GROUP_SIZE as usize {
                    return Err(Refusal::Full { group: to });
                }
                Ok(vec![
                    (from, self.with(from, student, None)),
                    (to, {
                        let mut members = self.groups[to].clone();
                        members.push(student);
                        members.sort_unstable();
                        members
                    }),
                ])
            }
            Edit::Swap { a, b } => {
                let (from, to) = (self.leaves(a)?, self.leaves(b)?);
                if from == to {
                    return Err(Refusal::SameGroup { student: b, group: from });
                }
                Ok(vec![(from, self.with(from, a, Some(b))), (to, self.with(to, b, Some(a)))])
            }
        }
    }

    /// The group that a student can leave.
    fn leaves(&self, student: u32) -> Result<usize, Refusal> {
        let group = self.group_of(student).ok_or(Refusal::NoStudent { student })?;
        if self.pinned.contains(&student) {
            return Err(Refusal::Pinned { student, group });
        }
        self.joins(group)?;
        Ok(group)
    }

    fn joins(&self, group: usize) -> Result<(), Refusal> {
        if self.locked.contains(&group) { Err(Refusal::Locked { group }) } else { Ok(()) }
    }

    /// A group's members without one, with another.
    fn with(&self, group: usize, leaves: u32, joins: Option<u32>) -> Vec<u32> {
        let members = self.groups[group].iter().copied().filter(|&member| member != leaves);
        let mut members: Vec<u32> = members.chain(joins).collect();
        members.sort_unstable();
        members
    }

    /// Lays out a change and gives the one that takes it back.
    fn lay(&mut self, change: Change) -> Change {
        let mut back = Vec::with_capacity(change.len());
        let known = self.groups.len();
        for (group, mut members) in change {
            members.sort_unstable();
            if group >= self.groups.len() {
                self.groups.resize(group + 1, Vec::new());
                self.verdicts.resize(group + 1, Verdict::empty());
            }
            self.verdicts[group] = self.judge(&members);
            back.push((group, std::mem::replace(&mut self.groups[group], members)));
        }
        if self.groups.last().is_none_or(|last| !last.is_empty()) {
            self.groups.push(Vec::new());
            self.verdicts.push(Verdict::empty());
        }
        if self.groups.len() > known {
            let values: Vec<i64> = self.verdicts.iter().map(|verdict| verdict.value).collect();
            self.least = Least::new(&values);
        }
        for (group, _) in &back {
            self.least.set(*group, self.verdicts[*group].value);
            for &student in &self.groups[*group] {
                self.home[student as usize] = *group;
            }
        }
        self.totals = self.add_up();
        back
    }

    /// Other groups by the indexes of those they share most with.
    fn matched(&self, groups: Vec<Vec<u32>>) -> Change {
        let mut shared: Vec<(usize, usize, usize)> = Vec::new();
        for (new, members) in groups.iter().enumerate() {
            let mut homes: Vec<usize> =
                members.iter().map(|&student| self.home[student as usize]).collect();
            homes.sort_unstable();
            for run in homes.chunk_by(|a, b| a == b) {
                shared.push((run.len(), new, run[0]));
            }
        }
        shared.sort_unstable_by_key(|&(count, new, old)| (std::cmp::Reverse(count), new, old));
        let mut index = vec![None; groups.len()];
        let mut taken = HashSet::new();
        for (_, new, old) in shared {
            if index[new].is_none() && taken.insert(old) {
                index[new] = Some(old);
            }
        }
        let mut open = (0..).filter(|group| !taken.contains(group));
        let mut change: Change = groups
            .into_iter()
            .zip(index)
            .filter(|(members, _)| !members.is_empty())
            .map(|(members, index)| (index.unwrap_or_else(|| open.next().unwrap_or(0)), members))
            .collect();
        let kept: HashSet<usize> = change.iter().map(|&(group, _)| group).collect();
        let emptied = (0..self.groups.len())
            .filter(|group| !kept.contains(group) && !self.groups[*group].is_empty());
        change.extend(emptied.map(|group| (group, Vec::new())));
        change.sort_unstable_by_key(|&(group, _)| group);
        change
    }
}
