//! The solver's task (G2, G4).

use domain::SectionId;
use domain::cohort::{Hardness, Rule};
use domain::formation::{Failure, FailureCode, SolveInput, SolveOutput};
use formation_steps::solve::{Solved, solve};

use crate::sample::input;
use crate::world::World;

fn solved(input: &SolveInput) -> Solved {
    let body = serde_json::to_vec(input).unwrap();
    solve(&body, &World::id(), &SectionId::parse("A").unwrap()).unwrap()
}

fn groups(input: &SolveInput) -> SolveOutput {
    match solved(input) {
        Solved::Groups(output) => output,
        Solved::Failed(failure) => panic!("{failure:?}"),
    }
}

fn failure(input: &SolveInput) -> Failure {
    match solved(input) {
        Solved::Failed(failure) => failure,
        Solved::Groups(_) => panic!("groups were formed"),
    }
}

#[test]
fn g4_the_same_input_gives_the_same_output() {
    // Large enough that two searches do not end in the same optimum.
    let input = input(400);
    let output = groups(&input);
    assert!(output == groups(&input), "two runs differ");
    let other = SolveInput { seed: 43, ..input.clone() };
    assert!(output.groups != groups(&other).groups, "the seed plays no part");
}

#[test]
fn g2_everybody_is_in_one_group_of_an_allowed_size() {
    for students in [3, 7, 11, 40, 41] {
        let input = input(students);
        let output = groups(&input);
        let mut members: Vec<_> = output.groups.iter().flat_map(|g| g.members.clone()).collect();
        members.sort();
        let everybody: Vec<_> = input.students.iter().map(|student| student.id.clone()).collect();
        assert_eq!(members, everybody);
        let numbers: Vec<u32> = output.groups.iter().map(|group| group.number).collect();
        assert_eq!(numbers, (1..=output.result.groups).collect::<Vec<_>>());
        assert!(output.groups.iter().all(|group| (3..=5).contains(&group.members.len())));
    }
}

#[test]
fn g2_groups_have_a_score_per_criterion_and_their_common_hours() {
    let mut input = input(12);
    for student in &mut input.students[..] {
        student.profile.answers.remove(&"skills".parse().unwrap());
    }
    for group in &groups(&input).groups {
        let scored: Vec<&str> = group.scores.keys().map(String::as_str).collect();
        assert_eq!(scored, ["not-alone", "same-ambition", "time"], "nobody answered on skills");
        // Everybody who said so is free from 2 to 20.
        assert!((2..20).all(|slot| group.common_slots.contains(&slot)));
        assert!(!group.common_slots.contains(&30));
    }
}

#[test]
fn g3_must_rules_that_cannot_hold_are_named_with_how_often() {
    let mut input = input(12);
    let question = "free".parse().unwrap();
    let rule = Rule::Overlap { question, min_slots: 60, min_length: 1 };
    input.criteria[3].rule = rule;
    input.criteria[3].hardness = Hardness::Must;
    let failure = failure(&input);
    assert_eq!(failure.code, FailureCode::MustRulesConflict);
    assert_eq!(failure.section, Some("A".parse().unwrap()));
    assert_eq!(failure.detail, "`time` in 3 of 3 groups");
}

#[test]
fn g3_sizes_that_cannot_be_met_are_told() {
    let mut input = input(7);
    input.sizes.min = 4;
    input.sizes.max = 4;
    let told = failure(&input);
    assert_eq!(told.code, FailureCode::ImpossibleSizes);
    assert_eq!(told.detail, "7 students cannot be split into groups of 4 to 4");
    input.students.truncate(3);
    assert_eq!(failure(&input).code, FailureCode::TooFewStudents);
}

#[test]
fn g3_criteria_that_do_not_fit_are_told() {
    let mut input = input(7);
    input.criteria[1].rule =
        Rule::NeverAlone { question: "gender".parse().unwrap(), codes: ["q".to_owned()].into() };
    let failure = failure(&input);
    assert_eq!(failure.code, FailureCode::InvalidCriteria);
    assert!(failure.detail.contains("`not-alone`"), "{}", failure.detail);
}

#[test]
fn g9_the_smallest_section_and_a_large_one_are_formed() {
    let mut smallest = input(2);
    smallest.sizes.min = 2;
    assert_eq!(groups(&smallest).result.groups, 1);
    let large = groups(&input(2_000));
    assert_eq!((large.result.students, large.result.groups), (2_000, 500));
}

#[test]
fn g5_groups_come_with_reasons_and_a_bound() {
    let output = groups(&input(12));
    let result = &output.result;
    let (score, bound) = (result.score.unwrap(), result.bound.unwrap());
    assert!(score <= bound && bound <= 10_000, "{score} of at most {bound}");
    assert!(result.proven, "twelve students are few enough to look through everything");
    assert!(result.explained[0].en.contains("proven"), "{:?}", result.explained);
    for group in &output.groups {
        assert!(group.explained[0].en.starts_with("The group scores "), "{:?}", group.explained);
        assert!(group.explained[0].da.starts_with("Gruppen får "), "{:?}", group.explained);
        // Company of the same gender is for the contact's eyes only; questions have their names.
        assert!(group.told.iter().all(|told| !told.en.to_lowercase().contains("gender")));
        assert!(group.told.iter().any(|told| told.en.contains("you can meet")), "{:?}", group.told);
    }
}

#[test]
fn g5_new_partners_are_told_of_only_where_all_rounds_are_looked_at() {
    let told = |rounds: Option<u16>| {
        let mut input = input(12);
        let id = |number: usize| input.students[number].id.clone();
        // By pairs of neighbours, then by pairs two apart.
        input.past = vec![vec![vec![id(0), id(1)]], vec![vec![id(0), id(2)], vec![id(1), id(3)]]];
        input.criteria[3].rule = Rule::NotAgain { rounds };
        input.criteria[3].hardness = Hardness::Must;
        let groups = groups(&input).groups;
        groups.iter().flat_map(|group| group.told.clone()).any(|told| told.en.contains("before"))
    };
    assert!(told(None) && told(Some(2)));
    assert!(!told(Some(1)));
}

#[test]
fn g3_a_conflict_is_told_in_words_with_what_giving_up_buys() {
    let mut input = input(12);
    input.criteria[3].rule =
        Rule::Overlap { question: "free".parse().unwrap(), min_slots: 60, min_length: 1 };
    input.criteria[3].hardness = Hardness::Must;
    let failure = failure(&input);
    let told: Vec<&str> = failure.explained.iter().map(|told| told.en.as_str()).collect();
    assert!(told[0].contains("at least 60 common free slots, but #1, #2"), "{told:?}");
    assert!(told[1].contains("may be broken, all other must rules can hold"), "{told:?}");
    assert!(failure.explained[0].da.contains("mindst 60"), "{}", failure.explained[0].da);
    assert_eq!(failure.students.len(), 12, "everybody is in a group that breaks it");
    let [price] = failure.prices.as_slice() else { panic!("{:?}", failure.prices) };
    assert_eq!((price.criterion.as_str(), price.sentence, price.broken), ("time", 1, 0));
    // The sentence says the same in points of 100.
    let points = format!("score {} of 100", price.score / 100);
    let sentence = told[usize::try_from(price.sentence).unwrap()];
    assert!(sentence.contains(&points[..8]) && price.score > 0, "{sentence} {price:?}");
}
