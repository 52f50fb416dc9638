//! Which sizes the groups should have, where they have a choice.
//!
//! A search by single moves hardly ever changes the distribution of sizes: with values around a
//! mean far from zero, the way from one distribution to another leads over worse ones. So the
//! sizes come first, from a model in which a group of size s brings
//! `mean * s (s - 1) / 2 + bonus * s^1.5`: the pairs at their mean value, and what choosing the
//! members brings on top, which grows like the deviation of a sum of random pairs.

use super::problem::PairProblem;
use crate::draw::Draw;

/// The model's two numbers.
#[derive(Clone, Copy)]
pub(crate) struct SizeModel {
    pub(crate) mean: f64,
    pub(crate) bonus: f64,
}

impl SizeModel {
    /// From the values alone.
    pub(crate) fn prior(problem: &PairProblem) -> Self {
        let n = problem.students() as usize;
        let (mut sum, mut squares) = (0.0, 0.0);
        for student in 0..n {
            for &value in &problem.row(student)[student + 1..] {
                sum += f64::from(value);
                squares += f64::from(value) * f64::from(value);
            }
        }
        let pairs = (n * (n - 1) / 2) as f64;
        let mean = sum / pairs;
        Self { mean, bonus: (squares / pairs - mean * mean).max(0.0).sqrt() }
    }

    /// Makes the bonus that of an assignment found.
    pub(crate) fn fit(&mut self, sizes: &[u32], value: i64) {
        let pairs = SizeModel { bonus: 0.0, ..*self };
        let shape = SizeModel { mean: 0.0, bonus: 1.0 };
        let sum = |model: SizeModel| sizes.iter().map(|&size| model.brings(size)).sum::<f64>();
        self.bonus = ((value as f64 - sum(pairs)) / sum(shape)).max(0.0);
    }

    fn brings(self, size: u32) -> f64 {
        let size = f64::from(size);
        self.mean * size * (size - 1.0) / 2.0 + self.bonus * size * size.sqrt()
    }
}

/// The best sizes in the model, by dynamic programming over groups; equal ones by chance.
pub(crate) fn best_sizes(problem: &PairProblem, model: SizeModel, draw: &mut Draw) -> Vec<u32> {
    let bounds = problem.bounds();
    let students = problem.students() as usize;
    let mut order: Vec<usize> = (0..bounds.len()).collect();
    draw.shuffle(&mut order);
    // What a tie may be decided by: far below any difference that matters.
    let jitter = (model.mean.abs() + model.bonus) * 1e-6;
    // The best of the groups so far, by the number of students in them, and each one's size.
    let row = students + 1;
    let mut best = vec![f64::NEG_INFINITY; row];
    let mut chosen = vec![0_u32; order.len() * row];
    best[0] = 0.0;
    let (mut least, mut most) = (0_usize, 0_usize);
    for (step, &group) in order.iter().enumerate() {
        let bounds = bounds[group];
        let mut next = vec![f64::NEG_INFINITY; row];
        let reached = best.iter().enumerate().take(most + 1).skip(least);
        for (placed, &before) in reached {
            for size in bounds.min..=bounds.max {
                let after = placed + size as usize;
                if after > students {
                    break;
                }
                let value =
                    before + model.brings(size) + jitter * f64::from(draw.below(1000)) / 1000.0;
                if value > next[after] {
                    next[after] = value;
                    chosen[step * row + after] = size;
                }
            }
        }
        best = next;
        least += bounds.min as usize;
        most += bounds.max as usize;
    }
    let mut sizes = vec![0; bounds.len()];
    let mut left = students;
    for (step, &group) in order.iter().enumerate().rev() {
        sizes[group] = chosen[step * row + left];
        left -= sizes[group] as usize;
    }
    sizes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pairs::SizeBounds;

    #[test]
    fn sizes_are_the_best_of_all_in_the_model() {
        for seed in 0..200 {
            let mut draw = Draw::new(seed, 0);
            let bounds: Vec<SizeBounds> = (0..3)
                .map(|_| {
                    let min = 1 + draw.below(4);
                    SizeBounds { min, max: min + draw.below(5) }
                })
                .collect();
            let least: u32 = bounds.iter().map(|bounds| bounds.min).sum();
            let most: u32 = bounds.iter().map(|bounds| bounds.max).sum();
            let students = least + draw.below(most - least + 1);
            let problem = PairProblem::new(students, bounds.clone(), |_, _| 0).expect("they fit");
            let mean = f64::from(draw.below(200)) - 100.0;
            let model = SizeModel { mean, bonus: f64::from(draw.below(100)) };
            let worth = |sizes: &[u32]| sizes.iter().map(|&size| model.brings(size)).sum::<f64>();
            let sizes = best_sizes(&problem, model, &mut draw);
            assert_eq!(sizes.iter().sum::<u32>(), students);
            let mut best = f64::NEG_INFINITY;
            for a in bounds[0].min..=bounds[0].max {
                for b in bounds[1].min..=bounds[1].max {
                    let c = students.saturating_sub(a + b);
                    if (bounds[2].min..=bounds[2].max).contains(&c) {
                        best = best.max(worth(&[a, b, c]));
                    }
                }
            }
            assert!((worth(&sizes) - best).abs() < 0.01, "case {seed}: {sizes:?}");
        }
    }

    #[test]
    fn the_bonus_fitted_gives_back_the_value() {
        let mut model = SizeModel { mean: 10.0, bonus: 0.0 };
        let sizes = [3, 5, 8];
        let value = SizeModel { bonus: 7.0, ..model };
        let value: f64 = sizes.iter().map(|&size| value.brings(size)).sum();
        model.fit(&sizes, value.round() as i64);
        assert!((model.bonus - 7.0).abs() < 0.1);
    }
}
