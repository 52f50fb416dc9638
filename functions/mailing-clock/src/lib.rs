//! Starts mailings that a contact confirmed for a time to come, when it has come (M2).
//!
//! Such a mailing starts exactly like one that is sent by hand: its record says that it is on its way, then the
//! machine runs under a name that follows from the record. Safe to run any number of times, also at once: a record
//! moves once, by its version; a mailing stays on the list until its machine surely runs, so that a run which died
//! between the two is made up for by the next, under the same name; and whatever the machine does it does once per
//! student. What must not go any more becomes a draft again that says why, because nobody is there to be asked.
//!
//! A function of its own, and no work of `formation-trigger`: it reads a contact and writes the audit trail and
//! mailings, which that one need not reach, and a fault in either holds up only its own.

pub mod config;
pub mod due;
pub mod handler;
pub mod machine;

pub use handler::{Answer, Deps, Tick, handle};
