//! Distances of several pairwise criteria at once.
//!
//! Judging a swap adds up distances to a few members in many columns. With each student's answers
//! side by side, numbers first, then codes, in lanes of four, one loop over the members does all
//! columns, and the compiler does four lanes at a time.

use super::{Change, FULL};

/// Columns that are worked on together.
const LANES: usize = 4;

/// Answers by student, missing ones negative.
pub(crate) struct Packed {
    /// Answers of one student: numbers and codes, both padded to whole lanes.
    width: usize,
    numbers: usize,
    values: Vec<i32>,
    /// By column: the distance where an answer is missing.
    typical: Vec<i32>,
}

/// A column to be packed.
pub(crate) struct Column<'c> {
    pub(crate) rows: &'c [i32],
    /// Whether it holds numbers, not codes.
    pub(crate) number: bool,
    pub(crate) typical: i64,
}

impl Packed {
    /// Packs columns; also gives each one's place among the results.
    pub(crate) fn new(columns: &[Column<'_>]) -> (Self, Vec<usize>) {
        let students = columns.first().map_or(0, |column| column.rows.len());
        let count = |number: bool| columns.iter().filter(|column| column.number == number).count();
        let numbers = count(true).next_multiple_of(LANES);
        let width = numbers + count(false).next_multiple_of(LANES);
        let mut packed =
            Self { width, numbers, values: vec![0; students * width], typical: vec![0; width] };
        let (mut number, mut code) = (0, numbers);
        let mut places = Vec::new();
        for column in columns {
            let next = if column.number { &mut number } else { &mut code };
            let place = *next;
            *next += 1;
            packed.typical[place] = column.typical as i32;
            for (row, &value) in packed.values.chunks_exact_mut(width).zip(column.rows) {
                row[place] = value;
            }
            places.push(place);
        }
        (packed, places)
    }

    /// The number of results.
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    fn row(&self, student: u32) -> &[i32] {
        &self.values[student as usize * self.width..][..self.width]
    }

    /// The change of the number of answers in a column.
    pub(crate) fn known(&self, place: usize, change: Change<'_>) -> i64 {
        let known = |student: u32| i64::from(self.row(student)[place] >= 0);
        change.joins.map_or(0, known) - change.leaves.map_or(0, known)
    }

    /// The changes of the sums of distances over a group's pairs, by column.
    pub(crate) fn shift(&self, change: Change<'_>, sums: &mut [i32]) {
        sums.fill(0);
        let joins = change.joins.map(|student| self.row(student));
        let leaves = change.leaves.map(|student| self.row(student));
        for &member in change.rest {
            let member = self.row(member);
            if let Some(joins) = joins {
                self.add::<1>(joins, member, sums);
            }
            if let Some(leaves) = leaves {
                self.add::<-1>(leaves, member, sums);
            }
        }
    }

    /// Adds the distances of two students, or takes them off.
    fn add<const SIGN: i32>(&self, a: &[i32], b: &[i32], sums: &mut [i32]) {
        let rows = a.as_chunks::<LANES>().0.iter().zip(b.as_chunks::<LANES>().0);
        let lanes = rows.zip(self.typical.as_chunks::<LANES>().0);
        let lanes = lanes.zip(sums.as_chunks_mut::<LANES>().0);
        for (index, (((a, b), typical), sums)) in lanes.enumerate() {
            let number = index < self.numbers / LANES;
            for lane in 0..LANES {
                let apart = a[lane].wrapping_sub(b[lane]);
                let distance =
                    if number { apart.wrapping_abs() } else { i32::from(apart != 0) * FULL as i32 };
                // All ones where an answer is missing.
                let missing = (a[lane] | b[lane]) >> 31;
                let distance = distance & !missing | typical[lane] & missing;
                // Groups are far too small for the sum to leave 32 bits.
                sums[lane] = sums[lane].wrapping_add(SIGN.wrapping_mul(distance));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::draw::Draw;
    use crate::law::{Agg, Change};
    use crate::model::Model;
    use crate::support::{mixed, sizes};

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]

        /// Packed or one by one, a change gives the same aggregates: answers missing or not,
        /// numbers and codes, any number of columns.
        #[test]
        fn packed_columns_say_the_same_as_each_criterion_alone(seed: u64, students in 6_u32..40) {
            let model = Model::new(&mixed(seed, students, sizes(2, 3, 6))).expect("valid");
            let mut draw = Draw::new(seed, 0);
            let mut sums = vec![0; model.packed.width()];
            let mut order: Vec<u32> = (0..students).collect();
            for _ in 0..20 {
                draw.shuffle(&mut order);
                let (leaves, joins) = (order[0], order[1]);
                let change = Change {
                    rest: &order[2..2 + draw.index(4)],
                    leaves: (!draw.one_in(4)).then_some(leaves),
                    joins: (!draw.one_in(4)).then_some(joins),
                };
                model.packed.shift(change, &mut sums);
                for rule in &model.rules {
                    let Some(place) = rule.law.place() else { continue };
                    let before = Agg { sum: 70_000, extra: 4 };
                    let alone = rule.law.shift(before, change);
                    prop_assert_eq!(before.sum + i64::from(sums[place]), alone.sum);
                    prop_assert_eq!(before.extra + model.packed.known(place, change), alone.extra);
                }
            }
        }
    }

    #[test]
    fn without_columns_there_is_nothing_to_add_up() {
        let mut problem = mixed(1, 6, sizes(2, 3, 6));
        problem.criteria.clear();
        assert_eq!(Model::new(&problem).expect("valid").packed.width(), 0);
    }
}
