//! Repairs of small sections against all there are.

use super::*;
use crate::support::{Dice, mixed, sizes};

/// An incident: published groups, who left, locked groups.
struct Case {
    problem: Problem,
    published: Vec<Vec<u32>>,
    left: Vec<u32>,
    locked: Vec<usize>,
}

/// Up to `students` students in groups of two to four; some leave, some have just joined.
fn case(seed: u64, students: u32) -> Case {
    let mut dice = Dice(seed ^ 0x5eed);
    let problem = mixed(seed, students, sizes(2, 3, 4));
    let mut all: Vec<u32> = (0..students).collect();
    for i in (1..all.len()).rev() {
        all.swap(i, dice.roll(i as u64 + 1) as usize);
    }
    let joined = dice.roll(3) as usize;
    let published: Vec<Vec<u32>> = split(&all[joined..], &mut dice);
    let left = all[joined..].iter().copied().filter(|_| dice.roll(4) == 0).take(3).collect();
    let locked = (0..published.len()).filter(|_| dice.roll(5) == 0).collect();
    Case { problem, published, left, locked }
}

fn split(students: &[u32], dice: &mut Dice) -> Vec<Vec<u32>> {
    let mut rest = students;
    let mut groups = Vec::new();
    while rest.len() > 5 {
        let (group, more) = rest.split_at(2 + dice.roll(3) as usize);
        groups.push(group.to_vec());
        rest = more;
    }
    // What is left is one group, now and then of a size outside the range.
    if !rest.is_empty() {
        groups.push(rest.to_vec());
    }
    groups
}

/// Sizes, rules, changed groups, moved students, written down anew from their definitions.
type Tiers = [i64; 4];

struct Naive<'c> {
    case: &'c Case,
    present: Model,
    whole: Model,
    order: Vec<u32>,
}

impl<'c> Naive<'c> {
    fn new(case: &'c Case) -> Self {
        let order: Vec<u32> =
            (0..case.problem.students).filter(|s| !case.left.contains(s)).collect();
        let present = Model::by_hand(&select(&case.problem, &order)).expect("valid");
        let whole = Model::by_hand(&case.problem).expect("valid");
        Self { case, present, whole, order }
    }

    fn tiers(&self, group: usize, members: &[u32]) -> Option<Tiers> {
        let outside = |size: usize| match size {
            0 | 2..=4 => 0,
            1 => 1,
            more => more as i64 - 4,
        };
        let published: &[u32] = self.case.published.get(group).map_or(&[], |group| group);
        let mut stayed: Vec<u32> =
            published.iter().copied().filter(|s| !self.case.left.contains(s)).collect();
        let mut named: Vec<u32> = members.iter().map(|&s| self.order[s as usize]).collect();
        stayed.sort_unstable();
        named.sort_unstable();
        if self.case.locked.contains(&group) && named != stayed {
            return None;
        }
        let cost = |model: &Model, members: &[u32]| {
            if members.is_empty() { 0 } else { model.judge_group(members).1 }
        };
        let elsewhere = |s: &&u32| {
            let from = self.case.published.iter().position(|group| group.contains(s));
            from.is_some_and(|from| from != group)
        };
        Some([
            (outside(members.len()) - outside(published.len())).max(0),
            (cost(&self.present, members) - cost(&self.whole, published)).max(0),
            i64::from(!stayed.is_empty() && named != stayed),
            named.iter().filter(elsewhere).count() as i64,
        ])
    }

    fn total(&self, groups: &[Vec<u32>]) -> Option<Tiers> {
        groups.iter().enumerate().try_fold([0; 4], |sum: Tiers, (group, members)| {
            let tiers = self.tiers(group, members)?;
            Some(std::array::from_fn(|i| sum[i] + tiers[i]))
        })
    }

    /// The best of all assignments.
    fn best(&self) -> Tiers {
        let students = self.order.len();
        let groups = self.case.published.len() + 2;
        let sets = 1_usize << students;
        let by_set: Vec<Vec<Option<Tiers>>> = (0..groups)
            .map(|group| {
                let members = |set: usize| (0..students as u32).filter(move |s| set >> s & 1 == 1);
                (0..sets).map(|set| self.tiers(group, &members(set).collect::<Vec<_>>())).collect()
            })
            .collect();
        let mut best = [i64::MAX; 4];
        let mut own = vec![0_usize; groups];
        all(&by_set, &mut own, 0, students, &mut best);
        best
    }
}

fn all(by_set: &[Vec<Option<Tiers>>], own: &mut [usize], at: usize, n: usize, best: &mut Tiers) {
    if at == n {
        let total = own.iter().zip(by_set).try_fold([0; 4], |sum: Tiers, (&set, tiers)| {
            let tiers = tiers[set]?;
            Some(std::array::from_fn(|i| sum[i] + tiers[i]))
        });
        if let Some(total) = total {
            *best = total.min(*best);
        }
        return;
    }
    for group in 0..own.len() {
        own[group] |= 1 << at;
        all(by_set, own, at + 1, n, best);
        own[group] &= !(1 << at);
    }
}

/// The repair by search alone, however small the section, the changes it takes to be
/// unavoidable, and how far outside the sizes it must stay.
fn searched(case: &Case, order: &[u32]) -> (Vec<Vec<u32>>, i64, i64) {
    let whole = Model::by_hand(&case.problem).expect("valid");
    let present = Model::by_hand(&select(&case.problem, order)).expect("valid");
    let mut origin = vec![NONE; case.problem.students as usize];
    for (group, members) in (0..).zip(&case.published) {
        for &student in members {
            origin[student as usize] = group;
        }
    }
    let context = Context::new(&present, &whole, &case.published, order, &origin, &case.locked);
    let groups = polish::polish(beam::mend(Patch::new(&context))).groups;
    (groups, context.unavoidable() as i64, context.least_outside())
}

#[test]
fn g8_no_repair_of_a_small_section_changes_less() {
    let (mut cases, mut proven, mut tight, mut as_good) = (0, 0, 0, 0);
    for seed in 0..250 {
        let case = case(seed, 5 + (seed % 4) as u32);
        let naive = Naive::new(&case);
        if naive.order.len() < 2 {
            continue;
        }
        cases += 1;
        let best = naive.best();
        let Case { problem, published, left, locked } = &case;
        let found = repair(problem, published, left, locked).expect("valid");
        let place = |s: &u32| naive.order.binary_search(s).expect("present") as u32;
        let own = |groups: &[Vec<u32>]| -> Vec<Vec<u32>> {
            groups.iter().map(|group| group.iter().map(place).collect()).collect()
        };
        assert_eq!(naive.total(&own(&found.groups)), Some(best), "case {seed}");
        assert_eq!((found.changed.len() as i64, i64::from(found.moved)), (best[2], best[3]));
        assert!(found.fewest);
        let (searched, unavoidable, least) = searched(&case, &naive.order);
        let searched = naive.total(&searched).expect("locks are kept");
        assert!(searched >= best);
        assert!(least <= best[0], "case {seed}: {least} outside, {best:?} is possible");
        if best[0] + best[1] == 0 {
            assert!(
                unavoidable <= best[2],
                "case {seed}: {unavoidable} changes, {best:?} are enough"
            );
            tight += u32::from(unavoidable == best[2]);
        }
        proven += u32::from(best[0] + best[1] == 0);
        as_good += u32::from(searched == best);
        if searched != best {
            println!("case {seed}: {searched:?} instead of {best:?}");
        }
    }
    assert!(cases > 240 && proven > 100 && tight * 2 > proven, "{cases} {proven} {tight}");
    assert!(as_good * 100 >= cases * 97, "{as_good} of {cases} by search alone");
}

#[test]
fn g8_the_search_finds_what_is_exact_in_larger_sections_too() {
    let (mut cases, mut as_good) = (0, 0);
    for seed in 1000..1060 {
        let case = case(seed, 11 + (seed % 3) as u32);
        let naive = Naive::new(&case);
        if naive.order.len() > 11 {
            continue;
        }
        cases += 1;
        let Case { problem, published, left, locked } = &case;
        let found = repair(problem, published, left, locked).expect("valid");
        let place = |s: &u32| naive.order.binary_search(s).expect("present") as u32;
        let own: Vec<Vec<u32>> =
            found.groups.iter().map(|group| group.iter().map(place).collect()).collect();
        let exact = naive.total(&own).expect("locks are kept");
        let searched = naive.total(&searched(&case, &naive.order).0).expect("locks are kept");
        assert!(searched >= exact, "case {seed}: {searched:?} below {exact:?}");
        as_good += u32::from(searched == exact);
    }
    assert!(cases > 30);
    assert!(as_good * 100 >= cases * 95, "{as_good} of {cases} by search alone");
}
