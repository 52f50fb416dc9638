//! The rule for counts: thresholds, rounding, and cells withheld so that no withheld cell follows
//! from the others (D9).
//!
//! 1. A count is told rounded down to a multiple of [`LEAST`]. A count below [`LEAST`] is withheld:
//!    nobody can tell 0 from 1 to 4.
//! 2. In a [`partition`] everybody is in one cell, so the cells add up to the total, which is told
//!    too. Where a cell is withheld for being small, the smallest cell that is told (the first of
//!    several) is withheld as well.
//! 3. If no cell is left to be told, the whole table is withheld.
//! 4. A [`share`] counts some of all. It is withheld if fewer than [`LEAST`] are in it or fewer than
//!    [`LEAST`] are not.
//!
//! What this buys, and what the tests hold it to: for every cell that is withheld for being small,
//! all values from 0 to 4 agree with everything that is told, even for somebody who knows the rule
//! and which cells were withheld only to protect others. The argument: a protecting cell holds 5 or
//! more, and nothing bounds it from above but the total; so it makes up for any smaller value of the
//! small cells, and since told counts are rounded down, the total leaves room for any larger one up
//! to 4.
//!
//! What it does not buy: it is not differential privacy. Taking one person away changes a table when
//! a count crosses a multiple of five, and only then.

use std::collections::BTreeMap;

/// The least count that is told, and the step in which counts are told.
pub const LEAST: usize = 5;

/// Counts by cell; absent ones are withheld.
pub type Table = BTreeMap<String, Option<u32>>;

/// A count as it is told.
pub fn rounded(count: usize) -> u32 {
    u32::try_from(count / LEAST * LEAST).unwrap_or(u32::MAX)
}

/// What is told of cells in which everybody is counted once; nothing when no cell could be told.
pub fn partition(counts: BTreeMap<String, usize>) -> Option<Table> {
    let mut table: Table = counts
        .into_iter()
        .map(|(cell, count)| (cell, (count >= LEAST).then(|| rounded(count))))
        .collect();
    if table.values().any(Option::is_none) {
        let told = table.values_mut().filter(|count| count.is_some());
        if let Some(least) = told.min_by_key(|count| **count) {
            *least = None;
        }
    }
    table.values().any(Option::is_some).then_some(table)
}

/// What is told of a count of some among all.
pub fn share(count: usize, all: usize) -> Option<u32> {
    (count >= LEAST && all.saturating_sub(count) >= LEAST).then(|| rounded(count))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cells(counts: &[usize]) -> BTreeMap<String, usize> {
        counts.iter().enumerate().map(|(cell, count)| (format!("{cell:03}"), *count)).collect()
    }

    fn told(counts: &[usize]) -> Option<Vec<Option<u32>>> {
        partition(cells(counts)).map(|table| table.into_values().collect())
    }

    #[test]
    fn d9_small_cells_are_withheld_and_another_with_them() {
        assert_eq!(told(&[30, 17, 5]), Some(vec![Some(30), Some(15), Some(5)]));
        assert_eq!(told(&[30, 17, 4]), Some(vec![Some(30), None, None]));
        assert_eq!(told(&[30, 17, 0, 2, 9]), Some(vec![Some(30), Some(15), None, None, None]));
        // The first of two equal ones.
        assert_eq!(told(&[12, 14, 4, 40]), Some(vec![None, Some(10), None, Some(40)]));
        assert_eq!(told(&[50, 4]), None, "nothing would be left but the larger cell's absence");
        assert_eq!(told(&[4; 13]), None);
    }

    #[test]
    fn d9_a_share_of_nearly_all_says_as_much_as_one_of_nearly_none() {
        assert_eq!(share(4, 60), None);
        assert_eq!(share(5, 60), Some(5));
        assert_eq!(share(55, 60), Some(55));
        assert_eq!(share(56, 60), None);
    }

    /// The least and the largest value of each withheld small cell that agree with what is told, for
    /// somebody who knows the rule, the total as it is told, and which cells protect others.
    ///
    /// All that binds the cells is one sum of intervals, so the ends follow by setting every other
    /// cell to its largest or its smallest.
    fn known_of_small_cells(counts: &[usize]) -> Vec<(i64, i64)> {
        let total: usize = counts.iter().sum();
        let total = i64::from(rounded(total));
        let table = told(counts);
        // Only of counts told in steps of five do the intervals below say all there is to know.
        let numbers = table.iter().flatten().flatten().map(|count| i64::from(*count));
        assert!(numbers.chain([total]).all(|number| number % 5 == 0), "{counts:?}: {table:?}");
        let far = total + 4;
        let bounds = |cell: usize| match &table {
            // Somebody who knows the rule knows that at most one cell holds five or more: which, or
            // whether any does, is not told.
            None => (0, far),
            Some(table) => match table[cell] {
                Some(count) => (i64::from(count), i64::from(count) + 4),
                None if counts[cell] < LEAST => (0, 4),
                None => (5, far),
            },
        };
        let small = (0..counts.len()).filter(|cell| counts[*cell] < LEAST);
        small
            .map(|cell| {
                let others = || (0..counts.len()).filter(|other| *other != cell).map(bounds);
                let (low, high) =
                    others().fold((0, 0), |sum, (low, high)| (sum.0 + low, sum.1 + high));
                ((total - high).max(0), (total + 4 - low).min(4))
            })
            .collect()
    }

    proptest! {
        /// An attacker with everything that is told cannot narrow a small cell down at all.
        #[test]
        fn d9_nobody_can_work_out_a_withheld_cell(
            counts in proptest::collection::vec(prop_oneof![0usize..8, 0usize..60], 2..14)
        ) {
            for known in known_of_small_cells(&counts) {
                prop_assert_eq!(known, (0, 4), "of {:?}", counts);
            }
        }

        /// Two neighbouring data sets: one person is away. A table is the same unless one of its
        /// counts crosses a multiple of five.
        #[test]
        fn d9_one_person_shows_only_where_a_count_crosses_a_multiple_of_five(
            counts in proptest::collection::vec(0usize..40, 2..10),
            who in any::<proptest::sample::Index>(),
        ) {
            let who = who.index(counts.len());
            prop_assume!(counts[who] > 0);
            let mut without = counts.clone();
            without[who] -= 1;
            let (with, without_told) = (told(&counts), told(&without));
            if counts[who].is_multiple_of(LEAST) {
                // What is told of the cell itself falls by one step, or it is withheld.
                if let (Some(with), Some(without)) = (&with, &without_told)
                    && let (Some(with), Some(without)) = (with[who], without[who])
                {
                    prop_assert_eq!(with, without + 5);
                }
            } else {
                prop_assert_eq!(with, without_told);
            }
        }

        #[test]
        fn d9_what_is_told_is_a_multiple_of_five_and_at_most_the_count(
            counts in proptest::collection::vec(0usize..40, 2..10),
        ) {
            for (count, told) in counts.iter().zip(told(&counts).into_iter().flatten()) {
                if let Some(told) = told {
                    let told = usize::try_from(told).unwrap();
                    prop_assert!(told >= LEAST && told <= *count && *count < told + LEAST);
                    prop_assert!(told.is_multiple_of(LEAST));
                }
            }
        }
    }
}
