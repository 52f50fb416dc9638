//! What can go wrong with the files and with the engine.

use std::path::PathBuf;

use thiserror::Error;

/// Why a measure could not be taken.
#[derive(Debug, Error)]
pub enum BenchError {
    /// A file or folder cannot be read or written.
    #[error("cannot read or write {path}")]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A line of a file is not what it should be.
    #[error("{path}:{line}: {what}")]
    Line {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        what: String,
    },
    /// An instance that is no valid problem.
    #[error("{path} is no valid instance")]
    Instance {
        /// The file.
        path: PathBuf,
        /// Why.
        source: grouping::PairError,
    },
    /// A file of rules that is not understood.
    #[error("{path}: {what}")]
    Rules {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// The engine refuses a problem of pairs.
    #[error("the engine refuses the pairs of {subject}")]
    Pairs {
        /// What was measured.
        subject: String,
        /// Why.
        source: grouping::PairError,
    },
    /// The engine refuses a problem.
    #[error("the engine refuses {subject}")]
    Engine {
        /// What was measured.
        subject: String,
        /// Why.
        source: grouping::Error,
    },
    /// The plot cannot be drawn.
    #[error("cannot draw the plot")]
    Plot(#[source] Box<dyn std::error::Error + Send + Sync>),
}
