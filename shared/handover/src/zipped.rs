//! The archive's form.

use std::io::{Cursor, Write as _};

use zip::CompressionMethod;
use zip::result::ZipResult;
use zip::write::{SimpleFileOptions, ZipWriter};

use crate::File;

/// Packs files. Without the times of files, so that the same data makes the same archive.
pub(crate) fn zip(files: &[File]) -> ZipResult<Vec<u8>> {
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for file in files {
        archive.start_file(file.name.as_str(), options)?;
        archive.write_all(&file.body)?;
    }
    Ok(archive.finish()?.into_inner())
}
