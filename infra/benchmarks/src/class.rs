//! Class lists as columns of answers.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use grouping::{Feature, Problem, Sizes, Values};

use crate::BenchError;

/// One student's cells by column.
pub(crate) type Row = BTreeMap<String, String>;

/// Reads a list with a header.
pub(crate) fn read(path: &Path) -> Result<Vec<Row>, BenchError> {
    let wrong = |line: usize, error: &csv::Error| BenchError::Line {
        path: path.to_owned(),
        line,
        what: error.to_string(),
    };
    let text = text(path)?;
    let mut rows = Vec::new();
    for (row, line) in csv::Reader::from_reader(text.as_bytes()).deserialize().zip(2..) {
        rows.push(row.map_err(|error| wrong(line, &error))?);
    }
    Ok(rows)
}

/// Reads a file.
pub(crate) fn text(path: &Path) -> Result<String, BenchError> {
    std::fs::read_to_string(path)
        .map_err(|source| BenchError::Read { path: path.to_owned(), source })
}

/// A problem under construction from rows.
pub(crate) struct Columns<'r> {
    rows: &'r [Row],
    file: PathBuf,
    pub(crate) problem: Problem,
}

impl<'r> Columns<'r> {
    pub(crate) fn new(rows: &'r [Row], file: &Path, sizes: Sizes) -> Self {
        let problem = Problem {
            students: u32::try_from(rows.len()).unwrap_or(u32::MAX),
            sizes,
            features: Vec::new(),
            criteria: Vec::new(),
            worst_weight: 250,
        };
        Self { rows, file: file.to_owned(), problem }
    }

    /// The cells of a column; an empty cell is a missing answer.
    pub(crate) fn cells(&self, field: &str) -> Result<Vec<&'r str>, BenchError> {
        let cell = |row: &'r Row| row.get(field).map(String::as_str);
        self.rows.iter().map(cell).collect::<Option<_>>().ok_or_else(|| BenchError::Rules {
            path: self.file.clone(),
            what: format!("no column `{field}`"),
        })
    }

    /// The feature of a column of codes, made on first use, and what its codes stand for.
    /// `read` may put several texts into one.
    pub(crate) fn category(
        &mut self,
        field: &str,
        read: impl Fn(&'r str) -> &'r str,
    ) -> Result<(usize, Vec<&'r str>), BenchError> {
        let cells: Vec<&str> = self.cells(field)?.into_iter().map(read).collect();
        let mut names: Vec<&str> = cells.iter().copied().filter(|cell| !cell.is_empty()).collect();
        names.sort_unstable();
        names.dedup();
        let code =
            |cell: &&str| names.binary_search(cell).ok().and_then(|code| u16::try_from(code).ok());
        let values = Values::Category(cells.iter().map(code).collect());
        Ok((self.feature(field, values), names))
    }

    /// The feature of this name, made on first use.
    pub(crate) fn feature(&mut self, id: &str, values: Values) -> usize {
        let features = &mut self.problem.features;
        features.iter().position(|feature| feature.id == id).unwrap_or_else(|| {
            features.push(Feature { id: id.to_owned(), values });
            features.len() - 1
        })
    }
}

/// The codes of those names for which a condition holds.
pub(crate) fn codes(names: &[&str], wanted: impl Fn(&str) -> bool) -> Vec<u16> {
    (0..).zip(names).filter(|(_, name)| wanted(name)).map(|(code, _)| code).collect()
}
