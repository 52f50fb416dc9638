//! Small sections: the best repair over all subsets, exact in sizes, rules, changed groups and
//! moved students; of equals the one with the highest sum of scores.

use super::patch::Context;

/// Sections up to this size, into up to so many groups.
const STUDENTS: usize = 11;
const GROUPS: usize = 6;

/// Sizes, rules, changed groups, moved students, and minus the sum of values.
type Cost = [i64; 5];

const NEVER: Cost = [i64::MAX; 5];

/// The best groups, if the section is small enough to try all.
pub(super) fn best(context: &Context<'_>) -> Option<Vec<Vec<u32>>> {
    let students = context.origin.len();
    let published = context.published();
    let new = students / context.model.sizes.min as usize + 1;
    if students > STUDENTS || published > GROUPS {
        return None;
    }
    let all = (1_usize << students) - 1;
    let members = |set: usize| -> Vec<u32> {
        (0..students as u32).filter(|&student| set >> student & 1 == 1).collect()
    };
    let cost = |group: usize, set: usize| -> Cost {
        let members = members(set);
        if context.is_locked(group) && members != context.remaining(group) {
            return NEVER;
        }
        let side = context.judge(group, &members);
        let moved = context.moved(group, &members);
        [side.size, side.must, side.changed.into(), moved, -side.value.unwrap_or(0)]
    };
    // By group: the best of every set of students placed so far, and the group's own set in it.
    let mut reach = vec![NEVER; all + 1];
    reach[0] = [0; 5];
    let mut taken: Vec<Vec<usize>> = Vec::new();
    let fresh: Vec<Cost> = (0..=all).map(|set| cost(published, set)).collect();
    for group in 0..published + new {
        let own: Vec<Cost> = if group < published {
            (0..=all).map(|set| cost(group, set)).collect()
        } else {
            fresh.clone()
        };
        let mut next = vec![NEVER; all + 1];
        let mut choice = vec![0; all + 1];
        for set in 0..=all {
            // All subsets of the set, the empty one last.
            let mut sub = set;
            loop {
                let rest = reach[set ^ sub];
                if rest != NEVER && own[sub] != NEVER {
                    let total: Cost = std::array::from_fn(|i| rest[i] + own[sub][i]);
                    if total < next[set] {
                        next[set] = total;
                        choice[set] = sub;
                    }
                }
                if sub == 0 {
                    break;
                }
                sub = (sub - 1) & set;
            }
        }
        reach = next;
        taken.push(choice);
    }
    let mut groups = vec![Vec::new(); taken.len()];
    let mut set = all;
    for group in (0..taken.len()).rev() {
        let own = taken[group][set];
        groups[group] = members(own);
        set ^= own;
    }
    // New groups without gaps.
    let more: Vec<Vec<u32>> =
        groups.split_off(published).into_iter().filter(|group| !group.is_empty()).collect();
    groups.extend(more);
    Some(groups)
}
