//! The solver's task for a plan of rounds (G7): pure, by its input alone.

use std::collections::BTreeSet;

use domain::cohort::{Hardness, Rule};
use domain::formation::{Failure, FailureCode, SolveInput, SolveOutput};
use domain::{CohortId, FormationId, StudentId};
use formation_steps::plan::solve;
use formation_steps::solve::Solved;
use serde_json::json;

use crate::sample::{input, student_id};
use crate::world::World;

fn planned(input: &SolveInput) -> Result<Vec<SolveOutput>, Box<Failure>> {
    let body = serde_json::to_vec(input).unwrap();
    let cohort = CohortId::parse("coh_1").unwrap();
    let rounds = solve(&body, &cohort, &World::id(), &"A".parse().unwrap()).unwrap();
    let mut outputs = Vec::new();
    for (number, (id, solved)) in (1..).zip(rounds) {
        let of_round = FormationId::of_round(&cohort, &World::id(), number);
        assert_eq!(id, if number == 1 { World::id() } else { of_round });
        match solved {
            Solved::Groups(output) => outputs.push(output),
            Solved::Failed(failure) => return Err(Box::new(failure)),
        }
    }
    assert_eq!(outputs.len(), input.rounds as usize);
    Ok(outputs)
}

/// The pairs of one round, each once.
fn pairs(output: &SolveOutput) -> BTreeSet<(&StudentId, &StudentId)> {
    let groups = output.groups.iter().map(|group| &group.members);
    groups
        .flat_map(|members| {
            members.iter().flat_map(move |one| {
                members.iter().filter(move |other| one < *other).map(move |other| (one, other))
            })
        })
        .collect()
}

/// Everybody is once in every round, in groups of an allowed size, and as many meet again as is told.
fn assert_honest(input: &SolveInput, rounds: &[SolveOutput]) -> Vec<u32> {
    let mut met: BTreeSet<(&StudentId, &StudentId)> = BTreeSet::new();
    for group in input.past.iter().flatten() {
        for one in group {
            met.extend(group.iter().filter(|other| one < *other).map(|other| (one, other)));
        }
    }
    let mut told = Vec::new();
    for output in rounds {
        let mut members: Vec<_> = output.groups.iter().flat_map(|g| g.members.clone()).collect();
        members.sort();
        assert_eq!(members, input.students.iter().map(|s| s.id.clone()).collect::<Vec<_>>());
        let numbers: Vec<u32> = output.groups.iter().map(|group| group.number).collect();
        assert_eq!(numbers, (1..=output.result.groups).collect::<Vec<_>>());
        let sizes = usize::from(input.sizes.min)..=usize::from(input.sizes.max);
        assert!(output.groups.iter().all(|group| sizes.contains(&group.members.len())));
        let here = pairs(output);
        let again = here.intersection(&met).count();
        assert_eq!(output.result.repeats, Some(u32::try_from(again).unwrap()));
        told.extend(output.result.repeats);
        met.extend(here);
    }
    told
}

fn rule(id: &str, rule: &serde_json::Value) -> domain::cohort::CriterionSetting {
    let rule = json!({ "id": id, "weight": 5, "hardness": "must", "rule": rule });
    serde_json::from_value(rule).unwrap()
}

#[test]
fn g7_plans_of_any_size_are_plans_and_say_how_many_meet_again() {
    let mut dice = 7_u64;
    let mut roll = |n: usize| {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(dice >> 33).unwrap() % n
    };
    for case in 0..16 {
        let students = [3, 4, 6, 7, 9, 11, 12, 16, 17, 20, 23, 25, 30, 33, 40, 41][case];
        let mut input = input(students);
        input.rounds = 2 + u32::try_from(roll(4)).unwrap();
        input.seed = u64::try_from(case).unwrap();
        // Some have met before, whoever they are.
        let past = (0..roll(5)).map(|_| {
            let one = roll(students);
            vec![student_id(one), student_id((one + 1 + roll(students - 1)) % students)]
        });
        input.past = vec![past.collect()];
        let rounds = planned(&input).unwrap();
        let told = assert_honest(&input, &rounds);
        // Where there is room for it, nobody meets again.
        if students >= 25 && input.rounds <= 4 {
            assert_eq!(told.iter().sum::<u32>(), 0, "{students} students, {} rounds", input.rounds);
        }
        let most = rounds[0].result.at_most.unwrap();
        let clean = told.iter().filter(|again| **again == 0).count();
        assert!(clean <= most as usize, "{clean} of at most {most}");
    }
}

#[test]
fn g4_the_same_input_gives_the_same_plan() {
    let mut input = input(60);
    input.rounds = 3;
    let plan = planned(&input).unwrap();
    assert!(plan == planned(&input).unwrap(), "two runs differ");
    input.seed = 43;
    assert!(plan[1].groups != planned(&input).unwrap()[1].groups, "the seed plays no part");
}

#[test]
fn g7_must_rules_hold_in_every_round_and_come_before_repeats() {
    let mut input = input(24);
    input.rounds = 4;
    let (a, b, c) = (student_id(0), student_id(1), student_id(2));
    input.criteria.push(rule("friends", &json!({ "together": { "sets": [[a, b]] } })));
    input.criteria.push(rule("rivals", &json!({ "apart": { "sets": [[b, c]] } })));
    let rounds = planned(&input).unwrap();
    assert_eq!(assert_honest(&input, &rounds), [0, 1, 1, 1], "two are always together");
    for output in &rounds {
        let of = |id: &StudentId| output.groups.iter().find(|g| g.members.contains(id)).unwrap();
        assert_eq!(of(&a).number, of(&b).number);
        assert_ne!(of(&b).number, of(&c).number);
        assert!(output.groups.iter().all(|group| group.must_broken.is_empty()));
    }
}

#[test]
fn g3_a_rule_that_cannot_hold_in_a_later_round_is_told_with_the_round() {
    let mut input = input(6);
    input.rounds = 3;
    input.sizes = domain::cohort::Sizes { min: 3, preferred: 3, max: 3 };
    input.criteria.push(rule("new", &json!({ "not_again": {} })));
    // Everybody has five others and meets two in a round.
    let failure = planned(&input).unwrap_err();
    assert_eq!(failure.code, FailureCode::MustRulesConflict);
    assert_eq!(failure.section, Some("A".parse().unwrap()));
    assert!(failure.detail.starts_with("round "), "{}", failure.detail);
    let told = &failure.explained[0];
    assert!(told.en.starts_with("Round ") && told.da.starts_with("Runde "), "{told:?}");

    // What holds in no round is told as without a plan.
    input.criteria.pop();
    let question = "free".parse().unwrap();
    input.criteria[3].rule = Rule::Overlap { question, min_slots: 60, min_length: 1 };
    input.criteria[3].hardness = Hardness::Must;
    let failure = planned(&input).unwrap_err();
    assert!(failure.detail.starts_with("`time` in "), "{}", failure.detail);
    assert!(failure.explained[0].en.contains("at least 60"), "{:?}", failure.explained);
}

#[test]
fn g3_what_cannot_be_planned_at_all_is_told() {
    let mut short = input(2);
    short.rounds = 2;
    assert_eq!(planned(&short).unwrap_err().code, FailureCode::TooFewStudents);
    // One small group is the same in every round, and says so.
    short.small_sections = domain::cohort::SmallSections::OneGroup;
    let rounds = planned(&short).unwrap();
    let told: Vec<Option<u32>> = rounds.iter().map(|output| output.result.repeats).collect();
    assert_eq!(told, [Some(0), Some(1)]);
}
