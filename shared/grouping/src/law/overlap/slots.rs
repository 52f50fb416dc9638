//! A student's free slots as the law works with them: a whole week, or one word if all that
//! anybody is free at fits into one.

use crate::Week;
use crate::codes::Runs;

/// Free slots of one student, or common ones of several; a student without a calendar is in
/// nobody's way.
pub(super) trait Slots: Copy {
    /// Free at all slots, as somebody without a calendar.
    const ANY: Self;

    fn known(self) -> bool;
    fn and(self, other: Self) -> Self;
    fn or(self, other: Self) -> Self;

    /// The number of slots that count.
    fn count(self, runs: &Runs) -> u32;
}

impl Slots for Option<Week> {
    const ANY: Self = None;

    fn known(self) -> bool {
        self.is_some()
    }

    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Some(a), Some(b)) => Some(a.and(b)),
            (known, None) | (None, known) => known,
        }
    }

    fn or(self, other: Self) -> Self {
        Some(self?.or(other?))
    }

    fn count(self, runs: &Runs) -> u32 {
        self.map_or(Week::SLOTS.into(), |week| runs.of(week).count())
    }
}

/// All ones is somebody without a calendar: the last bit is no slot.
impl Slots for u64 {
    const ANY: Self = Self::MAX;

    fn known(self) -> bool {
        self != Self::ANY
    }

    fn and(self, other: Self) -> Self {
        self & other
    }

    fn or(self, other: Self) -> Self {
        self | other
    }

    fn count(self, _: &Runs) -> u32 {
        self.count_ones()
    }
}

/// The slots that anybody is free at, moved together into a word; nothing if there are too many,
/// or if it counts which of them follow each other.
pub(super) fn narrow(rows: &[Option<Week>], runs: &Runs) -> Option<Vec<u64>> {
    let used = rows.iter().flatten().fold(Week::default(), |all, &week| all.or(week)).slots();
    if runs.matter() || used.len() >= u64::BITS as usize {
        return None;
    }
    let word = |week: Week| {
        let free = |slot: u16| week.0[usize::from(slot / 64)] >> (slot % 64) & 1;
        used.iter().enumerate().map(|(bit, &slot)| free(slot) << bit).sum()
    };
    Some(rows.iter().map(|row| row.map_or(u64::ANY, word)).collect())
}

/// The slots at which all, all but one, all but two of those who answered are free.
#[derive(Clone, Copy)]
pub(super) struct Near<S> {
    pub(super) answered: usize,
    pub(super) all: S,
    pub(super) but_one: S,
    pub(super) but_two: S,
}

impl<S: Slots> Near<S> {
    pub(super) fn of(members: impl Iterator<Item = S>) -> Self {
        let nobody = Self { answered: 0, all: S::ANY, but_one: S::ANY, but_two: S::ANY };
        members.fold(nobody, Self::with)
    }

    /// With one member more.
    pub(super) fn with(self, slots: S) -> Self {
        Self {
            answered: self.answered + usize::from(slots.known()),
            all: self.all.and(slots),
            but_one: self.but_one.and(slots).or(self.all),
            but_two: self.but_two.and(slots).or(self.but_one),
        }
    }

    /// A meeting needs two.
    pub(super) fn for_meeting(mut self) -> Self {
        if self.answered < 3 {
            self.but_one = self.all;
        }
        if self.answered < 4 {
            self.but_two = self.but_one;
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Moved into one word, weeks have as many slots in common as before, whoever of them
        /// has no calendar.
        #[test]
        fn narrow_weeks_say_the_same(
            rows in prop::collection::vec(prop::option::of([0_u64..1 << 20, 0_u64..1 << 20, 0_u64..1 << 20]), 0..8)
        ) {
            let rows: Vec<Option<Week>> = rows.into_iter().map(|row| row.map(Week)).collect();
            let runs = Runs::new(1, 24);
            let narrow = narrow(&rows, &runs).expect("sixty slots at most");
            let (wide, narrow) = (Near::of(rows.into_iter()), Near::of(narrow.into_iter()));
            prop_assert_eq!(wide.answered, narrow.answered);
            let (wide, narrow) = (wide.for_meeting(), narrow.for_meeting());
            if wide.answered > 0 {
                prop_assert_eq!(wide.all.count(&runs), narrow.all.count(&runs));
                prop_assert_eq!(wide.but_one.count(&runs), narrow.but_one.count(&runs));
                prop_assert_eq!(wide.but_two.count(&runs), narrow.but_two.count(&runs));
            }
        }
    }

    #[test]
    fn weeks_stay_wide_where_slots_are_many_or_runs_count() {
        let many = [Week::from_slots(0..64), None];
        let few = [Week::from_slots(100..163), None];
        assert!(narrow(&many, &Runs::new(1, 24)).is_none());
        assert!(narrow(&few, &Runs::new(2, 24)).is_none());
        assert_eq!(narrow(&few, &Runs::new(1, 24)), Some(vec![u64::MAX >> 1, u64::MAX]));
    }
}
