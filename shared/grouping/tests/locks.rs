//! What is locked or pinned stays; the rest is solved around it.

mod support;

use grouping::{Error, Locks, MAX_GROUP_SIZE, Options, Problem, solve, solve_around};
use proptest::prelude::*;
use support::{cohort, mixed, sizes};

fn options(seed: u64, budget: u64) -> Options<'static> {
    Options { threads: 1, budget, ..Options::for_students(2, seed) }
}

/// Random groups of the problem's preferred size, the rest left out.
fn some_groups(seed: u64, problem: &Problem) -> Vec<Vec<u32>> {
    let mut dice = support::Dice(seed);
    let mut students: Vec<u32> = (0..problem.students).collect();
    for i in (1..students.len()).rev() {
        students.swap(i, usize::try_from(dice.roll(i as u64 + 1)).expect("small"));
    }
    students.chunks_exact(problem.sizes.preferred as usize).map(<[u32]>::to_vec).collect()
}

fn sorted(group: &[u32]) -> Vec<u32> {
    let mut group = group.to_vec();
    group.sort_unstable();
    group
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]

    #[test]
    fn g6_locked_groups_come_back_as_they_were_and_pins_keep_their_company(
        seed: u64, students in 20_u32..60, locked in 0_usize..4, pinned in 0_usize..3,
    ) {
        let problem = mixed(seed, students, sizes(3, 4, 6));
        let groups = some_groups(seed, &problem);
        let locks = Locks {
            groups: groups[..locked].to_vec(),
            pins: groups[locked..][..pinned].iter().map(|g| g[..=pinned].to_vec()).collect(),
        };
        let found = solve_around(&problem, &options(seed, 3_000), &locks).expect("there is room");
        let mut all = found.groups.concat();
        all.sort_unstable();
        prop_assert_eq!(all, (0..students).collect::<Vec<u32>>());
        prop_assert!(found.groups.iter().all(|group| (3..=6).contains(&group.len())));
        for group in &locks.groups {
            prop_assert!(found.groups.contains(&sorted(group)));
        }
        let home = |student: &u32| found.groups.iter().position(|group| group.contains(student));
        let mut homes = Vec::new();
        for pins in &locks.pins {
            prop_assert!(pins.iter().all(|student| home(student) == home(&pins[0])));
            homes.push(home(&pins[0]));
        }
        homes.sort_unstable();
        homes.dedup();
        prop_assert_eq!(homes.len(), locks.pins.len());
        // The search's own idea of what it found is what a full evaluation says.
        let last = found.progress.last().expect("at least the start");
        prop_assert_eq!((last.must_cost, last.objective), (found.must_cost, found.objective));
    }
}

#[test]
fn g6_without_locks_nothing_changes() {
    let problem = cohort(1, 60);
    let plain = solve(&problem, &options(3, 20_000)).expect("valid");
    let around = solve_around(&problem, &options(3, 20_000), &Locks::default());
    assert_eq!(around, Ok(plain));
}

#[test]
fn g6_solving_the_rest_again_finds_what_is_best_around_a_lock() {
    let problem = cohort(2, 60);
    let free = solve(&problem, &options(1, 100_000)).expect("valid");
    let locks = Locks::of(&free.groups, &[0, 3], &[free.groups[5][0], free.groups[0][0]]);
    assert_eq!((locks.groups.len(), locks.pins.len()), (2, 1));
    let around = solve_around(&problem, &options(2, 100_000), &locks).expect("valid");
    assert_eq!(around.must_broken, 0);
    assert!(around.objective + 100_000 > free.objective, "{} {}", around.objective, free.objective);
}

#[test]
fn g6_everything_locked_is_only_judged() {
    let problem = cohort(2, 30);
    let free = solve(&problem, &options(1, 20_000)).expect("valid");
    let all = Locks { groups: free.groups.clone(), pins: Vec::new() };
    let kept = solve_around(&problem, &options(2, 20_000), &all).expect("valid");
    assert_eq!((kept.groups, kept.objective), (free.groups.clone(), free.objective));
    assert_eq!(kept.evaluations, 0);
    let pinned = Locks { groups: Vec::new(), pins: free.groups.clone() };
    let kept = solve_around(&problem, &options(2, 20_000), &pinned).expect("valid");
    assert_eq!(kept.groups, free.groups);
}

#[test]
fn g6_a_locked_group_may_have_any_size_that_a_person_gave_it() {
    let problem = cohort(1, 24);
    let lone = vec![4, 5];
    let many: Vec<u32> = (6..14).collect();
    let locks = Locks { groups: vec![lone.clone(), many.clone()], pins: vec![vec![0]] };
    let around = solve_around(&problem, &options(1, 20_000), &locks).expect("valid");
    assert!(around.groups.contains(&lone) && around.groups.contains(&many), "{:?}", around.groups);
    let rest = around.groups.iter().filter(|group| **group != lone && **group != many);
    assert!(rest.clone().all(|group| (4..=6).contains(&group.len())));
    assert_eq!(rest.map(Vec::len).sum::<usize>(), 14);
    assert_eq!(around.bound, None, "a bound within the sizes says nothing of groups outside them");
}

#[test]
fn g6_locks_that_contradict_the_sizes_or_themselves_are_refused() {
    let problem = cohort(1, 24);
    let refused = |groups: &[&[u32]], pins: &[&[u32]]| {
        let owned = |lists: &[&[u32]]| lists.iter().map(|list| list.to_vec()).collect();
        let locks = Locks { groups: owned(groups), pins: owned(pins) };
        solve_around(&problem, &options(1, 1_000), &locks).expect_err("should be refused")
    };
    assert_eq!(refused(&[&[1, 2, 3, 4]], &[&[4]]), Error::LockedTwice { student: 4 });
    assert_eq!(refused(&[], &[&[24]]), Error::LockedTwice { student: 24 });
    let nobody = Error::GroupSize { group: 1, size: 0, min: 1, max: MAX_GROUP_SIZE };
    assert_eq!(refused(&[&[0, 1, 2, 3], &[]], &[]), nobody);
    // Seven are left over, and then seven pinned in one group.
    let sixes: [&[u32]; 3] = [&[0, 1, 2, 3, 4, 5], &[6, 7, 8, 9, 10, 11], &[12, 13, 14, 15, 16]];
    assert_eq!(refused(&sixes, &[]), Error::NoRoomAround { students: 7, min: 4, max: 6 });
    let seven = Error::NoRoomAround { students: 24, min: 4, max: 6 };
    assert_eq!(refused(&[], &[&[0, 1, 2, 3, 4, 5, 6]]), seven);
}
