//! Whether small sections have anything better than what the search found.
//!
//! The same programme over sets of students as in `exact`, but it goes on only where the known
//! groups may still be beaten. What the students without a group can add at most is told by
//! prices: a number per group and one per student that together no group's value exceeds. Where
//! the search was good, little is left, and classes of twenty are looked through completely.

use super::exact::{MOST, STEPS, choose};
use super::ways::{Candidate, Optimum, Way, Ways};
use crate::model::Model;
use crate::state::Standing;

/// Prices tried per group: this many steps from the lowest value to the highest.
const STEPS_OF_PRICE: i64 = 8;

/// Times each student's price is lowered as far as the others' allow.
const SWEEPS: usize = 3;

/// What was found beyond the known groups.
pub(crate) enum Beyond {
    /// The best of all assignments.
    Better(Optimum),
    /// The known ones are the best.
    Nothing,
}

/// Looks beyond known groups, if that takes no more than `effort` evaluations' time.
pub(crate) fn beyond(model: &Model, known: Standing, effort: u64) -> Option<Beyond> {
    let students = model.students;
    if students > MOST {
        return None;
    }
    let sizes = model.sizes.min..=model.sizes.max;
    let judged: u64 = sizes.map(|size| choose(students.into(), size.into())).sum();
    let mut steps = effort.checked_sub(judged)?.saturating_mul(STEPS);
    let hope = Hope::new(model, known);
    let starts = hope.starts();
    let all = (1_u32 << students) - 1;
    let mut ways = Ways::new(model);
    for placed in 0..all {
        let Some(here) = ways.here(placed) else { continue };
        let free = all & !placed;
        for group in &starts[free.trailing_zeros() as usize] {
            steps = steps.checked_sub(1)?;
            if group.set & placed == 0 {
                let rest = free & !group.set;
                let keep = |cost, way: &Way, count| hope.is_left(cost, way, rest, count);
                steps = steps.checked_sub(ways.extend(placed, &here, group, keep))?;
            }
        }
    }
    let better = ways.best(model).filter(|best| best.standing.beats(known));
    Some(better.map_or(Beyond::Nothing, Beyond::Better))
}

/// What can still be hoped for.
struct Hope {
    known: Standing,
    worst: i64,
    low: u32,
    high: u32,
    candidates: Vec<Candidate>,
    /// By number of groups from the lowest: the prices with the lowest sum.
    prices: Vec<Prices>,
}

/// No group's value exceeds its own price and its members' together.
#[derive(Clone)]
struct Prices {
    group: i64,
    /// Sums over sets of the first ten students, and of the others.
    first: Vec<i64>,
    others: Vec<i64>,
}

impl Hope {
    fn new(model: &Model, known: Standing) -> Self {
        let (low, high) = model.group_counts();
        let mut members = Vec::new();
        let sets = 0..1_u32 << model.students;
        let allowed =
            sets.filter(|set| (model.sizes.min..=model.sizes.max).contains(&set.count_ones()));
        let judged = allowed.map(|set| {
            members.clear();
            members.extend((0..model.students).filter(|student| set >> student & 1 == 1));
            let (value, cost) = model.judge_group(&members);
            Candidate { set, value, cost }
        });
        // Costs only add up.
        let candidates: Vec<Candidate> = judged.filter(|group| group.cost <= known.cost).collect();
        let tried = tried(model.students, &candidates);
        let prices = (low..=high)
            .filter_map(|groups| {
                let sum = |prices: &&Prices| {
                    prices.of((1 << model.students) - 1) + prices.group * i64::from(groups)
                };
                tried.iter().min_by_key(sum).cloned()
            })
            .collect();
        let worst = model.worst;
        let mut hope = Self { known, worst, low, high, candidates, prices };
        let all = (1_u32 << model.students) - 1;
        let mut kept = std::mem::take(&mut hope.candidates);
        kept.retain(|group| hope.is_left(group.cost, &Way::of(group), all & !group.set, 1));
        Self { candidates: kept, ..hope }
    }

    /// Groups by their first student.
    fn starts(&self) -> Vec<Vec<Candidate>> {
        let mut starts = vec![Vec::new(); MOST as usize];
        for group in &self.candidates {
            starts[group.set.trailing_zeros() as usize].push(*group);
        }
        starts
    }

    /// Whether so many groups with others of the students in `rest` may beat the known ones.
    fn is_left(&self, cost: i64, way: &Way, rest: u32, count: i64) -> bool {
        if cost != self.known.cost {
            return cost < self.known.cost;
        }
        let numbers = i64::from(self.low)..=i64::from(self.high);
        numbers.zip(&self.prices).any(|(groups, prices)| {
            // Whoever is left needs a group, and nobody left fills none.
            if groups < count || (groups == count) != (rest == 0) {
                return false;
            }
            let sum = way.sum + prices.of(rest) + prices.group * (groups - count);
            let least = way.least.min(sum.div_euclid(groups));
            let value = (1000 - self.worst) * sum + self.worst * groups * least;
            Standing { cost, value, groups }.beats(self.known)
        })
    }
}

impl Prices {
    fn new(group: i64, students: &[i64]) -> Self {
        let sums = |prices: &[i64]| {
            let mut sums = vec![0; 1 << prices.len()];
            for set in 1..sums.len() {
                let one = set.trailing_zeros() as usize;
                sums[set] = sums[set & (set - 1)] + prices[one];
            }
            sums
        };
        let (first, others) = students.split_at(students.len().min(10));
        Self { group, first: sums(first), others: sums(others) }
    }

    /// The sum over a set of students.
    fn of(&self, set: u32) -> i64 {
        self.first[set as usize & (self.first.len() - 1)] + self.others[(set >> 10) as usize]
    }
}

/// Prices for several prices of a group.
fn tried(students: u32, candidates: &[Candidate]) -> Vec<Prices> {
    let values = || candidates.iter().map(|group| group.value);
    let (Some(least), Some(most)) = (values().min(), values().max()) else { return Vec::new() };
    let mut of: Vec<Vec<usize>> = vec![Vec::new(); students as usize];
    for (index, group) in candidates.iter().enumerate() {
        members(group.set).for_each(|student| of[student].push(index));
    }
    let made = (0..=STEPS_OF_PRICE).map(|step| {
        let price = least + (most - least) / STEPS_OF_PRICE * step;
        let mut prices: Vec<i64> = of
            .iter()
            .map(|groups| {
                let share = |&index: &usize| {
                    let group = &candidates[index];
                    let size = i64::from(group.set.count_ones());
                    -((price - group.value).div_euclid(size))
                };
                groups.iter().map(share).max().unwrap_or(0)
            })
            .collect();
        for _ in 0..SWEEPS {
            for student in 0..prices.len() {
                let needed = |&index: &usize| {
                    let group = &candidates[index];
                    let others: i64 = members(group.set)
                        .filter(|&other| other != student)
                        .map(|other| prices[other])
                        .sum();
                    group.value - price - others
                };
                prices[student] = of[student].iter().map(needed).max().unwrap_or(0);
            }
        }
        Prices::new(price, &prices)
    });
    made.collect()
}

fn members(set: u32) -> impl Iterator<Item = usize> {
    let mut left = set;
    std::iter::from_fn(move || {
        (left != 0).then(|| {
            let student = left.trailing_zeros() as usize;
            left &= left - 1;
            student
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bound::exact::exact;
    use crate::draw::Draw;
    use crate::start::random;
    use crate::support::{mixed, sizes};

    #[test]
    fn g5_what_is_beyond_is_the_optimum_and_nothing_is_beyond_it() {
        let mut better = 0;
        for seed in 0..150 {
            let students = 5 + (seed % 9) as u32;
            let range = [sizes(2, 3, 4), sizes(3, 3, 4), sizes(2, 4, 5)][(seed % 3) as usize];
            if students.div_ceil(range.max) > students / range.min {
                continue;
            }
            let mut problem = mixed(seed, students, range);
            problem.worst_weight = [0, 250, 1000][(seed / 3 % 3) as usize];
            let model = Model::new(&problem).expect("mixed problems are valid");
            let optimum = exact(&model, u64::MAX).expect("few students").standing;
            let (low, _) = model.group_counts();
            let any = random(&model, low as usize, &mut Draw::new(seed, 0)).standing();
            match beyond(&model, any, 1 << 40).expect("few students") {
                Beyond::Better(found) => {
                    better += 1;
                    assert!(!optimum.beats(found.standing), "case {seed}");
                    assert!(!found.standing.beats(optimum), "case {seed}");
                    let judged = crate::evaluate(&problem, &found.groups).expect("a partition");
                    assert_eq!(judged.must_cost, optimum.cost as u64, "case {seed}");
                }
                Beyond::Nothing => assert!(!optimum.beats(any), "case {seed}"),
            }
            let none = beyond(&model, optimum, 1 << 40);
            assert!(matches!(none, Some(Beyond::Nothing)), "case {seed}");
        }
        assert!(better > 60, "{better}");
    }

    #[test]
    fn what_takes_too_long_is_left_open() {
        let model = Model::new(&mixed(1, 12, sizes(2, 3, 4))).expect("valid");
        let far = Standing { cost: i64::MAX / 2, value: 0, groups: 4 };
        assert!(beyond(&model, far, 10).is_none(), "not even all groups are judged");
        assert!(beyond(&model, far, 900).is_none());
        let model = Model::new(&mixed(1, 21, sizes(2, 3, 4))).expect("valid");
        assert!(beyond(&model, far, u64::MAX / 8).is_none(), "too many students");
    }
}
