//! Invented problems for tests, examples and benchmarks.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    reason = "shared by several test binaries, which each use a part; the numbers are small"
)]

use std::collections::BTreeSet;

use grouping::{CodeSet, Criterion, Feature, Hardness, Has, Problem, Rule, Sizes, Values, Week};

/// `SplitMix64`, so that the invented data does not depend on the engine's own draws.
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n
    }

    fn maybe<T>(&mut self, missing_in: u64, value: impl FnOnce(&mut Self) -> T) -> Option<T> {
        let value = value(self);
        (self.roll(missing_in) != 0).then_some(value)
    }
}

pub fn sizes(min: u32, preferred: u32, max: u32) -> Sizes {
    Sizes { min, preferred, max, weight: None, allow_small: false }
}

pub fn criterion(id: &str, weight: u32, hardness: Hardness, rule: Rule) -> Criterion {
    Criterion { id: id.to_owned(), weight, hardness, rule }
}

pub fn feature(id: &str, values: Values) -> Feature {
    Feature { id: id.to_owned(), values }
}

/// Common slots of any length.
pub fn overlap(feature: usize, min_common: u16) -> Rule {
    Rule::Overlap { feature, min_common, min_length: 1, slots_per_day: 24 }
}

/// Pairs that count the same.
pub fn not_again(pairs: Vec<(u32, u32)>) -> Rule {
    Rule::NotAgain { pairs, weights: Vec::new() }
}

/// A cohort as universities have them: 12 features, eight criteria on them, a few answers
/// missing, calendars with a common evening or two.
pub fn cohort(seed: u64, students: u32) -> Problem {
    let mut dice = Dice(seed);
    let n = students as usize;
    let mut number = |steps: u64| -> Values {
        Values::Number((0..n).map(|_| dice.maybe(20, |d| d.roll(steps) as i64)).collect())
    };
    let ambition = number(5);
    let prior = number(101);
    let grade = number(121);
    let category = |dice: &mut Dice, weights: &[u64]| -> Values {
        let total = weights.iter().sum();
        Values::Category(
            (0..n)
                .map(|_| {
                    dice.maybe(20, |d| {
                        let mut at = d.roll(total);
                        let mut code = 0;
                        while at >= weights[code as usize] {
                            at -= weights[code as usize];
                            code += 1;
                        }
                        code
                    })
                })
                .collect(),
        )
    };
    let gender = category(&mut dice, &[60, 35, 5]);
    let elective = category(&mut dice, &[3, 2, 2, 1, 1]);
    let skills = Values::Set(
        (0..n).map(|_| dice.maybe(20, |d| CodeSet(d.roll(256) & d.roll(256)))).collect(),
    );
    let free = Values::Slots((0..n).map(|_| dice.maybe(15, calendar)).collect());
    Problem {
        students,
        sizes: sizes(4, 5, 6),
        features: vec![
            feature("ambition", ambition),
            feature("prior", prior),
            feature("grade", grade),
            feature("gender", gender),
            feature("elective", elective),
            feature("skills", skills),
            feature("free", free),
        ],
        criteria: vec![
            criterion("ambition", 5, Hardness::Should, Rule::Align { feature: 0, floor: None }),
            criterion("prior", 3, Hardness::Could, Rule::Mix { feature: 1, floor: None }),
            criterion("grade", 3, Hardness::Could, Rule::Balance { feature: 2, floor: None }),
            criterion("gender", 4, Hardness::Must, Rule::NeverAlone { feature: 3, codes: vec![1] }),
            criterion("elective", 2, Hardness::Could, Rule::Mix { feature: 4, floor: None }),
            criterion("skills", 2, Hardness::Could, Rule::Mix { feature: 5, floor: None }),
            criterion("free", 4, Hardness::Should, overlap(6, 3)),
            criterion(
                "programming",
                2,
                Hardness::Should,
                Rule::Cover { feature: 5, codes: vec![0, 1], at_least: 1 },
            ),
        ],
        worst_weight: 250,
    }
}

/// Free for about half of five times eight hours.
fn calendar(dice: &mut Dice) -> Week {
    let kind = dice.roll(4);
    let slots = (0..40).filter(|slot| {
        let likely = u64::from((slot / 8 + slot) % 4) == kind;
        dice.roll(100) < if likely { 85 } else { 40 }
    });
    Week::from_slots(slots).expect("inside the grid")
}

/// Any problem at all: features of all kinds, up to nine criteria of all kinds and hardnesses.
pub fn mixed(seed: u64, students: u32, sizes: Sizes) -> Problem {
    let mut dice = Dice(seed);
    let n = students as usize;
    let missing = [2, 4, 10, 1_000_000][dice.roll(4) as usize];
    let features = vec![
        feature(
            "n0",
            Values::Number((0..n).map(|_| dice.maybe(missing, |d| d.roll(7) as i64 - 3)).collect()),
        ),
        feature(
            "n1",
            Values::Number(
                (0..n).map(|_| dice.maybe(missing, |d| d.roll(1 << 40) as i64)).collect(),
            ),
        ),
        feature(
            "c2",
            Values::Category(
                (0..n).map(|_| dice.maybe(missing, |d| d.roll(3) as u16 * 9)).collect(),
            ),
        ),
        feature(
            "s3",
            Values::Set((0..n).map(|_| dice.maybe(missing, |d| CodeSet(d.roll(64)))).collect()),
        ),
        feature("w4", Values::Slots((0..n).map(|_| dice.maybe(missing, calendar)).collect())),
    ];
    let count = 1 + dice.roll(9);
    let criteria = (0..count)
        .map(|index| {
            let hardness =
                [Hardness::Must, Hardness::Should, Hardness::Could][dice.roll(3) as usize];
            let weight = 1 + dice.roll(9) as u32;
            criterion(&format!("r{index}"), weight, hardness, rule(&mut dice, students))
        })
        .collect();
    Problem { students, sizes, features, criteria, worst_weight: dice.roll(1001) as u16 }
}

fn rule(dice: &mut Dice, students: u32) -> Rule {
    let floor = [None, Some(3000), Some(8000)][dice.roll(3) as usize];
    let paired = dice.roll(4) as usize;
    let marked = 2 + dice.roll(2) as usize;
    let codes = if marked == 2 { vec![0, 18] } else { vec![1, 3, 5] };
    let mut pair = || {
        let a = dice.roll(u64::from(students)) as u32;
        let b = (a + 1 + dice.roll(u64::from(students) - 1) as u32) % students;
        (a, b)
    };
    let some_pairs: Vec<(u32, u32)> = (0..=students / 3).map(|_| pair()).collect();
    let (a, b) = some_pairs[0];
    match dice.roll(16) {
        0 => Rule::Align { feature: paired, floor },
        1 => Rule::Mix { feature: paired, floor },
        2 => Rule::Balance { feature: paired % 2, floor },
        3 => Rule::Overlap {
            feature: 4,
            min_common: 1 + dice.roll(6) as u16,
            min_length: 1 + dice.roll(3) as u16,
            slots_per_day: 8,
        },
        4 | 5 => Rule::NeverAlone { feature: marked, codes },
        6 => Rule::Cover { feature: marked, codes, at_least: 1 + dice.roll(2) as u32 },
        7 => Rule::AtMost { feature: marked, codes, at_most: dice.roll(3) as u32 },
        8 => Rule::Apart { sets: vec![vec![a, b]] },
        9 => not_again(some_pairs),
        10 => {
            let weights = some_pairs.iter().map(|_| 1 << dice.roll(4)).collect();
            Rule::NotAgain { pairs: some_pairs, weights }
        }
        11 => {
            let wishes: BTreeSet<(u32, u32)> =
                some_pairs.iter().flat_map(|&(a, b)| [(a, b), (b, (a + b) % students)]).collect();
            let wishes = wishes.into_iter().filter(|(a, b)| a != b);
            let (wanted, unwanted) = wishes.partition(|_| dice.roll(3) != 0);
            Rule::Wishes { wanted, unwanted }
        }
        12 => Rule::AsFew { feature: marked, codes },
        13 => Rule::AsMany { feature: marked, codes },
        14 => {
            let set = |code| Has { feature: 3, code };
            let category = |code| Has { feature: 2, code };
            let marks = vec![
                vec![set(1)],
                vec![category(9)],
                vec![set(1), category(9)],
                vec![set(0), set(2), category(18)],
            ];
            Rule::NeverAloneMarked { marks }
        }
        _ => Rule::Align { feature: 2, floor },
    }
}

/// Every partition of the students from `student` on within the sizes, added to `groups`.
pub fn each_partition(
    problem: &Problem,
    student: u32,
    groups: &mut Vec<Vec<u32>>,
    visit: &mut impl FnMut(&[Vec<u32>]),
) {
    let (min, max) = (problem.sizes.min as usize, problem.sizes.max as usize);
    let needed: usize = groups.iter().map(|g| min.saturating_sub(g.len())).sum();
    if needed > (problem.students - student) as usize {
        return;
    }
    if student == problem.students {
        visit(groups);
        return;
    }
    for index in 0..groups.len() {
        if groups[index].len() < max {
            groups[index].push(student);
            each_partition(problem, student + 1, groups, visit);
            groups[index].pop();
        }
    }
    groups.push(vec![student]);
    each_partition(problem, student + 1, groups, visit);
    groups.pop();
}
