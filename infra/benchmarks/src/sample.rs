//! A list with rules in `GroupEng`'s form, judged by that tool's own checks.

use std::path::Path;

use grouping::{Criterion, Hardness, Options, Problem, Rule, Sizes, Values, solve};

use crate::class::{self, Columns};
use crate::clock::Clock;
use crate::pace::Pace;
use crate::{BenchError, Row, Settings, Target};

const MEASURE: &str = "sample";

/// Seconds, and the broken pairs of a group and a rule that are aimed at.
const LIMITS: [(f64, f64); 2] = [(0.2, 7.0), (20.0, 5.0)];

/// Evaluations of the run that measures the speed.
const PROBE: u64 = 100_000;

/// The part of a limit that is planned for, as times vary.
const MARGIN: f64 = 0.9;

pub(crate) fn measure(settings: &Settings, take: &mut dyn FnMut(Row)) -> Result<(), BenchError> {
    let Some(folder) = &settings.classes else { return Ok(()) };
    let list = folder.join("groupeng_sample_class_1.csv");
    let rules = folder.join("sample_group_specification.groupeng");
    if !list.exists() || !settings.wants(MEASURE, "GroupEng") {
        return Ok(());
    }
    let rows = class::read(&list)?;
    let wishes = Wishes::parse(&rules, &class::text(&rules)?)?;
    let problem = wishes.problem(&rows, &rules)?;
    let refused = |source| BenchError::Engine { subject: "GroupEng".into(), source };
    let base = Options { threads: 1, ..Options::for_students(problem.students, 0) };
    for (limit, target) in LIMITS {
        // Just before, as the pace changes with what else the machine does.
        let probe = Options { budget: PROBE, ..base };
        let budget = Pace::measure(&problem, &probe).map_err(refused)?.budget(limit * MARGIN);
        let mut broken = Vec::new();
        let mut spent: f64 = 0.0;
        for seed in 1..=settings.seeds {
            let clock = Clock::start();
            let found = solve(&problem, &Options { budget, seed, ..base }).map_err(refused)?;
            spent = spent.max(clock.seconds());
            broken.push(wishes.broken(&rows, &rules, &found.groups)?);
        }
        broken.sort_unstable();
        #[expect(clippy::cast_precision_loss, reason = "few pairs")]
        let median = broken.get(broken.len() / 2).map_or(f64::NAN, |&median| median as f64);
        let note = format!("median of {broken:?} broken pairs, up to {spent:.2} s");
        take(Row::new(
            MEASURE,
            format!("GroupEng {limit} s"),
            median,
            Target::AtMost(target),
            note,
        ));
    }
    Ok(())
}

/// What is asked of each group.
enum Kind {
    /// Nobody alone with a value.
    Cluster,
    /// All with one value.
    Aggregate,
    /// Each value as evenly over the groups as it goes.
    Distribute,
    /// The mean within half a standard deviation of the list's.
    Balance,
}

struct Wish {
    kind: Kind,
    field: String,
    /// Sets of values that count as one.
    values: Vec<Vec<String>>,
}

struct Wishes {
    size: u32,
    list: Vec<Wish>,
}

impl Wishes {
    fn parse(path: &Path, text: &str) -> Result<Self, BenchError> {
        let wrong =
            |line, what: &str| BenchError::Line { path: path.to_owned(), line, what: what.into() };
        let mut wishes = Self { size: 0, list: Vec::new() };
        for (line, row) in (1..).zip(text.lines()) {
            let Some((key, value)) = row.split_once(':') else { continue };
            let value = value.trim();
            let kind = match key.trim().trim_start_matches('-').trim() {
                "cluster" => Kind::Cluster,
                "aggregate" => Kind::Aggregate,
                "distribute" => Kind::Distribute,
                "balance" => Kind::Balance,
                "group_size" => {
                    let size = value.trim_end_matches('+').parse();
                    wishes.size = size.map_err(|_| wrong(line, "no group size"))?;
                    continue;
                }
                "values" | "value" => {
                    let of = |one: &str| {
                        let one = one.trim().trim_matches(['(', ')']);
                        one.split('=').map(|name| name.trim().to_owned()).collect()
                    };
                    let last = wishes.list.last_mut().ok_or_else(|| wrong(line, "no rule"))?;
                    last.values = value.split(',').map(of).collect();
                    continue;
                }
                "classlist" | "student_identifier" => continue,
                _ => return Err(wrong(line, "no such rule")),
            };
            wishes.list.push(Wish { kind, field: value.to_owned(), values: Vec::new() });
        }
        if wishes.size == 0 { Err(wrong(1, "no group size")) } else { Ok(wishes) }
    }

    /// The rules as must rules of the engine.
    fn problem(&self, rows: &[class::Row], path: &Path) -> Result<Problem, BenchError> {
        let sizes = Sizes {
            min: self.size,
            preferred: self.size,
            max: self.size + 1,
            weight: None,
            allow_small: false,
        };
        let mut columns = Columns::new(rows, path, sizes);
        let groups = rows.len() / self.size as usize;
        for wish in &self.list {
            for (index, rule) in
                wish.rules(&mut columns, groups, self.size)?.into_iter().enumerate()
            {
                columns.problem.criteria.push(Criterion {
                    id: format!("{} {index} {}", columns.problem.criteria.len(), wish.field),
                    weight: 1,
                    hardness: Hardness::Must,
                    rule,
                });
            }
        }
        Ok(columns.problem)
    }

    /// The pairs of a group and a rule that it breaks.
    fn broken(
        &self,
        rows: &[class::Row],
        path: &Path,
        groups: &[Vec<u32>],
    ) -> Result<usize, BenchError> {
        let mut broken = 0;
        for wish in &self.list {
            let cells: Option<Vec<&str>> =
                rows.iter().map(|row| row.get(&wish.field).map(String::as_str)).collect();
            let cells = cells.ok_or_else(|| BenchError::Rules {
                path: path.to_owned(),
                what: format!("no column `{}`", wish.field),
            })?;
            for group in groups {
                let members: Vec<&str> =
                    group.iter().map(|&member| cells[member as usize]).collect();
                broken += usize::from(!wish.holds(&cells, groups.len(), &members));
            }
        }
        Ok(broken)
    }
}

impl Wish {
    fn rules(
        &self,
        columns: &mut Columns<'_>,
        groups: usize,
        size: u32,
    ) -> Result<Vec<Rule>, BenchError> {
        if let Kind::Balance = self.kind {
            let cells = columns.cells(&self.field)?;
            let values = cells.iter().map(|cell| Some(millionths(cell))).collect();
            let feature = columns.feature(&self.field, Values::Number(values));
            // Half a standard deviation, in the engine's scale of three standard errors.
            let floor = 10_000.0 * (1.0 - f64::from(size).sqrt() / 6.0);
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a score"
            )]
            return Ok(vec![Rule::Balance { feature, floor: Some(floor.ceil() as u16) }]);
        }
        let cells = columns.cells(&self.field)?;
        let (feature, names) = columns.category(&self.field, |cell| cell)?;
        let mut rules = Vec::new();
        if let Kind::Aggregate = self.kind {
            rules.push(Rule::Align { feature, floor: Some(10_000) });
        }
        for values in &self.values {
            let codes = class::codes(&names, |name| values.iter().any(|value| value == name));
            match self.kind {
                Kind::Cluster => {
                    // Several values that count as one: a column of its own.
                    let marked = |cell: &&str| {
                        let has = values.iter().any(|value| value == cell);
                        (!cell.is_empty()).then_some(u16::from(has))
                    };
                    let marks = Values::Category(cells.iter().map(marked).collect());
                    let feature = columns.feature(&format!("{}: {values:?}", self.field), marks);
                    rules.push(Rule::NeverAlone { feature, codes: vec![1] });
                }
                Kind::Distribute => {
                    let (low, high) = share(&cells, values, groups);
                    let bound = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
                    if low > 0 {
                        let codes = codes.clone();
                        rules.push(Rule::Cover { feature, codes, at_least: bound(low) });
                    }
                    rules.push(Rule::AtMost { feature, codes, at_most: bound(high) });
                }
                Kind::Aggregate | Kind::Balance => {}
            }
        }
        Ok(rules)
    }

    /// The tool's own check of a group, given the cells of all students and of the members.
    fn holds(&self, all: &[&str], groups: usize, members: &[&str]) -> bool {
        match self.kind {
            Kind::Cluster => self.values.iter().all(|values| count(members, values) != 1),
            Kind::Aggregate => members.windows(2).all(|pair| pair[0] == pair[1]),
            Kind::Distribute => self.values.iter().all(|values| {
                let (low, high) = share(all, values, groups);
                (low..=high).contains(&count(members, values))
            }),
            Kind::Balance => {
                let (mean, deviation) = spread(all);
                (spread(members).0 - mean).abs() < deviation / 2.0
            }
        }
    }
}

fn count(cells: &[&str], values: &[String]) -> usize {
    cells.iter().filter(|cell| values.iter().any(|value| value == *cell)).count()
}

/// The even share of each group in those with a value, rounded down and up.
fn share(cells: &[&str], values: &[String], groups: usize) -> (usize, usize) {
    let count = count(cells, values);
    (count / groups, count.div_ceil(groups))
}

/// Mean and standard deviation.
fn spread(cells: &[&str]) -> (f64, f64) {
    let values: Vec<f64> = cells.iter().map(|cell| cell.parse().unwrap_or(0.0)).collect();
    #[expect(clippy::cast_precision_loss, reason = "few students")]
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
    (mean, (squares / count).sqrt())
}

fn millionths(cell: &str) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "a grade")]
    let scaled = (cell.parse().unwrap_or(0.0) * 1e6_f64).round() as i64;
    scaled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_read_and_judged_as_the_tool_does() {
        let text = "group_size : 3+\n- cluster : g\n  values : F\n- cluster : e\n values : (B = H)\n\
                    - aggregate : p\n- distribute : s\n  value : y\n- balance : v\n";
        let path = Path::new("rules");
        let wishes = Wishes::parse(path, text).expect("five rules");
        let row = |g: &str, e: &str, p: &str, s: &str, v: &str| -> class::Row {
            [("g", g), ("e", e), ("p", p), ("s", s), ("v", v)]
                .map(|(name, cell)| (name.to_owned(), cell.to_owned()))
                .into()
        };
        let rows = [
            row("F", "B", "x", "y", "1"),
            row("F", "H", "x", "y", "3"),
            row("M", "-", "x", "n", "2"),
            row("M", "-", "z", "y", "1"),
            row("M", "-", "z", "n", "3"),
            row("F", "-", "z", "n", "2"),
        ];
        let broken = |groups: &[&[u32]]| {
            let groups: Vec<Vec<u32>> = groups.iter().map(|group| group.to_vec()).collect();
            wishes.broken(&rows, path, &groups).expect("all columns")
        };
        // The lone F of the second group.
        assert_eq!(broken(&[&[0, 1, 2], &[3, 4, 5]]), 1);
        // Lone F; B and H each alone; mixed projects; values 1 1 2 and 3 3 2 too far from 2.
        assert_eq!(broken(&[&[0, 3, 2], &[1, 4, 5]]), 7);
        let problem = wishes.problem(&rows, path).expect("all columns");
        assert_eq!(problem.criteria.len(), 6);
    }

    #[test]
    fn rules_that_are_not_known_are_named() {
        let error = Wishes::parse(Path::new("rules"), "group_size : 4\n- mix : a\n").map(|_| ());
        assert_eq!(error.expect_err("no such rule").to_string(), "rules:2: no such rule");
    }
}
