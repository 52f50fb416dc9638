//! A class list in CSV, read by a map that says what its columns mean.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};
use domain::cohort::{
    ChoiceOption, CriterionSetting, Localised, Question, QuestionKind, Section, Settings, Sizes,
};
use domain::profile::Answer;
use domain::{QuestionId, SectionId};
use serde::Deserialize;

use crate::sample::Answered;

/// What the columns of a class list mean.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Map {
    /// The cohort's name.
    name: Localised,
    /// Who the student is.
    columns: Columns,
    /// Columns that become answers.
    questions: Vec<Column>,
    /// Which criteria count; the codes of a choice question are the column's values.
    criteria: Vec<CriterionSetting>,
    /// How large groups may be.
    sizes: Sizes,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Columns {
    email: String,
    first_name: String,
    last_name: String,
    student_number: String,
    section: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Column {
    /// The question that it becomes.
    id: QuestionId,
    /// The column's header.
    #[serde(rename = "column")]
    header: String,
    /// `choice` (each value is an option) or `scale` (whole numbers).
    kind: ColumnKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ColumnKind {
    Choice,
    Scale,
}

impl Map {
    /// Reads a map.
    pub(super) fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read(path).with_context(|| format!("reading {}", path.display()))?;
        serde_json::from_slice(&text).with_context(|| format!("reading {}", path.display()))
    }
}

/// Reads a class list and makes the cohort's settings fit it.
pub(super) fn read(path: &Path, map: &Map, settings: &mut Settings) -> Result<Vec<Answered>> {
    let mut reader =
        csv::Reader::from_path(path).with_context(|| format!("reading {}", path.display()))?;
    let header = reader.headers()?.clone();
    let place = |name: &str| {
        let found = header.iter().position(|column| column == name);
        found.with_context(|| format!("{} has no column \"{name}\"", path.display()))
    };
    let columns = &map.columns;
    let (email, first, last) =
        (place(&columns.email)?, place(&columns.first_name)?, place(&columns.last_name)?);
    let (number, section) = (place(&columns.student_number)?, place(&columns.section)?);
    let asked: Vec<(usize, &Column)> = map
        .questions
        .iter()
        .map(|question| Ok((place(&question.header)?, question)))
        .collect::<Result<_>>()?;

    let mut students = Vec::new();
    for row in reader.records() {
        let row = row.with_context(|| format!("reading {}", path.display()))?;
        let line = row.position().map_or(0, csv::Position::line);
        let text = |place: usize| row.get(place).unwrap_or_default().trim().to_owned();
        let mut answers = BTreeMap::new();
        for (place, question) in &asked {
            let value = text(*place);
            if value.is_empty() {
                continue;
            }
            let answer = match question.kind {
                ColumnKind::Choice => Answer::Choice(code(&value)),
                ColumnKind::Scale => Answer::Scale(value.parse().with_context(|| {
                    format!(
                        "{} line {line}, column \"{}\": not a whole number",
                        path.display(),
                        question.header
                    )
                })?),
            };
            answers.insert(question.id.clone(), answer);
        }
        students.push(Answered {
            email: text(email),
            first: text(first),
            last: text(last),
            number: text(number),
            section: SectionId::parse(code(&text(section))).with_context(|| {
                format!("{} line {line}, column \"{}\"", path.display(), columns.section)
            })?,
            answers,
        });
    }
    ensure!(!students.is_empty(), "{} holds no students", path.display());
    fit(settings, map, &students)?;
    Ok(students)
}

/// Ids and codes are made of letters, digits and `_`.
fn code(value: &str) -> String {
    value
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' })
        .collect()
}

fn fit(settings: &mut Settings, map: &Map, students: &[Answered]) -> Result<()> {
    let sections: BTreeSet<&SectionId> = students.iter().map(|student| &student.section).collect();
    settings.name = map.name.clone();
    settings.sections = sections
        .into_iter()
        .map(|id| Section { id: id.clone(), answers: vec![id.to_string()] })
        .collect();
    settings.questions =
        map.questions.iter().map(|column| question(column, students)).collect::<Result<_>>()?;
    settings.criteria.clone_from(&map.criteria);
    settings.sizes = map.sizes;
    let problems: Vec<String> = settings.problems().iter().map(ToString::to_string).collect();
    if !problems.is_empty() {
        bail!("the map cannot be used: {}", problems.join("; "));
    }
    Ok(())
}

fn question(column: &Column, students: &[Answered]) -> Result<Question> {
    let answers = students.iter().filter_map(|student| student.answers.get(&column.id));
    let kind = match column.kind {
        ColumnKind::Choice => {
            let codes: BTreeSet<String> = answers
                .filter_map(|answer| {
                    if let Answer::Choice(code) = answer { Some(code.clone()) } else { None }
                })
                .collect();
            let options = codes
                .into_iter()
                .map(|code| ChoiceOption { answers: vec![code.clone()], code })
                .collect();
            QuestionKind::Choice { options }
        }
        ColumnKind::Scale => {
            let values = answers.filter_map(|answer| {
                if let Answer::Scale(value) = answer { Some(*value) } else { None }
            });
            let (min, max) = values
                .fold((i32::MAX, i32::MIN), |(min, max), value| (min.min(value), max.max(value)));
            ensure!(
                min < max,
                "column \"{}\" holds fewer than two different numbers",
                column.header
            );
            QuestionKind::Scale { min, max }
        }
    };
    let label = Localised { da: column.header.clone(), en: column.header.clone() };
    Ok(Question { id: column.id.clone(), refs: vec![column.id.to_string()], kind, label })
}
