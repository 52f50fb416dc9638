//! Decides who takes part with which answers, and writes what each section's solver reads.
//!
//! Safe to run twice, also at the same time: the list of students and the tokens of their
//! responses is written once and the first one written stands. A response never changes under its
//! token, so everything derived from the list has the same bytes (and hash) every time, however
//! many students answer again meanwhile.

use std::collections::{BTreeMap, BTreeSet};

use domain::cohort::{
    CriterionSetting, Hardness, Localised, Question, Rule, Settings, Sizes, SmallSections,
};
use domain::formation::{Failure, FailureCode, FormationStatus, SolveInput, SolveStudent};
use domain::profile::Profile;
use domain::student::Student;
use domain::{FormationId, ResponseToken, SectionId, StudentId};
use posing::merge_small;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{PutOutcome, Scope, keys};

use crate::Deps;
use crate::error::Error;
use crate::handler::UnderWay;
use crate::trail;

/// More sections than this would outgrow what the state machine can carry (256 KiB of state and
/// 25,000 events, AWS: Step Functions service quotas).
pub const MOST_SECTIONS: usize = 1_000;

/// Who takes part, and the settings as they are now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The seed of the search.
    pub seed: u64,
    /// The questions.
    pub questions: Vec<Question>,
    /// The criteria.
    pub criteria: Vec<CriterionSetting>,
    /// The sizes.
    pub sizes: Sizes,
    /// What small sections become.
    #[serde(default)]
    pub small_sections: SmallSections,
    /// Per section the ones whose students are among its own because they were too few.
    #[serde(default)]
    pub merged: BTreeMap<SectionId, Vec<SectionId>>,
    /// The formations whose groups have been published, the latest first.
    #[serde(default)]
    pub past: Vec<FormationId>,
    /// Per section the students with the response that counts.
    pub sections: BTreeMap<SectionId, BTreeMap<StudentId, ResponseToken>>,
}

/// Runs the step; answers the sections that have students.
pub async fn run(deps: &Deps, on: &UnderWay) -> Result<Value, Error> {
    let students = deps.store.all_students(&on.scope).await?;
    let past = past(deps, on).await?;
    let snapshot = fix(deps, on, of(on, students, past)?).await?;
    let count = snapshot.sections.values().map(BTreeMap::len).sum();
    let taken = snapshot.sections.values().flat_map(BTreeMap::keys);
    trail::note(deps, on, "formation.snapshot", count, taken).await?;
    let mut profiles = profiles(deps, &on.scope, &snapshot).await?;
    let rounds = rounds(deps, &on.scope, &snapshot).await?;
    for (section, students) in &snapshot.sections {
        let input = input(&snapshot, section, students, &rounds, &mut profiles);
        let missing = students.len() - input.students.len();
        if missing > 0 {
            // Only an erasure of the person takes a response away; they are out then.
            tracing::warn!(section = section.as_str(), missing, "snapshot.responses_gone");
        }
        let key = keys::solve_input(&on.scope, &on.formation.id, section);
        deps.objects.put_json(&key, &input).await?;
    }
    let empty = on.cohort.settings.sections.iter();
    let empty = empty.filter(|section| !snapshot.sections.contains_key(&section.id)).count();
    tracing::info!(sections = snapshot.sections.len(), empty_sections = empty, "snapshot.taken");
    let sections: Vec<Value> =
        snapshot.sections.keys().map(|section| json!({ "section": section })).collect();
    Ok(json!({ "sections": sections }))
}

/// What an earlier snapshot step fixed.
pub async fn read(deps: &Deps, scope: &Scope, id: &FormationId) -> Result<Snapshot, Error> {
    let found = deps.objects.get_json(&keys::snapshot(scope, id)).await?;
    found.ok_or(Error::Missing("snapshot"))
}

/// The published formations, the latest first; nothing if no criterion asks who has met.
async fn past(deps: &Deps, on: &UnderWay) -> Result<Vec<FormationId>, Error> {
    let mut criteria = on.cohort.settings.criteria.iter();
    if !criteria.any(|criterion| matches!(criterion.rule, Rule::NotAgain { .. })) {
        return Ok(Vec::new());
    }
    let mut past = deps.store.formations(&on.scope).await?;
    past.retain(|formation| formation.status == FormationStatus::Published);
    past.sort_by_key(|formation| std::cmp::Reverse(formation.ended_at));
    Ok(past.into_iter().map(|formation| formation.id).collect())
}

/// The groups of past formations.
async fn rounds(deps: &Deps, scope: &Scope, snapshot: &Snapshot) -> Result<Vec<Round>, Error> {
    let mut rounds = Vec::with_capacity(snapshot.past.len());
    for formation in &snapshot.past {
        let groups = deps.store.all_groups(scope, formation).await?;
        rounds.push(groups.into_iter().map(|group| group.members).collect());
    }
    Ok(rounds)
}

/// One past formation's groups.
type Round = Vec<Vec<StudentId>>;

fn of(
    on: &UnderWay,
    mut students: Vec<Student>,
    past: Vec<FormationId>,
) -> Result<Snapshot, Error> {
    // Who asked for it is stored and nothing more (D4).
    students.retain(Student::takes_part);
    if students.is_empty() {
        return Err(Error::failed(FailureCode::NoStudents, ""));
    }
    let mut sections: BTreeMap<_, BTreeMap<_, _>> = BTreeMap::new();
    for student in students {
        sections.entry(student.section).or_default().insert(student.id, student.response);
    }
    if sections.len() > MOST_SECTIONS {
        let detail = format!("{} sections are more than {MOST_SECTIONS}", sections.len());
        return Err(Error::failed(FailureCode::InvalidCriteria, detail));
    }
    let settings = &on.cohort.settings;
    let merged = if settings.small_sections == SmallSections::Merge {
        merge(settings, &mut sections)
    } else {
        BTreeMap::new()
    };
    if let Some(failure) = parted(settings, &sections) {
        return Err(Error::Failed(failure));
    }
    Ok(Snapshot {
        seed: on.formation.seed,
        questions: settings.questions.clone(),
        criteria: settings.criteria.clone(),
        sizes: settings.sizes,
        small_sections: settings.small_sections,
        merged,
        past,
        sections,
    })
}

/// Why a must rule cannot hold that binds students of different sections together: the solvers do
/// not know of each other's students and would pass over it.
fn parted<S>(
    settings: &Settings,
    sections: &BTreeMap<SectionId, BTreeMap<StudentId, S>>,
) -> Option<Failure> {
    let of: BTreeMap<&str, (&SectionId, &StudentId)> = sections
        .iter()
        .flat_map(|(section, students)| students.keys().map(move |id| (id.as_str(), (section, id))))
        .collect();
    let musts = settings.criteria.iter().filter(|known| known.hardness == Hardness::Must);
    for criterion in musts {
        let Rule::Together { sets } = &criterion.rule else { continue };
        for set in sets {
            let mut here = set.iter().filter_map(|id| of.get(id.as_str()));
            let Some((section, student)) = here.next() else { continue };
            let Some((elsewhere, other)) = here.find(|(other, _)| other != section) else {
                continue;
            };
            let id = &criterion.id;
            let detail = format!("criterion `{id}` binds students of {section} and {elsewhere}");
            let explained = vec![Localised {
                da: format!(
                    "»{id}« vil have #1 og #2 i samme gruppe, men de er på forskellige hold ({section} og {elsewhere})."
                ),
                en: format!(
                    "“{id}” wants #1 and #2 in one group, but they are in different sections ({section} and {elsewhere})."
                ),
            }];
            let students = vec![(*student).clone(), (*other).clone()];
            let failure = Failure::new(FailureCode::InvalidCriteria, detail);
            return Some(Failure { explained, students, ..failure });
        }
    }
    None
}

/// Puts the students of sections that are too small into others; says whose went where.
fn merge<S>(
    settings: &Settings,
    sections: &mut BTreeMap<SectionId, BTreeMap<StudentId, S>>,
) -> BTreeMap<SectionId, Vec<SectionId>> {
    // In the order of the settings; students of sections that are no longer there come last.
    let known = settings.sections.iter().map(|section| section.id.clone());
    let gone = sections.keys().filter(|id| settings.sections.iter().all(|s| s.id != **id));
    let counts: Vec<(SectionId, usize)> = known
        .chain(gone.cloned())
        .map(|id| (id.clone(), sections.get(&id).map_or(0, BTreeMap::len)))
        .collect();
    let mut merged: BTreeMap<SectionId, Vec<SectionId>> = BTreeMap::new();
    for (part, whole) in merge_small(&counts, settings.sizes) {
        let students = sections.remove(&part).unwrap_or_default();
        sections.entry(whole.clone()).or_default().extend(students);
        merged.entry(whole).or_default().push(part);
    }
    merged
}

/// Writes the list unless there is one, and answers the one that is there now.
async fn fix(deps: &Deps, on: &UnderWay, snapshot: Snapshot) -> Result<Snapshot, Error> {
    let key = keys::snapshot(&on.scope, &on.formation.id);
    let body =
        serde_json::to_vec(&snapshot).map_err(|_| store::Error::Unwritable { kind: "snapshot" })?;
    match deps.objects.create(&key, body).await? {
        PutOutcome::Written => Ok(snapshot),
        PutOutcome::Existed => read(deps, &on.scope, &on.formation.id).await,
    }
}

/// The answers of the responses on the list, read page by page: superseded ones are passed over.
async fn profiles(
    deps: &Deps,
    scope: &Scope,
    snapshot: &Snapshot,
) -> Result<BTreeMap<ResponseToken, Profile>, Error> {
    let wanted: BTreeSet<&ResponseToken> =
        snapshot.sections.values().flat_map(BTreeMap::values).collect();
    let mut found = BTreeMap::new();
    let mut from = None;
    loop {
        let page = deps.store.responses(scope, from.as_ref(), None).await?;
        for response in page.items {
            if wanted.contains(&response.token) {
                found.insert(response.token, response.profile);
            }
        }
        match page.next {
            Some(next) => from = Some(next),
            None => return Ok(found),
        }
    }
}

/// One section's input; each profile is taken out, as nobody else needs it.
fn input(
    snapshot: &Snapshot,
    section: &SectionId,
    students: &BTreeMap<StudentId, ResponseToken>,
    rounds: &[Round],
    profiles: &mut BTreeMap<ResponseToken, Profile>,
) -> SolveInput {
    let merged = snapshot.merged.get(section).cloned().unwrap_or_default();
    // Of each round the groups that two or more of these students were in, wherever that was.
    let met = |group: &&Vec<StudentId>| {
        group.iter().filter(|id| students.contains_key(*id)).nth(1).is_some()
    };
    let past = rounds.iter().map(|round| round.iter().filter(met).cloned().collect()).collect();
    let students = students
        .iter()
        .filter_map(|(id, token)| {
            Some(SolveStudent { id: id.clone(), profile: profiles.remove(token)? })
        })
        .collect();
    SolveInput {
        students,
        questions: snapshot.questions.clone(),
        criteria: snapshot.criteria.clone(),
        sizes: snapshot.sizes,
        small_sections: snapshot.small_sections,
        merged,
        past,
        seed: snapshot.seed,
    }
}
