//! Dissolving a group: its members spread over others.

use super::patch::{Change, Patch};

/// Groups up to this size are spread in the best way, larger ones one by one.
const SPREAD: usize = 8;

/// Sizes, rules, changed groups, and minus the sum of values.
type Cost = [i64; 4];

const NEVER: Cost = [i64::MAX; 4];

/// The best way to place all members of a group (and nobody else) in other groups with room;
/// nothing if there is no room.
pub(super) fn dissolve(patch: &Patch<'_>, group: usize) -> Option<Change> {
    let leaving = &patch.groups[group];
    if leaving.is_empty() || leaving.len() > SPREAD {
        return None;
    }
    let max = patch.context.model.sizes.max as usize;
    let all = (1_usize << leaving.len()) - 1;
    let hosts: Vec<usize> = (0..patch.spare())
        .filter(|&host| host != group && !patch.is_locked(host))
        .filter(|&host| !patch.groups[host].is_empty() && patch.groups[host].len() < max)
        .collect();
    let some = |set: usize| -> Vec<u32> {
        let chosen = leaving.iter().enumerate().filter(|&(index, _)| set >> index & 1 == 1);
        chosen.map(|(_, &student)| student).collect()
    };
    let mut reach = vec![NEVER; all + 1];
    reach[0] = [0; 4];
    let mut taken: Vec<Vec<u8>> = Vec::with_capacity(hosts.len());
    for &host in &hosts {
        let room = max - patch.groups[host].len();
        let before = &patch.sides[host];
        let own: Vec<Cost> = (0..=all)
            .map(|set| {
                if set == 0 {
                    return [0; 4];
                }
                if set.count_ones() as usize > room {
                    return NEVER;
                }
                let after = patch.context.judge(host, &patch.with(host, None, &some(set)));
                [
                    after.size - before.size,
                    after.must - before.must,
                    i64::from(after.changed) - i64::from(before.changed),
                    before.value.unwrap_or(0) - after.value.unwrap_or(0),
                ]
            })
            .collect();
        let mut choice = vec![0; all + 1];
        // Larger sets first, so that the host is used once.
        for set in (1..=all).rev() {
            let mut sub = set;
            while sub > 0 {
                let rest = reach[set ^ sub];
                if rest != NEVER && own[sub] != NEVER {
                    let total: Cost = std::array::from_fn(|i| rest[i] + own[sub][i]);
                    if total < reach[set] {
                        reach[set] = total;
                        choice[set] = sub as u8;
                    }
                }
                sub = (sub - 1) & set;
            }
        }
        taken.push(choice);
    }
    if reach[all] == NEVER {
        return None;
    }
    let mut change = Change { groups: vec![(group, Vec::new())], pool: patch.pool.clone() };
    let mut set = all;
    for (&host, choice) in hosts.iter().zip(&taken).rev() {
        let own = choice[set] as usize;
        if own != 0 {
            change.groups.push((host, patch.with(host, None, &some(own))));
            set ^= own;
        }
    }
    Some(change)
}
