//! What the portal shows while somebody edits groups.

mod support;

use std::cmp::Reverse;

use grouping::{
    About, Board, BoardStanding, Edit, Error, Hardness, Options, Problem, Refusal, Rule, Solution,
    Values, evaluate, solve, solve_around,
};
use proptest::prelude::*;
use support::{Dice, cohort, criterion, feature, mixed, sizes};

/// Groups of four, whoever comes first.
fn fours(problem: &Problem) -> Vec<Vec<u32>> {
    let students: Vec<u32> = (0..problem.students).collect();
    students.chunks(4).map(<[u32]>::to_vec).collect()
}

fn board(problem: &Problem) -> Board {
    Board::new(problem.clone(), fours(problem)).expect("a partition")
}

fn standing(solution: &Solution) -> BoardStanding {
    BoardStanding {
        objective: solution.objective,
        mean: solution.mean,
        worst: solution.worst,
        must_broken: solution.must_broken,
        must_cost: solution.must_cost,
    }
}

/// Any edit, possible or not.
fn some_edit(dice: &mut Dice, board: &Board, students: u32) -> Edit {
    let student = |dice: &mut Dice| u32::try_from(dice.roll(u64::from(students))).expect("small");
    if dice.roll(2) == 0 {
        let to = usize::try_from(dice.roll(board.groups().len() as u64 + 1)).expect("small");
        Edit::Move { student: student(dice), to }
    } else {
        Edit::Swap { a: student(dice), b: student(dice) }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn g6_an_effect_is_what_a_full_re_evaluation_says(seed: u64, quads in 3_u32..10) {
        let problem = mixed(seed, 4 * quads, sizes(3, 4, 6));
        let mut board = board(&problem);
        let mut dice = Dice(seed);
        for _ in 0..30 {
            let before = board.evaluate();
            prop_assert_eq!(board.standing(), standing(&before));
            let edit = some_edit(&mut dice, &board, problem.students);
            let Ok(effect) = board.try_edit(edit) else { continue };
            prop_assert_eq!(&board.evaluate(), &before, "trying changes nothing");
            prop_assert_eq!(board.apply(edit), Ok(effect.clone()));
            let filled: Vec<Vec<u32>> =
                board.groups().iter().filter(|group| !group.is_empty()).cloned().collect();
            let fresh = Board::new(problem.clone(), filled.clone()).expect("a partition");
            let after = fresh.evaluate();
            if board.out_of_size().is_empty() {
                prop_assert_eq!(&evaluate(&problem, &filled).expect("in range"), &after);
            }
            prop_assert_eq!(effect.standing.before, standing(&before));
            prop_assert_eq!(effect.standing.after, standing(&after));
            prop_assert_eq!(
                effect.newly_broken.len() + before.must_broken as usize,
                effect.mended.len() + after.must_broken as usize
            );
            for touched in &effect.groups {
                let members = &board.groups()[touched.group];
                prop_assert_eq!(touched.size.after as usize, members.len());
                let small = !(3..=6).contains(&members.len()) && !members.is_empty();
                prop_assert_eq!(
                    effect.out_of_size.iter().any(|breach| breach.group == touched.group), small
                );
                let Some(index) = after.groups.iter().position(|group| group == members) else {
                    prop_assert!(members.is_empty());
                    continue;
                };
                prop_assert_eq!(touched.score.after, after.reports[index].score);
                for (shown, known) in touched.criteria.iter().zip(&after.reports[index].criteria) {
                    prop_assert_eq!(&shown.criterion, &known.criterion);
                    prop_assert_eq!(shown.score.after, known.score);
                    prop_assert_eq!(shown.severity.after, known.severity);
                }
            }
        }
    }

    #[test]
    fn g6_undo_and_redo_go_through_all_that_was_done(seed: u64, quads in 3_u32..8) {
        let problem = mixed(seed, 4 * quads, sizes(3, 4, 6));
        let mut board = board(&problem);
        let mut dice = Dice(seed);
        let shown = |board: &Board| {
            let mut groups = board.groups().to_vec();
            while groups.last().is_some_and(Vec::is_empty) {
                groups.pop();
            }
            (groups, board.standing())
        };
        let mut seen = vec![shown(&board)];
        for _ in 0..12 {
            let edit = some_edit(&mut dice, &board, problem.students);
            if board.apply(edit).is_ok() {
                seen.push(shown(&board));
            }
        }
        let options = Options { budget: 1_000, threads: 1, ..Options::for_students(2, seed) };
        let solved = solve(&problem, &options).expect("valid");
        board.replace(solved.groups).expect("a partition");
        seen.push(shown(&board));
        prop_assert!(board.redo().is_none());
        for known in seen.iter().rev().skip(1) {
            let effect = board.undo().expect("was done");
            prop_assert_eq!(&shown(&board), known);
            prop_assert_eq!(effect.standing.after, board.standing());
        }
        prop_assert!(board.undo().is_none());
        for known in &seen[1..] {
            prop_assert!(board.redo().is_some());
            prop_assert_eq!(&shown(&board), known);
        }
    }

    #[test]
    fn g6_suggestions_are_the_best_single_changes(seed: u64, quads in 3_u32..6) {
        let problem = mixed(seed, 4 * quads, sizes(3, 4, 6));
        let board = board(&problem);
        let student = u32::try_from(seed % u64::from(problem.students)).expect("small");
        let key = |after: &BoardStanding| (after.must_cost, Reverse(after.objective));
        let mut all = Vec::new();
        for other in 0..problem.students {
            all.extend(board.try_swap(student, other));
        }
        for to in 0..board.groups().len() {
            all.extend(board.try_move(student, to).ok().filter(|e| e.out_of_size.is_empty()));
        }
        let mut all: Vec<_> = all.iter().map(|effect| key(&effect.standing.after)).collect();
        all.sort_unstable();
        let found = board.suggest_moves(About::Student(student), 5).expect("exists");
        let found: Vec<_> =
            found.iter().map(|suggestion| key(&suggestion.effect.standing.after)).collect();
        prop_assert_eq!(&found, &all[..5]);
        let any = board.suggest_moves(About::All, 1).expect("exists");
        prop_assert!(key(&any[0].effect.standing.after) <= found[0]);
    }
}

#[test]
fn g6_rules_and_sizes_are_told_not_enforced() {
    let codes = vec![1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    let codes = Values::Category(codes.into_iter().map(Some).collect());
    let rule = Rule::NeverAlone { feature: 0, codes: vec![1] };
    let problem = Problem {
        students: 12,
        sizes: sizes(4, 4, 4),
        features: vec![feature("marked", codes)],
        criteria: vec![criterion("company", 1, Hardness::Must, rule)],
        worst_weight: 250,
    };
    let mut board = board(&problem);
    let effect = board.apply(Edit::Move { student: 0, to: 1 }).expect("only told");
    assert!(!effect.better);
    let told: Vec<(usize, &str)> =
        effect.newly_broken.iter().map(|rule| (rule.group, rule.criterion.as_str())).collect();
    assert_eq!(told, [(0, "company"), (1, "company")]);
    let told: Vec<(usize, u32)> =
        effect.out_of_size.iter().map(|breach| (breach.group, breach.size)).collect();
    assert_eq!(told, [(0, 3), (1, 5)]);
    assert_eq!(board.out_of_size(), effect.out_of_size);
    let back = board.try_move(0, 0).expect("only told");
    assert!(back.better && back.out_of_size.is_empty() && back.mended.len() == 2);
}

#[test]
fn g6_locks_and_pins_hold_for_edits_suggestions_and_the_rest_solved_again() {
    let problem = cohort(3, 40);
    let mut board = board(&problem);
    board.lock(1).expect("exists");
    board.pin(0).expect("exists");
    assert_eq!(board.try_move(4, 0), Err(Refusal::Locked { group: 1 }));
    assert_eq!(board.try_swap(8, 5), Err(Refusal::Locked { group: 1 }));
    assert_eq!(board.try_move(0, 2), Err(Refusal::Pinned { student: 0, group: 0 }));
    for about in [About::All, About::Student(0), About::Group(1), About::Group(0)] {
        for suggestion in board.suggest_moves(about, 2_000).expect("exists") {
            assert!(suggestion.effect.groups.iter().all(|touched| touched.group != 1));
            assert!(!matches!(
                suggestion.edit,
                Edit::Move { student: 0, .. } | Edit::Swap { a: 0, .. } | Edit::Swap { b: 0, .. }
            ));
        }
    }
    let options = Options { budget: 20_000, ..Options::for_students(40, 1) };
    let solved = solve_around(&problem, &options, &board.locks()).expect("valid");
    let effect = board.replace(solved.groups.clone()).expect("a partition");
    assert!(effect.better);
    assert_eq!(board.groups()[1], [4, 5, 6, 7]);
    assert_eq!(board.group_of(0), Some(0));
    assert_eq!(board.evaluate().groups, solved.groups);
    board.unlock(1);
    board.unpin(0);
    assert!(board.try_swap(0, 4).is_ok());
}

#[test]
fn g6_what_is_no_change_or_names_nobody_is_refused() {
    let problem = cohort(3, 24);
    let mut board = board(&problem);
    assert_eq!(board.try_move(24, 0), Err(Refusal::NoStudent { student: 24 }));
    assert_eq!(board.try_swap(0, 24), Err(Refusal::NoStudent { student: 24 }));
    assert_eq!(board.try_move(0, 7), Err(Refusal::NoGroup { group: 7 }));
    assert_eq!(board.try_move(0, 0), Err(Refusal::SameGroup { student: 0, group: 0 }));
    assert_eq!(board.try_swap(0, 0), Err(Refusal::SameGroup { student: 0, group: 0 }));
    assert_eq!(board.lock(6), Err(Refusal::NoGroup { group: 6 }));
    assert_eq!(board.pin(24), Err(Refusal::NoStudent { student: 24 }));
    assert_eq!(board.suggest_moves(About::Group(6), 1), Err(Refusal::NoGroup { group: 6 }));
    assert_eq!(board.suggest_moves(About::Student(24), 1), Err(Refusal::NoStudent { student: 24 }));
    assert_eq!(board.replace(vec![vec![0, 1]]), Err(Error::NotAssigned { student: 2 }));
    assert!(matches!(
        Board::new(problem, vec![vec![0, 0]]),
        Err(Error::AssignedTwice { student: 0 })
    ));
}

#[test]
fn g6_a_new_group_begins_behind_the_last_and_an_empty_one_counts_for_nothing() {
    let problem = cohort(3, 16);
    let mut board = board(&problem);
    for student in 0..4 {
        board.apply(Edit::Move { student, to: 4 }).expect("possible");
    }
    assert_eq!(board.groups().len(), 5);
    assert!(board.groups()[0].is_empty() && board.out_of_size().is_empty());
    let all = board.evaluate();
    assert_eq!((all.groups.len(), standing(&all)), (4, board.standing()));
    assert_eq!(Ok(all), evaluate(&problem, &fours(&problem)));
}

#[test]
fn g6_wishes_count_on_the_board_as_when_the_groups_were_formed() {
    // Eight partners named, of whom three fit into a group.
    let wanted = (1..9).map(|partner| (0, partner)).collect();
    let rule = Rule::Wishes { wanted, unwanted: Vec::new() };
    let problem = Problem {
        students: 12,
        sizes: sizes(4, 4, 4),
        features: Vec::new(),
        criteria: vec![criterion("wishes", 1, Hardness::Must, rule)],
        worst_weight: 250,
    };
    let mut board = board(&problem);
    let formed = evaluate(&problem, &fours(&problem)).expect("valid");
    assert_eq!((board.standing(), formed.must_broken), (standing(&formed), 0));
    // A group above the sizes can meet more of them, which makes up for nothing elsewhere.
    let effect = board.apply(Edit::Move { student: 4, to: 0 }).expect("possible");
    assert_eq!(effect.standing.after.must_cost, 0);
    assert!(effect.groups.iter().flat_map(|group| &group.criteria).all(|c| c.severity.after == 0));
}
