//! Repairs the groups that a person's erasure has left smaller (D4).
//!
//! A group that is still large enough keeps its members and is judged anew; one that has become too
//! small is mended with the fewest changes to others ([`grouping::repair`]). Whoever is in a changed group
//! gets a mail with those who are in it now.
//!
//! Safe to run twice and to die in the middle: the groups carry the erasure that took a member out;
//! what is written of a section is one transaction, which notes that the section is repaired; then the
//! mails, whose ids follow from what they are about. A second run finds the section repaired, and puts
//! out the mails that are missing.

use std::collections::{BTreeMap, BTreeSet};

use domain::audit::AuditEntry;
use domain::cohort::{Cohort, Localised};
use domain::formation::{
    Formation, FormationStatus, Group, GroupChange, GroupPlace, LaidGroup, SolveInput, SolveStudent,
};
use domain::message::{About, Message};
use domain::profile::Profile;
use domain::{ErasureId, FormationId, SectionId, StudentId};
use posing::{Posed, Told, common_slots, pose, scores, with_gone};
use runtime::clock::today;
use serde_json::{Value, json};
use store::Scope;

use crate::Deps;
use crate::error::Error;
use crate::past::{past, rounds};
use crate::snapshot::profiles;

/// Runs the task; answers how many groups were changed and how many mails queued.
pub async fn run(deps: &Deps, scope: &Scope, erasure: &ErasureId) -> Result<Value, Error> {
    let (mut changed, mut queued) = (0, 0);
    // A cohort that is due or being erased needs no groups any more.
    let Some(cohort) = deps.store.cohort(scope, today((deps.clock)())).await? else {
        return Ok(json!({ "groups": 0, "messages": 0 }));
    };
    for id in [&cohort.published_formation, &cohort.active_formation].into_iter().flatten() {
        let Some(formation) = deps.store.formation(scope, id).await? else { continue };
        let context = Context { deps, scope, cohort: &cohort, formation: &formation, erasure };
        match formation.status {
            FormationStatus::Published => {
                changed += context.sections().await?;
                queued += context.tell(id).await?;
            }
            // Nobody has heard of these groups yet.
            FormationStatus::AwaitingApproval => changed += context.sections().await?,
            _ => {}
        }
    }
    tracing::info!(erasure = erasure.as_str(), groups = changed, queued, "groups.repaired");
    Ok(json!({ "groups": changed, "messages": queued }))
}

struct Context<'a> {
    deps: &'a Deps,
    scope: &'a Scope,
    cohort: &'a Cohort,
    formation: &'a Formation,
    erasure: &'a ErasureId,
}

/// A section's groups after the repair, each with what it was.
type Changes = Vec<(Option<Group>, Group)>;

impl Context<'_> {
    /// Repairs the groups that wait for it, section by section; tells how many changed.
    async fn sections(&self) -> Result<usize, Error> {
        let groups = self.deps.store.all_groups(self.scope, &self.formation.id).await?;
        let mut sections: BTreeMap<SectionId, Vec<Group>> = BTreeMap::new();
        for group in groups {
            sections.entry(group.section.clone()).or_default().push(group);
        }
        let waits = |group: &Group| {
            group.change.as_ref().is_some_and(|it| it.erasure == *self.erasure && !it.repaired)
        };
        let mut changed = 0;
        for here in sections.values().filter(|here| here.iter().any(waits)) {
            changed += self.section(here).await?;
        }
        Ok(changed)
    }

    /// Repairs the groups of one section; tells how many changed.
    async fn section(&self, here: &[Group]) -> Result<usize, Error> {
        let input = self.input(here).await?;
        let changes = self.changes(here, &input);
        if changes.is_empty() {
            return Ok(0);
        }
        self.note(&changes).await?;
        if self.deps.store.repair_groups(self.scope, &changes).await? {
            Ok(changes.len())
        } else {
            // Another erasure changed them between reading and writing.
            Err(Error::Moved)
        }
    }

    /// The answers of everybody in these groups, and the groups with how many are gone: the engine mends what
    /// has become worse, so it has to know what was.
    async fn input(&self, here: &[Group]) -> Result<SolveInput, Error> {
        let settings = &self.cohort.settings;
        let members: BTreeSet<&StudentId> = here.iter().flat_map(|group| &group.members).collect();
        let mut known = self.deps.store.all_students(self.scope).await?;
        // Who asked that their answers are not used any more stays where they are, as if without any.
        known.retain(|student| members.contains(&student.id) && student.takes_part());
        let wanted = known.iter().map(|student| &student.response).collect();
        let mut profiles = profiles(self.deps, self.scope, &wanted).await?;
        let mut answered: BTreeMap<StudentId, Profile> = known
            .into_iter()
            .filter_map(|student| Some((student.id, profiles.remove(&student.response)?)))
            .collect();
        let student = |id: &StudentId| SolveStudent {
            id: id.clone(),
            profile: answered.remove(id).unwrap_or_default(),
        };
        let students = members.into_iter().map(student).collect();
        let before = past(self.deps, self.scope, &settings.criteria, self.formation).await?;
        let section = here.first().map(|group| &group.section);
        let result = section.and_then(|section| self.formation.sections.get(section));
        Ok(with_gone(SolveInput {
            students,
            questions: settings.questions.clone(),
            criteria: settings.criteria.clone(),
            sizes: settings.sizes,
            small_sections: settings.small_sections,
            merged: result.map(|result| result.merged.clone()).unwrap_or_default(),
            past: rounds(self.deps, self.scope, &before).await?,
            laid: here.iter().map(|group| self.laid(group)).collect(),
            while_possible: None,
            rounds: 0,
            repair: true,
            seed: self.formation.seed,
        }))
    }

    fn laid(&self, group: &Group) -> LaidGroup {
        let least = usize::from(self.cohort.settings.sizes.min);
        // As many as it takes to have been a group once.
        let gone = least.saturating_sub(group.members.len()).max(1);
        let missing = if self.lost(group) { u32::try_from(gone).unwrap_or(u32::MAX) } else { 0 };
        LaidGroup {
            number: group.number,
            members: group.members.clone(),
            locked: self.is_held(group),
            pinned: Vec::new(),
            missing,
            must_broken: group.must_broken.clone(),
        }
    }

    fn lost(&self, group: &Group) -> bool {
        group.change.as_ref().is_some_and(|change| change.erasure == *self.erasure)
    }

    /// The groups that are other than they were. Where the engine cannot help (the settings were
    /// changed since, or do not fit any more), the groups are only noted as looked at.
    fn changes(&self, here: &[Group], input: &SolveInput) -> Changes {
        let done = || Some(GroupChange { erasure: self.erasure.clone(), repaired: true });
        let as_they_are = || {
            let lost = here.iter().filter(|group| self.lost(group));
            lost.map(|group| (Some(group.clone()), Group { change: done(), ..group.clone() }))
                .collect()
        };
        let Ok(posed) = pose(input) else { return as_they_are() };
        let Ok(repair) = posing::repair(input, &posed.problem) else { return as_they_are() };
        let rows: BTreeMap<&StudentId, u32> =
            input.students.iter().map(|student| &student.id).zip(0..).collect();
        let next = here.iter().map(|group| group.number).max().unwrap_or(0) + 1;
        let mut changes = Changes::new();
        for (index, members) in repair.groups.iter().enumerate() {
            let before = here.get(index);
            let ids = before.into_iter().flat_map(|group| &group.members);
            let mut known: Vec<u32> = ids.filter_map(|id| rows.get(id).copied()).collect();
            known.sort_unstable();
            if known == *members && !before.is_some_and(|group| self.lost(group)) {
                continue;
            }
            let new = u32::try_from(index.saturating_sub(here.len())).unwrap_or(0);
            let number = before.map_or(next + new, |group| group.number);
            let at = (&self.formation.id, &here[0].section, number);
            let moved = known != *members;
            let after = Self::written(at, (input, &posed), &repair.solution, members, moved);
            changes.push((before.cloned(), Group { change: done(), ..after }));
        }
        changes
    }

    /// Whether a contact holds a group, or somebody in it, while the groups await their word. What is
    /// published is mended whatever was held before.
    fn is_held(&self, group: &Group) -> bool {
        let board = &self.formation.board;
        let locked = |at: &GroupPlace| at.section == group.section && at.number == group.number;
        self.formation.status == FormationStatus::AwaitingApproval
            && (board.locked.iter().any(locked)
                || group.members.iter().any(|member| board.pinned.contains(member)))
    }

    /// A group as the engine judges it.
    fn written(
        (formation, section, number): (&FormationId, &SectionId, u32),
        (input, posed): (&SolveInput, &Posed),
        solution: &grouping::Solution,
        members: &[u32],
        moved: bool,
    ) -> Group {
        let told = Told { input };
        let found = solution.groups.iter().position(|group| group == members);
        let report = found.map(|index| &solution.reports[index]);
        let mut explained = vec![after_an_erasure(moved)];
        explained.extend(found.map(|index| told.group(solution, index)).unwrap_or_default());
        Group {
            formation: formation.clone(),
            section: section.clone(),
            number,
            members: told.ids(members),
            score: report.map_or(0, |report| report.score.into()),
            scores: report.map(|report| scores(report, members.len())).unwrap_or_default(),
            must_broken: report
                .map(|it| it.must_broken.iter().map(|rule| rule.criterion.clone()).collect())
                .unwrap_or_default(),
            common_slots: common_slots(posed, members),
            told: report.map(|report| told.members(report)).unwrap_or_default(),
            explained,
            unanswered: report.map(|report| told.ids(&report.silent)).unwrap_or_default(),
            change: None,
        }
    }

    /// Whose groups change, in the audit trail (D5).
    async fn note(&self, changes: &Changes) -> Result<(), Error> {
        let now = (self.deps.clock)();
        let action = "formation.repair";
        let id = self.erasure.as_str();
        let section = changes.first().map_or("", |(_, group)| group.section.as_str());
        let members = || changes.iter().flat_map(|(_, after)| &after.members);
        let institution = &self.scope.institution;
        let entry = AuditEntry::of_job(institution, now, "formation-steps", action, id)
            .in_cohort(Some(&self.scope.cohort))
            .touching(members().count())
            .about(members());
        Ok(self.deps.audit.append(&entry, &format!("{id} {section}")).await?)
    }

    /// Puts out a mail to everybody in a group that the erasure changed.
    async fn tell(&self, formation: &FormationId) -> Result<usize, Error> {
        if !self.cohort.settings.mail_agreed {
            return Ok(0);
        }
        let now = (self.deps.clock)();
        let groups = self.deps.store.all_groups(self.scope, formation).await?;
        let changed = groups.iter().filter(|group| self.lost(group));
        let messages: Vec<Message> = changed
            .flat_map(|group| group.members.iter().map(move |student| (group, student)))
            .map(|(group, student)| About::GroupChanged {
                student: student.clone(),
                formation: formation.clone(),
                section: group.section.clone(),
                group: group.number,
                erasure: self.erasure.clone(),
            })
            .map(|about| Message::queued(about, now))
            .collect();
        let place = self.scope.into();
        Ok(outbox::put(&self.deps.store, &self.deps.queue, &place, &messages).await?)
    }
}

/// What a contact is told of a repaired group, before what the engine says of it.
fn after_an_erasure(moved: bool) -> Localised {
    let (da, en) = if moved {
        (
            "Et medlem af holdet er slettet; gruppen er ændret, så færrest mulige skulle flytte.",
            "A member of the section was erased; the group was changed so that as few as possible had to move.",
        )
    } else {
        (
            "Et medlem er slettet; gruppen er ellers som før.",
            "A member was erased; the group is otherwise as it was.",
        )
    };
    Localised { da: da.into(), en: en.into() }
}
