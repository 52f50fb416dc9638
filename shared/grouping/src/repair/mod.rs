//! Published groups after somebody left or joined, with as little change as possible.
//!
//! # What counts, in this order
//!
//! 1. Sizes: no group is further outside the range than it was when published.
//! 2. Must rules: no group breaks them more than when published. What was broken before need not
//!    be mended, so that nothing changes where nobody left or joined.
//! 3. The number of published groups that change: those whose remaining members get other
//!    company, by a student who joins them or one of them who has to go. A group that somebody
//!    left does not count for that alone; nor do new groups, nor one that all have left.
//! 4. The number of students who were published in one group and move to another.
//! 5. The objective, as in [`solve`](crate::solve).
//!
//! # How
//!
//! Small sections are solved exactly as far as the first four are concerned. Others by a beam
//! search that takes up one defect after the other (a group too small, a rule newly broken, a
//! student without a group) and looks at every way to mend it by one placement, move, swap,
//! dissolution or, where these do not help, by dividing two groups anew; then by a descent over
//! whoever was moved or placed.

mod beam;
mod children;
mod dissolve;
mod exact;
mod patch;
mod polish;

use serde::{Deserialize, Serialize};

use self::patch::{Context, Patch};
use crate::board::{RuleBreach, SizeBreach};
use crate::model::Model;
use crate::report::report;
use crate::select::select;
use crate::state::NONE;
use crate::{Error, Problem, Solution};

/// Published groups as they are after a repair.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Repair {
    /// By the index of the published group, then new groups; members ascending, empty where a
    /// group was dissolved or everybody has left.
    pub groups: Vec<Vec<u32>>,
    /// Everybody who is in another group than published, joiners included, by student.
    pub moves: Vec<Placement>,
    /// Published groups that changed otherwise than by departures, ascending.
    pub changed: Vec<usize>,
    /// Published students who had to change groups.
    pub moved: u32,
    /// Must rules that a group breaks now and did not when published.
    pub newly_broken: Vec<RuleBreach>,
    /// Groups outside the size range, whether or not they were before.
    pub out_of_size: Vec<SizeBreach>,
    /// Whether it is certain that no repair that keeps sizes and rules as well changes fewer
    /// groups.
    pub fewest: bool,
    /// The groups with all that is known of them; whoever left is in none.
    pub solution: Solution,
}

/// A student's new group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Placement {
    /// The student.
    pub student: u32,
    /// The published group; nothing for a late joiner.
    pub from: Option<usize>,
    /// The group now.
    pub to: usize,
}

/// Places late joiners and closes the gaps of those who left. `problem` has everybody, also who
/// left; joiners are the students in no published group. Nobody enters a locked group or is
/// moved out of one.
pub fn repair(
    problem: &Problem,
    published: &[Vec<u32>],
    left: &[u32],
    locked: &[usize],
) -> Result<Repair, Error> {
    repair_known(problem, published, left, locked, &[])
}

/// As [`repair`], where nothing is known of some who left any more: for the groups that they left, `broken` says by
/// the ids of their criteria which must rules were broken when these were published, as it was noted then. A group
/// for which it says nothing is judged with everybody who was in it.
pub fn repair_known(
    problem: &Problem,
    published: &[Vec<u32>],
    left: &[u32],
    locked: &[usize],
    broken: &[Option<Vec<String>>],
) -> Result<Repair, Error> {
    let whole = Model::by_hand(problem)?;
    let mut here = vec![true; problem.students as usize];
    for &student in left {
        *here.get_mut(student as usize).ok_or(Error::UnknownLeaver { student })? = false;
    }
    let mut origin = vec![NONE; problem.students as usize];
    for (group, &student) in published
        .iter()
        .enumerate()
        .flat_map(|(group, members)| members.iter().map(move |s| (group, s)))
    {
        match origin.get_mut(student as usize) {
            Some(known) if *known == NONE => *known = group as u32,
            _ => return Err(Error::AssignedTwice { student }),
        }
    }
    let order: Vec<u32> = (0..problem.students).filter(|&s| here[s as usize]).collect();
    let present = select(problem, &order);
    let model = Model::by_hand(&present)?;
    let mut context = Context::new(&model, &whole, published, &order, &origin, locked);
    for (group, broken) in broken.iter().enumerate().filter(|(group, _)| *group < published.len()) {
        let Some(broken) = broken else { continue };
        let noted = |index: usize| broken.contains(&problem.criteria[index].id);
        context.note_broken(group, noted);
    }
    let start = Patch::new(&context);
    let (patch, exact) = match exact::best(&context) {
        Some(groups) => (start.with_groups(groups), true),
        None => (beam::mend(start), false),
    };
    let patch = polish::polish(patch);
    Ok(told(problem, &present, &context, &patch, &order, exact))
}

/// Puts a repair into words of the caller: their student indexes.
fn told(
    problem: &Problem,
    present: &Problem,
    context: &Context<'_>,
    patch: &Patch<'_>,
    order: &[u32],
    exact: bool,
) -> Repair {
    let model = context.model;
    let name = |members: &[u32]| -> Vec<u32> {
        members.iter().map(|&student| order[student as usize]).collect()
    };
    let mut own: Vec<Vec<u32>> = patch.groups.clone();
    while own.len() > context.published() && own.last().is_some_and(Vec::is_empty) {
        own.pop();
    }
    for group in &mut own {
        group.sort_unstable();
    }
    let mut moves = Vec::new();
    let mut newly_broken = Vec::new();
    let mut out_of_size = Vec::new();
    for (group, members) in own.iter().enumerate() {
        for &student in members {
            let from = context.origin[student as usize];
            if from != group as u32 {
                let from = (from != NONE).then_some(from as usize);
                moves.push(Placement { student: order[student as usize], from, to: group });
            }
        }
        if members.is_empty() {
            continue;
        }
        let (min, max) = (model.sizes.min, model.sizes.max);
        let size = members.len() as u32;
        if !(min..=max).contains(&size) {
            out_of_size.push(SizeBreach { group, size, min, max });
        }
        for (index, rule) in model.rules.iter().enumerate() {
            let broken = rule.is_must() && rule.judge_whole(members).severity > 0;
            if broken && !context.broken_when_published(group, index) {
                let criterion = problem.criteria[index].id.clone();
                newly_broken.push(RuleBreach { group, criterion });
            }
        }
    }
    moves.sort_unstable_by_key(|placement| placement.student);
    let filled = own.iter().filter(|group| !group.is_empty()).cloned().collect();
    let mut solution = report(present, model, filled);
    for group in &mut solution.groups {
        *group = name(group);
    }
    let changed = patch.changed();
    Repair {
        fewest: exact || patch.kept() && changed.len() <= context.unavoidable(),
        groups: own.iter().map(|group| name(group)).collect(),
        moved: moves.iter().filter(|placement| placement.from.is_some()).count() as u32,
        moves,
        changed,
        newly_broken,
        out_of_size,
        solution,
    }
}

#[cfg(test)]
mod tests;
