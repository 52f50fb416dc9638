//! The groups of a formation with their scores (G5).

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use domain::cohort::Cohort;
use domain::formation::Group;
use domain::student::Student;
use domain::{CohortId, FormationId, PersonName, SectionId, StudentId};
use serde::Serialize;
use store::keys;
use utoipa::ToSchema;

use crate::caller::Caller;
use crate::page::{PageParams, Paged};
use crate::params::{OfFormation, Params, PathIds};
use crate::portal::Portal;
use crate::problem::{Always, Conflicts, Missing, Problem};
use crate::sentences::{self, Localised};

/// A group.
#[derive(Serialize, ToSchema)]
#[schema(as = Group)]
pub(crate) struct GroupView {
    /// The section.
    #[schema(value_type = String, example = "hold-1")]
    section: SectionId,
    /// Its number within section and formation, from 1.
    #[schema(example = 3)]
    number: u32,
    /// Its members.
    members: Vec<MemberView>,
    /// Its score, 0 to 10,000.
    #[schema(example = 8730)]
    score: i64,
    /// How well it fits each criterion of the cohort.
    criteria: Vec<CriterionScore>,
    /// Hours of the week in which all members who gave their availability are free.
    common_slots: Vec<Slot>,
    /// Why they are together, as the members read it.
    told: Vec<Localised>,
    /// The same for contacts: scores against chance and against what is possible.
    explained: Vec<Localised>,
    /// Members who left a question that counts unanswered.
    #[schema(value_type = Vec<String>)]
    unanswered: Vec<StudentId>,
}

/// A member of a group.
#[derive(Serialize, ToSchema)]
#[schema(as = Member)]
pub(crate) struct MemberView {
    /// The student.
    #[schema(value_type = String, example = "stu_5b1e0f7c2a9d4e3f8b6a7c5d4e3f2a1b")]
    pub(crate) id: StudentId,
    /// The name as written; absent when the student has left the cohort.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "Freja Lund")]
    pub(crate) name: Option<PersonName>,
}

/// How well a group fits a criterion.
#[derive(Serialize, ToSchema)]
pub(crate) struct CriterionScore {
    /// The criterion's id within the cohort.
    #[schema(example = "same-ambition")]
    criterion: String,
    /// What it asks for.
    label: Localised,
    /// 0 to 10,000; absent when no member answered the question.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 9120)]
    score: Option<i64>,
    /// Whether it is a must rule that this group breaks.
    #[schema(example = false)]
    must_broken: bool,
}

/// An hour of the week.
#[derive(Serialize, ToSchema)]
pub(crate) struct Slot {
    /// 0 is Monday, 6 is Sunday.
    #[schema(minimum = 0, maximum = 6, example = 1)]
    day: u16,
    /// The hour it begins at, 0 to 23.
    #[schema(minimum = 0, maximum = 23, example = 14)]
    hour: u16,
}

fn view(group: Group, cohort: &Cohort, students: &BTreeMap<StudentId, Student>) -> GroupView {
    let criteria = criteria(&group, cohort);
    let member = |id: StudentId| {
        let name = students.get(&id).map(|student| student.name.clone());
        MemberView { id, name }
    };
    GroupView {
        section: group.section,
        number: group.number,
        members: group.members.into_iter().map(member).collect(),
        score: group.score,
        criteria,
        common_slots: group
            .common_slots
            .into_iter()
            .map(|slot| Slot { day: slot / 24, hour: slot % 24 })
            .collect(),
        told: group.told.iter().map(Into::into).collect(),
        explained: group.explained.iter().map(Into::into).collect(),
        unanswered: group.unanswered,
    }
}

/// The cohort's criteria in its order, then those that counted when the groups were formed and are
/// no longer among its settings.
fn criteria(group: &Group, cohort: &Cohort) -> Vec<CriterionScore> {
    let settings = &cohort.settings;
    let score = |id: &str, label| CriterionScore {
        criterion: id.to_owned(),
        label,
        score: group.scores.get(id).copied(),
        must_broken: group.must_broken.iter().any(|broken| broken == id),
    };
    let known = settings.criteria.iter().map(|criterion| {
        score(&criterion.id, sentences::criterion(criterion, &settings.questions))
    });
    let gone = group.scores.keys().chain(&group.must_broken);
    let mut gone: Vec<&String> =
        gone.filter(|id| settings.criteria.iter().all(|criterion| criterion.id != **id)).collect();
    gone.sort();
    gone.dedup();
    known.chain(gone.into_iter().map(|id| score(id, sentences::of_id(id)))).collect()
}

/// The groups of a formation
///
/// Ordered by section and number. A formation has groups once its status is `awaiting_approval`,
/// `published`, `rejected` or `planned`; before that, and after a failure, the answer is 409 with the problem
/// `no-groups` and the formation's status. Looking at this list is recorded in the audit trail.
#[utoipa::path(
    get, path = "/api/cohorts/{cohort}/formations/{formation}/groups", operation_id = "listGroups", tag = "formations",
    extensions(("x-role" = json!("viewer"))),
    params(
        OfFormation,
        PageParams,
    ),
    responses((status = 200, description = "The groups.", body = Paged<GroupView>), Always, Missing, Conflicts),
)]
pub(crate) async fn list(
    State(portal): State<Portal>,
    caller: Caller,
    ids: PathIds,
    mut params: Params,
) -> Result<Json<Paged<GroupView>>, Problem> {
    let (cohort, formation) = (ids.id::<CohortId>("cohort")?, ids.id::<FormationId>("formation")?);
    let list = ["groups", caller.institution.as_str(), cohort.as_str(), formation.as_str()];
    let asked = params.page(&list);
    params.finish()?;
    let (scope, cohort) = portal.cohort(&caller, &ids).await?;
    let formation = portal.formation(&scope, &ids).await?;
    if !formation.status.has_groups() {
        return Err(Problem::NoGroups { status: formation.status });
    }

    let (store, scope, id, size) = (&portal.store, &scope, &formation.id, asked.read_size());
    let read = |from: Option<store::Cursor>| async move {
        store.groups(scope, id, from.as_ref(), size).await
    };
    let place = |group: &Group| keys::group(scope, id, &group.section, group.number).sk;
    let (groups, next) = asked.gather(read, |_| true, place).await?;
    let members = groups.iter().flat_map(|group| &group.members);
    let students = store.students_by_id(scope, members.clone()).await?;

    let shown: Vec<String> = members.map(ToString::to_string).collect();
    portal.record_about(&caller, Some(&scope.cohort), "groups.list", &shown).await?;
    let items = groups.into_iter().map(|group| view(group, &cohort, &students)).collect();
    Ok(Json(Paged { items, next }))
}
