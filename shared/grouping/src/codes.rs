//! Bit sets for multiple-choice answers and for a weekly grid.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The chosen codes of a multiple-choice answer, a bit set of codes 0 to 63.
#[derive(Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CodeSet(pub u64);

impl CodeSet {
    /// The number of distinct codes a set can hold.
    pub const CODES: u16 = 64;

    /// Builds a set; `None` if a code is 64 or more.
    pub fn from_codes(codes: impl IntoIterator<Item = u16>) -> Option<Self> {
        let mut bits = 0;
        for code in codes {
            if code >= Self::CODES {
                return None;
            }
            bits |= 1_u64 << code;
        }
        Some(Self(bits))
    }
}

/// The slots of a weekly grid at which somebody is free, a bit set of slots 0 to 191
/// (for instance 7 days of 24 hours). Slot `s` is bit `s % 64` of word `s / 64`.
#[derive(Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Week(pub [u64; 3]);

impl Week {
    /// The number of slots a week can hold.
    pub const SLOTS: u16 = 192;

    /// Builds a week; `None` if a slot is 192 or more.
    pub fn from_slots(slots: impl IntoIterator<Item = u16>) -> Option<Self> {
        let mut words = [0; 3];
        for slot in slots {
            if slot >= Self::SLOTS {
                return None;
            }
            words[usize::from(slot / 64)] |= 1_u64 << (slot % 64);
        }
        Some(Self(words))
    }

    /// The free slots in ascending order.
    pub fn slots(self) -> Vec<u16> {
        (0..Self::SLOTS)
            .filter(|slot| self.0[usize::from(slot / 64)] >> (slot % 64) & 1 == 1)
            .collect()
    }

    /// The slots that lie in a run of at least `length` free slots in a row on one day. Day `d`
    /// has the slots `d * slots_per_day` to `(d + 1) * slots_per_day - 1`; a last day that the
    /// 192 slots cut short counts as far as it goes.
    #[must_use]
    pub fn in_runs(self, length: u16, slots_per_day: u16) -> Self {
        Runs::new(length, slots_per_day).of(self)
    }

    /// Every slot one earlier.
    fn earlier(self) -> Self {
        let [a, b, c] = self.0;
        Self([a >> 1 | b << 63, b >> 1 | c << 63, c >> 1])
    }

    /// Every slot one later.
    fn later(self) -> Self {
        let [a, b, c] = self.0;
        Self([a << 1, b << 1 | a >> 63, c << 1 | b >> 63])
    }

    /// The number of free slots.
    pub fn count(self) -> u32 {
        self.0.iter().map(|word| word.count_ones()).sum()
    }

    /// The slots free in both weeks.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self([self.0[0] & other.0[0], self.0[1] & other.0[1], self.0[2] & other.0[2]])
    }

    /// The slots free in at least one of the weeks.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self([self.0[0] | other.0[0], self.0[1] | other.0[1], self.0[2] | other.0[2]])
    }
}

/// Picks the slots in long enough runs out of weeks.
pub(crate) struct Runs {
    length: u16,
    /// The slots at which a run can start and still end on the same day.
    starts: Week,
}

impl Runs {
    pub(crate) fn new(length: u16, slots_per_day: u16) -> Self {
        let ends = |slot: &u16| (slot % slots_per_day.max(1)).saturating_add(length);
        let fits = (0..Week::SLOTS).filter(|slot| ends(slot) <= slots_per_day);
        let mut starts = Week::default();
        for slot in fits {
            starts.0[usize::from(slot / 64)] |= 1 << (slot % 64);
        }
        Self { length, starts }
    }

    /// Whether it counts which slots follow each other.
    pub(crate) fn matter(&self) -> bool {
        self.length > 1
    }

    pub(crate) fn of(&self, week: Week) -> Week {
        if !self.matter() {
            return week;
        }
        // After so many steps a slot is left if it and the next `length - 1` are free.
        let mut runs = week;
        for _ in 1..self.length {
            runs = runs.and(runs.earlier());
        }
        runs = runs.and(self.starts);
        for _ in 1..self.length {
            runs = runs.or(runs.later());
        }
        runs
    }
}

/// Shows how many codes are chosen, not which: answers are personal data.
impl fmt::Debug for CodeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} codes", self.0.count_ones())
    }
}

/// Shows how many slots are free, not which: answers are personal data.
impl fmt::Debug for Week {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} slots", self.count())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_gives_back_its_slots_in_order() {
        let week = Week::from_slots([191, 0, 64, 63]).expect("all within the grid");
        assert_eq!(week.slots(), [0, 63, 64, 191]);
        assert_eq!(week.count(), 4);
    }

    #[test]
    fn runs_are_free_slots_in_a_row_that_end_with_the_day() {
        let week = |slots: &[u16]| Week::from_slots(slots.iter().copied()).expect("inside");
        // Across words, at the start and the end of a day of 8 slots, across a day's end.
        let free = week(&[0, 1, 3, 6, 7, 8, 62, 63, 64, 65, 191]);
        assert_eq!(free.in_runs(2, 8).slots(), [0, 1, 6, 7, 62, 63, 64, 65]);
        assert_eq!(free.in_runs(2, 192).slots(), [0, 1, 6, 7, 8, 62, 63, 64, 65]);
        assert_eq!(free.in_runs(3, 192).slots(), [6, 7, 8, 62, 63, 64, 65]);
        assert_eq!(free.in_runs(4, 192).slots(), [62, 63, 64, 65]);
        assert_eq!(free.in_runs(5, 192).slots(), [0_u16; 0]);
        assert_eq!(free.in_runs(1, 8), free);
        // Out of range, for whoever calls it without a validated problem.
        assert_eq!(free.in_runs(9, 8).count(), 0);
        assert_eq!(free.in_runs(2, 0).count(), 0);
    }

    #[test]
    fn codes_and_slots_outside_the_range_are_refused() {
        assert!(Week::from_slots([192]).is_none());
        assert!(CodeSet::from_codes([64]).is_none());
        assert_eq!(CodeSet::from_codes([0, 63]), Some(CodeSet(1 | 1 << 63)));
    }
}
