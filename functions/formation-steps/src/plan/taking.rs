//! Takes up a round that a plan has waiting: its groups as they were planned, without those who left since.

use std::collections::{BTreeMap, BTreeSet};

use domain::FormationId;
use domain::formation::{FailureCode, Formation};
use domain::student::Student;
use domain::{SectionId, StudentId};
use posing::ToMend;

use crate::Deps;
use crate::error::Error;
use crate::handler::UnderWay;
use crate::snapshot::{Snapshot, with};

/// Who is in the groups and still may be, each group whole. Whoever came since, or is in another section by now, is
/// in none of them: contacts are told how many that are before they publish, and a repair places them.
pub(crate) async fn taken_up(
    deps: &Deps,
    on: &UnderWay,
    base: Formation,
    students: Vec<Student>,
    past: Vec<Vec<FormationId>>,
) -> Result<Snapshot, Error> {
    let groups = deps.store.all_groups(&on.scope, &base.id).await?;
    let ToMend { mut sections, mut laid, .. } = ToMend::since(&base, &groups, students);
    for groups in laid.values_mut() {
        groups.retain(|group| !group.members.is_empty());
        for group in groups {
            group.locked = true;
            group.missing = 0;
            group.must_broken = Vec::new();
        }
    }
    let members: BTreeSet<&StudentId> =
        laid.values().flatten().flat_map(|group| &group.members).collect();
    for students in sections.values_mut() {
        students.retain(|student, _| members.contains(student));
    }
    sections.retain(|_, students| !students.is_empty());
    laid.retain(|section, _| sections.contains_key(section));
    if sections.is_empty() {
        return Err(Error::failed(FailureCode::NoStudents, ""));
    }
    let merged = base.sections.into_iter().filter(|(_, result)| !result.merged.is_empty());
    let merged: BTreeMap<SectionId, Vec<SectionId>> =
        merged.map(|(section, result)| (section, result.merged)).collect();
    Ok(Snapshot { merged, laid, ..with(on, past, sections) })
}
