//! Walking a chain from a known place: what does not follow from it shows (D5).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Head, Link};
use crate::InstitutionId;

/// What is wrong with a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Flaw {
    /// No entry has this number, though later ones are there.
    Removed,
    /// The entry does not say what it was written with.
    Altered,
    /// The entry does not follow the one before: one of the two was replaced, or the order changed.
    Unlinked,
    /// The chain is sound in itself, but this entry is not the one that was sealed.
    Rewritten,
    /// A seal names an entry past the last one: the end of the chain is missing.
    Truncated,
}

impl Flaw {
    /// The flaw in words.
    pub const fn told(self) -> &'static str {
        match self {
            Self::Removed => "the entry is missing",
            Self::Altered => "the entry does not say what it was written with",
            Self::Unlinked => "the entry does not follow the one before it",
            Self::Rewritten => "the entry is not the one that was sealed",
            Self::Truncated => "the chain ends before an entry that was sealed",
        }
    }
}

/// The first place where a chain is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Broken {
    /// The number of the entry that is missing or wrong.
    pub sequence: u64,
    /// What is wrong with it.
    pub flaw: Flaw,
}

/// A walk along a chain: knows the last sound place and the seals ahead of it.
#[derive(Debug, Clone)]
pub struct Walk {
    institution: InstitutionId,
    head: Head,
    seals: BTreeMap<u64, String>,
    checked: u64,
    sealed: u64,
}

impl Walk {
    /// A walk of an institution's chain that goes on after `from`, with the seals from there on.
    pub fn new(
        institution: &InstitutionId,
        from: Head,
        seals: impl IntoIterator<Item = Head>,
    ) -> Self {
        let seals = seals.into_iter().map(|seal| (seal.sequence, seal.hash)).collect();
        Self { institution: institution.clone(), head: from, seals, checked: 0, sealed: 0 }
    }

    /// The last sound place.
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// How many entries were found sound.
    pub fn checked(&self) -> u64 {
        self.checked
    }

    /// How many seals were met and found right.
    pub fn sealed(&self) -> u64 {
        self.sealed
    }

    /// Steps onto the next entry as it is stored under number `place`; `None` is one that cannot be
    /// read.
    pub fn step(&mut self, place: u64, link: Option<&Link>) -> Result<(), Broken> {
        let expected = self.head.sequence + 1;
        let broken = |flaw| Err(Broken { sequence: expected, flaw });
        if place > expected {
            return broken(Flaw::Removed);
        }
        let Some(link) = link.filter(|link| {
            link.sequence == place
                && link.entry.institution == self.institution
                && link.hash == link.computed()
        }) else {
            return broken(Flaw::Altered);
        };
        if place < expected || link.previous != self.head.hash {
            return broken(Flaw::Unlinked);
        }
        if let Some(sealed) = self.seals.remove(&place) {
            if sealed != link.hash {
                return broken(Flaw::Rewritten);
            }
            self.sealed += 1;
        }
        self.head = link.head();
        self.checked += 1;
        Ok(())
    }

    /// Ends the walk after the chain's last entry.
    pub fn end(&self) -> Result<(), Broken> {
        let missing = self.seals.keys().any(|sequence| *sequence > self.head.sequence);
        let sequence = self.head.sequence + 1;
        if missing { Err(Broken { sequence, flaw: Flaw::Truncated }) } else { Ok(()) }
    }
}

#[cfg(test)]
#[path = "walk_tests.rs"]
mod tests;
