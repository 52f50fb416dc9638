//! What was formed, in the form in which it is written.

use std::collections::BTreeMap;

use classlist::{ClassList, Row};
use domain::SectionId;
use domain::formation::SolveInput;
use grouping::{Conflicts, GroupReport, Lang, Names, Solution};
use posing::Posed;
use serde::Serialize;

use crate::process::progress;

/// Everything: the result as JSON.
#[derive(Debug, Serialize)]
pub(super) struct Formed {
    /// The engine's version.
    engine: &'static str,
    /// The seed.
    seed: u64,
    /// In the order of the list.
    pub(super) sections: Vec<SectionGroups>,
}

/// One section's groups. Scores are 0 to 10,000.
#[derive(Debug, Serialize)]
pub(super) struct SectionGroups {
    pub(super) section: SectionId,
    /// Sections that were too small and are part of this one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    merged: Vec<SectionId>,
    students: u32,
    mean: u16,
    worst: u16,
    /// What the search maximises, and what no groups exceed, in thousandths of a point.
    objective: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    bound: Option<u32>,
    /// What random groups reach.
    random_mean: u16,
    must_broken: u32,
    evaluations: u64,
    /// How good it is, in words.
    summary: Vec<String>,
    /// Which must rules are in each other's way, and what giving up each one buys.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    conflicts: Vec<Vec<String>>,
    /// The criteria, in the order of the scores.
    #[serde(skip)]
    pub(super) criteria: Vec<String>,
    pub(super) groups: Vec<FormedGroup>,
}

/// One group.
#[derive(Debug, Serialize)]
pub(super) struct FormedGroup {
    pub(super) number: usize,
    /// The students by what names them in the list.
    pub(super) members: Vec<String>,
    pub(super) score: u16,
    /// By criterion; one that no member answered is absent.
    pub(super) scores: BTreeMap<String, u16>,
    pub(super) must_broken: Vec<String>,
    /// Hours of the week at which all who gave their availability are free.
    pub(super) common_hours: String,
    /// Everything about the group, for a contact.
    pub(super) reason: String,
    /// What may be told to the members without giving anybody's answers away.
    pub(super) reason_for_students: String,
}

impl Formed {
    pub(super) fn new(seed: u64, sections: Vec<SectionGroups>) -> Self {
        Self { engine: grouping::ENGINE_VERSION, seed, sections }
    }

    /// Must rules broken, counted per group.
    pub(super) fn must_broken(&self) -> u32 {
        self.sections.iter().map(|section| section.must_broken).sum()
    }

    /// Says how it went, section by section.
    pub(super) fn tell(&self) {
        for section in &self.sections {
            let (name, students, groups) =
                (&section.section, section.students, section.groups.len());
            progress(format!(
                "{name}: {students} students, {groups} groups. {}",
                section.summary.join(" ")
            ));
            for told in section.conflicts.iter().flatten() {
                progress(format!("{name}: {told}"));
            }
        }
    }
}

impl SectionGroups {
    pub(super) fn new(
        list: &ClassList,
        section: SectionId,
        input: &SolveInput,
        posed: &Posed,
        solution: &Solution,
        conflicts: &Conflicts,
        lang: Lang,
    ) -> Self {
        let rows: BTreeMap<_, &Row> = list.rows.iter().map(|row| (&row.student, row)).collect();
        let name = |member: u32| rows[&input.students[member as usize].id].id.clone();
        let names = Names { student: &name, ..Names::PLAIN };
        let group = |(index, (members, report)): (usize, (&Vec<u32>, &GroupReport))| FormedGroup {
            number: index + 1,
            members: members.iter().map(|member| name(*member)).collect(),
            score: report.score,
            scores: scores(report, members.len()),
            must_broken: report.must_broken.iter().map(|rule| rule.criterion.clone()).collect(),
            common_hours: common(posed, members, lang),
            reason: solution.group_words(index, lang, &names).join(" "),
            reason_for_students: sentences(report, lang, &names),
        };
        let groups = solution.groups.iter().zip(&solution.reports).enumerate().map(group).collect();
        let criteria = posed.problem.criteria.iter().map(|criterion| criterion.id.clone());
        let told = conflicts.found.iter();
        Self {
            section,
            merged: input.merged.clone(),
            students: posed.problem.students,
            mean: solution.mean,
            worst: solution.worst,
            objective: solution.objective,
            bound: solution.bound.as_ref().map(|bound| bound.objective),
            random_mean: solution.reference.mean,
            must_broken: solution.must_broken,
            evaluations: solution.evaluations,
            summary: solution.words(lang),
            conflicts: told.map(|one| one.words(lang, &names, solution.objective)).collect(),
            criteria: criteria.collect(),
            groups,
        }
    }
}

/// A criterion that nobody in the group answered has no score.
fn scores(report: &GroupReport, members: usize) -> BTreeMap<String, u16> {
    let answered = report.criteria.iter().filter(|score| (score.missing as usize) < members);
    answered.map(|score| (score.criterion.clone(), score.score)).collect()
}

fn common(posed: &Posed, members: &[u32], lang: Lang) -> String {
    let common = posed
        .availability
        .and_then(|feature| grouping::common_slots(&posed.problem, feature, members));
    common.map_or_else(String::new, |common| hours(&common.slots, lang))
}

fn sentences(report: &GroupReport, lang: Lang, names: &Names<'_>) -> String {
    let said = report.said.iter().map(|said| said.words(lang, names));
    said.collect::<Vec<_>>().join(" ")
}

/// Hours of the week as `Mon 9-11, Wed 14-15`.
fn hours(slots: &[u16], lang: Lang) -> String {
    let days = match lang {
        Lang::Da => ["man", "tir", "ons", "tor", "fre", "lør", "søn"],
        Lang::En => ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
    };
    let mut runs: Vec<(u16, u16)> = Vec::new();
    for &slot in slots {
        match runs.last_mut() {
            Some((_, end)) if *end == slot && slot % 24 != 0 => *end += 1,
            _ => runs.push((slot, slot + 1)),
        }
    }
    let told: Vec<String> = runs
        .iter()
        .map(|(from, to)| {
            let day = days[usize::from(from / 24) % 7];
            format!("{day} {}-{}", from % 24, (to - 1) % 24 + 1)
        })
        .collect();
    told.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_of_a_day_are_told_as_spans() {
        assert_eq!(
            hours(&[9, 10, 12, 23, 24, 25], Lang::En),
            "Mon 9-11, Mon 12-13, Mon 23-24, Tue 0-2"
        );
        assert_eq!(hours(&[167], Lang::Da), "søn 23-24");
        assert_eq!(hours(&[], Lang::Da), "");
    }
}
