//! Decides who takes part with which answers, and writes what each section's solver reads.
//!
//! Safe to run twice, also at the same time: the list of students and the tokens of their
//! responses is written once and the first one written stands. A response never changes under its
//! token, so everything derived from the list has the same bytes (and hash) every time, however
//! many students answer again meanwhile.

use std::collections::{BTreeMap, BTreeSet};

use domain::cohort::{CriterionSetting, Question, Sizes};
use domain::formation::{FailureCode, SolveInput, SolveStudent};
use domain::profile::Profile;
use domain::student::Student;
use domain::{FormationId, ResponseToken, SectionId, StudentId};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{PutOutcome, Scope, keys};

use crate::Deps;
use crate::error::Error;
use crate::handler::UnderWay;

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
    /// Per section the students with the response that counts.
    pub sections: BTreeMap<SectionId, BTreeMap<StudentId, ResponseToken>>,
}

/// Runs the step; answers the sections that have students.
pub async fn run(deps: &Deps, on: &UnderWay) -> Result<Value, Error> {
    let students = deps.store.all_students(&on.scope).await?;
    let snapshot = fix(deps, on, of(on, students)?).await?;
    let mut profiles = profiles(deps, &on.scope, &snapshot).await?;
    for (section, students) in &snapshot.sections {
        let input = input(&snapshot, students, &mut profiles);
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

fn of(on: &UnderWay, students: Vec<Student>) -> Result<Snapshot, Error> {
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
    Ok(Snapshot {
        seed: on.formation.seed,
        questions: settings.questions.clone(),
        criteria: settings.criteria.clone(),
        sizes: settings.sizes,
        sections,
    })
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
    students: &BTreeMap<StudentId, ResponseToken>,
    profiles: &mut BTreeMap<ResponseToken, Profile>,
) -> SolveInput {
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
        seed: snapshot.seed,
    }
}
