//! The changes most worth making.

use serde::{Deserialize, Serialize};

use super::{Board, Edit, Effect, Refusal};
use crate::state::{Delta, State};

/// Whom suggestions are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// Anybody. In sections of more than about a thousand students: the members of the groups
    /// that break must rules or have the lowest scores.
    All,
    /// One student.
    Student(u32),
    /// The members of one group.
    Group(usize),
}

/// A change with what it does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Suggestion {
    /// The change.
    pub edit: Edit,
    /// What it does.
    pub effect: Effect,
}

/// Changes judged at most for suggestions about everybody.
const LOOKS: usize = 500_000;

impl Board {
    /// The best single moves and swaps, the best first: for the better or not, so that somebody
    /// who has to move can. They keep locks and pins, and every group they touch within the
    /// sizes, or as far outside as it is.
    pub fn suggest_moves(&self, about: About, limit: usize) -> Result<Vec<Suggestion>, Refusal> {
        let subjects: Vec<u32> = match about {
            About::All => self.poorest(),
            About::Student(student) => vec![
                self.group_of(student).map(|_| student).ok_or(Refusal::NoStudent { student })?,
            ],
            About::Group(group) if group < self.groups().len() => self.groups[group].clone(),
            About::Group(group) => return Err(Refusal::NoGroup { group }),
        };
        // Without the empty groups.
        let filled: Vec<usize> =
            (0..self.groups.len()).filter(|&group| !self.groups[group].is_empty()).collect();
        let mut place = vec![0; self.groups.len()];
        for (index, &group) in filled.iter().enumerate() {
            place[group] = index as u32;
        }
        let home = self.home.iter().map(|&group| place[group]).collect();
        let mut state = State::new(&self.model, filled.len(), home);
        let mut best = Best { limit, found: Vec::new() };
        let mut done = vec![false; self.problem.students as usize];
        for student in subjects {
            let Ok(from) = self.leaves(student) else { continue };
            done[student as usize] = true;
            for (other, &to) in self.home.iter().enumerate() {
                let other = other as u32;
                if to != from && !done[other as usize] && self.leaves(other).is_ok() {
                    best.offer(state.try_swap(student, other), Edit::Swap { a: student, b: other });
                }
            }
            let (min, max) = (self.model.sizes.min as usize, self.model.sizes.max as usize);
            for (index, &to) in filled.iter().enumerate() {
                let fits = self.groups[from].len() > min && self.groups[to].len() < max;
                if to != from && fits && self.joins(to).is_ok() {
                    best.offer(state.try_move(student, index), Edit::Move { student, to });
                }
            }
        }
        best.found
            .into_iter()
            .map(|(_, edit)| Ok(Suggestion { edit, effect: self.try_edit(edit)? }))
            .collect()
    }

    /// Everybody, or as many as can be looked at, from the groups that need it most.
    fn poorest(&self) -> Vec<u32> {
        let students = self.problem.students as usize;
        let mut groups: Vec<usize> = (0..self.groups.len()).collect();
        groups.sort_by_key(|&group| {
            (std::cmp::Reverse(self.verdicts[group].cost), self.verdicts[group].value)
        });
        let mut members: Vec<u32> =
            groups.into_iter().flat_map(|group| self.groups[group].iter().copied()).collect();
        members.truncate((LOOKS / students.max(1)).max(1));
        members
    }
}

/// The best so far, in order; of equals the first seen.
struct Best {
    limit: usize,
    found: Vec<(Delta, Edit)>,
}

impl Best {
    fn offer(&mut self, delta: Delta, edit: Edit) {
        let key = |delta: &Delta| (delta.cost, std::cmp::Reverse(delta.value));
        let full = self.found.len() == self.limit;
        if full && self.found.last().is_none_or(|(last, _)| key(last) <= key(&delta)) {
            return;
        }
        let at = self.found.partition_point(|(known, _)| key(known) <= key(&delta));
        self.found.insert(at, (delta, edit));
        self.found.truncate(self.limit);
    }
}
