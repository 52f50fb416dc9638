//! The file as records, all of the header's length.

use csv::StringRecord;

use crate::Fault;

/// The file, read whole.
pub(crate) struct Table {
    pub(crate) header: StringRecord,
    pub(crate) records: Vec<StringRecord>,
}

impl Table {
    pub(crate) fn read(csv: &[u8]) -> Result<Self, Fault> {
        let csv = csv.strip_prefix(b"\xef\xbb\xbf").unwrap_or(csv);
        let first = csv.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let count = |mark: u8| first.split(|byte| *byte == mark).count();
        let delimiter = if count(b';') > count(b',') { b';' } else { b',' };
        if let Some(line) = open_quote(csv, delimiter) {
            return Err(Fault::Row { line, told: "opens a quote that nothing closes".into() });
        }
        let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(csv);
        let none = StringRecord::new();
        let header = reader.headers().map_err(|error| fault(&error, &none))?.clone();
        if header.is_empty() {
            return Err(Fault::List("is empty".into()));
        }
        let records = reader.records().collect::<Result<_, _>>();
        let records = records.map_err(|error| fault(&error, &header))?;
        Ok(Self { header, records })
    }
}

/// The line of a quote that is still open at the end. The reader would take the rest of the file
/// for one cell, and all students in it would be lost.
fn open_quote(csv: &[u8], delimiter: u8) -> Option<u64> {
    let (mut line, mut start, mut open) = (1, true, None);
    let mut bytes = csv.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        line += u64::from(byte == b'\n');
        if open.is_some() {
            // A quote twice is one that belongs to the cell.
            if byte == b'"' && bytes.next_if_eq(&b'"').is_none() {
                open = None;
            }
        } else if byte == b'"' && start {
            open = Some(line);
        }
        start = open.is_none() && (byte == delimiter || byte == b'\n' || byte == b'\r');
    }
    open
}

fn fault(error: &csv::Error, header: &StringRecord) -> Fault {
    let line = error.position().map_or(1, csv::Position::line);
    let told = match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            let cells = if *len == 1 { "cell" } else { "cells" };
            format!("{len} {cells} instead of {expected_len}")
        }
        csv::ErrorKind::Utf8 { err, .. } => {
            let told = "is not in UTF-8".to_owned();
            return match header.get(err.field()) {
                Some(column) => Fault::Cell { line, column: column.to_owned(), told },
                None => Fault::Row { line, told },
            };
        }
        _ => "is not CSV".into(),
    };
    Fault::Row { line, told }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_that_nothing_closes_is_found() {
        let found = |csv: &str| open_quote(csv.as_bytes(), b',');
        assert_eq!(found("a,b\n1,\"2\n3,4\n"), Some(2));
        assert_eq!(found("a,b\n1,2\n3,\"4"), Some(3));
        assert_eq!(found("a,b\n1,\"2\"\"\n3,4\n"), Some(2));
        for whole in ["", "a,b\n\"1\n\",\"2\"\n", "a\n\"1\"\"\"\n", "a,b\n1\",2\n", "a\n\"1\"x\"\n"]
        {
            assert_eq!(found(whole), None, "{whole}");
        }
    }
}
