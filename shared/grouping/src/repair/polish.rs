//! A descent over whoever was moved or placed: other places for them, others in their place.

use super::patch::{Change, Patch};
use crate::state::NONE;

/// Changes judged at most.
const LOOKS: usize = 3_000_000;

/// Improves until no such change is better.
pub(super) fn polish(mut patch: Patch<'_>) -> Patch<'_> {
    let students = patch.context.origin.len();
    let mut home = homes(&patch);
    let mut looks = 0;
    loop {
        let mut improved = false;
        for student in 0..students as u32 {
            let origin = patch.context.origin[student as usize];
            if home[student as usize] == origin as usize {
                continue;
            }
            for other in 0..(students + patch.groups.len()) as u32 {
                let from = home[student as usize];
                if origin != NONE && from == origin as usize {
                    break;
                }
                for change in ways(&patch, &home, student, other) {
                    looks += 1;
                    if patch.rank_with(&change).beats(&patch.rank()) {
                        patch.apply(change);
                        home = homes(&patch);
                        improved = true;
                        break;
                    }
                }
                if looks > LOOKS {
                    return patch;
                }
            }
        }
        if !improved {
            return patch;
        }
    }
}

/// Into another group, in somebody's place, or home while somebody takes the place.
fn ways(patch: &Patch<'_>, home: &[usize], student: u32, other: u32) -> Vec<Change> {
    let from = home[student as usize];
    let change = |groups| Change { groups, pool: patch.pool.clone() };
    let mut found = Vec::new();
    if other as usize >= home.len() {
        let to = other as usize - home.len();
        if to != from && to < patch.groups.len() && !patch.is_locked(to) {
            found.push(change(vec![
                (from, patch.with(from, Some(student), &[])),
                (to, patch.with(to, None, &[student])),
            ]));
        }
        return found;
    }
    let to = home[other as usize];
    if to == from || patch.is_locked(to) {
        return found;
    }
    found.push(change(vec![
        (from, patch.with(from, Some(student), &[other])),
        (to, patch.with(to, Some(other), &[student])),
    ]));
    let origin = patch.context.origin[student as usize];
    if origin != NONE && origin as usize != to && origin as usize != from {
        let origin = origin as usize;
        found.push(change(vec![
            (from, patch.with(from, Some(student), &[other])),
            (to, patch.with(to, Some(other), &[])),
            (origin, patch.with(origin, None, &[student])),
        ]));
    }
    found
}

fn homes(patch: &Patch<'_>) -> Vec<usize> {
    let mut home = vec![usize::MAX; patch.context.origin.len()];
    for (group, members) in patch.groups.iter().enumerate() {
        for &student in members {
            home[student as usize] = group;
        }
    }
    home
}

#[cfg(test)]
mod tests {
    use super::super::patch::Context;
    use super::*;
    use crate::model::Model;
    use crate::support::{mixed, sizes};

    #[test]
    fn g8_nobody_who_was_placed_would_be_better_placed_by_one_change() {
        let mut improved = 0;
        for seed in 0..25 {
            // Three students have joined, and somebody thoughtless has placed them.
            let problem = mixed(seed, 31, sizes(3, 4, 6));
            let model = Model::by_hand(&problem).expect("mixed problems are valid");
            let published: Vec<Vec<u32>> = (0..8)
                .map(|group| (0..28).filter(|student| student % 8 == group).collect())
                .collect();
            let origin: Vec<u32> = (0..31).map(|s| if s < 28 { s % 8 } else { NONE }).collect();
            let order: Vec<u32> = (0..31).collect();
            let context = Context::new(&model, &model, &published, &order, &origin, &[7]);
            let mut groups = published.clone();
            for joiner in 28..31 {
                groups[joiner as usize - 28].push(joiner);
            }
            groups[5].retain(|&student| student != 5);
            groups[6].push(5);
            let placed = Patch::new(&context).with_groups(groups);
            let before = placed.rank();
            let patch = polish(placed);
            assert!(!before.beats(&patch.rank()));
            improved += u32::from(patch.rank().beats(&before));
            let home = homes(&patch);
            for student in (0..31).filter(|&s| home[s as usize] != origin[s as usize] as usize) {
                for other in 0..31 + patch.groups.len() as u32 {
                    for change in ways(&patch, &home, student, other) {
                        assert!(!patch.rank_with(&change).beats(&patch.rank()), "problem {seed}");
                    }
                }
            }
        }
        assert_eq!(improved, 25);
    }
}
