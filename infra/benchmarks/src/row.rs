//! One measured value against its target.

use std::fmt::Write as _;

use serde::Serialize;

/// What a value should be.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// This or more.
    AtLeast(f64),
    /// This or less.
    AtMost(f64),
    /// Told for orientation.
    None,
}

/// A row of the result.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    /// What is measured.
    pub measure: &'static str,
    /// On what.
    pub subject: String,
    /// What was reached.
    pub value: f64,
    /// What should be.
    pub target: Target,
    /// Whether it is; absent without a target.
    pub met: Option<bool>,
    /// How it came about.
    pub note: String,
}

impl Row {
    pub(crate) fn new(
        measure: &'static str,
        subject: impl Into<String>,
        value: f64,
        target: Target,
        note: impl Into<String>,
    ) -> Self {
        // Sums of decimals: what differs by less than a millionth is equal.
        let slack = |bound: f64| bound.abs() * 1e-9;
        let met = match target {
            Target::AtLeast(bound) => Some(value >= bound - slack(bound)),
            Target::AtMost(bound) => Some(value <= bound + slack(bound)),
            Target::None => None,
        };
        Self { measure, subject: subject.into(), value, target, met, note: note.into() }
    }
}

/// The rows as aligned text.
pub fn table(rows: &[Row]) -> String {
    let mut text = String::new();
    for row in rows {
        let target = match row.target {
            Target::AtLeast(bound) => format!(">= {}", number(bound)),
            Target::AtMost(bound) => format!("<= {}", number(bound)),
            Target::None => String::new(),
        };
        let met = match row.met {
            Some(true) => "met",
            Some(false) => "NOT MET",
            None => "",
        };
        // Writing to a String does not fail.
        let _ignored = writeln!(
            text,
            "{:<12} {:<28} {:>14} {:<17} {:<8} {}",
            row.measure,
            row.subject,
            number(row.value),
            target,
            met,
            row.note
        );
    }
    text
}

/// Three decimals where there are any.
fn number(value: f64) -> String {
    if value.fract() == 0.0 { format!("{value:.0}") } else { format!("{value:.3}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_knows_whether_its_target_is_met() {
        let met = |value, target| Row::new("m", "s", value, target, "").met;
        assert_eq!(met(2.0, Target::AtLeast(2.0)), Some(true));
        assert_eq!(met(1.9, Target::AtLeast(2.0)), Some(false));
        assert_eq!(met(2.1, Target::AtMost(2.0)), Some(false));
        assert_eq!(met(2.0, Target::AtMost(2.0)), Some(true));
        assert_eq!(met(2.0, Target::None), None);
    }

    #[test]
    fn the_table_marks_what_is_not_met() {
        let rows = [
            Row::new("pure", "a", 1.5, Target::AtLeast(2.0), "short"),
            Row::new("pure", "b", 3.0, Target::AtLeast(2.0), ""),
        ];
        let text = table(&rows);
        assert!(text.lines().next().is_some_and(|line| line.contains("NOT MET")));
        assert!(!text.lines().nth(1).is_some_and(|line| line.contains("NOT")));
    }
}
