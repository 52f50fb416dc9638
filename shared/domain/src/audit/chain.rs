//! The chain of an institution's entries: each holds the hash of the one before it, so that an entry
//! that was removed, altered, swapped or put in between shows (D5).
//!
//! **What is hashed.** SHA-256 over parts, each as its length in bytes (eight bytes, big-endian) and its
//! UTF-8 bytes, in this order: `unihelper audit 1`, institution, sequence, hash of the entry before,
//! time (RFC 3339, UTC), kind of actor (`contact`, `job` or `student`), actor, action, cohort, request, `unique`,
//! subjects, number of ids, each id, reason, outcome (`done` or `refused`), problem. What is absent is
//! empty; numbers are decimal. The entry before the first has sequence 0 and the hash of the parts
//! `unihelper audit 1` and institution, so that no entry fits into another institution's chain.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{Actor, AuditEntry, Outcome};
use crate::InstitutionId;
use crate::ids::hex;

/// Sets these hashes apart from all others.
const DOMAIN: &str = "unihelper audit 1";

/// A place in a chain: an entry's number and its hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The entry's number, from 1; 0 before the first.
    pub sequence: u64,
    /// Its hash, 64 hexadecimal digits.
    pub hash: String,
}

impl Head {
    /// The place before an institution's first entry.
    pub fn start(institution: &InstitutionId) -> Self {
        let mut hash = Parts::default();
        hash.add(DOMAIN);
        hash.add(institution.as_str());
        Self { sequence: 0, hash: hash.finish() }
    }

    /// The place as text, such as `17-0badcafe...`.
    pub fn parse(text: &str) -> Option<Self> {
        let (sequence, hash) = text.split_once('-')?;
        let plain = hash.len() == 64
            && hash.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        let sequence = sequence.parse().ok()?;
        plain.then(|| Self { sequence, hash: hash.to_owned() })
    }
}

impl std::fmt::Display for Head {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.sequence, self.hash)
    }
}

/// An entry at its place in the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Its number, from 1 without a gap.
    pub sequence: u64,
    /// The hash of the entry before.
    pub previous: String,
    /// Its own hash.
    pub hash: String,
    /// What makes it one entry however often it is added: a request's or an execution's id.
    pub unique: String,
    /// What happened.
    #[serde(flatten)]
    pub entry: AuditEntry,
}

impl Link {
    /// The entry that follows `head`.
    pub fn after(head: &Head, entry: &AuditEntry, unique: &str) -> Self {
        let mut link = Self {
            sequence: head.sequence + 1,
            previous: head.hash.clone(),
            hash: String::new(),
            unique: unique.to_owned(),
            entry: entry.clone(),
        };
        link.hash = link.computed();
        link
    }

    /// Its place.
    pub fn head(&self) -> Head {
        Head { sequence: self.sequence, hash: self.hash.clone() }
    }

    /// The hash that it must have by what it says.
    pub fn computed(&self) -> String {
        let entry = &self.entry;
        let mut parts = Parts::default();
        parts.add(DOMAIN);
        parts.add(entry.institution.as_str());
        parts.add(&self.sequence.to_string());
        parts.add(&self.previous);
        parts.add(&entry.at.to_string());
        let (kind, actor) = match &entry.actor {
            Actor::Contact(id) => ("contact", id.as_str()),
            Actor::Job(function) => ("job", function.as_str()),
            Actor::Student(id) => ("student", id.as_str()),
        };
        parts.add(kind);
        parts.add(actor);
        parts.add(&entry.action);
        parts.add(entry.cohort.as_ref().map_or("", |cohort| cohort.as_str()));
        parts.add(&entry.request);
        parts.add(&self.unique);
        parts.add(&entry.subjects.to_string());
        parts.add(&entry.ids.len().to_string());
        entry.ids.iter().for_each(|id| parts.add(id));
        parts.add(entry.reason.as_ref().map_or("", |reason| reason.as_str()));
        parts.add(match entry.outcome {
            Outcome::Done => "done",
            Outcome::Refused => "refused",
        });
        parts.add(entry.problem.as_deref().unwrap_or_default());
        parts.finish()
    }
}

#[derive(Default)]
struct Parts(Sha256);

impl Parts {
    fn add(&mut self, part: &str) {
        self.0.update((part.len() as u64).to_be_bytes());
        self.0.update(part.as_bytes());
    }

    fn finish(self) -> String {
        hex(&self.0.finalize())
    }
}
