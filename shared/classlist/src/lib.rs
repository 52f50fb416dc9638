//! Class lists in CSV, read by a map that says what their columns mean, into the settings and
//! answers that a cohort has. `docs/criteria.md` describes both files.
//!
//! Everything here is pure: the text of both files goes in, students come out, or a [`Fault`] that
//! names line, column and what is wrong. Nothing is skipped or guessed.

mod cell;
mod fault;
mod list;
mod map;
mod questions;
mod table;

pub use fault::Fault;
pub use list::{ClassList, Row, read};
pub use map::{Column, ColumnKind, Columns, Map};
