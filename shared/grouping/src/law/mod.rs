//! Compiled criteria: each judges one group, and says how its aggregate changes when one member
//! leaves and one joins.
//!
//! Everything is integer. A group's state for a law is an [`Agg`]; what cannot be kept as a sum
//! (common slots, lone members) is judged from the member list instead.

mod balance;
mod overlap;
mod packed;
mod pairwise;
mod relation;
mod share;
mod tally;
mod wishes;

pub(crate) use balance::Balance;
pub(crate) use overlap::{Overlap, common};
pub(crate) use packed::{Column, Packed};
pub(crate) use pairwise::{LANES, Line, Pairwise, SHIFT, Seats};
pub(crate) use relation::{Relation, Sense};
pub(crate) use share::Share;
pub(crate) use tally::{Alone, Tally, counted};
pub(crate) use wishes::Wishes;

/// [`MAX_SCORE`](crate::MAX_SCORE) as the engine's integer.
pub(crate) const FULL: i64 = crate::MAX_SCORE as i64;

/// What a law remembers of a group; the meaning is the law's own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Agg {
    pub(crate) sum: i64,
    pub(crate) extra: i64,
}

/// A law's word on one group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Judged {
    /// 0 to [`FULL`].
    pub(crate) score: i64,
    /// How badly the rule is broken, 0 if it holds.
    pub(crate) severity: i64,
}

/// What a law knows of a student, apart from named others: those with the same key are the same
/// to it.
pub(crate) type Key = (bool, u64);

/// A change of a group: the members who stay, one who leaves, one who joins.
#[derive(Clone, Copy)]
pub(crate) struct Change<'s> {
    pub(crate) rest: &'s [u32],
    pub(crate) leaves: Option<u32>,
    pub(crate) joins: Option<u32>,
}

impl Change<'_> {
    /// The number of members afterwards.
    pub(crate) fn size(&self) -> usize {
        self.rest.len() + usize::from(self.joins.is_some())
    }
}

/// A compiled rule.
pub(crate) enum Law {
    Pairwise(Pairwise),
    Balance(Balance),
    Overlap(Overlap),
    Alone(Alone),
    Tally(Tally),
    Share(Share),
    Relation(Relation),
    Wishes(Wishes),
}

impl Law {
    /// The aggregate after a change, given the one before.
    pub(crate) fn shift(&self, agg: Agg, change: Change<'_>) -> Agg {
        match self {
            Self::Pairwise(law) => law.shift(agg, change),
            Self::Balance(law) => law.shift(agg, change),
            Self::Tally(law) => law.shift(agg, change),
            Self::Share(law) => law.shift(agg, change),
            Self::Relation(law) => law.shift(agg, change),
            Self::Wishes(law) => law.shift(agg, change),
            Self::Overlap(_) | Self::Alone(_) => agg,
        }
    }

    /// What the law knows of a student; nothing if it is more than a key.
    pub(crate) fn key(&self, student: u32) -> Option<Key> {
        match self {
            Self::Pairwise(law) => Some(law.key(student)),
            Self::Balance(law) => Some(law.key(student)),
            Self::Alone(law) => Some((true, law.marks(student))),
            Self::Tally(law) => Some((law.counts(student), 0)),
            Self::Share(law) => Some((law.counts(student), 0)),
            Self::Overlap(_) | Self::Relation(_) | Self::Wishes(_) => None,
        }
    }

    /// The place among packed columns, if the aggregate is kept there.
    pub(crate) fn place(&self) -> Option<usize> {
        match self {
            Self::Pairwise(law) => law.place(),
            _ => None,
        }
    }

    /// The verdict after a change, given the aggregate after it.
    pub(crate) fn judge(&self, agg: Agg, change: Change<'_>) -> Judged {
        let size = change.size();
        match self {
            Self::Pairwise(law) => law.judge(agg, size),
            Self::Balance(law) => law.judge(agg),
            Self::Overlap(law) => law.judge(change),
            Self::Alone(law) => law.judge(change),
            Self::Tally(law) => law.judge(agg, size),
            Self::Share(law) => law.judge(agg, size),
            Self::Relation(law) => law.judge(agg, size),
            Self::Wishes(_) => Wishes::judge(agg, size),
        }
    }

    /// The aggregate of a group from nothing.
    pub(crate) fn whole(&self, members: &[u32]) -> Agg {
        let mut agg = Agg::default();
        for (i, &joins) in members.iter().enumerate() {
            let change = Change { rest: &members[..i], leaves: None, joins: Some(joins) };
            agg = self.shift(agg, change);
        }
        agg
    }
}

/// The number of pairs in a group of `size`.
pub(crate) const fn pairs(size: usize) -> i64 {
    (size * size.saturating_sub(1) / 2) as i64
}

/// How far a score is below a floor, in steps of a tenth of the scale, at least 1 if it is.
pub(crate) fn below_floor(score: i64, floor: i64) -> i64 {
    if score < floor { 1 + (floor - score) / 1000 } else { 0 }
}
