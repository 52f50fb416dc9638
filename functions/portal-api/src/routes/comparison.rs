//! Two formations of a cohort side by side (G6).

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use domain::cohort::Cohort;
use domain::formation::{Formation, FormationStatus, Group};
use domain::{CohortId, FormationId, PersonName, SectionId, StudentId};
use jiff::Timestamp;
use posing::{Moved, Standing, moves, standing, standing_in};
use serde::Serialize;
use store::Scope;
use utoipa::ToSchema;

use crate::caller::Caller;
use crate::page::PageParams;
use crate::params::{OfFormation, Params, PathIds};
use crate::portal::Portal;
use crate::problem::{Always, Conflicts, Missing, Problem};
use crate::sentences::{self, Localised};
use crate::words;

/// Two formations side by side.
#[derive(Serialize, ToSchema)]
pub(crate) struct Comparison {
    /// The formation that the other one is compared with.
    before: SideView,
    /// The formation that the path names.
    after: SideView,
    /// How each criterion fares, in the cohort's order.
    criteria: Vec<CriterionComparison>,
    /// Students who are in the same group.
    #[schema(example = 96)]
    stay: usize,
    /// Students who are in another group, or in one of the two formations only.
    #[schema(example = 24)]
    moved: usize,
    /// Some of those who are in another group, by section and group before.
    items: Vec<MovedView>,
    /// Hand it over as `cursor` to get more of them; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "ZGQxM2ZlMjc5MWY1ZTQ2M1NUVURFTlQjc3R1XzVmMmM")]
    next: Option<String>,
}

/// A formation that is compared.
#[derive(Serialize, ToSchema)]
#[schema(as = ComparedFormation)]
pub(crate) struct SideView {
    /// Which.
    #[schema(value_type = String, example = "for_0192f0c1a2b37c4d8e5f60718293a4b5")]
    formation: FormationId,
    /// Where it is.
    status: words::FormationStatus,
    /// When it was asked for.
    #[schema(example = "2026-09-07T10:00:03Z")]
    requested_at: Timestamp,
    /// Students in its groups.
    #[schema(example = 120)]
    students: usize,
    /// How its groups score; absent without groups.
    #[serde(skip_serializing_if = "Option::is_none")]
    standing: Option<StandingView>,
}

/// How groups score.
#[derive(Serialize, ToSchema)]
#[schema(as = Standing)]
pub(crate) struct StandingView {
    /// The groups in which it counts.
    #[schema(example = 24)]
    groups: usize,
    /// The mean of their scores, 0 to 10,000.
    #[schema(example = 8730)]
    mean: i64,
    /// The lowest of their scores, 0 to 10,000.
    #[schema(example = 7910)]
    worst: i64,
    /// Broken must rules, counted once per rule and group.
    #[schema(example = 0)]
    must_broken: usize,
}

impl From<Standing> for StandingView {
    fn from(standing: Standing) -> Self {
        let Standing { groups, mean, worst, broken } = standing;
        Self { groups, mean, worst, must_broken: broken }
    }
}

/// How a criterion fares.
#[derive(Serialize, ToSchema)]
pub(crate) struct CriterionComparison {
    /// The criterion's id within the cohort.
    #[schema(example = "same-ambition")]
    criterion: String,
    /// What it asks for.
    label: Localised,
    /// Before; absent if it counted in no group.
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<StandingView>,
    /// After; absent if it counts in no group.
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<StandingView>,
}

/// A student who is in another group.
#[derive(Serialize, ToSchema)]
#[schema(as = MovedStudent)]
pub(crate) struct MovedView {
    /// The student.
    #[schema(value_type = String, example = "stu_5b1e0f7c2a9d4e3f8b6a7c5d4e3f2a1b")]
    student: StudentId,
    /// The name as written; absent when the student has left the cohort.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "Freja Lund")]
    name: Option<PersonName>,
    /// The section.
    #[schema(value_type = String, example = "hold-1")]
    section: SectionId,
    /// The number of the group before; absent for who was in none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 3)]
    from: Option<u32>,
    /// The number of the group after; absent for who is in none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 5)]
    to: Option<u32>,
    /// How many of the others in the group before are in the group after.
    #[schema(example = 1)]
    kept: usize,
}

/// Compare two formations
///
/// Scores, the weakest group, broken must rules and every criterion side by side, and who is in another
/// group. Where one of the two was formed from the other's groups, these are the same by their numbers; else
/// a group is the same as the one that most of its members are in. Without `with` it is compared with the
/// formation that it begins from, or that it replaces, or the latest other one that has groups, or itself if
/// there is none. Looking at it is recorded in the audit trail.
#[utoipa::path(
    get, path = "/api/cohorts/{cohort}/formations/{formation}/comparison", operation_id = "compareFormations", tag = "formations",
    extensions(("x-role" = json!("viewer"))),
    params(
        OfFormation,
        ("with" = Option<String>, Query, description = "The formation to compare with.",
            example = "for_0192f0c1a2b37c4d8e5f60718293a4b6"),
        PageParams,
    ),
    responses((status = 200, description = "The comparison.", body = Comparison), Always, Missing, Conflicts),
)]
pub(crate) async fn show(
    State(portal): State<Portal>,
    caller: Caller,
    ids: PathIds,
    mut params: Params,
) -> Result<Json<Comparison>, Problem> {
    let (cohort, formation) = (ids.id::<CohortId>("cohort")?, ids.id::<FormationId>("formation")?);
    let with: Option<FormationId> = params.parsed("with");
    let list = [
        "comparison",
        caller.institution.as_str(),
        cohort.as_str(),
        formation.as_str(),
        with.as_ref().map_or("", FormationId::as_str),
    ];
    let asked = params.page(&list);
    params.finish()?;
    let (scope, cohort) = portal.cohort(&caller, &ids).await?;
    let after = portal.formation(&scope, &ids).await?;
    let before = other(&portal, &scope, &after, with.as_ref()).await?;
    for side in [&after, &before] {
        if !side.status.has_groups() {
            return Err(Problem::NoGroups { status: side.status });
        }
    }
    let groups_after = portal.store.all_groups(&scope, &after.id).await?;
    let groups_before = portal.store.all_groups(&scope, &before.id).await?;
    let (mut moved, stay) = moves(&groups_before, &groups_after, comes_from(&before, &after));
    let count = moved.len();
    let next = {
        if let Some(seen) = asked.after() {
            moved.retain(|one| place(one).as_str() > seen);
        }
        let more = moved.len() > asked.limit();
        moved.truncate(asked.limit());
        moved.last().filter(|_| more).map(|last| asked.cursor(&place(last)))
    };
    let students =
        portal.store.students_by_id(&scope, moved.iter().map(|one| &one.student)).await?;
    let about: Vec<String> = moved.iter().map(|one| one.student.to_string()).collect();
    portal.record_about(&caller, Some(&scope.cohort), "formations.compare", &about).await?;
    let view = |one: Moved| MovedView {
        name: students.get(&one.student).map(|student| student.name.clone()),
        student: one.student,
        section: one.section,
        from: one.from,
        to: one.to,
        kept: one.kept,
    };
    Ok(Json(Comparison {
        criteria: criteria(&cohort, &groups_before, &groups_after),
        before: side(before, &groups_before),
        after: side(after, &groups_after),
        stay,
        moved: count,
        items: moved.into_iter().map(view).collect(),
        next,
    }))
}

/// The formation to compare with: the one that is named, or the one that comes to mind.
async fn other(
    portal: &Portal,
    scope: &Scope,
    after: &Formation,
    with: Option<&FormationId>,
) -> Result<Formation, Problem> {
    let from = after.around.as_ref().map(|around| &around.formation);
    if let Some(id) = with.or(from).or(after.replaces.as_ref()) {
        return portal.store.formation(scope, id).await?.ok_or(Problem::NotFound);
    }
    let all = portal.store.formations(scope).await?.into_iter();
    // What waits in a plan is nothing that was there before.
    let others = all.filter(|other| {
        other.id != after.id
            && other.status.has_groups()
            && other.status != FormationStatus::Planned
    });
    let is_earlier = |other: &Formation| other.requested_at < after.requested_at;
    let found = others.max_by_key(|other| (is_earlier(other), other.requested_at));
    Ok(found.unwrap_or_else(|| after.clone()))
}

/// Whether one was formed from the groups of the other.
fn comes_from(one: &Formation, other: &Formation) -> bool {
    let is_from = |it: &Formation, base: &Formation| {
        it.around.as_ref().is_some_and(|around| around.formation == base.id)
    };
    one.id == other.id || is_from(one, other) || is_from(other, one)
}

/// Where somebody stands in the list: as it is sorted.
fn place(moved: &Moved) -> String {
    let from = moved.from.map_or(0, |from| u64::from(from) + 1);
    format!("{}#{from:010}#{}", moved.section, moved.student)
}

fn side(formation: Formation, groups: &[Group]) -> SideView {
    SideView {
        students: groups.iter().map(|group| group.members.len()).sum(),
        standing: standing(groups).map(Into::into),
        formation: formation.id,
        status: formation.status.into(),
        requested_at: formation.requested_at,
    }
}

/// The cohort's criteria, and those that counted in one of the two and are no longer among them.
fn criteria(cohort: &Cohort, before: &[Group], after: &[Group]) -> Vec<CriterionComparison> {
    let settings = &cohort.settings;
    let known = settings.criteria.iter().map(|criterion| {
        (criterion.id.as_str(), sentences::criterion(criterion, &settings.questions))
    });
    let groups = || before.iter().chain(after);
    let gone: BTreeSet<&str> = groups()
        .flat_map(|group| group.scores.keys().chain(&group.must_broken))
        .map(String::as_str)
        .filter(|id| settings.criteria.iter().all(|criterion| criterion.id != **id))
        .collect();
    known
        .chain(gone.into_iter().map(|id| (id, sentences::of_id(id))))
        .map(|(id, label)| CriterionComparison {
            criterion: id.to_owned(),
            label,
            before: standing_in(before, id).map(Into::into),
            after: standing_in(after, id).map(Into::into),
        })
        .collect()
}
