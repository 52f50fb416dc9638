//! The ways to mend one defect.

use super::dissolve::dissolve;
use super::patch::{Change, Patch, Rank};

/// What is to be mended.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Defect {
    /// A group too small or too large, or that newly breaks a rule.
    Group(usize),
    /// A student without a group.
    Student(u32),
}

/// A way, with the rank it leads to.
pub(super) type Child = (Rank, Change);

/// Two groups of so many members are divided anew in all ways.
const DIVIDED: usize = 11;

/// The best of each kind and other group.
struct Ways<'w> {
    patch: &'w Patch<'w>,
    best: Vec<Option<Child>>,
    looks: usize,
}

impl Ways<'_> {
    fn offer(&mut self, slot: usize, change: Change) {
        self.looks += 1;
        let rank = self.patch.rank_with(&change);
        let best = &mut self.best[slot];
        if best.as_ref().is_none_or(|(known, _)| rank.beats(known)) {
            *best = Some((rank, change));
        }
    }
}

/// The first defect that is not given up.
pub(super) fn defect(patch: &Patch<'_>) -> Option<Defect> {
    let ill = (0..patch.groups.len()).find(|&group| {
        let side = &patch.sides[group];
        (side.size > 0 || side.must > 0)
            && !patch.is_locked(group)
            && !patch.given_up.contains(&group)
    });
    ill.map(Defect::Group).or_else(|| patch.pool.first().map(|&s| Defect::Student(s)))
}

/// All ways to mend a defect, the best of each kind and other group, and how many were judged.
/// Two groups are divided anew only if `thorough` and nothing simpler helps.
pub(super) fn children(patch: &Patch<'_>, defect: Defect, thorough: bool) -> (Vec<Child>, usize) {
    let groups = patch.groups.len();
    let mut ways = Ways { patch, best: vec![None; 4 * groups + 2], looks: 0 };
    match defect {
        Defect::Group(group) => {
            mend_group(&mut ways, group);
            let (size, must) = (patch.sides[group].size, patch.sides[group].must);
            let before = patch.rank().counts;
            let mended = |(rank, _): &Child| {
                rank.counts[0] <= before[0] - size && rank.counts[1] <= before[1] - must
            };
            if thorough && !ways.best.iter().flatten().any(mended) {
                divide(&mut ways, group);
            }
        }
        Defect::Student(student) => place(&mut ways, student),
    }
    (ways.best.into_iter().flatten().collect(), ways.looks)
}

/// One student in, out or exchanged, or everybody out.
fn mend_group(ways: &mut Ways<'_>, group: usize) {
    let patch = ways.patch;
    let groups = patch.groups.len();
    for &joins in &patch.pool {
        let pool = without(&patch.pool, joins);
        let change = Change { groups: vec![(group, patch.with(group, None, &[joins]))], pool };
        ways.offer(4 * groups, change);
    }
    for other in (0..groups).filter(|&other| other != group && !patch.is_locked(other)) {
        for &joins in &patch.groups[other] {
            let change = Change {
                groups: vec![
                    (group, patch.with(group, None, &[joins])),
                    (other, patch.with(other, Some(joins), &[])),
                ],
                pool: patch.pool.clone(),
            };
            ways.offer(4 * other, change);
            for &leaves in &patch.groups[group] {
                let change = Change {
                    groups: vec![
                        (group, patch.with(group, Some(leaves), &[joins])),
                        (other, patch.with(other, Some(joins), &[leaves])),
                    ],
                    pool: patch.pool.clone(),
                };
                ways.offer(4 * other + 1, change);
            }
        }
        for &leaves in &patch.groups[group] {
            let change = Change {
                groups: vec![
                    (group, patch.with(group, Some(leaves), &[])),
                    (other, patch.with(other, None, &[leaves])),
                ],
                pool: patch.pool.clone(),
            };
            ways.offer(4 * other + 2, change);
        }
    }
    if let Some(change) = dissolve(patch, group) {
        ways.offer(4 * groups + 1, change);
    }
}

/// The group and another one divided in all ways, or made one.
fn divide(ways: &mut Ways<'_>, group: usize) {
    let patch = ways.patch;
    for other in (0..patch.spare()).filter(|&other| other != group && !patch.is_locked(other)) {
        let mut both = patch.groups[group].clone();
        both.extend(&patch.groups[other]);
        if both.len() > DIVIDED {
            continue;
        }
        for set in 0..1_u32 << both.len() {
            let part = |side| {
                let chosen = (0..both.len()).filter(move |&index| set >> index & 1 == side);
                chosen.map(|index| both[index]).collect::<Vec<u32>>()
            };
            let groups = vec![(group, part(1)), (other, part(0))];
            ways.offer(4 * other + 3, Change { groups, pool: patch.pool.clone() });
        }
    }
}

/// A student into a group, in somebody's place, or with others into a new group.
fn place(ways: &mut Ways<'_>, student: u32) {
    let patch = ways.patch;
    let pool = without(&patch.pool, student);
    let groups = patch.groups.len();
    for group in (0..groups).filter(|&group| !patch.is_locked(group)) {
        let joined = vec![(group, patch.with(group, None, &[student]))];
        ways.offer(4 * group, Change { groups: joined, pool: pool.clone() });
        for &leaves in &patch.groups[group] {
            // Whoever has no group is placed next; to take turns would be endless.
            if patch.context.origin[leaves as usize] as usize == group {
                let mut pool = pool.clone();
                pool.push(leaves);
                let groups = vec![(group, patch.with(group, Some(leaves), &[student]))];
                ways.offer(4 * group + 1, Change { groups, pool });
            }
        }
    }
    let (min, max) =
        (patch.context.model.sizes.min as usize, patch.context.model.sizes.max as usize);
    for size in min..=max.min(patch.pool.len()) {
        let (new, rest) = patch.pool.split_at(size);
        let change = Change { groups: vec![(patch.spare(), new.to_vec())], pool: rest.to_vec() };
        ways.offer(4 * groups, change);
    }
    if let Some(change) = begin(patch) {
        ways.offer(4 * groups + 1, change);
    }
}

/// A new group of the students without one and as many others as it takes, each the one who is
/// missed least.
fn begin(patch: &Patch<'_>) -> Option<Change> {
    let min = patch.context.model.sizes.min as usize;
    let spare = patch.spare();
    let known = patch.pool.len().min(min);
    let mut grown = patch.clone();
    let (new, rest) = patch.pool.split_at(known);
    grown.apply(Change { groups: vec![(spare, new.to_vec())], pool: rest.to_vec() });
    while grown.groups[spare].len() < min {
        let mut best: Option<Child> = None;
        for other in (0..spare).filter(|&other| !grown.is_locked(other)) {
            for &joins in &grown.groups[other] {
                let change = Change {
                    groups: vec![
                        (spare, grown.with(spare, None, &[joins])),
                        (other, grown.with(other, Some(joins), &[])),
                    ],
                    pool: grown.pool.clone(),
                };
                let rank = grown.rank_with(&change);
                if best.as_ref().is_none_or(|(known, _)| rank.beats(known)) {
                    best = Some((rank, change));
                }
            }
        }
        grown.apply(best?.1);
    }
    let touched = (0..=spare).filter(|&group| grown.groups[group] != patch.groups[group]);
    Some(Change {
        groups: touched.map(|group| (group, grown.groups[group].clone())).collect(),
        pool: grown.pool.clone(),
    })
}

fn without(pool: &[u32], student: u32) -> Vec<u32> {
    pool.iter().copied().filter(|&other| other != student).collect()
}
