//! Groups a class list section by section: `classlist LIST.csv CONSTRAINTS.json [BUDGET]`.
//!
//! The constraints are those of `TeamAnneal`'s form: `partition` names the column of the section,
//! `levels[0].size` the sizes, `constraints` the rules (`at least`, `at most`, `not exactly` 1,
//! `as few as possible`, with `equal to` or `not equal to` one value). An empty cell is a missing
//! answer.
#![allow(clippy::print_stdout, reason = "printing is what it is for")]

use std::collections::BTreeMap;
use std::error::Error;
use std::time::Instant;

use grouping::{Criterion, Feature, Hardness, Options, Problem, Rule, Sizes, Values, solve};
use serde_json::Value;

type Row = BTreeMap<String, String>;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, list, constraints, rest @ ..] = arguments.as_slice() else {
        return Err("usage: classlist LIST.csv CONSTRAINTS.json [BUDGET]".into());
    };
    let form: Value = serde_json::from_str(&std::fs::read_to_string(constraints)?)?;
    let partition = text(&form, "/partition")?;
    let mut sections: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    for row in csv::Reader::from_path(list)?.deserialize() {
        let row: Row = row?;
        let section = row.get(&partition).ok_or("no such partition column")?.clone();
        sections.entry(section).or_default().push(row);
    }
    let start = Instant::now();
    for (section, rows) in &sections {
        let problem = problem(&form, rows)?;
        let mut options = Options { threads: 1, ..Options::for_students(problem.students, 1) };
        if let Some(budget) = rest.first() {
            options.budget = budget.parse()?;
        }
        let begun = Instant::now();
        let found = solve(&problem, &options)?;
        let mut broken: BTreeMap<&str, u32> = BTreeMap::new();
        for rule in found.reports.iter().flat_map(|report| &report.must_broken) {
            *broken.entry(&rule.criterion).or_default() += 1;
        }
        println!(
            "{section}: {} students, {} groups, mean {} worst {}, must rules broken: {broken:?}, {:.0?}",
            rows.len(),
            found.groups.len(),
            found.mean,
            found.worst,
            begun.elapsed()
        );
    }
    println!("{} sections in {:.2?}", sections.len(), start.elapsed());
    Ok(())
}

fn problem(form: &Value, rows: &[Row]) -> Result<Problem, Box<dyn Error>> {
    let size = |name: &str| number(form, &format!("/levels/0/size/{name}"));
    let mut problem = Problem {
        students: u32::try_from(rows.len())?,
        sizes: Sizes {
            min: size("min")?,
            preferred: size("ideal")?,
            max: size("max")?,
            weight: None,
            allow_small: false,
        },
        features: Vec::new(),
        criteria: Vec::new(),
        worst_weight: 250,
    };
    let rules = form.pointer("/constraints").and_then(Value::as_array).ok_or("no constraints")?;
    for (index, rule) in rules.iter().enumerate() {
        let field = text(rule, "/field")?;
        let value = match rule.pointer("/field-value").ok_or("no field-value")? {
            Value::String(value) => value.clone(),
            other => other.to_string(),
        };
        let (feature, names) = column(&mut problem, rows, &field)?;
        let equal = match text(rule, "/field-operator")?.as_str() {
            "equal to" => true,
            "not equal to" => false,
            other => return Err(format!("field-operator `{other}`").into()),
        };
        let codes: Vec<u16> = (0..u16::try_from(names.len())?)
            .filter(|&code| (names[usize::from(code)] == value) == equal)
            .collect();
        if codes.is_empty() {
            continue;
        }
        let count = || number(rule, "/count");
        let operator = text(rule, "/operator")?;
        let must = text(rule, "/weight")? == "must have";
        let (hardness, wanted) = match operator.as_str() {
            "at least" => (must, Rule::Cover { feature, codes, at_least: count()? }),
            "at most" => (must, Rule::AtMost { feature, codes, at_most: count()? }),
            "not exactly" if count()? == 1 => (must, Rule::NeverAlone { feature, codes }),
            // A wish by nature: it has no point at which it holds.
            "as few as possible" => (false, Rule::AtMost { feature, codes, at_most: 0 }),
            other => return Err(format!("operator `{other}`").into()),
        };
        problem.criteria.push(Criterion {
            id: format!("{index} {operator} {field} {value}"),
            weight: 10,
            hardness: if hardness { Hardness::Must } else { Hardness::Should },
            rule: wanted,
        });
    }
    Ok(problem)
}

/// The feature of a column, made on first use, and the values its codes stand for.
fn column(
    problem: &mut Problem,
    rows: &[Row],
    field: &str,
) -> Result<(usize, Vec<String>), Box<dyn Error>> {
    let cells: Vec<&String> = rows
        .iter()
        .map(|row| row.get(field).ok_or_else(|| format!("no column `{field}`")))
        .collect::<Result<_, _>>()?;
    let mut names: Vec<String> =
        cells.iter().filter(|cell| !cell.is_empty()).map(|cell| (*cell).clone()).collect();
    names.sort_unstable();
    names.dedup();
    if let Some(found) = problem.features.iter().position(|feature| feature.id == field) {
        return Ok((found, names));
    }
    let codes = cells
        .iter()
        .map(|cell| names.binary_search(cell).ok().and_then(|code| u16::try_from(code).ok()))
        .collect();
    problem.features.push(Feature { id: field.to_owned(), values: Values::Category(codes) });
    Ok((problem.features.len() - 1, names))
}

fn text(value: &Value, pointer: &str) -> Result<String, Box<dyn Error>> {
    let found = value.pointer(pointer).and_then(Value::as_str);
    Ok(found.ok_or_else(|| format!("no text at `{pointer}`"))?.to_owned())
}

fn number(value: &Value, pointer: &str) -> Result<u32, Box<dyn Error>> {
    let found = value.pointer(pointer).and_then(Value::as_u64);
    Ok(u32::try_from(found.ok_or_else(|| format!("no number at `{pointer}`"))?)?)
}
