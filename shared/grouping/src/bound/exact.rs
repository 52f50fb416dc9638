//! Small sections: the best of all assignments, by dynamic programming over sets of students.
//!
//! The group of the first student without one is chosen among all sets of allowed sizes, for
//! every set of students already placed. Sums of scores and costs add up; the worst group does
//! not, so each set keeps every pair (sum, worst) that no other pair of the same number of
//! groups is better than in both.

use crate::model::Model;
use crate::state::Standing;

/// More students do not fit into any budget worth spending.
pub(super) const MOST: u32 = 20;

/// Groups judged for the price of one evaluation of the search, and steps of the programme.
pub(super) const STEPS: u64 = 8;

/// The best of all assignments.
pub(crate) struct Optimum {
    pub(crate) standing: Standing,
    /// The groups as sets of students.
    pub(crate) groups: Vec<Vec<u32>>,
}

/// A way to place a set of students: what is left to compare, and the way there.
#[derive(Clone, Copy)]
pub(super) struct Way {
    pub(super) sum: i64,
    pub(super) least: i64,
    /// The last group, and which way led to it.
    pub(super) group: u32,
    pub(super) before: u32,
}

/// The ways into one number of groups, all of the lowest cost.
#[derive(Clone)]
pub(super) struct Front {
    pub(super) cost: i64,
    pub(super) ways: Vec<Way>,
}

/// Looks through all assignments if that takes no more than `budget` evaluations' time.
pub(crate) fn exact(model: &Model, budget: u64) -> Option<Optimum> {
    if model.students > MOST || work(model) > budget {
        return None;
    }
    let all = (1_u32 << model.students) - 1;
    let (_, high) = model.group_counts();
    let worth = judged(model);
    let mut fronts: Vec<Vec<Front>> = vec![Vec::new(); all as usize + 1];
    let empty = Front { cost: i64::MAX, ways: Vec::new() };
    fronts[0] = vec![empty.clone(); high as usize + 1];
    let start = Way { sum: 0, least: i64::MAX, group: 0, before: 0 };
    fronts[0][0] = Front { cost: 0, ways: vec![start] };
    for placed in 0..all {
        if fronts[placed as usize].is_empty() {
            continue;
        }
        let here = fronts[placed as usize].clone();
        each_group(model, all & !placed, &mut |group| {
            let (value, cost) = worth[group as usize];
            let next = &mut fronts[(placed | group) as usize];
            if next.is_empty() {
                next.resize(high as usize + 1, empty.clone());
            }
            for (count, front) in here.iter().enumerate().take(high as usize) {
                for (index, way) in front.ways.iter().enumerate() {
                    let longer = Way {
                        sum: way.sum + value,
                        least: way.least.min(value),
                        group,
                        before: index as u32,
                    };
                    next[count + 1].add(front.cost + cost, longer);
                }
            }
        });
    }
    Optimum::of(model, &fronts)
}

impl Optimum {
    /// The best of the ways into everybody.
    pub(super) fn of(model: &Model, fronts: &[Vec<Front>]) -> Option<Self> {
        let all = (1_u32 << model.students) - 1;
        let (low, high) = model.group_counts();
        let mut best: Option<(Standing, u32, Way)> = None;
        for groups in low..=high {
            let Some(front) = fronts[all as usize].get(groups as usize) else { continue };
            for way in &front.ways {
                let count = i64::from(groups);
                let value = (1000 - model.worst) * way.sum + model.worst * count * way.least;
                let standing = Standing { cost: front.cost, value, groups: count };
                if best.is_none_or(|(found, ..)| standing.beats(found)) {
                    best = Some((standing, groups, *way));
                }
            }
        }
        let (standing, mut count, mut way) = best?;
        let mut placed = all;
        let mut groups = Vec::new();
        while placed != 0 {
            groups.push(
                (0..model.students).filter(|student| way.group >> student & 1 == 1).collect(),
            );
            placed &= !way.group;
            count -= 1;
            way = fronts[placed as usize][count as usize].ways[way.before as usize];
        }
        Some(Optimum { standing, groups })
    }
}

impl Front {
    pub(super) fn add(&mut self, cost: i64, way: Way) {
        if cost > self.cost {
            return;
        }
        if cost < self.cost {
            self.cost = cost;
            self.ways.clear();
        }
        if !self.ways.iter().any(|other| other.sum >= way.sum && other.least >= way.least) {
            // Sets are done in ascending order, so nothing is built on these ways yet.
            self.ways.retain(|other| other.sum > way.sum || other.least > way.least);
            self.ways.push(way);
        }
    }
}

/// By set of students of an allowed size: its value and its cost.
fn judged(model: &Model) -> Vec<(i64, i64)> {
    let mut members = Vec::new();
    (0..1_u32 << model.students)
        .map(|set| {
            if !(model.sizes.min..=model.sizes.max).contains(&set.count_ones()) {
                return (0, 0);
            }
            members.clear();
            members.extend((0..model.students).filter(|student| set >> student & 1 == 1));
            model.judge_group(&members)
        })
        .collect()
}

/// Every group of an allowed size out of `free` that holds the first of them and leaves enough
/// for another group, or nobody.
fn each_group(model: &Model, free: u32, visit: &mut impl FnMut(u32)) {
    let first = free & free.wrapping_neg();
    add_member(model, first, free & !first, visit);
}

/// The group as it is, and with every choice of more members.
fn add_member(model: &Model, group: u32, candidates: u32, visit: &mut impl FnMut(u32)) {
    let (min, max) = (model.sizes.min, model.sizes.max);
    let size = group.count_ones();
    if size >= min {
        visit(group);
    }
    let mut left = candidates;
    while size < max && left != 0 {
        let next = left & left.wrapping_neg();
        left &= !next;
        add_member(model, group | next, left, visit);
    }
}

/// The work in evaluations: groups to judge, and steps of the programme.
fn work(model: &Model) -> u64 {
    let students = u64::from(model.students);
    let sizes = || u64::from(model.sizes.min)..=u64::from(model.sizes.max);
    let groups: u64 = sizes().map(|size| choose(students, size)).sum();
    // The first student is placed in all but the first step.
    let steps: u64 = (1..=students)
        .map(|free| {
            let sets = choose(students - 1, free).max(1);
            sets * sizes().map(|size| choose(free - 1, size - 1)).sum::<u64>()
        })
        .sum();
    groups + steps / STEPS
}

pub(super) fn choose(n: u64, k: u64) -> u64 {
    if k > n {
        return 0;
    }
    (0..k).fold(1, |ways, i| ways * (n - i) / (i + 1))
}
