//! Published groups mended after somebody came late or left, with as few changes as possible (G8).

use std::collections::{BTreeMap, BTreeSet};

use domain::cohort::Localised;
use domain::formation::{Formation, Group, LaidGroup, SolveInput, SolveStudent};
use domain::institution::Language;
use domain::profile::Profile;
use domain::student::Student;
use domain::{ResponseToken, SectionId, StudentId};
use grouping::{Error, Problem, Repair, Solution};

use crate::Told;

/// The id of those who have left, beside the engine's view of their groups. No student has it.
const GONE: &str = "stu_gone";

/// What is to be made up for in published groups.
#[derive(Debug, Default)]
pub struct ToMend {
    /// Who is in a group by now, or is to be, with the response that counts, by section.
    pub sections: BTreeMap<SectionId, BTreeMap<StudentId, ResponseToken>>,
    /// The groups without those who left, by section.
    pub laid: BTreeMap<SectionId, Vec<LaidGroup>>,
    /// How many are in no group.
    pub joined: u32,
    /// How many left theirs: they are erased, restricted or object, or are in another section now.
    pub left: u32,
}

impl ToMend {
    /// What has changed since groups were published, by all students of the cohort as they are now.
    pub fn since(base: &Formation, groups: &[Group], students: Vec<Student>) -> Self {
        let mut whole: BTreeMap<&SectionId, &SectionId> = BTreeMap::new();
        for (section, result) in &base.sections {
            whole.extend(result.merged.iter().map(|part| (part, section)));
        }
        let mut present: BTreeMap<StudentId, (SectionId, ResponseToken)> = students
            .into_iter()
            .filter(Student::takes_part)
            .map(|student| {
                let section = whole.get(&student.section).copied().unwrap_or(&student.section);
                (student.id, (section.clone(), student.response))
            })
            .collect();
        let mut found = Self::default();
        for group in groups {
            let here = |id: &&StudentId| {
                present.get(*id).is_some_and(|(section, _)| *section == group.section)
            };
            let members: Vec<StudentId> = group.members.iter().filter(here).cloned().collect();
            let missing = u32::try_from(group.members.len() - members.len()).unwrap_or(u32::MAX);
            found.left += missing;
            let section = found.sections.entry(group.section.clone()).or_default();
            for id in &members {
                section.extend(present.remove_entry(id).map(|(id, (_, response))| (id, response)));
            }
            found.laid.entry(group.section.clone()).or_default().push(LaidGroup {
                number: group.number,
                members,
                locked: false,
                pinned: Vec::new(),
                missing,
                must_broken: group.must_broken.clone(),
            });
        }
        found.joined = u32::try_from(present.len()).unwrap_or(u32::MAX);
        for (id, (section, response)) in present {
            found.sections.entry(section).or_default().insert(id, response);
        }
        for laid in found.laid.values_mut() {
            laid.sort_by_key(|group| group.number);
        }
        found.sections.retain(|_, students| !students.is_empty());
        found.laid.retain(|section, _| found.sections.contains_key(section));
        found
    }

    /// Whether nobody has come or left.
    pub fn is_nothing(&self) -> bool {
        self.joined == 0 && self.left == 0
    }
}

/// Groups after they were mended.
#[derive(Debug)]
pub struct Mended {
    /// All that is known of the groups.
    pub solution: Solution,
    /// Their numbers: those of the published groups, then new ones.
    pub numbers: Vec<u32>,
    /// What became of each, for a contact; nothing where it is as it was.
    pub changes: Vec<Option<Localised>>,
    /// What became of the section.
    pub summary: Vec<Localised>,
}

/// The input with a place for each who has left behind the students: the engine mends what has become worse, so
/// it has to know what was.
#[must_use]
pub fn with_gone(mut input: SolveInput) -> SolveInput {
    let gone = StudentId::parse(GONE).expect("the id of nobody is one");
    let seats = gone_of(&input);
    let places = (0..seats).map(|_| SolveStudent { id: gone.clone(), profile: Profile::default() });
    input.students.extend(places);
    input
}

/// How many have left the groups of an input.
pub fn gone_of(input: &SolveInput) -> u32 {
    input.laid.iter().map(|group| group.missing).sum()
}

/// Mends the groups that an input lays out, which [`with_gone`] has completed. Nobody enters a locked group or is
/// moved out of one. The groups of the answer are in the order of the input, each with its members in ascending
/// order; new ones follow.
pub fn repair(input: &SolveInput, problem: &Problem) -> Result<Repair, Error> {
    let locked = input.laid.iter().zip(0..).filter(|(group, _)| group.locked);
    let locked: Vec<usize> = locked.map(|(_, index)| index).collect();
    let noted = |group: &LaidGroup| (group.missing > 0).then(|| group.must_broken.clone());
    let broken: Vec<Option<Vec<String>>> = input.laid.iter().map(noted).collect();
    let (published, gone) = (published(input, problem), gone(input, problem));
    grouping::repair_known(problem, &published, &gone, &locked, &broken)
}

/// The rows of those who have left, which are the last.
fn gone(input: &SolveInput, problem: &Problem) -> Vec<u32> {
    (problem.students - gone_of(input)..problem.students).collect()
}

/// The groups as they were published, in rows.
fn published(input: &SolveInput, problem: &Problem) -> Vec<Vec<u32>> {
    let rows: BTreeMap<&StudentId, u32> =
        input.students.iter().map(|student| &student.id).zip(0..).collect();
    let mut places = gone(input, problem).into_iter();
    let was = |group: &LaidGroup| {
        let here = group.members.iter().filter_map(|id| rows.get(id).copied());
        here.chain(places.by_ref().take(group.missing as usize)).collect()
    };
    input.laid.iter().map(was).collect()
}

/// [`repair`], told in the words of the service.
pub fn mend(input: &SolveInput, problem: &Problem) -> Result<Mended, Error> {
    let published = published(input, problem);
    let repair = repair(input, problem)?;
    let last = input.laid.iter().map(|group| group.number).max().unwrap_or(0);
    let number = |index: usize| match input.laid.get(index) {
        Some(group) => group.number,
        None => last + u32::try_from(index - input.laid.len() + 1).unwrap_or(u32::MAX),
    };
    let of: BTreeMap<&Vec<u32>, usize> = repair.groups.iter().zip(0..).collect();
    let indexes: Vec<usize> = repair.solution.groups.iter().map(|group| of[group]).collect();
    let changes = indexes.iter().zip(&repair.solution.groups).map(|(index, members)| {
        let Some(before) = published.get(*index) else { return Some(is_new()) };
        let before: BTreeSet<u32> = before.iter().copied().collect();
        let after: BTreeSet<u32> = members.iter().copied().collect();
        let (came, went) = (after.difference(&before).count(), before.difference(&after).count());
        (came + went > 0).then(|| came_and_went(came, went))
    });
    Ok(Mended {
        numbers: indexes.iter().map(|index| number(*index)).collect(),
        changes: changes.collect(),
        summary: summary(input, &repair, &number),
        solution: repair.solution,
    })
}

fn is_new() -> Localised {
    Localised { da: "En ny gruppe.".into(), en: "A new group.".into() }
}

fn came_and_went(came: usize, went: usize) -> Localised {
    Localised {
        da: format!("Gruppen er ændret: {came} kom til, {went} er ikke længere med."),
        en: format!("The group has changed: {came} joined, {went} left."),
    }
}

/// How much the repair changed, whether less would have done, and what it could not mend.
fn summary(input: &SolveInput, repair: &Repair, number: &impl Fn(usize) -> u32) -> Vec<Localised> {
    let (published, gone) = (input.laid.len(), gone_of(input));
    let (changed, moved) = (repair.changed.len(), repair.moved);
    let placed = repair.moves.iter().filter(|placement| placement.from.is_none()).count();
    let mut told = vec![Localised {
        da: format!(
            "Reparation: {placed} uden gruppe fik en, {gone} har forladt deres. {changed} af {published} grupper fik andre medlemmer, og {moved} studerende skiftede gruppe."
        ),
        en: format!(
            "Repair: {placed} without a group got one, {gone} left theirs. {changed} of {published} groups got other members, and {moved} students changed groups."
        ),
    }];
    if repair.fewest && changed > 0 {
        told.push(Localised {
            da: "Færre grupper kan ikke ændres, uden at størrelser eller skal-krav brydes.".into(),
            en: "No fewer groups can change without breaking sizes or must rules.".into(),
        });
    }
    let label = |id: &str, language| Told { input }.label(id, language);
    told.extend(repair.newly_broken.iter().map(|breach| {
        let (group, rule) = (number(breach.group), &breach.criterion);
        let (da, en) = (label(rule, Language::Da), label(rule, Language::En));
        Localised {
            da: format!("Gruppe {group} bryder nu skal-kravet »{da}«, som den overholdt før."),
            en: format!("Group {group} now breaks the must rule “{en}”, which it kept before."),
        }
    }));
    let outside = repair.out_of_size.len();
    if outside > 0 {
        told.push(Localised {
            da: format!("Grupper uden for de tilladte størrelser: {outside}."),
            en: format!("Groups outside the allowed sizes: {outside}."),
        });
    }
    told
}
