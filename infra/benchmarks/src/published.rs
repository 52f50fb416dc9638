//! Published results: `instance,best,avg,worst,...` with a header.

use std::collections::BTreeMap;
use std::path::Path;

use crate::BenchError;

/// What was published for an instance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Published {
    /// The best run.
    pub best: f64,
    /// The mean of all runs.
    pub average: f64,
}

/// Reads a file of results, by instance.
pub fn read_published(path: &Path) -> Result<BTreeMap<String, Published>, BenchError> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| BenchError::Read { path: path.to_owned(), source })?;
    parse(path, &text)
}

fn parse(path: &Path, text: &str) -> Result<BTreeMap<String, Published>, BenchError> {
    let wrong = |line: usize, what: &str| BenchError::Line {
        path: path.to_owned(),
        line,
        what: what.into(),
    };
    let mut found = BTreeMap::new();
    for (line, row) in (1..).zip(text.lines()).skip(1).filter(|(_, row)| !row.trim().is_empty()) {
        let mut fields = row.split(',');
        let name = fields.next().filter(|name| !name.is_empty());
        let name = name.ok_or_else(|| wrong(line, "no instance"))?;
        let mut number = |what: &str| {
            let field = fields.next().and_then(|field| field.trim().parse::<f64>().ok());
            field.filter(|number| number.is_finite()).ok_or_else(|| wrong(line, what))
        };
        let best = number("`best` is no number")?;
        let average = number("`avg` is no number")?;
        found.insert(name.to_owned(), Published { best, average });
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read_and_bad_ones_named() {
        let path = Path::new("results.csv");
        let good = "instance,best,avg,worst\nA,3.5,2,1,extra\n\n";
        let read = parse(path, good).expect("two numbers");
        assert_eq!(read["A"], Published { best: 3.5, average: 2.0 });
        let bad = parse(path, "instance,best,avg\nA,3,two\n").expect_err("no number");
        assert_eq!(bad.to_string(), "results.csv:2: `avg` is no number");
    }
}
