//! What is stored of a student, as files that are handed over (D4; GDPR, articles 15 and 20).
//!
//! The archive is made when it is asked for and kept nowhere, so nothing new comes into being that
//! would have to be erased. It holds everything of one student and nothing of anybody else: of the
//! others in a group their number, of staff no name. Items are written out as they are stored, member
//! by member, so that a new member of an item is in the archive without anybody thinking of it.
//!
//! Reads only, so it may be made any number of times.

pub mod csv;
mod person;
mod zipped;

pub use person::{Ask, Dossier, PLACES, Shown, Sources, gather};

/// A file of an archive.
#[derive(Clone, PartialEq, Eq)]
pub struct File {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub body: Vec<u8>,
}

impl std::fmt::Debug for File {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "File({}, {} bytes)", self.name, self.body.len())
    }
}

/// The longest archive that one answer can carry: Lambda takes 6 MB, in base64.
pub const LONGEST: usize = 4_400_000;

/// Why there is no archive. The texts hold no personal data.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The tables or the bucket failed.
    #[error("a store failed")]
    Store(#[from] store::Error),
    /// The archive could not be written.
    #[error("the archive could not be written")]
    Unwritable,
    /// The archive is longer than one answer can carry.
    #[error("the archive has {bytes} bytes, more than one answer can carry")]
    TooLong {
        /// How long.
        bytes: usize,
    },
}

/// The files as one archive.
pub fn archive(files: &[File]) -> Result<Vec<u8>, Error> {
    let archive = zipped::zip(files).map_err(|_| Error::Unwritable)?;
    if archive.len() > LONGEST {
        return Err(Error::TooLong { bytes: archive.len() });
    }
    Ok(archive)
}
