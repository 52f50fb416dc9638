//! Late joiners and drop-outs change as few published groups as possible.

mod support;

use grouping::{Error, Hardness, Options, Problem, Repair, Rule, Values, evaluate, repair, solve};
use proptest::prelude::*;
use support::{Dice, cohort, criterion, feature, mixed, sizes};

/// The published groups of a good formation of the first students; the others join late.
fn published(problem: &Problem, first: u32) -> Vec<Vec<u32>> {
    let mut early = problem.clone();
    early.students = first;
    for feature in &mut early.features {
        match &mut feature.values {
            Values::Number(rows) => rows.truncate(first as usize),
            Values::Category(rows) => rows.truncate(first as usize),
            Values::Set(rows) => rows.truncate(first as usize),
            Values::Slots(rows) => rows.truncate(first as usize),
        }
    }
    let options = Options { threads: 1, budget: 60_000, ..Options::for_students(first, 1) };
    solve(&early, &options).expect("valid").groups
}

/// Everything a repair says is so.
fn assert_honest(problem: &Problem, published: &[Vec<u32>], left: &[u32], found: &Repair) {
    let mut all = found.groups.concat();
    all.sort_unstable();
    let present: Vec<u32> = (0..problem.students).filter(|s| !left.contains(s)).collect();
    assert_eq!(all, present);
    let home = |groups: &[Vec<u32>], student: u32| {
        groups.iter().position(|group| group.contains(&student))
    };
    let mut moves = Vec::new();
    for student in present {
        let (from, to) = (home(published, student), home(&found.groups, student));
        if from != to {
            moves.push((student, from, to.expect("placed")));
        }
    }
    let told: Vec<_> = found.moves.iter().map(|m| (m.student, m.from, m.to)).collect();
    assert_eq!(told, moves);
    assert_eq!(found.moved as usize, moves.iter().filter(|m| m.1.is_some()).count());
    let mut changed = Vec::new();
    for (group, members) in published.iter().enumerate() {
        let mut stay: Vec<u32> = members.iter().copied().filter(|s| !left.contains(s)).collect();
        stay.sort_unstable();
        if !stay.is_empty() && found.groups[group] != stay {
            changed.push(group);
        }
    }
    assert_eq!(found.changed, changed);
    for (group, members) in found.groups.iter().enumerate().filter(|(_, m)| !m.is_empty()) {
        let range = problem.sizes.min as usize..=problem.sizes.max as usize;
        let told = found.out_of_size.iter().any(|breach| breach.group == group);
        assert_eq!(told, !range.contains(&members.len()));
        assert!(found.solution.groups.contains(members));
    }
}

fn repaired(problem: &Problem, published: &[Vec<u32>], left: &[u32], locked: &[usize]) -> Repair {
    let found = repair(problem, published, left, locked).expect("valid");
    assert_honest(problem, published, left, &found);
    found
}

#[test]
fn g8_one_drop_out_changes_at_most_one_other_group() {
    let problem = cohort(7, 80);
    let groups = published(&problem, 80);
    let mut others = [0, 0];
    for left in 0..80 {
        let own = groups.iter().position(|group| group.contains(&left)).expect("published");
        let found = repaired(&problem, &groups, &[left], &[]);
        assert!(found.newly_broken.is_empty() && found.out_of_size.is_empty());
        let changed = found.changed.iter().filter(|&&group| group != own).count();
        assert!(changed <= 1, "{left} left: {:?} changed", found.changed);
        assert!(found.fewest, "{left} left");
        others[changed] += 1;
    }
    assert!(others[0] > 20 && others[1] > 0, "{others:?}");
}

#[test]
fn g8_one_joiner_changes_one_group() {
    let problem = cohort(7, 80);
    let groups = published(&problem, 79);
    let found = repaired(&problem, &groups, &[], &[]);
    assert_eq!((found.changed.len(), found.moved), (1, 0));
    assert_eq!(found.moves.len(), 1);
    assert!(found.newly_broken.is_empty() && found.fewest);
    // Of all groups with room the one that is best for the objective.
    let mut best = 0;
    for group in 0..groups.len() {
        let mut tried = groups.clone();
        tried[group].push(79);
        if let Ok(judged) = evaluate(&problem, &tried)
            && judged.must_broken == 0
        {
            best = best.max(judged.objective);
        }
    }
    assert_eq!(found.solution.objective, best);
}

#[test]
fn g8_several_at_once_fill_each_others_gaps() {
    let problem = cohort(7, 83);
    let groups = published(&problem, 80);
    let left: Vec<u32> = groups.iter().take(5).map(|group| group[0]).collect();
    let found = repaired(&problem, &groups, &left, &[]);
    assert!(found.newly_broken.is_empty() && found.out_of_size.is_empty());
    // At worst each of the eight has a group and one other of their own.
    assert!(found.changed.len() <= 8, "{:?}", found.changed);
    assert!(found.moved <= 5, "{}", found.moved);
}

#[test]
fn g8_a_group_too_small_is_filled_up_or_dissolved_whichever_changes_less() {
    let bare = |students, range: (u32, u32, u32)| Problem {
        students,
        sizes: sizes(range.0, range.1, range.2),
        features: Vec::new(),
        criteria: Vec::new(),
        worst_weight: 250,
    };
    // Others can spare one: one of them moves.
    let problem = bare(13, (4, 4, 6));
    let groups = vec![vec![0, 1, 2, 3], vec![4, 5, 6, 7], vec![8, 9, 10, 11, 12]];
    let found = repaired(&problem, &groups, &[0], &[]);
    assert_eq!((found.changed, found.moved), (vec![0, 2], 1));
    // Nobody can, but there is room for three.
    let problem = bare(16, (4, 5, 7));
    let fours: Vec<Vec<u32>> = (0..4).map(|group| (4 * group..4 * group + 4).collect()).collect();
    let found = repaired(&problem, &fours, &[0], &[]);
    assert_eq!((found.changed.len(), found.moved), (2, 3));
    assert!(found.groups[0].is_empty());
    // A whole group leaves: nobody else notices.
    let found = repaired(&problem, &fours, &[0, 1, 2, 3], &[]);
    assert_eq!((found.changed.len(), found.moved), (0, 0));
    // Enough joiners for a group of their own change nobody's.
    let found = repaired(&bare(20, (4, 4, 5)), &fours, &[], &[]);
    assert_eq!((found.changed.len(), found.groups.len()), (0, 5));
    // No way within the sizes: it is said.
    let found = repaired(&bare(8, (4, 4, 5)), &fours[..2], &[0], &[]);
    assert_eq!(found.out_of_size.len(), 1);
    assert!(found.changed.is_empty());
    let fives: Vec<Vec<u32>> = (0..40).map(|group| (5 * group..5 * group + 5).collect()).collect();
    let found = repaired(&bare(200, (5, 5, 5)), &fives, &[7], &[]);
    assert_eq!((found.out_of_size.len(), found.out_of_size[0].group), (1, 1));
    assert!(found.changed.is_empty());
}

#[test]
fn g8_locked_groups_are_left_alone() {
    let problem = cohort(7, 80);
    let groups = published(&problem, 78);
    let locked: Vec<usize> = (0..groups.len()).filter(|group| group % 2 == 0).collect();
    let left = groups[1][0];
    let found = repaired(&problem, &groups, &[left], &locked);
    assert!(locked.iter().all(|group| !found.changed.contains(group)));
    let every: Vec<usize> = (0..groups.len()).collect();
    let found = repaired(&problem, &groups, &[], &every);
    assert_eq!(found.groups.len(), groups.len() + 1);
    assert_eq!(found.out_of_size.len(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn g8_nothing_happened_nothing_changes(seed: u64, students in 4_u32..60) {
        // Whatever rules the groups break.
        let problem = mixed(seed, students, sizes(3, 4, 5));
        let all: Vec<u32> = (0..students).collect();
        let groups: Vec<Vec<u32>> = all.chunks(4).map(<[u32]>::to_vec).collect();
        let found = repaired(&problem, &groups, &[], &[]);
        prop_assert_eq!(found.groups, groups);
        prop_assert!(found.fewest && found.newly_broken.is_empty());
    }

    #[test]
    fn g8_any_incident_is_repaired_and_told(
        seed: u64, students in 8_u32..50, joined in 0_u32..4, gone in 0_usize..5,
    ) {
        let problem = mixed(seed, students + joined, sizes(3, 4, 6));
        let all: Vec<u32> = (0..students).collect();
        let groups: Vec<Vec<u32>> = all.chunks(4).map(<[u32]>::to_vec).collect();
        let mut dice = Dice(seed);
        let mut left: Vec<u32> = (0..gone)
            .map(|_| u32::try_from(dice.roll(u64::from(students))).expect("small"))
            .collect();
        left.sort_unstable();
        left.dedup();
        let locked = if dice.roll(2) == 0 { vec![0] } else { Vec::new() };
        let found = repaired(&problem, &groups, &left, &locked);
        prop_assert!(!found.changed.iter().any(|group| locked.contains(group)));
        prop_assert_eq!(repair(&problem, &groups, &left, &locked), Ok(found));
    }
}

#[test]
fn g8_what_cannot_have_happened_is_refused() {
    let problem = cohort(7, 24);
    let refused = |groups: &[Vec<u32>], left: &[u32]| {
        repair(&problem, groups, left, &[]).expect_err("should be refused")
    };
    let groups = vec![vec![0, 1, 2, 3]];
    assert_eq!(refused(&groups, &[24]), Error::UnknownLeaver { student: 24 });
    assert_eq!(refused(&[vec![0, 24]], &[]), Error::AssignedTwice { student: 24 });
    assert_eq!(refused(&[vec![0, 1], vec![1]], &[]), Error::AssignedTwice { student: 1 });
    let everybody: Vec<u32> = (0..24).collect();
    assert_eq!(refused(&groups, &everybody), Error::NoStudents);
}

#[test]
fn g8_a_section_that_changed_by_a_departure_moves_nobody_elsewhere() {
    // Without the hundred, nought and ten are the ends of the scale and no longer alike.
    let answers = [0, 10, 5, 5, 5, 5, 100].map(Some).to_vec();
    let problem = Problem {
        students: 7,
        sizes: sizes(3, 3, 4),
        features: vec![feature("answer", Values::Number(answers))],
        criteria: vec![criterion(
            "alike",
            1,
            Hardness::Must,
            Rule::Align { feature: 0, floor: None },
        )],
        worst_weight: 250,
    };
    let groups = [vec![0, 1, 2], vec![3, 4, 5, 6]];
    assert_eq!(evaluate(&problem, &groups).expect("valid").must_broken, 0);
    let found = repair(&problem, &groups, &[6], &[]).expect("valid");
    assert_eq!((found.changed, found.moved), (Vec::new(), 0));
    assert_eq!(found.groups, [vec![0, 1, 2], vec![3, 4, 5]]);
}
