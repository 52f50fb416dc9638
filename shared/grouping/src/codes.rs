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
    fn codes_and_slots_outside_the_range_are_refused() {
        assert!(Week::from_slots([192]).is_none());
        assert!(CodeSet::from_codes([64]).is_none());
        assert_eq!(CodeSet::from_codes([0, 63]), Some(CodeSet(1 | 1 << 63)));
    }
}
