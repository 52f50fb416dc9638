//! A group judged with each of many students in turn, several at a time.

use super::{FULL, MISSING, Metric, Pairwise, pairs};
use crate::law::Agg;

/// Students worked on together.
pub(crate) const LANES: usize = 8;

/// The most pairs in a group whose scores 32-bit numbers give exactly.
const MOST: i64 = 128;

/// Adding it to a number that is not too large leaves the nearest integer in the last bits.
const ROUND: f32 = 12_582_912.0;

/// The answers of students who are to be judged, in whole lanes.
#[derive(Default)]
pub(crate) struct Seats {
    pub(crate) answers: Vec<i32>,
    /// Answers of those who stay.
    theirs: Vec<i32>,
    /// Where sets are few: what a student with each of them is worth, and last one without.
    table: Vec<i32>,
}

/// From a sum of distances to a weighted score.
#[derive(Clone, Copy)]
pub(crate) struct Scale {
    times: f32,
    plus: f32,
    mix: bool,
    weight: i32,
}

impl Scale {
    /// The weighted score of a sum: the same as [`Pairwise::judge`] gives. The product is off by
    /// less than 0.002, and half a distance more than the sum is at least 0.5 / [`MOST`] away from
    /// all multiples of the most pairs.
    fn worth(self, sum: i32) -> i32 {
        let share = sum as f32 * self.times + self.plus;
        let share = (share + ROUND).to_bits().wrapping_sub(ROUND.to_bits()).cast_signed();
        let share = share.min(FULL as i32);
        let score = if self.mix { share } else { (FULL as i32).wrapping_sub(share) };
        self.weight.wrapping_mul(score)
    }
}

impl Pairwise {
    /// How sums of distances become scores in a group of this size; nothing where 32 bits do not
    /// give them exactly.
    pub(crate) fn scale(&self, size: usize, weight: i64) -> Option<Scale> {
        if size < 2 || pairs(size) > MOST {
            return None;
        }
        let times = 1.0 / self.most[size] as f32;
        Some(Scale { times, plus: 0.5 * times - 0.5, mix: self.mix, weight: weight as i32 })
    }

    /// Whether a group can be below the floor.
    pub(crate) fn has_floor(&self) -> bool {
        self.floor > 0
    }

    /// Takes the answers of students to be judged.
    pub(crate) fn seat(&self, joins: &[u32], seats: &mut Seats) {
        let rows = self.answers().unwrap_or_default();
        seats.answers.clear();
        seats.answers.extend(joins.iter().map(|&student| rows[student as usize]));
        seats.answers.resize(joins.len().next_multiple_of(LANES), MISSING);
    }

    /// Adds the weighted score with each student beside those who stay.
    pub(crate) fn add_worth(
        &self,
        seats: &mut Seats,
        rest: &[u32],
        agg: Agg,
        scale: Scale,
        part: &mut [i32],
    ) {
        let Seats { answers, theirs, table } = seats;
        let rows = self.answers().unwrap_or_default();
        theirs.clear();
        theirs.extend(rest.iter().map(|&student| rows[student as usize]));
        theirs.retain(|&answer| answer != MISSING);
        let before = agg.sum as i32;
        let typical = self.typical as i32;
        let silent = before + typical * (rest.len() - theirs.len()) as i32;
        let all = before + typical * rest.len() as i32;
        match &self.metric {
            Metric::Number(_) => {
                let apart = |a: i32, b: i32| a.wrapping_sub(b).wrapping_abs();
                sweep(answers, theirs, [silent, all], apart, scale, part);
            }
            Metric::Category(_) => {
                let apart = |a: i32, b: i32| if a == b { 0 } else { FULL as i32 };
                sweep(answers, theirs, [silent, all], apart, scale, part);
            }
            Metric::FewSets(_, apart) => {
                table.clear();
                table.resize(apart.sets(), silent);
                for &theirs in &*theirs {
                    for (sum, &far) in table.iter_mut().zip(apart.row(theirs)) {
                        *sum = sum.wrapping_add(i32::from(far));
                    }
                }
                table.push(all);
                for sum in &mut *table {
                    *sum = scale.worth(*sum);
                }
                let last = table.len() - 1;
                for (value, &answer) in part.iter_mut().zip(&*answers) {
                    *value = value.wrapping_add(table[(answer as usize).min(last)]);
                }
            }
            Metric::Set(..) => unreachable!("many sets have no answers to be seated"),
        }
    }
}

/// Goes through the answers in lanes. `sums` is what a sum begins with, and what it is for somebody
/// without an answer.
fn sweep(
    answers: &[i32],
    theirs: &[i32],
    [silent, all]: [i32; 2],
    apart: impl Fn(i32, i32) -> i32,
    scale: Scale,
    part: &mut [i32],
) {
    let lanes = answers.as_chunks::<LANES>().0.iter().zip(part.as_chunks_mut::<LANES>().0);
    for (answers, part) in lanes {
        let mut sums = [silent; LANES];
        for &theirs in theirs {
            for (sum, &mine) in sums.iter_mut().zip(answers) {
                *sum = sum.wrapping_add(apart(mine, theirs));
            }
        }
        for ((part, sum), &mine) in part.iter_mut().zip(sums).zip(answers) {
            let sum = if mine == MISSING { all } else { sum };
            *part = part.wrapping_add(scale.worth(sum));
        }
    }
}
