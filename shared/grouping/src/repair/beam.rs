//! One defect after the other, several ways side by side.

use super::children::{Child, Defect, children, defect};
use super::patch::{Change, Patch};

/// Repairs kept side by side in small sections; fewer in large ones, where each takes longer.
const WIDTH: usize = 16;
const LARGE: usize = 6_000;

/// Changes judged: so many and some for every student. After that, what is not mended stays.
const LOOKS: usize = 300_000;
const LOOKS_EACH: usize = 200;

/// Mends all defects that can be mended; nobody is without a group in the end.
pub(super) fn mend(start: Patch<'_>) -> Patch<'_> {
    let students = start.context.origin.len();
    let width = (LARGE / students.max(1)).clamp(2, WIDTH);
    let ill = start.sides.iter().filter(|side| side.size > 0 || side.must > 0).count();
    // A defect may call forth another one or two.
    let depth = 3 * (ill + start.pool.len()) + 6;
    let mut beam = vec![start];
    let mut best: Option<Patch<'_>> = None;
    let least = beam[0].context.least_outside();
    let mut left = LOOKS + LOOKS_EACH * students;
    for level in 0..depth {
        let mut next: Vec<(usize, Child, Option<usize>)> = Vec::new();
        for (parent, patch) in beam.iter().enumerate() {
            let Some(found) = defect(patch) else {
                if best.as_ref().is_none_or(|best| patch.rank().beats(&best.rank())) {
                    best = Some(patch.clone());
                }
                continue;
            };
            if let Defect::Group(group) = found {
                let same = Change { groups: Vec::new(), pool: patch.pool.clone() };
                next.push((parent, (patch.rank(), same), Some(group)));
                if left == 0 || level + patch.pool.len() + 2 >= depth {
                    continue;
                }
            }
            let (ways, looks) = children(patch, found, parent == 0);
            left = left.saturating_sub(looks);
            next.extend(ways.into_iter().map(|child| (parent, child, None)));
        }
        next.sort_by(|(_, (a, _), _), (_, (b, _), _)| a.order(b));
        let mut kept: Vec<Patch<'_>> = Vec::new();
        for (parent, (rank, change), given_up) in next {
            if kept.len() == width
                || best
                    .as_ref()
                    .is_some_and(|best| hopeless(&rank.counts, &best.rank().counts, least))
            {
                break;
            }
            let mut patch = beam[parent].clone();
            patch.apply(change);
            patch.given_up.extend(given_up);
            let same = |other: &Patch<'_>| {
                other.groups == patch.groups && other.given_up == patch.given_up
            };
            if !kept.iter().any(same) {
                kept.push(patch);
            }
        }
        if kept.is_empty() {
            break;
        }
        beam = kept;
    }
    let ended = beam.into_iter().map(placed);
    best.into_iter()
        .chain(ended)
        .reduce(|best, next| if next.rank().beats(&best.rank()) { next } else { best })
        .expect("a beam is never empty")
}

/// Everybody who is still without a group where it hurts least.
fn placed(mut patch: Patch<'_>) -> Patch<'_> {
    while let Some((&student, rest)) = patch.pool.split_first() {
        let ways = (0..patch.groups.len()).filter(|&group| !patch.is_locked(group)).map(|group| {
            let groups = vec![(group, patch.with(group, None, &[student]))];
            let change = Change { groups, pool: rest.to_vec() };
            (patch.rank_with(&change), change)
        });
        let best = ways.reduce(|best, next| if next.0.beats(&best.0) { next } else { best });
        let (_, change) = best.expect("the group behind the others is not locked");
        patch.apply(change);
    }
    patch
}

/// Whether what follows cannot be better than what is finished: changes are not taken back, and
/// no repair is nearer to the sizes than `least`.
fn hopeless(counts: &[i64; 5], finished: &[i64; 5], least: i64) -> bool {
    finished[0] <= least && finished[1] == 0 && counts[2] > finished[2]
}
