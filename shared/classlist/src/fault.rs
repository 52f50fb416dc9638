//! What is wrong with a file.

/// What is wrong with a map or a class list, and where. Whoever reads the file adds its name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The map is not the JSON that it should be.
    #[error("line {line}, column {column}, at `{path}`: {told}")]
    Json {
        /// The line, from 1.
        line: usize,
        /// The character in the line, from 1.
        column: usize,
        /// The place in the structure, as `criteria[2].rule`.
        path: String,
        /// What was found and what was expected.
        told: String,
    },
    /// The map's parts do not fit each other or the list.
    #[error("{0}")]
    Map(String),
    /// The list as a whole cannot be used.
    #[error("{0}")]
    List(String),
    /// A row cannot be read.
    #[error("line {line}: {told}")]
    Row {
        /// The line, from 1.
        line: u64,
        /// What is wrong.
        told: String,
    },
    /// A cell cannot be read.
    #[error("line {line}, column \"{column}\": {told}")]
    Cell {
        /// The line, from 1.
        line: u64,
        /// The column's header.
        column: String,
        /// What is wrong.
        told: String,
    },
}
