//! Writes everything of an institution into files (D6): its record and settings, contacts, registers and
//! letters, each cohort with its questionnaires as they came, certificates and the audit trail.
//!
//! A page of a store becomes a file of JSON lines and a table; the export's record says how far the writing
//! has come. So no more than a page is in memory however large a cohort is, and a task that dies or runs out
//! of time is taken up where it stopped. At the end a manifest names every file with its hash.
//!
//! **Safe to run twice.** The same page makes files of the same names; a file is written before it is noted,
//! and the place moves last, under the condition that nothing changed the record since it was read. Of two
//! tasks at once one moves it and the other begins anew.
//!
//! **Nothing erased comes back.** What is due or being erased is left out, and an export during which
//! something of the institution is erased stops: it may hold what goes.

mod config;
mod error;
mod handler;
mod parts;
mod write;

pub use config::{Config, Systems};
pub use error::Error;
pub use handler::{Progress, Task, handle};
