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
use domain::formation::{
    Around, Failure, FailureCode, Formation, FormationStatus, Group, Kind, LaidGroup, NEW_PARTNERS,
    SolveInput, SolveStudent,
};
use domain::profile::Profile;
use domain::student::Student;
use domain::{FormationId, ResponseToken, SectionId, StudentId};
use posing::{ToMend, laid, merge_small};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{PutOutcome, Scope, keys};

use crate::Deps;
use crate::error::Error;
use crate::handler::UnderWay;
use crate::past::{Round, past, rounds};
use crate::plan::taken_up;
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
    /// The rounds of published groups, the latest first: each a formation and those that it mended, one after the
    /// other.
    #[serde(default)]
    pub rounds: Vec<Vec<FormationId>>,
    /// Per section the groups that the formation begins from.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub laid: BTreeMap<SectionId, Vec<LaidGroup>>,
    /// The criterion that a rotation added.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub while_possible: Option<String>,
    /// Whether these groups are mended, not formed anew.
    #[serde(default)]
    pub repair: bool,
    /// Per section the students with the response that counts.
    pub sections: BTreeMap<SectionId, BTreeMap<StudentId, ResponseToken>>,
}

/// Runs the step; answers the sections that have students.
pub async fn run(deps: &Deps, on: &UnderWay) -> Result<Value, Error> {
    let students = deps.store.all_students(&on.scope).await?;
    let past = past(deps, &on.scope, &criteria(on).0, &on.formation).await?;
    let base = match &on.formation.around {
        Some(around) => deps.store.formation(&on.scope, &around.formation).await?,
        None => None,
    };
    let taken = match (&on.formation.around, &on.formation.replaces) {
        (Some(around), _) => {
            let base = base.ok_or(Error::Missing("formation"))?;
            if base.status == FormationStatus::Planned {
                taken_up(deps, on, base, students, past).await?
            } else {
                begun(deps, on, around, base, students, past).await?
            }
        }
        (None, Some(base)) if on.formation.kind == Kind::Repair => {
            published(deps, on, base, students, past).await?
        }
        (None, _) => of(on, students, past)?,
    };
    let snapshot = fix(deps, on, taken).await?;
    let count = snapshot.sections.values().map(BTreeMap::len).sum();
    let taken = snapshot.sections.values().flat_map(BTreeMap::keys);
    trail::note(deps, on, "formation.snapshot", count, taken).await?;
    let wanted = snapshot.sections.values().flat_map(BTreeMap::values).collect();
    let mut profiles = profiles(deps, &on.scope, &wanted).await?;
    let rounds = rounds(deps, &on.scope, &snapshot.rounds).await?;
    let planned = on.formation.plans().unwrap_or(0);
    for (section, students) in &snapshot.sections {
        let input = input(&snapshot, section, students, &rounds, &mut profiles);
        let input = SolveInput { rounds: planned, ..input };
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

/// A formation that begins from groups takes those who are in them, in the sections that they are in there:
/// who answered since is no part of them. Whoever must not be taken any more (D4) is left out.
async fn begun(
    deps: &Deps,
    on: &UnderWay,
    around: &Around,
    base: Formation,
    students: Vec<Student>,
    past: Vec<Vec<FormationId>>,
) -> Result<Snapshot, Error> {
    let settings = &on.cohort.settings;
    let mut responses: BTreeMap<StudentId, ResponseToken> = students
        .into_iter()
        .filter(Student::takes_part)
        .map(|student| (student.id, student.response))
        .collect();
    let mut sections: BTreeMap<SectionId, BTreeMap<_, _>> = BTreeMap::new();
    let mut groups: BTreeMap<SectionId, Vec<Group>> = BTreeMap::new();
    for mut group in deps.store.all_groups(&on.scope, &around.formation).await? {
        group.members.retain(|id| responses.contains_key(id));
        let taken = group.members.iter().filter_map(|id| responses.remove_entry(id));
        sections.entry(group.section.clone()).or_default().extend(taken);
        groups.entry(group.section.clone()).or_default().push(group);
    }
    sections.retain(|_, students| !students.is_empty());
    if sections.is_empty() {
        return Err(Error::failed(FailureCode::NoStudents, ""));
    }
    let lay = |(section, here): (SectionId, Vec<Group>)| {
        (section, laid(&here, &base.board, around.keep, settings.sizes))
    };
    let merged = base.sections.into_iter().filter(|(_, result)| !result.merged.is_empty());
    Ok(Snapshot {
        merged: merged.map(|(section, result)| (section, result.merged)).collect(),
        laid: groups.into_iter().map(lay).collect(),
        ..with(on, past, sections)
    })
}

/// A repair takes everybody there is by now: who is in a published group and still may be stays in it, and who is
/// in none joins one of their section (G8).
async fn published(
    deps: &Deps,
    on: &UnderWay,
    base: &FormationId,
    students: Vec<Student>,
    past: Vec<Vec<FormationId>>,
) -> Result<Snapshot, Error> {
    let known = deps.store.formation(&on.scope, base).await?;
    let known = known.ok_or(Error::Missing("formation"))?;
    let groups = deps.store.all_groups(&on.scope, base).await?;
    let ToMend { mut sections, laid, .. } = ToMend::since(&known, &groups, students);
    if sections.is_empty() {
        return Err(Error::failed(FailureCode::NoStudents, ""));
    }
    let results = known.sections.into_iter();
    let mut merged: BTreeMap<SectionId, Vec<SectionId>> =
        results.map(|(section, result)| (section, result.merged)).collect();
    let settings = &on.cohort.settings;
    if settings.small_sections == SmallSections::Merge {
        // Only who came late moves: a section that has groups keeps them.
        for (whole, parts) in merge(settings, &mut sections, |section| laid.contains_key(section)) {
            merged.entry(whole).or_default().extend(parts);
        }
    }
    merged.retain(|_, parts| !parts.is_empty());
    if sections.len() > MOST_SECTIONS {
        return Err(too_many(sections.len()));
    }
    if let Some(failure) = parted(settings, &sections) {
        return Err(Error::Failed(Box::new(failure)));
    }
    Ok(Snapshot { merged, laid, repair: true, ..with(on, past, sections) })
}

/// What an earlier snapshot step fixed.
pub async fn read(deps: &Deps, scope: &Scope, id: &FormationId) -> Result<Snapshot, Error> {
    let found = deps.objects.get_json(&keys::snapshot(scope, id)).await?;
    found.ok_or(Error::Missing("snapshot"))
}

/// The criteria of the cohort, and of a rotation that nobody meets again, with its id: it is kept before all that
/// is no must rule while that is possible, and where it is not, it is as heavy as one can be. Only a must rule of
/// the cohort that looks back on all rounds, too, makes it needless.
fn criteria(on: &UnderWay) -> (Vec<CriterionSetting>, Option<String>) {
    let mut criteria = on.cohort.settings.criteria.clone();
    let all_rounds = |criterion: &CriterionSetting| {
        criterion.hardness == Hardness::Must
            && matches!(criterion.rule, Rule::NotAgain { rounds: None })
    };
    if on.formation.kind != Kind::Rotation || criteria.iter().any(all_rounds) {
        return (criteria, None);
    }
    let mut id = NEW_PARTNERS.to_owned();
    while criteria.iter().any(|criterion| criterion.id == id) {
        id.push('-');
    }
    let rule = Rule::NotAgain { rounds: None };
    let hardness = Hardness::Should;
    criteria.push(CriterionSetting { id: id.clone(), rule, weight: HEAVIEST, hardness });
    (criteria, Some(id))
}

/// The heaviest weight that settings may give.
const HEAVIEST: u32 = 100;

fn of(
    on: &UnderWay,
    mut students: Vec<Student>,
    past: Vec<Vec<FormationId>>,
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
        return Err(too_many(sections.len()));
    }
    let settings = &on.cohort.settings;
    let merged = if settings.small_sections == SmallSections::Merge {
        merge(settings, &mut sections, |_| false)
    } else {
        BTreeMap::new()
    };
    if let Some(failure) = parted(settings, &sections) {
        return Err(Error::Failed(Box::new(failure)));
    }
    Ok(Snapshot { merged, ..with(on, past, sections) })
}

fn too_many(sections: usize) -> Error {
    let detail = format!("{sections} sections are more than {MOST_SECTIONS}");
    Error::failed(FailureCode::InvalidCriteria, detail)
}

/// These students, and the settings as they are now.
pub(crate) fn with(
    on: &UnderWay,
    past: Vec<Vec<FormationId>>,
    sections: BTreeMap<SectionId, BTreeMap<StudentId, ResponseToken>>,
) -> Snapshot {
    let settings = &on.cohort.settings;
    let (criteria, while_possible) = criteria(on);
    Snapshot {
        seed: on.formation.seed,
        questions: settings.questions.clone(),
        criteria,
        sizes: settings.sizes,
        small_sections: settings.small_sections,
        merged: BTreeMap::new(),
        rounds: past,
        laid: BTreeMap::new(),
        while_possible,
        repair: false,
        sections,
    }
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

/// Puts the students of sections that are too small into others, unless they stay for another reason; says whose
/// went where.
fn merge<S>(
    settings: &Settings,
    sections: &mut BTreeMap<SectionId, BTreeMap<StudentId, S>>,
    stays: impl Fn(&SectionId) -> bool,
) -> BTreeMap<SectionId, Vec<SectionId>> {
    // In the order of the settings; students of sections that are no longer there come last.
    let known = settings.sections.iter().map(|section| section.id.clone());
    let gone = sections.keys().filter(|id| settings.sections.iter().all(|s| s.id != **id));
    let counts: Vec<(SectionId, usize)> = known
        .chain(gone.cloned())
        .map(|id| {
            let students = sections.get(&id).map_or(0, BTreeMap::len);
            let least = if stays(&id) { usize::from(settings.sizes.min) } else { 0 };
            (id, students.max(least))
        })
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
pub(crate) async fn profiles(
    deps: &Deps,
    scope: &Scope,
    wanted: &BTreeSet<&ResponseToken>,
) -> Result<BTreeMap<ResponseToken, Profile>, Error> {
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
    let students: Vec<SolveStudent> = students
        .iter()
        .filter_map(|(id, token)| {
            Some(SolveStudent { id: id.clone(), profile: profiles.remove(token)? })
        })
        .collect();
    // Whose response is gone is in no group any more.
    let taken: BTreeSet<&StudentId> = students.iter().map(|student| &student.id).collect();
    let mut laid = snapshot.laid.get(section).cloned().unwrap_or_default();
    for group in &mut laid {
        let before = group.members.len();
        group.members.retain(|id| taken.contains(id));
        if snapshot.repair {
            group.missing += u32::try_from(before - group.members.len()).unwrap_or(u32::MAX);
        }
        group.pinned.retain(|id| taken.contains(id));
    }
    SolveInput {
        students,
        questions: snapshot.questions.clone(),
        criteria: snapshot.criteria.clone(),
        sizes: snapshot.sizes,
        small_sections: snapshot.small_sections,
        merged,
        past,
        laid,
        while_possible: snapshot.while_possible.clone(),
        repair: snapshot.repair,
        rounds: 0,
        seed: snapshot.seed,
    }
}
