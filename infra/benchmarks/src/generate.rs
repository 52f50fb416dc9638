//! Instances by the published recipes, for use without the library's files.

use grouping::{PairProblem, SizeBounds};

use crate::Instance;

/// How the values come about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// Real numbers, evenly between 0 and 100.
    RanReal,
    /// Integers from 0 to 100.
    RanInt,
    /// Euclidean distances of points with 2 to 21 coordinates, each evenly between 0 and 10.
    Geo,
}

/// `SplitMix64`.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    /// A number below `n`.
    pub(crate) fn roll(&mut self, n: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let high = (z ^ (z >> 31)) >> 32;
        u32::try_from((high * u64::from(n)) >> 32).unwrap_or(0)
    }
}

/// Generates an instance; real values have three decimals, as in the library.
pub fn generate(family: Family, students: u32, bounds: &[SizeBounds], seed: u64) -> Instance {
    let mut dice = Dice(seed);
    let dimensions = 2 + dice.roll(20) as usize;
    let points: Vec<Vec<f64>> = match family {
        Family::Geo => (0..students)
            .map(|_| (0..dimensions).map(|_| f64::from(dice.roll(10_001)) / 1000.0).collect())
            .collect(),
        Family::RanReal | Family::RanInt => Vec::new(),
    };
    let value = |a: u32, b: u32| match family {
        Family::RanReal => dice.roll(100_001).cast_signed(),
        Family::RanInt => dice.roll(101).cast_signed(),
        Family::Geo => {
            let (a, b) = (&points[a as usize], &points[b as usize]);
            let squares: f64 = a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum();
            #[expect(clippy::cast_possible_truncation, reason = "below 46,000")]
            let value = (squares.sqrt() * 1000.0).round() as i32;
            value
        }
    };
    let problem = PairProblem::new(students, bounds.to_vec(), value);
    let unit = if family == Family::RanInt { 1.0 } else { 1000.0 };
    let name = format!("{family:?}_n{students:03} generated {seed}");
    Instance { name, problem: problem.expect("bounds that hold the students"), unit }
}

/// Bounds as the library has them: `groups` groups, equal, or different around the mean size.
pub(crate) fn library_bounds(students: u32, groups: u32, same: bool, seed: u64) -> Vec<SizeBounds> {
    let mean = students / groups;
    let mut dice = Dice(seed ^ 0x5151);
    (0..groups)
        .map(|_| {
            if same {
                SizeBounds { min: mean, max: mean }
            } else {
                SizeBounds {
                    min: mean - 1 - dice.roll(mean / 4),
                    max: mean + 1 + dice.roll(mean / 4),
                }
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generated_instances_are_the_same_each_time_and_in_range() {
        for family in [Family::RanReal, Family::RanInt, Family::Geo] {
            for same in [true, false] {
                let bounds = library_bounds(60, 6, same, 3);
                let one = generate(family, 60, &bounds, 3);
                let two = generate(family, 60, &bounds, 3);
                for a in 0..60 {
                    for b in 0..a {
                        let value = one.problem.value(a, b);
                        assert_eq!(value, two.problem.value(b, a));
                        assert!((0..=46_000).contains(&value) || family == Family::RanReal);
                        assert!((0..=100_000).contains(&value));
                    }
                }
            }
        }
    }
}
