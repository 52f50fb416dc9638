//! Rounds in which nobody meets the same partner again while that is possible.

mod support;

use std::collections::HashMap;

use grouping::{
    Error, Hardness, MAX_ROUNDS, Options, Problem, Rotation, Rule, pairs_of, plan_rounds,
};
use proptest::prelude::*;
use support::{cohort, criterion, mixed, sizes};

fn options(seed: u64, budget: u64) -> Options<'static> {
    Options { budget, threads: 1, ..Options::for_students(2, seed) }
}

/// Students without wishes.
fn bare(students: u32, (min, preferred, max): (u32, u32, u32)) -> Problem {
    let sizes = sizes(min, preferred, max);
    Problem { students, sizes, features: Vec::new(), criteria: Vec::new(), worst_weight: 250 }
}

/// Everybody is in one group of an allowed size per round, and the repeats are those there are.
fn assert_honest(problem: &Problem, past: &[(u32, u32)], plan: &Rotation) {
    let mut met: HashMap<(u32, u32), u32> = HashMap::new();
    for &(a, b) in past {
        *met.entry((a.min(b), a.max(b))).or_default() += 1;
    }
    let mut all = 0;
    let mut clean = 0;
    for round in &plan.rounds {
        let mut students = round.solution.groups.concat();
        students.sort_unstable();
        assert_eq!(students, (0..problem.students).collect::<Vec<u32>>());
        let range = problem.sizes.min as usize..=problem.sizes.max as usize;
        assert!(round.solution.groups.iter().all(|group| range.contains(&group.len())));
        let mut repeats = Vec::new();
        for pair in pairs_of(&round.solution.groups) {
            let before = met.entry(pair).or_default();
            if *before > 0 {
                repeats.push((pair, *before));
            }
            *before += 1;
        }
        repeats.sort_unstable();
        let told: Vec<((u32, u32), u32)> =
            round.repeats.iter().map(|repeat| ((repeat.a, repeat.b), repeat.before)).collect();
        assert_eq!(told, repeats);
        all += repeats.len();
        clean += u32::from(repeats.is_empty());
    }
    assert_eq!(plan.repeats as usize, all);
    assert!(clean <= plan.at_most, "{clean} rounds without a repeat, at most {}", plan.at_most);
}

fn planned(problem: &Problem, rounds: u32, budget: u64) -> Rotation {
    let plan = plan_rounds(problem, &[], rounds, &options(1, budget)).expect("valid");
    assert_eq!(plan.rounds.len(), rounds as usize);
    assert_honest(problem, &[], &plan);
    plan
}

#[test]
fn g7_nobody_meets_again_in_as_many_rounds_as_are_known() {
    for (students, size, rounds) in [(32, 4, 9), (60, 5, 11), (100, 5, 18), (25, 5, 6), (9, 3, 4)] {
        let plan = planned(&bare(students, (size, size, size)), rounds, 200_000);
        assert_eq!(plan.repeats, 0, "{students} in groups of {size}");
        assert!(plan.at_most >= rounds);
    }
}

#[test]
fn g7_groups_of_unequal_size_rotate_too() {
    for (students, range, rounds) in [(103, (4, 5, 6), 15), (29, (3, 4, 5), 6), (14, (3, 4, 4), 3)]
    {
        let plan = planned(&bare(students, range), rounds, 400_000);
        assert_eq!(plan.repeats, 0, "{students} students");
    }
}

#[test]
fn g7_repeats_are_counted_where_they_cannot_be_avoided() {
    // Three rounds of six in pairs of groups: everybody has five others, two per round.
    let plan = planned(&bare(6, (3, 3, 3)), 3, 50_000);
    assert_eq!(plan.at_most, 2);
    assert!(plan.repeats > 0 && plan.rounds[0].repeats.is_empty());
    let alone = planned(&bare(4, (4, 4, 4)), 3, 1_000);
    assert_eq!((alone.repeats, alone.at_most), (12, 1));
    assert!(alone.rounds[2].repeats.iter().all(|repeat| repeat.before == 2));
}

#[test]
fn g7_criteria_are_kept_in_every_round() {
    let problem = cohort(5, 60);
    let plan = planned(&problem, 4, 400_000);
    assert_eq!(plan.repeats, 0);
    for round in &plan.rounds {
        let (found, random) = (&round.solution, &round.solution.reference);
        assert_eq!(found.must_broken, 0);
        assert!(found.mean > random.mean + 800, "{} {}", found.mean, random.mean);
    }
}

#[test]
fn g7_rounds_that_were_published_are_kept_when_the_rest_is_planned_again() {
    let problem = bare(60, (5, 5, 5));
    let mut past = Vec::new();
    for round in 0..4 {
        // One round at a time, after all that came before.
        let plan = plan_rounds(&problem, &past, 1, &options(round, 100_000)).expect("valid");
        assert_honest(&problem, &past, &plan);
        assert_eq!(plan.repeats, 0, "round {round}");
        past.extend(pairs_of(&plan.rounds[0].solution.groups));
    }
    let rest = plan_rounds(&problem, &past, 3, &options(9, 400_000)).expect("valid");
    assert_honest(&problem, &past, &rest);
    assert_eq!(rest.repeats, 0);
    assert_eq!(rest.at_most, (59 - 16) / 4);
}

#[test]
fn g7_must_rules_go_before_repeats_and_repeats_before_wishes() {
    let with = |hardness| {
        let mut problem = bare(24, (4, 4, 4));
        let rule = Rule::Together { sets: vec![vec![0, 1]] };
        problem.criteria.push(criterion("friends", 5, hardness, rule));
        planned(&problem, 3, 200_000)
    };
    let must = with(Hardness::Must);
    assert_eq!(must.repeats, 2);
    assert!(must.rounds.iter().all(|round| round.solution.must_broken == 0));
    assert_eq!(with(Hardness::Should).repeats, 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn g7_every_plan_is_a_plan_and_says_what_repeats(
        seed: u64, students in 6_u32..40, rounds in 1_u32..6, known in 0_usize..30,
    ) {
        let problem = mixed(seed, students, sizes(2, 3, 5));
        let mut dice = support::Dice(seed);
        let mut roll = |n: u32| u32::try_from(dice.roll(u64::from(n))).expect("small");
        let mut pair = |_| {
            let a = roll(students);
            (a, (a + 1 + roll(students - 1)) % students)
        };
        let past: Vec<(u32, u32)> = (0..known).map(&mut pair).collect();
        let plan = plan_rounds(&problem, &past, rounds, &options(seed, 3_000)).expect("valid");
        assert_honest(&problem, &past, &plan);
        prop_assert_eq!(plan_rounds(&problem, &past, rounds, &options(seed, 3_000)), Ok(plan));
    }
}

#[test]
fn g7_plans_that_cannot_be_are_refused() {
    let problem = bare(12, (3, 4, 4));
    let refused = |past: &[(u32, u32)], rounds| {
        plan_rounds(&problem, past, rounds, &options(1, 1_000)).expect_err("should be refused")
    };
    assert_eq!(refused(&[], 0), Error::RoundsOutOfRange { rounds: 0 });
    let many = MAX_ROUNDS + 1;
    assert_eq!(refused(&[], many), Error::RoundsOutOfRange { rounds: many });
    assert_eq!(refused(&[(3, 3)], 1), Error::PastPair { first: 3, second: 3 });
    assert_eq!(refused(&[(3, 12)], 1), Error::PastPair { first: 3, second: 12 });
    assert_eq!(
        plan_rounds(&problem, &[], 1, &options(1, 0)).expect_err("no budget"),
        Error::NoBudget
    );
}
