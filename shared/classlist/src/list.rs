//! The list: rows of students.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use csv::StringRecord;
use domain::cohort::{CriterionSetting, Question, Rule, Section, Settings, Sizes, SmallSections};
use domain::formation::{SolveInput, SolveStudent};
use domain::profile::{Answer, Profile};
use domain::{QuestionId, SectionId, StudentId};

use crate::questions::{answer, questions};
use crate::table::Table;
use crate::{Column, Fault, Map, cell};

/// A class list with what its map says, ready to be formed into groups.
#[derive(Debug, Clone)]
pub struct ClassList {
    /// The students in the order of the file.
    pub rows: Vec<Row>,
    /// The sections in the order in which they first appear; several only with a section column.
    pub sections: Vec<SectionId>,
    /// The questions, with the options and ranges that the columns have.
    pub questions: Vec<Question>,
    /// The criteria; students in them are named by [`Row::student`].
    pub criteria: Vec<CriterionSetting>,
    /// How large groups may be.
    pub sizes: Sizes,
    /// What small sections become.
    pub small_sections: SmallSections,
}

/// One student.
#[derive(Clone)]
pub struct Row {
    /// The line in the file, from 1.
    pub line: u64,
    /// What names the student in the file.
    pub id: String,
    /// The id under which the engine's input has the student.
    pub student: StudentId,
    /// The e-mail address, or nothing.
    pub email: String,
    /// First names, or nothing.
    pub first: String,
    /// Last name, or nothing.
    pub last: String,
    /// Student number, or nothing.
    pub number: String,
    /// Section.
    pub section: SectionId,
    /// The answers by question.
    pub answers: BTreeMap<QuestionId, Answer>,
    /// The group in earlier rounds, in the order of the map; nothing where there was none.
    pub past: Vec<String>,
}

/// Shows who it is by line only: the rest is personal data.
impl std::fmt::Debug for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Row({})", self.line)
    }
}

/// Reads a class list: comma- or semicolon-separated, with a header line, in UTF-8.
pub fn read(csv: &[u8], map: &Map) -> Result<ClassList, Fault> {
    let table = Table::read(csv)?;
    let places = Places::find(&table.header, map)?;
    let mut rows = Vec::with_capacity(table.records.len());
    let mut sections: Vec<SectionId> = Vec::new();
    let mut names: HashMap<SectionId, String> = HashMap::new();
    let mut ids: HashMap<String, (u64, StudentId)> = HashMap::new();
    for (index, record) in table.records.iter().enumerate() {
        let row = places.row(index, record)?;
        if let Some((line, _)) = ids.insert(row.id.clone(), (row.line, row.student.clone())) {
            let told = format!("the student stands already in line {line}");
            return Err(Fault::Row { line: row.line, told });
        }
        let said = text(record, places.section);
        let known = names.entry(row.section.clone()).or_insert_with(|| said.to_lowercase());
        if *known != said.to_lowercase() {
            let told = format!("cannot be told from section `{known}`");
            return Err(places.fault(row.line, places.section, told));
        }
        if !sections.contains(&row.section) {
            sections.push(row.section.clone());
        }
        rows.push(row);
    }
    if rows.is_empty() {
        return Err(Fault::List("holds no students".into()));
    }
    for (row, record) in rows.iter_mut().zip(&table.records) {
        for (place, column) in &places.asked {
            let cell = text(record, Some(*place));
            if cell.is_empty() {
                continue;
            }
            let own = &row.student;
            let find = |id: &str| match ids.get(id) {
                None => Err(format!("there is no student `{id}`")),
                Some((_, student)) if student == own => Err(format!("`{id}` is the student's own")),
                Some((_, student)) => Ok(student.clone()),
            };
            let found = answer(column, cell, find).map_err(|told| Fault::Cell {
                line: row.line,
                column: column.header.clone(),
                told,
            })?;
            row.answers.insert(column.id.clone(), found);
        }
    }
    let questions = questions(&map.questions, &rows)?;
    let criteria = map
        .criteria
        .iter()
        .map(|criterion| named(criterion, &|id| ids.get(id).map(|(_, student)| student.clone())))
        .collect::<Result<Vec<_>, _>>()?;
    let list = ClassList {
        rows,
        sections,
        questions,
        criteria,
        sizes: map.sizes,
        small_sections: map.small_sections,
    };
    // Asked with the students as the map names them, so that its words can be found there.
    let problems = domain::cohort::grouping_problems(&list.questions, &map.criteria, list.sizes);
    let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
    if !problems.is_empty() {
        return Err(Fault::Map(problems.join("; ")));
    }
    list.one_section_each(&map.criteria)?;
    Ok(list)
}

impl ClassList {
    /// Refuses to bring together who is in different sections: nobody would notice that the rule
    /// is left out. Sections that are merged are another matter.
    fn one_section_each(&self, criteria: &[CriterionSetting]) -> Result<(), Fault> {
        if self.small_sections == SmallSections::Merge {
            return Ok(());
        }
        let sections: HashMap<&str, &SectionId> =
            self.rows.iter().map(|row| (row.id.as_str(), &row.section)).collect();
        let section = |id: &str| sections.get(id);
        for criterion in criteria {
            let Rule::Together { sets } = &criterion.rule else { continue };
            for set in sets {
                let mut ids = set.iter();
                let Some(first) = ids.next() else { continue };
                if let Some(other) = ids.find(|id| section(id) != section(first)) {
                    let told = format!("`{first}` and `{other}` are in different sections");
                    return Err(Fault::Map(format!("criteria.{}: {told}", criterion.id)));
                }
            }
        }
        Ok(())
    }

    /// The engine's input for each section, small ones merged if the map says so.
    pub fn inputs(
        &self,
        seed: u64,
        merge: impl Fn(&[(SectionId, usize)], Sizes) -> BTreeMap<SectionId, SectionId>,
    ) -> Vec<(SectionId, SolveInput)> {
        let count = |id: &SectionId| self.rows.iter().filter(|row| row.section == *id).count();
        let counts: Vec<(SectionId, usize)> =
            self.sections.iter().map(|id| (id.clone(), count(id))).collect();
        let parts = if self.small_sections == SmallSections::Merge {
            merge(&counts, self.sizes)
        } else {
            BTreeMap::new()
        };
        let whole = |id: &SectionId| parts.get(id).unwrap_or(id).clone();
        let sections = self.sections.iter().filter(|id| !parts.contains_key(id));
        sections
            .map(|section| {
                let rows: Vec<&Row> =
                    self.rows.iter().filter(|row| whole(&row.section) == *section).collect();
                let merged = parts.iter().filter(|(_, into)| *into == section);
                let input = SolveInput {
                    laid: Vec::new(),
                    while_possible: None,
                    rounds: 0,
                    repair: false,
                    students: rows.iter().map(|row| student(row)).collect(),
                    questions: self.questions.clone(),
                    criteria: self.criteria.clone(),
                    sizes: self.sizes,
                    small_sections: self.small_sections,
                    merged: merged.map(|(part, _)| part.clone()).collect(),
                    past: past(&rows),
                    seed,
                };
                (section.clone(), input)
            })
            .collect()
    }

    /// Makes a cohort's settings fit the list.
    pub fn fit(&self, map: &Map, settings: &mut Settings) {
        if let Some(name) = &map.name {
            settings.name.clone_from(name);
        }
        let section = |id: &SectionId| Section { id: id.clone(), answers: vec![id.to_string()] };
        settings.sections = self.sections.iter().map(section).collect();
        settings.questions.clone_from(&self.questions);
        settings.criteria.clone_from(&self.criteria);
        settings.sizes = self.sizes;
        settings.small_sections = self.small_sections;
    }
}

fn student(row: &Row) -> SolveStudent {
    let profile = Profile { answers: row.answers.clone(), ..Profile::default() };
    SolveStudent { id: row.student.clone(), profile }
}

/// Earlier rounds' groups: the same label in the same column was one group.
fn past(rows: &[&Row]) -> Vec<Vec<Vec<StudentId>>> {
    let rounds = rows.first().map_or(0, |row| row.past.len());
    (0..rounds)
        .map(|round| {
            let mut groups: BTreeMap<&str, Vec<StudentId>> = BTreeMap::new();
            for row in rows {
                let label = row.past[round].as_str();
                if !label.is_empty() {
                    groups.entry(label).or_default().push(row.student.clone());
                }
            }
            groups.into_values().collect()
        })
        .collect()
}

/// A criterion with the students that it names by what the engine's input has.
fn named(
    criterion: &CriterionSetting,
    find: &impl Fn(&str) -> Option<StudentId>,
) -> Result<CriterionSetting, Fault> {
    let mut criterion = criterion.clone();
    if let Rule::Apart { sets } | Rule::Together { sets } = &mut criterion.rule {
        for set in sets {
            let mut renamed = BTreeSet::new();
            for id in &*set {
                let student = find(id).ok_or_else(|| {
                    let item = format!("criteria.{}", criterion.id);
                    Fault::Map(format!("{item}: there is no student `{id}`"))
                })?;
                renamed.insert(student.as_str().to_owned());
            }
            *set = renamed;
        }
    }
    Ok(criterion)
}

/// Where the columns are.
struct Places<'m> {
    header: &'m StringRecord,
    id: Option<usize>,
    email: Option<usize>,
    first: Option<usize>,
    last: Option<usize>,
    number: Option<usize>,
    section: Option<usize>,
    past: Vec<usize>,
    asked: Vec<(usize, &'m Column)>,
}

impl<'m> Places<'m> {
    fn find(header: &'m StringRecord, map: &'m Map) -> Result<Self, Fault> {
        let place = |name: &String| {
            let mut found = (0..header.len()).filter(|at| header[*at].trim() == name.trim());
            match (found.next(), found.next()) {
                (Some(at), None) => Ok(at),
                (Some(_), Some(_)) => Err(Fault::List(format!("has two columns \"{name}\""))),
                (None, _) => Err(Fault::List(format!("has no column \"{name}\""))),
            }
        };
        let maybe = |name: &Option<String>| name.as_ref().map(place).transpose();
        let columns = &map.columns;
        Ok(Self {
            header,
            id: maybe(&columns.id)?,
            email: maybe(&columns.email)?,
            first: maybe(&columns.first_name)?,
            last: maybe(&columns.last_name)?,
            number: maybe(&columns.student_number)?,
            section: maybe(&columns.section)?,
            past: columns.past.iter().map(place).collect::<Result<_, _>>()?,
            asked: map
                .questions
                .iter()
                .map(|question| Ok((place(&question.header)?, question)))
                .collect::<Result<_, Fault>>()?,
        })
    }

    fn row(&self, index: usize, record: &StringRecord) -> Result<Row, Fault> {
        let line = record.position().map_or(0, csv::Position::line);
        let own = |place: Option<usize>| text(record, place).to_owned();
        let id = self.id.or(self.number).or(self.email);
        let section = match self.section {
            None => SectionId::parse("all"),
            Some(_) => SectionId::parse(cell::id(text(record, self.section))),
        };
        if id.is_some() && text(record, id).is_empty() {
            return Err(self.fault(line, id, "is empty, but names the student".into()));
        }
        if self.section.is_some() && text(record, self.section).is_empty() {
            return Err(self.fault(line, self.section, "is empty".into()));
        }
        Ok(Row {
            line,
            id: id.map_or_else(|| line.to_string(), |place| own(Some(place))),
            student: StudentId::parse(format!("stu_{index:06}"))
                .map_err(|error| Fault::Row { line, told: error.to_string() })?,
            email: own(self.email),
            first: own(self.first),
            last: own(self.last),
            number: own(self.number),
            section: section.map_err(|error| self.fault(line, self.section, error.to_string()))?,
            answers: BTreeMap::new(),
            past: self.past.iter().map(|place| own(Some(*place))).collect(),
        })
    }

    fn fault(&self, line: u64, place: Option<usize>, told: String) -> Fault {
        let column = place.and_then(|at| self.header.get(at)).unwrap_or_default().to_owned();
        Fault::Cell { line, column, told }
    }
}

fn text(record: &StringRecord, place: Option<usize>) -> &str {
    place.and_then(|at| record.get(at)).unwrap_or_default().trim()
}
