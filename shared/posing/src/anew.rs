//! The rest of groups formed anew around what contacts hold fast (G6), and groups that were set aside
//! taken up again.

use std::collections::{BTreeMap, BTreeSet};

use domain::StudentId;
use domain::cohort::Sizes;
use domain::formation::{BoardMarks, Group, GroupPlace, Keep, LaidGroup, SolveInput};
use grouping::{
    Conflicts, Error, Locks, Options, Problem, Solution, solve_around, solve_or_explain,
};

/// What a formation begins from: groups of one section, and what of them stays.
///
/// A group stays whole, too, if everybody in it is held, or more of them than a group may have: then it
/// was made by hand, whatever its size is.
pub fn laid<'g>(
    groups: impl IntoIterator<Item = &'g Group>,
    marks: &BoardMarks,
    keep: Keep,
    sizes: Sizes,
) -> Vec<LaidGroup> {
    let held: BTreeSet<&StudentId> = marks.pinned.iter().collect();
    let locked = |group: &Group| {
        let here = |at: &GroupPlace| at.section == group.section && at.number == group.number;
        marks.locked.iter().any(here)
    };
    let mut all: Vec<LaidGroup> = groups
        .into_iter()
        .filter(|group| !group.members.is_empty())
        .map(|group| {
            let pinned = group.members.iter().filter(|member| held.contains(member));
            let pinned: Vec<StudentId> = pinned.cloned().collect();
            let whole = pinned.len() == group.members.len()
                || pinned.len() > usize::from(sizes.max)
                || keep == Keep::All
                || locked(group);
            LaidGroup {
                number: group.number,
                members: group.members.clone(),
                locked: whole,
                pinned: if whole { Vec::new() } else { pinned },
                missing: 0,
                must_broken: Vec::new(),
            }
        })
        .collect();
    all.sort_by_key(|group| group.number);
    all
}

/// Whether those of a section who are not in a group that stays whole can be in groups of the allowed
/// sizes, around those of them who are held fast.
pub fn has_room(laid: &[LaidGroup], sizes: Sizes) -> bool {
    let (min, max) = (usize::from(sizes.min).max(1), usize::from(sizes.max).max(1));
    let open = || laid.iter().filter(|group| !group.locked);
    let seats: usize = open().map(|group| group.members.len()).sum();
    let anchors = || open().map(|group| group.pinned.len()).filter(|pinned| *pinned > 0);
    let needed: usize = anchors().map(|pinned| pinned.max(min)).sum();
    let fewest = seats.div_ceil(max).max(anchors().count());
    seats == 0 || (needed <= seats && fewest <= anchors().count() + (seats - needed) / min)
}

/// Forms groups around those that an input lays out. Each group of the solution has a number: that of the
/// group whose members it keeps, else of the one that it has most of, else one behind the last.
pub fn form_around(
    input: &SolveInput,
    problem: &Problem,
    options: &Options<'_>,
) -> Result<(Solution, Vec<u32>), Error> {
    let rows = rows(input);
    let in_rows = |ids: &[StudentId]| in_rows(&rows, ids);
    let before = before(input, in_rows);
    let stays =
        |group: &LaidGroup| in_rows(if group.locked { &group.members } else { &group.pinned });
    let (whole, parts): (Vec<_>, Vec<_>) = input.laid.iter().partition(|group| group.locked);
    let lists = |groups: Vec<&LaidGroup>| {
        groups.into_iter().map(stays).filter(|rows| !rows.is_empty()).collect()
    };
    let locks = Locks { groups: lists(whole), pins: lists(parts) };
    let solution = solve_around(problem, options, &locks)?;
    let held: BTreeSet<u32> = locks.groups.iter().chain(&locks.pins).flatten().copied().collect();
    let numbers = numbers(&before, &solution.groups, &held);
    Ok((solution, numbers))
}

/// Forms groups where nothing of what an input lays out is held fast, and finds out why they break must rules if
/// they do. They are numbered as [`form_around`] does; where nothing is laid out, in their order.
pub fn form_again(
    input: &SolveInput,
    problem: &Problem,
    options: &Options<'_>,
) -> Result<(Solution, Vec<u32>, Conflicts), Error> {
    let (solution, conflicts) = solve_or_explain(problem, options)?;
    let rows = rows(input);
    let before = before(input, |ids| in_rows(&rows, ids));
    let numbers = numbers(&before, &solution.groups, &BTreeSet::new());
    Ok((solution, numbers, conflicts))
}

/// Where the students stand.
fn rows(input: &SolveInput) -> BTreeMap<&StudentId, u32> {
    input.students.iter().map(|student| &student.id).zip(0..).collect()
}

fn in_rows(rows: &BTreeMap<&StudentId, u32>, ids: &[StudentId]) -> Vec<u32> {
    let mut rows: Vec<u32> = ids.iter().filter_map(|id| rows.get(id).copied()).collect();
    rows.sort_unstable();
    rows
}

/// The groups that an input lays out, by their numbers.
fn before(input: &SolveInput, in_rows: impl Fn(&[StudentId]) -> Vec<u32>) -> Vec<(u32, Vec<u32>)> {
    input.laid.iter().map(|group| (group.number, in_rows(&group.members))).collect()
}

/// The numbers of groups after those before them, each given once.
fn numbers(before: &[(u32, Vec<u32>)], after: &[Vec<u32>], held: &BTreeSet<u32>) -> Vec<u32> {
    let was: BTreeMap<u32, u32> = before
        .iter()
        .flat_map(|(number, members)| members.iter().map(move |row| (*row, *number)))
        .collect();
    // How many of a group's members had a number: one that is held counts for more than all others.
    let mut shared: Vec<(usize, usize, u32)> = Vec::new();
    for (index, members) in after.iter().enumerate() {
        let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
        for row in members {
            let Some(number) = was.get(row) else { continue };
            let weight = if held.contains(row) { was.len() + 1 } else { 1 };
            *counts.entry(*number).or_default() += weight;
        }
        shared.extend(counts.into_iter().map(|(number, count)| (count, index, number)));
    }
    shared
        .sort_unstable_by_key(|&(count, index, number)| (std::cmp::Reverse(count), number, index));
    let mut given: Vec<Option<u32>> = vec![None; after.len()];
    let mut taken = BTreeSet::new();
    for (_, index, number) in shared {
        if given[index].is_none() && taken.insert(number) {
            given[index] = Some(number);
        }
    }
    let all: BTreeSet<u32> = before.iter().map(|(number, _)| *number).collect();
    // A number that nobody kept is given before a new one.
    let mut open = all.iter().filter(|number| !taken.contains(number)).copied().collect::<Vec<_>>();
    open.reverse();
    let mut next = all.last().copied().unwrap_or(0);
    given
        .into_iter()
        .map(|number| {
            number.or_else(|| open.pop()).unwrap_or_else(|| {
                next += 1;
                next
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn group(number: u32, members: &[u32]) -> Group {
        let id = |row: &u32| StudentId::parse(format!("stu_{row}")).expect("an id");
        serde_json::from_value(serde_json::json!({
            "formation": "for_1", "section": "a", "number": number, "score": 0, "scores": {},
            "members": members.iter().map(id).collect::<Vec<_>>(),
        }))
        .expect("a group")
    }

    fn marks(locked: &[u32], pinned: &[u32]) -> BoardMarks {
        let at = |number: &u32| serde_json::json!({ "section": "a", "number": number });
        serde_json::from_value(serde_json::json!({
            "version": 3,
            "locked": locked.iter().map(at).collect::<Vec<_>>(),
            "pinned": pinned.iter().map(|row| format!("stu_{row}")).collect::<Vec<_>>(),
        }))
        .expect("marks")
    }

    const SIZES: Sizes = Sizes { min: 3, preferred: 4, max: 5 };

    #[test]
    fn g6_what_is_held_stays_and_what_was_made_by_hand_stays_whole() {
        let groups = [
            group(1, &[1, 2, 3]),
            group(2, &[4, 5]),
            group(3, &[6, 7, 8, 9]),
            group(4, &[10, 11, 12, 13, 14, 15, 16]),
        ];
        let held = marks(&[1], &[2, 4, 5, 6, 10, 11, 12, 13, 14, 15]);
        let told = |keep| {
            let laid = laid(&groups, &held, keep, SIZES);
            laid.iter()
                .map(|group| (group.number, group.locked, group.pinned.len()))
                .collect::<Vec<_>>()
        };
        // Locked; all held; one held; more held than a group may have.
        assert_eq!(told(Keep::Held), [(1, true, 0), (2, true, 0), (3, false, 1), (4, true, 0)]);
        assert!(told(Keep::All).iter().all(|(_, locked, _)| *locked));
    }

    #[test]
    fn g6_there_is_room_where_the_rest_fits_the_sizes() {
        let room = |groups: &[&[u32]], locked: &[u32], pinned: &[u32]| {
            let groups: Vec<Group> =
                (1..).zip(groups).map(|(number, members)| group(number, members)).collect();
            has_room(&laid(&groups, &marks(locked, pinned), Keep::Held, SIZES), SIZES)
        };
        let groups: [&[u32]; 3] = [&[1, 2, 3], &[4, 5, 6, 7], &[8, 9]];
        assert!(room(&groups, &[], &[]));
        assert!(room(&groups, &[1, 2, 3], &[]), "nobody is left over");
        assert!(room(&groups, &[2], &[]));
        assert!(!room(&groups, &[1, 2], &[]), "two are left over");
        assert!(room(&groups, &[], &[1, 4, 8]));
        // Seven seats do not make three groups of three or more.
        let many: [&[u32]; 3] = [&[1, 2, 3], &[4, 5], &[6, 7]];
        assert!(!room(&many, &[], &[1, 4, 6]));
        assert!(room(&many, &[], &[1, 4]));
    }

    proptest! {
        #[test]
        fn g6_every_group_has_a_number_of_its_own_and_what_is_held_keeps_it(
            homes in prop::collection::vec(0_usize..4, 1..24),
            now in prop::collection::vec(0_usize..6, 24),
            held in prop::collection::btree_set(0_u32..24, 0..3),
        ) {
            let lists = |homes: &[usize], groups: usize| -> Vec<Vec<u32>> {
                let rows = |group| (0..).zip(homes).filter(move |(_, home)| **home == group).map(|(row, _)| row);
                (0..groups).map(|group| rows(group).collect::<Vec<u32>>()).filter(|rows| !rows.is_empty()).collect()
            };
            let before: Vec<(u32, Vec<u32>)> = (3..).zip(lists(&homes, 4)).collect();
            let after = lists(&now[..homes.len()], 6);
            let given = numbers(&before, &after, &held);
            prop_assert_eq!(given.iter().collect::<BTreeSet<_>>().len(), after.len());
            // One who is held, alone among the held of both groups.
            for row in held.iter().filter(|row| (**row as usize) < homes.len()) {
                let (number, was) = before.iter().find(|(_, rows)| rows.contains(row)).expect("a group");
                let at = after.iter().position(|rows| rows.contains(row)).expect("a group");
                let lone = |rows: &[u32]| rows.iter().filter(|row| held.contains(row)).count() == 1;
                if lone(was) && lone(&after[at]) {
                    prop_assert_eq!(given[at], *number);
                }
            }
        }
    }
}
