//! Align and mix: similarity or difference over a group's pairs.

use super::{Agg, Change, Column, FULL, Judged, Key, below_floor, pairs};
use crate::Values;

mod lanes;
mod sets;

pub(crate) use lanes::{LANES, Seats};
use sets::{Apart, Sized, jaccard, jaccard_table};

/// Fixed-point shift of the reciprocals below; a sum of distances times a reciprocal stays
/// under 54 bits whatever the size.
pub(crate) const SHIFT: u32 = 40;

/// A row without an answer.
const MISSING: i32 = -1;

enum Metric {
    /// Values scaled to 0..=10,000 over the section's range.
    Number(Vec<i32>),
    /// Codes, renumbered.
    Category(Vec<i32>),
    /// Sets with their sizes, and the distances by (common, either) sizes.
    Set(Vec<Sized>, Box<[u16]>),
    /// Sets, numbered, where there are few different ones, and the distances by their numbers.
    FewSets(Vec<i32>, Apart),
}

/// How a single value per student is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// 0 to [`FULL`] over the section's range; distances are differences.
    Numbers,
    /// 0, 1, ...; distances are [`FULL`] or nothing.
    Codes,
}

/// The mean distance over pairs, to be small (align) or large (mix).
pub(crate) struct Pairwise {
    metric: Metric,
    known: Vec<bool>,
    mix: bool,
    floor: i64,
    /// What a pair with a missing answer counts: the section's mean distance.
    typical: i64,
    /// By group size: 2^40 / (pairs for align, most distant pairs possible for mix).
    reciprocal: Vec<u64>,
    /// By group size: those pairs.
    most: Vec<i64>,
    /// The place among packed columns, if it is one.
    place: Option<usize>,
}

impl Pairwise {
    /// Compiles a column; slots never get here.
    pub(crate) fn new(values: &Values, mix: bool, floor: i64, max: usize) -> Self {
        let known: Vec<bool> = (0..values.len() as u32).map(|i| values.known(i)).collect();
        let mut most: Vec<i64> = (0..=max).map(pairs).collect();
        let metric = match values {
            Values::Number(rows) => {
                if mix {
                    // Half the group at either end of the range.
                    most = (0..=max).map(|s| ((s / 2) * s.div_ceil(2)) as i64).collect();
                }
                Metric::Number(scaled(rows))
            }
            Values::Category(rows) => {
                let (rows, codes) = renumbered(rows);
                if mix {
                    // As even a spread over the section's codes as the size allows.
                    most = (0..=max).map(|s| spread(s, codes)).collect();
                }
                Metric::Category(rows)
            }
            Values::Set(rows) => {
                let rows = rows.iter().map(|row| {
                    row.map_or(Sized { bits: 0, size: MISSING }, |set| Sized {
                        bits: set.0,
                        size: set.0.count_ones() as i32,
                    })
                });
                Metric::Set(rows.collect(), jaccard_table())
            }
            Values::Slots(_) => unreachable!("validation lets no slots through"),
        };
        for most in &mut most {
            *most = (*most).max(1);
        }
        let reciprocal = most.iter().map(|&most| (1_u64 << SHIFT).div_ceil(most as u64)).collect();
        let mut law =
            Self { metric, known, mix, floor, typical: FULL / 2, reciprocal, most, place: None };
        law.typical = law.mean_distance();
        if let Metric::Set(rows, table) = &law.metric
            && let Some((rows, apart)) = Apart::of(rows, table)
        {
            law.metric = Metric::FewSets(rows, apart);
        }
        law
    }

    pub(crate) fn shift(&self, mut agg: Agg, change: Change<'_>) -> Agg {
        if let Some(student) = change.leaves {
            agg.sum -= self.distances(student, change.rest);
            agg.extra -= i64::from(self.known[student as usize]);
        }
        if let Some(student) = change.joins {
            agg.sum += self.distances(student, change.rest);
            agg.extra += i64::from(self.known[student as usize]);
        }
        agg
    }

    /// The column as it can be packed; sets cannot.
    pub(crate) fn column(&self) -> Option<Column<'_>> {
        let typical = self.typical;
        match &self.metric {
            Metric::Number(rows) => Some(Column { rows, number: true, typical }),
            Metric::Category(rows) => Some(Column { rows, number: false, typical }),
            Metric::Set(..) | Metric::FewSets(..) => None,
        }
    }

    /// Takes a place among packed columns.
    pub(crate) fn pack(&mut self, place: usize) {
        self.place = Some(place);
    }

    /// The place taken.
    pub(crate) fn place(&self) -> Option<usize> {
        self.place
    }

    pub(crate) fn judge(&self, agg: Agg, size: usize) -> Judged {
        let known = agg.extra as usize;
        let severity = if self.floor == 0 || known < 2 {
            0
        } else {
            let answered = agg.sum - self.typical * (pairs(size) - pairs(known));
            below_floor(self.score(answered, known), self.floor)
        };
        Judged { score: self.score(agg.sum, size), severity }
    }

    fn score(&self, sum: i64, size: usize) -> i64 {
        if size < 2 {
            return if self.mix { self.typical } else { FULL - self.typical };
        }
        let share = ((sum as u64 * self.reciprocal[size]) >> SHIFT) as i64;
        if self.mix { share.min(FULL) } else { FULL - share.min(FULL) }
    }

    /// Whether distance is wanted, not nearness.
    pub(crate) fn is_mix(&self) -> bool {
        self.mix
    }

    /// What a pair with a missing answer counts.
    pub(crate) fn typical(&self) -> i64 {
        self.typical
    }

    /// One over the most that the distances in a group of this size add up to, a little more
    /// than exactly, times 2 to the power [`SHIFT`].
    pub(crate) fn reciprocal(&self, size: usize) -> u64 {
        self.reciprocal[size]
    }

    /// The answers by student, negative where there is none, if they are codes or numbers.
    pub(crate) fn line(&self) -> Option<(Line, &[i32])> {
        match &self.metric {
            Metric::Number(rows) => Some((Line::Numbers, rows)),
            Metric::Category(rows) => Some((Line::Codes, rows)),
            Metric::Set(..) | Metric::FewSets(..) => None,
        }
    }

    /// What the law knows of a student.
    pub(crate) fn key(&self, student: u32) -> Key {
        let row = student as usize;
        match &self.metric {
            Metric::Number(rows) | Metric::Category(rows) | Metric::FewSets(rows, _) => {
                (self.known[row], i64::from(rows[row]) as u64)
            }
            Metric::Set(rows, _) => (self.known[row], rows[row].bits),
        }
    }

    /// The answers by student as [`distances_of`](Self::distances_of) takes them, if it does.
    pub(crate) fn answers(&self) -> Option<&[i32]> {
        match &self.metric {
            Metric::Number(rows) | Metric::Category(rows) | Metric::FewSets(rows, _) => Some(rows),
            Metric::Set(..) => None,
        }
    }

    /// For each of some answers: the distances to those of other students, summed.
    pub(crate) fn distances_of(&self, answers: &[i32], others: &[u32], sums: &mut [i32]) {
        sums.fill(0);
        let typical = self.typical as i32;
        let mut silent = 0;
        for &other in others {
            let theirs = self.answers().map_or(MISSING, |rows| rows[other as usize]);
            if theirs == MISSING {
                silent += typical;
                continue;
            }
            let pairs = sums.iter_mut().zip(answers);
            match &self.metric {
                Metric::Category(_) => {
                    pairs.for_each(|(sum, &mine)| {
                        *sum =
                            sum.wrapping_add(i32::from(mine != theirs).wrapping_mul(FULL as i32));
                    });
                }
                Metric::FewSets(_, apart) => {
                    let row = apart.row(theirs);
                    // The row of somebody without an answer is never looked at.
                    pairs.for_each(|(sum, &mine)| {
                        *sum += row.get(mine as usize).map_or(0, |&far| i32::from(far));
                    });
                }
                Metric::Number(_) | Metric::Set(..) => {
                    // Checks for overflow, which cannot be, would keep the compiler from doing
                    // several at a time.
                    pairs.for_each(|(sum, &mine)| {
                        *sum = sum.wrapping_add(mine.wrapping_sub(theirs).wrapping_abs());
                    });
                }
            }
        }
        let all = typical * others.len() as i32;
        for (sum, &mine) in sums.iter_mut().zip(answers) {
            *sum = if mine == MISSING { all } else { sum.wrapping_add(silent) };
        }
    }

    /// The distances between a student and others, summed.
    pub(crate) fn distances(&self, student: u32, others: &[u32]) -> i64 {
        match &self.metric {
            Metric::Number(rows) => {
                self.sum_by(rows, student, others, |a, b| i64::from((a - b).abs()))
            }
            Metric::Category(rows) => {
                self.sum_by(rows, student, others, |a, b| if a == b { 0 } else { FULL })
            }
            Metric::FewSets(rows, apart) => {
                self.sum_by(rows, student, others, |a, b| i64::from(apart.row(a)[b as usize]))
            }
            Metric::Set(rows, table) => {
                let mine = rows[student as usize];
                if mine.size == MISSING {
                    return self.typical * others.len() as i64;
                }
                others
                    .iter()
                    .map(|&other| {
                        let theirs = rows[other as usize];
                        if theirs.size == MISSING {
                            self.typical
                        } else {
                            jaccard(table, mine, theirs)
                        }
                    })
                    .sum()
            }
        }
    }

    fn sum_by(
        &self,
        rows: &[i32],
        student: u32,
        others: &[u32],
        distance: impl Fn(i32, i32) -> i64,
    ) -> i64 {
        let mine = rows[student as usize];
        if mine == MISSING {
            return self.typical * others.len() as i64;
        }
        others
            .iter()
            .map(|&other| {
                let theirs = rows[other as usize];
                if theirs == MISSING { self.typical } else { distance(mine, theirs) }
            })
            .sum()
    }

    /// The mean distance over the section's answered pairs: exact up to 1,000 students, above
    /// that over each student's next 100 neighbours in index order.
    fn mean_distance(&self) -> i64 {
        let answered: Vec<u32> =
            (0..self.known.len() as u32).filter(|&student| self.known[student as usize]).collect();
        let count = answered.len();
        if count < 2 {
            return FULL / 2;
        }
        let reach = if count <= 1000 { count - 1 } else { 100 };
        let mut sum = 0;
        let mut terms = 0;
        for (i, &student) in answered.iter().enumerate() {
            let end = (i + 1 + reach).min(count);
            sum += self.distances(student, &answered[i + 1..end]);
            terms += (end - i - 1) as i64;
        }
        sum / terms
    }
}

/// Numbers over the section's range as 0..=10,000.
pub(crate) fn scaled(rows: &[Option<i64>]) -> Vec<i32> {
    let low = rows.iter().flatten().min().copied().unwrap_or(0);
    let high = rows.iter().flatten().max().copied().unwrap_or(0);
    let range = (i128::from(high) - i128::from(low)).max(1);
    rows.iter()
        .map(|row| {
            row.map_or(MISSING, |value| {
                ((i128::from(value) - i128::from(low)) * i128::from(FULL) / range) as i32
            })
        })
        .collect()
}

/// Codes as 0.. in ascending order, and how many there are.
fn renumbered(rows: &[Option<u16>]) -> (Vec<i32>, usize) {
    let mut codes: Vec<u16> = rows.iter().flatten().copied().collect();
    codes.sort_unstable();
    codes.dedup();
    let rows = rows
        .iter()
        .map(|row| match row {
            Some(code) => codes.binary_search(code).map_or(MISSING, |index| index as i32),
            None => MISSING,
        })
        .collect();
    (rows, codes.len())
}

/// The most pairs of different codes among `size` members over `codes` codes.
fn spread(size: usize, codes: usize) -> i64 {
    if codes == 0 {
        // Nobody answered: every pair is typical.
        return pairs(size);
    }
    let (each, more) = (size / codes, size % codes);
    pairs(size) - pairs(each + 1) * more as i64 - pairs(each) * (codes - more) as i64
}
