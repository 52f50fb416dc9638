use super::*;
use crate::support::{Dice, mixed, sizes};
use crate::{Hardness, Sizes};

/// The optimum and the bound found without it, with every argument at hand.
fn both(problem: &Problem) -> (Bound, Bound) {
    let model = Model::new(problem).expect("mixed problems are valid");
    let found = estimate(&model, 1_000_000_000);
    let optimum = exact(&model, 1_000_000_000).expect("few students");
    (found.proved(&model, optimum.standing), found)
}

fn random(seed: u64) -> Problem {
    let mut dice = Dice(seed);
    let students = 5 + dice.roll(7) as u32;
    let ranges: [Sizes; 4] = [sizes(2, 3, 4), sizes(2, 2, 3), sizes(4, 4, 6), sizes(3, 3, 4)];
    let range = ranges[dice.roll(4) as usize];
    let mut problem = mixed(seed, students, range);
    if students.div_ceil(range.max) > students / range.min {
        problem.sizes = sizes(2, 3, 4);
    }
    // A must rule lowers the optimum and not the bound: fewer would be found too low.
    for criterion in &mut problem.criteria {
        if criterion.hardness == Hardness::Must {
            criterion.hardness = Hardness::Should;
        }
    }
    problem
}

#[test]
fn g5_the_optimum_of_many_criteria_is_within_the_bound() {
    for seed in 0..200 {
        let (optimum, found) = both(&random(seed));
        assert!(optimum.objective <= found.objective, "case {seed}");
    }
}

#[test]
fn g5_the_optimum_of_each_criterion_alone_is_within_the_bound() {
    for seed in 0..120 {
        let mut problem = random(seed);
        for criterion in std::mem::take(&mut problem.criteria) {
            let rule = format!("{:?} {:?}", criterion.hardness, criterion.rule);
            problem.criteria = vec![criterion];
            // The mean alone, then the worst group alone.
            for worst_weight in [0, 1000] {
                let (optimum, found) = both(&Problem { worst_weight, ..problem.clone() });
                assert!(optimum.objective <= found.objective, "case {seed}: {rule}");
            }
        }
    }
}

#[test]
fn no_budget_buys_more_memory_than_a_large_section_may_take() {
    let few = Model::new(&mixed(1, 4_000, sizes(4, 4, 5))).expect("valid");
    let many = Model::new(&mixed(1, 4_001, sizes(4, 4, 5))).expect("valid");
    assert!(Pairs::new(&few, 1 << 40).is_some());
    assert!(Pairs::new(&many, 1 << 40).is_none());
}
