//! Small sections: the best of all assignments, by dynamic programming over sets of students.
//!
//! The group of the first student without one is chosen among all sets of allowed sizes, for
//! every set of students already placed. Sums of scores and costs add up; the worst group does
//! not, so each set keeps every pair (sum, worst) that no other pair of the same number of
//! groups is better than in both.

use super::ways::{Candidate, Optimum, Ways};
use crate::model::Model;

/// More students do not fit into any budget worth spending.
pub(super) const MOST: u32 = 20;

/// Groups judged for the price of one evaluation of the search, and steps of the programme.
pub(super) const STEPS: u64 = 8;

/// Looks through all assignments if that takes no more than `budget` evaluations' time.
pub(crate) fn exact(model: &Model, budget: u64) -> Option<Optimum> {
    if model.students > MOST || work(model) > budget {
        return None;
    }
    let all = (1_u32 << model.students) - 1;
    let worth = judged(model);
    let mut ways = Ways::new(model);
    for placed in 0..all {
        let Some(here) = ways.here(placed) else { continue };
        each_group(model, all & !placed, &mut |set| {
            let (value, cost) = worth[set as usize];
            ways.extend(placed, &here, &Candidate { set, value, cost }, |_, _, _| true);
        });
    }
    ways.best(model)
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
