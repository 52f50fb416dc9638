//! Solving around what is to stay: locked groups and pinned students.

use serde::{Deserialize, Serialize};

use crate::bound::estimate;
use crate::model::Model;
use crate::report::report;
use crate::select::select;
use crate::solve::{Options, search};
use crate::{Error, MAX_GROUP_SIZE, Problem, Solution};

/// What a search leaves as it is. Nobody is named twice.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Locks {
    /// Groups that stay exactly as they are: nobody leaves, nobody joins.
    pub groups: Vec<Vec<u32>>,
    /// Students who keep their group while others join or leave it: those of one list stay
    /// together, those of two lists apart.
    pub pins: Vec<Vec<u32>>,
}

impl Locks {
    /// The locks of an assignment: some of its groups as they are, and some students in theirs.
    /// Indexes without a group and pins in a locked group say nothing more and are left out.
    pub fn of(groups: &[Vec<u32>], locked: &[usize], pinned: &[u32]) -> Self {
        let mut locks = Self::default();
        for (index, group) in groups.iter().enumerate() {
            if locked.contains(&index) {
                locks.groups.push(group.clone());
                continue;
            }
            let pins: Vec<u32> =
                group.iter().copied().filter(|student| pinned.contains(student)).collect();
            if !pins.is_empty() {
                locks.pins.push(pins);
            }
        }
        locks
    }
}

/// As [`solve`](crate::solve), around locked groups and pinned students, which are kept whatever
/// they cost: must rules they break are reported as broken, and locked groups may have any size that
/// a person gives them. The bound is that of the section without locks; there is none where a locked
/// group is outside the sizes.
pub fn solve_around(
    problem: &Problem,
    options: &Options,
    locks: &Locks,
) -> Result<Solution, Error> {
    let sizes = problem.sizes.min as usize..=problem.sizes.max as usize;
    let within = locks.groups.iter().all(|members| sizes.contains(&members.len()));
    let whole = if within { Model::new(problem)? } else { Model::by_hand(problem)? };
    let around = Around::new(problem, &whole, locks)?;
    let model = &around.model;
    let bound = within.then(|| estimate(&whole, options.budget));
    let mut groups = locks.groups.clone();
    if model.students == 0 {
        groups.extend(around.name(&model.anchors));
        return Ok(Solution { bound, ..report(problem, &whole, groups) });
    }
    let found = search(model, options)?;
    let mut members = model.anchors.clone();
    members.resize(found.groups as usize, Vec::new());
    for (student, &group) in found.best.home.iter().enumerate() {
        members[group as usize].push(student as u32);
    }
    groups.extend(around.name(&members));
    Ok(Solution { bound, ..found.report(problem, &whole, groups) })
}

/// The part of a problem that is not locked. Its students come first, those who can be moved
/// before the pinned ones, and the locked groups count in the objective.
struct Around {
    model: Model,
    order: Vec<u32>,
}

impl Around {
    fn new(problem: &Problem, whole: &Model, locks: &Locks) -> Result<Self, Error> {
        let mut named = vec![false; problem.students as usize];
        for &student in locks.groups.iter().chain(&locks.pins).flatten() {
            match named.get_mut(student as usize) {
                Some(seen) if !*seen => *seen = true,
                _ => return Err(Error::LockedTwice { student }),
            }
        }
        let (min, max) = (whole.sizes.min, whole.sizes.max);
        for (group, members) in locks.groups.iter().enumerate() {
            let size = members.len();
            if !(1..=MAX_GROUP_SIZE as usize).contains(&size) {
                return Err(Error::GroupSize { group, size, min: 1, max: MAX_GROUP_SIZE });
            }
        }
        let free = || (0..problem.students).filter(|&student| !named[student as usize]);
        let mut order: Vec<u32> = free().collect();
        let students = order.len() as u32;
        let mut anchors = Vec::new();
        for pins in locks.pins.iter().filter(|pins| !pins.is_empty()) {
            let first = order.len() as u32;
            order.extend(pins);
            anchors.push((first..order.len() as u32).collect());
        }
        order.extend(locks.groups.iter().flatten());
        let mut model = Model::compile(&select(problem, &order), whole.sizes, max);
        model.students = students;
        model.blocks.retain(|block| block.iter().all(|&student| student < students));
        model.anchors = anchors;
        for members in &locks.groups {
            let (value, cost) = whole.judge_group(members);
            model.closed.groups += 1;
            model.closed.sum += value;
            model.closed.least = model.closed.least.min(value);
            model.closed.cost += cost;
        }
        let (low, high) = model.group_counts();
        let crowded = model.anchors.iter().any(|anchor| anchor.len() > max as usize);
        let needed: usize = model.anchors.iter().map(|anchor| anchor.len().max(min as usize)).sum();
        if low > high || crowded || needed > model.seated() as usize {
            return Err(Error::NoRoomAround { students: model.seated(), min, max });
        }
        Ok(Self { model, order })
    }

    /// Groups by the problem's own students.
    fn name<'s>(&'s self, groups: &'s [Vec<u32>]) -> impl Iterator<Item = Vec<u32>> + 's {
        groups.iter().map(|group| group.iter().map(|&s| self.order[s as usize]).collect())
    }
}
