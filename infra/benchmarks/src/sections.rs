//! A list in sections, with rules in `TeamAnneal`'s form: `partition` names the column of the
//! section, `levels[0].size` the sizes, `constraints` the rules (`at least`, `at most`,
//! `not exactly` 1, `as few as possible`, with `equal to` or `not equal to` one value).

use std::collections::BTreeMap;
use std::path::Path;

use grouping::{Criterion, Hardness, Options, Problem, Rule, Sizes, solve};
use serde_json::Value;

use crate::class::{self, Columns};
use crate::clock::Clock;
use crate::{BenchError, Row, Settings, Target};

const MEASURE: &str = "sections";

/// Evaluations for each section.
const BUDGET: u64 = 40_000;

pub(crate) fn measure(settings: &Settings, take: &mut dyn FnMut(Row)) -> Result<(), BenchError> {
    let Some(folder) = &settings.classes else { return Ok(()) };
    let (list, rules) = (folder.join("ENGG1100.csv"), folder.join("ENGG1100-constraints.json"));
    if !list.exists() || !settings.wants(MEASURE, "ENGG1100") {
        return Ok(());
    }
    let form: Value = serde_json::from_str(&class::text(&rules)?)
        .map_err(|error| BenchError::Rules { path: rules.clone(), what: error.to_string() })?;
    let form = Form { path: &rules, value: &form };
    let partition = form.text("/partition")?;
    let mut sections: BTreeMap<String, Vec<class::Row>> = BTreeMap::new();
    for row in class::read(&list)? {
        let section = row.get(partition).ok_or_else(|| form.wrong("no such partition column"))?;
        sections.entry(section.clone()).or_default().push(row);
    }
    let clock = Clock::start();
    let (mut broken, mut groups, mut students) = (0_u64, 0, 0);
    for (section, rows) in &sections {
        let problem = problem(&form, rows)?;
        let options =
            Options { budget: BUDGET, threads: 1, ..Options::for_students(problem.students, 1) };
        let found = solve(&problem, &options)
            .map_err(|source| BenchError::Engine { subject: section.clone(), source })?;
        broken += u64::from(found.must_broken);
        groups += found.groups.len();
        students += rows.len();
    }
    let seconds = clock.seconds();
    let note = format!("{} sections, {students} students, {groups} groups", sections.len());
    let subject = "ENGG1100 must rules broken";
    take(Row::new(MEASURE, subject, to_f64(broken), Target::AtMost(0.0), note.clone()));
    take(Row::new(MEASURE, "ENGG1100 seconds", seconds, Target::AtMost(2.0), note));
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "few rules")]
fn to_f64(count: u64) -> f64 {
    count as f64
}

/// A part of the file of rules.
#[derive(Clone, Copy)]
struct Form<'f> {
    path: &'f Path,
    value: &'f Value,
}

impl<'f> Form<'f> {
    fn wrong(&self, what: impl Into<String>) -> BenchError {
        BenchError::Rules { path: self.path.to_owned(), what: what.into() }
    }

    fn text(&self, pointer: &str) -> Result<&'f str, BenchError> {
        let text = self.value.pointer(pointer).and_then(Value::as_str);
        text.ok_or_else(|| self.wrong(format!("no text at `{pointer}`")))
    }

    fn number(&self, pointer: &str) -> Result<u32, BenchError> {
        let number = self.value.pointer(pointer).and_then(Value::as_u64);
        let number = number.and_then(|number| u32::try_from(number).ok());
        number.ok_or_else(|| self.wrong(format!("no number at `{pointer}`")))
    }
}

fn problem(form: &Form<'_>, rows: &[class::Row]) -> Result<Problem, BenchError> {
    let size = |name: &str| form.number(&format!("/levels/0/size/{name}"));
    let sizes = Sizes {
        min: size("min")?,
        preferred: size("ideal")?,
        max: size("max")?,
        weight: None,
        allow_small: false,
    };
    let mut columns = Columns::new(rows, form.path, sizes);
    let rules = form.value.pointer("/constraints").and_then(Value::as_array);
    let rules = rules.ok_or_else(|| form.wrong("no constraints"))?;
    for (index, rule) in rules.iter().enumerate() {
        let rule = Form { value: rule, ..*form };
        let field = rule.text("/field")?;
        let value = match rule.value.pointer("/field-value") {
            Some(Value::String(value)) => value.clone(),
            Some(other) => other.to_string(),
            None => return Err(rule.wrong("no field-value")),
        };
        let equal = match rule.text("/field-operator")? {
            "equal to" => true,
            "not equal to" => false,
            other => return Err(rule.wrong(format!("field-operator `{other}`"))),
        };
        let (feature, names) = columns.category(field, |cell| cell)?;
        let codes = class::codes(&names, |name| (name == value) == equal);
        if codes.is_empty() {
            continue;
        }
        let count = || rule.number("/count");
        let must = rule.text("/weight")? == "must have";
        let operator = rule.text("/operator")?;
        let (must, wanted) = match operator {
            "at least" => (must, Rule::Cover { feature, codes, at_least: count()? }),
            "at most" => (must, Rule::AtMost { feature, codes, at_most: count()? }),
            "not exactly" if count()? == 1 => (must, Rule::NeverAlone { feature, codes }),
            // A wish by nature: it has no point at which it holds.
            "as few as possible" => (false, Rule::AtMost { feature, codes, at_most: 0 }),
            other => return Err(rule.wrong(format!("operator `{other}`"))),
        };
        columns.problem.criteria.push(Criterion {
            id: format!("{index} {operator} {field} {value}"),
            weight: 10,
            hardness: if must { Hardness::Must } else { Hardness::Should },
            rule: wanted,
        });
    }
    Ok(columns.problem)
}
