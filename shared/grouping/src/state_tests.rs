use proptest::prelude::*;

use super::*;
use crate::draw::Draw;
use crate::start::{construct, random};
use crate::support::{mixed, sizes};

/// Everything the state remembers equals what a fresh one computes.
fn assert_audited(state: &State<'_>) {
    let fresh = State::new(state.model, state.groups, state.home.clone());
    assert_eq!(state.aggs, fresh.aggs);
    assert_eq!(state.value, fresh.value);
    assert_eq!(state.cost, fresh.cost);
    assert_eq!(state.size, fresh.size);
    assert_eq!(state.standing(), fresh.standing());
    let sorted = |mut list: Vec<u32>| {
        list.sort_unstable();
        list
    };
    assert_eq!(sorted(state.broken.clone()), sorted(fresh.broken.clone()));
    for student in 0..state.model.students {
        let group = state.home[student as usize] as usize;
        let seat = state.seat[student as usize] as usize;
        assert_eq!(state.members(group)[seat], student);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// A proposal's integer delta is the difference of two full evaluations, for swaps and
    /// moves, committed or not.
    #[test]
    fn g2_a_delta_equals_a_full_re_evaluation(seed: u64, students in 6_u32..40, from_random: bool) {
        let problem = mixed(seed, students, sizes(2, 3, 6));
        let model = Model::new(&problem).expect("mixed problems are valid");
        let groups = (students / 4).max(2) as usize;
        let mut draw = Draw::new(seed, 1);
        let mut state = if from_random {
            random(&model, groups, &mut draw)
        } else {
            construct(&model, groups, &mut draw)
        };
        assert_audited(&state);
        for _ in 0..60 {
            let a = draw.below(students);
            let b = draw.below(students);
            let (from, to) = (state.home[a as usize] as usize, state.home[b as usize] as usize);
            if from == to {
                continue;
            }
            let before = state.standing();
            let sum = state.sum();
            let delta = if draw.one_in(2) && state.size(from) > 2 && state.size(to) < 6 {
                state.try_move(a, to)
            } else {
                state.try_swap(a, b)
            };
            prop_assert_eq!(state.standing(), before);
            if draw.one_in(3) {
                continue;
            }
            state.commit();
            let after = state.standing();
            prop_assert_eq!(after.value - before.value, delta.value);
            prop_assert_eq!(after.cost - before.cost, delta.cost);
            prop_assert_eq!(1000 * (state.sum() - sum), delta.sum);
            assert_audited(&state);
        }
    }
}

#[test]
fn standings_compare_cost_first_and_values_per_group() {
    let standing = |cost, value, groups| Standing { cost, value, groups };
    assert!(standing(0, 10, 2).beats(standing(1, 1000, 2)));
    assert!(standing(0, 10, 2).beats(standing(0, 14, 3)));
    assert!(!standing(0, 10, 2).beats(standing(0, 15, 3)));
}
