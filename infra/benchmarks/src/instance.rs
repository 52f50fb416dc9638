//! The text format of the MDGPLIB library.
//!
//! First line `n m ds|ss L1 U1 ... Lm Um`, then `i j d` per pair, students from 0; gzip where the
//! name ends in `.gz`.

use std::io::Read as _;
use std::path::Path;

use grouping::{PairProblem, SizeBounds};

use crate::BenchError;

/// An instance in fixed point.
#[derive(Debug)]
pub struct Instance {
    /// The file's name without its endings.
    pub name: String,
    /// The problem.
    pub problem: PairProblem,
    /// One unit of the file in units of the problem.
    pub unit: f64,
}

/// Reads an instance.
pub fn read_instance(path: &Path) -> Result<Instance, BenchError> {
    let failed = |source| BenchError::Read { path: path.to_owned(), source };
    let bytes = std::fs::read(path).map_err(failed)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut text = String::new();
    if path.extension().is_some_and(|ending| ending == "gz") {
        flate2::read::GzDecoder::new(bytes.as_slice()).read_to_string(&mut text).map_err(failed)?;
    } else {
        bytes.as_slice().read_to_string(&mut text).map_err(failed)?;
    }
    let name = name.trim_end_matches(".gz").trim_end_matches(".txt").to_owned();
    parse(path, name, &text)
}

fn parse(path: &Path, name: String, text: &str) -> Result<Instance, BenchError> {
    let wrong = |line: usize, what: String| BenchError::Line { path: path.to_owned(), line, what };
    let mut lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    let (line, head) = lines.next().ok_or_else(|| wrong(1, "an empty file".into()))?;
    let fields: Vec<&str> = head.split_whitespace().collect();
    let count = |index: usize, what: &str| {
        let field = fields.get(index).and_then(|field| field.parse::<u32>().ok());
        field.ok_or_else(|| wrong(line, format!("field {} is no {what}", index + 1)))
    };
    let students = count(0, "number of students")?;
    let groups = count(1, "number of groups")? as usize;
    if !matches!(fields.get(2), Some(&("ds" | "ss"))) {
        return Err(wrong(line, "field 3 is neither `ds` nor `ss`".into()));
    }
    if fields.len() != 3 + 2 * groups.min(fields.len()) {
        return Err(wrong(line, format!("not two sizes for each of {groups} groups")));
    }
    let bounds = (0..groups)
        .map(|group| {
            Ok(SizeBounds {
                min: count(3 + 2 * group, "smallest size")?,
                max: count(4 + 2 * group, "largest size")?,
            })
        })
        .collect::<Result<Vec<_>, BenchError>>()?;
    if !(2..=grouping::MAX_PAIR_STUDENTS).contains(&students) {
        return Err(wrong(line, format!("{students} students")));
    }
    let side = students as usize;
    let mut values = vec![None; side * side];
    for (line, row) in lines {
        let mut fields = row.split_whitespace();
        let mut student = || fields.next()?.parse().ok().filter(|&student: &usize| student < side);
        let (Some(a), Some(b)) = (student(), student()) else {
            return Err(wrong(line, "not two students".into()));
        };
        let value = fields.next().and_then(decimal);
        let value = value.ok_or_else(|| wrong(line, "no value".into()))?;
        let pair = a.min(b) * side + a.max(b);
        if a == b || values[pair].replace(value).is_some() {
            return Err(wrong(line, format!("pair {a} {b} twice, or no pair")));
        }
    }
    // As many decimals as the file has, as long as the values fit.
    let decimals = values.iter().flatten().map(|value| value.1).max().unwrap_or(0);
    let mut missing = None;
    let problem = PairProblem::new(students, bounds, |a, b| {
        let Some((digits, own)) = values[a as usize * side + b as usize] else {
            missing.get_or_insert(format!("no value for pair {a} {b}"));
            return 0;
        };
        let scaled = digits.checked_mul(10_i64.pow(decimals - own));
        scaled.and_then(|value| i32::try_from(value).ok()).unwrap_or_else(|| {
            missing.get_or_insert(format!("the value of pair {a} {b} is too large"));
            0
        })
    })
    .map_err(|source| BenchError::Instance { path: path.to_owned(), source })?;
    match missing {
        Some(what) => Err(wrong(text.lines().count(), what)),
        None => Ok(Instance { name, problem, unit: 10_f64.powi(decimals.cast_signed()) }),
    }
}

/// A decimal number as its digits and how many of them are behind the point; at most six.
fn decimal(text: &str) -> Option<(i64, u32)> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let decimals = u32::try_from(part.len()).ok().filter(|&decimals| decimals <= 6)?;
    if part.bytes().any(|byte| !byte.is_ascii_digit()) {
        return None;
    }
    Some((format!("{whole}{part}").parse().ok()?, decimals))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Instance, String> {
        parse(Path::new("a.txt"), "a".into(), text).map_err(|error| error.to_string())
    }

    #[test]
    fn an_instance_is_read_in_fixed_point() {
        let text = "4 2 ds 1 3 1 3\n0 1 1.5\n0 2 2\n3 0 0.25\n1 2 10\n1 3 0\n2 3 7.125\n";
        let read = read(text).expect("complete");
        assert_eq!(read.problem.students(), 4);
        assert_eq!(read.problem.bounds(), [SizeBounds { min: 1, max: 3 }; 2]);
        assert!((read.unit - 1000.0).abs() < f64::EPSILON);
        assert_eq!(read.problem.value(0, 1), 1500);
        assert_eq!(read.problem.value(0, 3), 250);
        assert_eq!(read.problem.value(3, 2), 7125);
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        let error = |text: &str| read(text).map(|_| ()).expect_err("wrong");
        assert_eq!(error(""), "a.txt:1: an empty file");
        assert_eq!(error("x 2 ds 1 3 1 3\n"), "a.txt:1: field 1 is no number of students");
        assert_eq!(error("4 2 xs 1 3 1 3\n"), "a.txt:1: field 3 is neither `ds` nor `ss`");
        assert_eq!(error("4 2 ss 1 3\n"), "a.txt:1: not two sizes for each of 2 groups");
        assert_eq!(error("2 1 ss 2 2\n0 5 1\n"), "a.txt:2: not two students");
        assert_eq!(error("2 1 ss 2 2\n0 1 one\n"), "a.txt:2: no value");
        assert_eq!(error("2 1 ss 2 2\n0 1 1\n1 0 1\n"), "a.txt:3: pair 1 0 twice, or no pair");
        assert_eq!(error("2 1 ss 2 2\n"), "a.txt:1: no value for pair 0 1");
        assert_eq!(error("9000 1 ss 2 2\n"), "a.txt:1: 9000 students");
        assert_eq!(error("3 1 ss 2 2\n0 1 1\n0 2 1\n1 2 1\n"), "a.txt is no valid instance");
        assert_eq!(
            error("2 1 ss 2 2\n0 1 99999999999\n"),
            "a.txt:2: the value of pair 0 1 is too large"
        );
    }
}
