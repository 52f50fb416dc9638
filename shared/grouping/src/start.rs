//! The constructive start: blocks first, then everybody where they fit best among a few groups.

use crate::draw::Draw;
use crate::law::Law;
use crate::model::Model;
use crate::state::{NONE, State};

/// Groups looked at for each student.
const LOOKS: usize = 12;

/// Builds a first assignment into `groups` groups, within the sizes.
pub(crate) fn construct<'m>(model: &'m Model, groups: usize, draw: &mut Draw) -> State<'m> {
    let students = model.students as usize;
    let mut state = State::new(model, groups, vec![NONE; students]);
    let pairs = pairs(&state, draw);
    place_blocks(&mut state, pairs, draw);
    let quota = quotas(&state);
    let mut waiting: Vec<u32> =
        (0..model.students).filter(|&student| state.home[student as usize] == NONE).collect();
    draw.shuffle(&mut waiting);
    // Whoever a binding rule counts comes first, while there is choice.
    waiting.sort_by_key(|&student| std::cmp::Reverse(scarcity(model, student)));
    let mut layer: Vec<u32> = Vec::new();
    for student in waiting {
        if layer.is_empty() {
            layer = next_layer(&state, &quota);
        }
        let mut best = (i64::MAX, i64::MIN, 0);
        for look in 0..LOOKS.min(layer.len()) {
            let position = if layer.len() <= LOOKS { look } else { draw.index(layer.len()) };
            let (value, cost) = state.try_place(student, layer[position] as usize);
            if (cost, -value) < (best.0, best.1.saturating_neg()) {
                best = (cost, value, position);
            }
        }
        let group = layer.swap_remove(best.2);
        state.place(student, group as usize);
    }
    state
}

/// Students bound together first, then everybody anywhere: for a search that finds better groups from
/// chance than from a careful start, where pairs that must not be alone are spread evenly and stay so.
pub(crate) fn scatter<'m>(model: &'m Model, groups: usize, draw: &mut Draw) -> State<'m> {
    let mut state = State::new(model, groups, vec![NONE; model.students as usize]);
    place_blocks(&mut state, Vec::new(), draw);
    let room = quotas(&state).into_iter().enumerate();
    let room =
        room.flat_map(|(group, quota)| (state.size(group)..quota).map(move |_| group as u32));
    let mut room: Vec<u32> = room.collect();
    draw.shuffle(&mut room);
    let mut home = std::mem::take(&mut state.home);
    for group in home.iter_mut().filter(|group| **group == NONE) {
        *group = room.pop().expect("the quotas leave room for everybody");
    }
    State::new(model, groups, home)
}

/// A random assignment, for reference.
pub(crate) fn random<'m>(model: &'m Model, groups: usize, draw: &mut Draw) -> State<'m> {
    let mut home: Vec<u32> = (0..model.students).map(|i| i % groups as u32).collect();
    draw.shuffle(&mut home);
    State::new(model, groups, home)
}

/// The emptiest groups that are still below their quota.
fn next_layer(state: &State<'_>, quota: &[u32]) -> Vec<u32> {
    let open = || (0..state.groups).filter(|&group| state.size(group) < quota[group]);
    let lowest = open().map(|group| state.size(group)).min().unwrap_or(0);
    open().filter(|&group| state.size(group) == lowest).map(|group| group as u32).collect()
}

/// Final sizes, as even as the blocks placed allow.
fn quotas(state: &State<'_>) -> Vec<u32> {
    let mut quota: Vec<u32> = (0..state.groups).map(|group| state.size(group)).collect();
    let mut left = state.home.iter().filter(|&&group| group == NONE).count() as u32;
    while left > 0 {
        let lowest = quota.iter().min().copied().unwrap_or(0);
        for size in quota.iter_mut().filter(|size| **size == lowest) {
            if left > 0 {
                *size += 1;
                left -= 1;
            }
        }
    }
    quota
}

/// Pairs of those who must not be alone and are in no block.
fn pairs(state: &State<'_>, draw: &mut Draw) -> Vec<Vec<u32>> {
    let model = state.model;
    let mut pairs = Vec::new();
    let mut taken = vec![false; model.students as usize];
    for &student in model.blocks.iter().flatten() {
        taken[student as usize] = true;
    }
    for rule in model.rules.iter().filter(|rule| rule.binds()) {
        let Law::Alone(law) = &rule.law else { continue };
        for bit in 0..64 {
            let mut marked: Vec<u32> = (0..model.students)
                .filter(|&s| law.marks(s) >> bit & 1 == 1 && !taken[s as usize])
                .collect();
            draw.shuffle(&mut marked);
            for pair in marked.chunks_exact(2) {
                taken[pair[0] as usize] = true;
                taken[pair[1] as usize] = true;
                pairs.push(pair.to_vec());
            }
        }
    }
    pairs
}

/// Places students bound together, and then pairs, as long as every other group can still reach its
/// smallest size.
fn place_blocks(state: &mut State<'_>, pairs: Vec<Vec<u32>>, draw: &mut Draw) {
    let model = state.model;
    let mut blocks = model.blocks.clone();
    draw.shuffle(&mut blocks);
    blocks.sort_by_key(|block| std::cmp::Reverse(block.len()));
    blocks.extend(pairs);
    let (min, max) = (model.sizes.min, model.sizes.max);
    let mut left = model.students;
    let mut needed =
        (0..state.groups).map(|group| min.saturating_sub(state.size(group))).sum::<u32>();
    for block in blocks {
        let count = block.len() as u32;
        let fill = |size: u32| min.saturating_sub(size).min(count);
        let offset = draw.index(state.groups);
        let fits = (0..state.groups)
            .map(|group| (group + offset) % state.groups)
            .filter(|&group| {
                let size = state.size(group);
                size + count <= max && needed - fill(size) <= left - count
            })
            .min_by_key(|&group| state.size(group));
        if let Some(group) = fits {
            needed -= fill(state.size(group));
            left -= count;
            for student in block {
                state.place(student, group);
            }
        }
    }
}

/// How many binding rules count this student.
fn scarcity(model: &Model, student: u32) -> usize {
    model
        .rules
        .iter()
        .filter(|rule| rule.binds())
        .filter(|rule| match &rule.law {
            Law::Alone(law) => law.marks(student) != 0,
            Law::Tally(law) => law.counts(student),
            Law::Share(law) => law.counts(student),
            Law::Relation(law) => !law.partners(student).is_empty(),
            Law::Wishes(law) => law.wishes(student),
            Law::Pairwise(_) | Law::Balance(_) | Law::Overlap(_) => false,
        })
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Hardness;
    use crate::rule::Rule;
    use crate::support::{criterion, mixed, sizes};

    #[test]
    fn scattered_are_all_but_those_who_belong_together() {
        let sets: Vec<Vec<u32>> = (0..40).map(|set| vec![3 * set, 3 * set + 1]).collect();
        for seed in 0..20 {
            let mut problem = mixed(seed, 200, sizes(3, 4, 5));
            let rule = Rule::Together { sets: sets.clone() };
            problem.criteria = vec![criterion("friends", 1, Hardness::Must, rule)];
            let model = Model::new(&problem).expect("valid");
            let state = scatter(&model, 50, &mut Draw::new(seed, 0));
            for set in &sets {
                assert_eq!(state.home[set[0] as usize], state.home[set[1] as usize]);
            }
            let counted: u32 = (0..50).map(|group| state.size(group)).sum();
            assert_eq!(counted, 200);
            assert!((0..50).all(|group| state.size(group) == 4));
            let others = (120..200).filter(|&one| state.home[one] == state.home[one - 1]).count();
            assert!(others < 20, "{others} of 80 beside their neighbour");
        }
    }
}
