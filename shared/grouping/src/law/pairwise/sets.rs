//! Distances of sets.

use super::{FULL, MISSING};

/// A set and the number of its codes ([`MISSING`] without an answer), counted once instead of
/// for every pair.
#[derive(Clone, Copy)]
pub(super) struct Sized {
    pub(super) bits: u64,
    pub(super) size: i32,
}

/// Jaccard distances by (common, either) codes, to save a division per pair.
pub(super) fn jaccard_table() -> Box<[u16]> {
    let mut table = vec![0; 65 * 65];
    for either in 1..65_usize {
        for common in 0..=either {
            table[either * 65 + common] = (FULL as usize - FULL as usize * common / either) as u16;
        }
    }
    table.into_boxed_slice()
}

pub(super) fn jaccard(table: &[u16], a: Sized, b: Sized) -> i64 {
    let common = (a.bits & b.bits).count_ones() as usize;
    let either = (a.size + b.size) as usize - common;
    i64::from(table[either * 65 + common])
}

/// The distances between all sets that occur, where these are few.
pub(super) struct Apart {
    sets: usize,
    distances: Vec<u16>,
}

impl Apart {
    /// So many different sets are few: their distances take 128 KiB.
    const FEW: usize = 256;

    /// Numbers the sets by student, [`MISSING`] without an answer, and measures their distances;
    /// nothing if they are many.
    pub(super) fn of(rows: &[Sized], table: &[u16]) -> Option<(Vec<i32>, Self)> {
        let mut sets: Vec<Sized> = rows.iter().copied().filter(|set| set.size != MISSING).collect();
        sets.sort_unstable_by_key(|set| set.bits);
        sets.dedup_by_key(|set| set.bits);
        if sets.len() > Self::FEW {
            return None;
        }
        let number = |set: &Sized| match sets.binary_search_by_key(&set.bits, |set| set.bits) {
            Ok(number) if set.size != MISSING => number as i32,
            _ => MISSING,
        };
        let distances =
            sets.iter().flat_map(|&a| sets.iter().map(move |&b| jaccard(table, a, b) as u16));
        Some((
            rows.iter().map(number).collect(),
            Self { sets: sets.len(), distances: distances.collect() },
        ))
    }

    /// The number of sets.
    pub(super) fn sets(&self) -> usize {
        self.sets
    }

    /// The distances from one set to all.
    pub(super) fn row(&self, set: i32) -> &[u16] {
        &self.distances[set as usize * self.sets..][..self.sets]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_sets_are_as_far_apart_as_their_codes_say() {
        let set = |bits: u64| Sized { bits, size: bits.count_ones() as i32 };
        let silent = Sized { bits: 0, size: MISSING };
        let rows = [set(0b111), silent, set(0), set(0b100), set(0b111), set(1 << 63)];
        let table = jaccard_table();
        let (numbers, apart) = Apart::of(&rows, &table).expect("few");
        assert_eq!(numbers, [2, MISSING, 0, 1, 2, 3]);
        for (a, &one) in rows.iter().zip(&numbers).filter(|(_, number)| **number != MISSING) {
            for (b, &two) in rows.iter().zip(&numbers).filter(|(_, number)| **number != MISSING) {
                assert_eq!(i64::from(apart.row(one)[two as usize]), jaccard(&table, *a, *b));
            }
        }
    }

    #[test]
    fn many_sets_are_not_numbered() {
        let rows = |count: u64| -> Vec<Sized> {
            (0..count).map(|bits| Sized { bits, size: bits.count_ones() as i32 }).collect()
        };
        assert!(Apart::of(&rows(256), &jaccard_table()).is_some());
        assert!(Apart::of(&rows(257), &jaccard_table()).is_none());
    }
}
