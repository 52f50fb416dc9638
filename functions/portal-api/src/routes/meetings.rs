//! Who meets again in groups (G7).

use axum::Json;
use axum::extract::State;
use domain::formation::Group;
use domain::{CohortId, FormationId, PersonName, SectionId, StudentId};
use posing::{Meeting, meetings, rounds_before};
use serde::Serialize;
use utoipa::ToSchema;

use crate::caller::Caller;
use crate::page::PageParams;
use crate::params::{OfFormation, Params, PathIds};
use crate::portal::Portal;
use crate::problem::{Always, Conflicts, Missing, Problem};

/// Members of groups who have been together before.
#[derive(Serialize, ToSchema)]
pub(crate) struct Meetings {
    /// How many earlier rounds were looked at.
    #[schema(example = 2)]
    rounds: usize,
    /// How many pairs meet again.
    #[schema(example = 1)]
    count: usize,
    /// The pairs, in the order of the groups.
    items: Vec<MeetingView>,
    /// Hand it over as `cursor` to get the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "ZGQxM2ZlMjc5MWY1ZTQ2M1NUVURFTlQjc3R1XzVmMmM")]
    next: Option<String>,
}

/// Two members of a group who have been together before.
#[derive(Serialize, ToSchema)]
#[schema(as = Meeting)]
pub(crate) struct MeetingView {
    /// The section.
    #[schema(value_type = String, example = "hold-1")]
    section: SectionId,
    /// The group.
    #[schema(example = 3)]
    group: u32,
    /// In how many earlier rounds they were together.
    #[schema(example = 1)]
    before: u32,
    /// The two.
    students: Vec<PartnerView>,
}

/// One of two who meet again.
#[derive(Serialize, ToSchema)]
#[schema(as = Partner)]
pub(crate) struct PartnerView {
    /// Who.
    #[schema(value_type = String, example = "stu_5b1e0f7c2a9d4e3f8b6a7c5d4e3f2a1b")]
    id: StudentId,
    /// Their name; absent if they are gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "Ane Holm")]
    name: Option<PersonName>,
}

/// Who meets again
///
/// The pairs of members of these groups who have been together in groups before: in those that were published
/// earlier and, where the groups wait in a plan, in its rounds before them. Groups and their repairs are one round.
/// Looking at this list is recorded in the audit trail.
#[utoipa::path(
    get, path = "/api/cohorts/{cohort}/formations/{formation}/meetings", operation_id = "listMeetings", tag = "formations",
    extensions(("x-role" = json!("viewer"))),
    params(
        OfFormation,
        PageParams,
    ),
    responses((status = 200, description = "The pairs.", body = Meetings), Always, Missing, Conflicts),
)]
pub(crate) async fn list(
    State(portal): State<Portal>,
    caller: Caller,
    ids: PathIds,
    mut params: Params,
) -> Result<Json<Meetings>, Problem> {
    let (cohort, formation) = (ids.id::<CohortId>("cohort")?, ids.id::<FormationId>("formation")?);
    let list = ["meetings", caller.institution.as_str(), cohort.as_str(), formation.as_str()];
    let asked = params.page(&list);
    params.finish()?;
    let (scope, _) = portal.cohort(&caller, &ids).await?;
    let formation = portal.formation(&scope, &ids).await?;
    if !formation.status.has_groups() {
        return Err(Problem::NoGroups { status: formation.status });
    }
    let groups = portal.store.all_groups(&scope, &formation.id).await?;
    let all = portal.store.formations(&scope).await?;
    let mut before: Vec<Vec<Group>> = Vec::new();
    for round in rounds_before(&all, &formation) {
        let mut together = Vec::new();
        for id in &round {
            let read = portal.store.all_groups(&scope, id).await?;
            // Of past groups nothing else is needed, and of a large cohort there is much.
            together.extend(read.into_iter().map(|group| Group {
                told: Vec::new(),
                explained: Vec::new(),
                common_slots: Vec::new(),
                ..group
            }));
        }
        before.push(together);
    }
    let mut found = meetings(&groups, &before);
    let count = found.len();
    let next = {
        if let Some(seen) = asked.after() {
            found.retain(|one| place(one).as_str() > seen);
        }
        let more = found.len() > asked.limit();
        found.truncate(asked.limit());
        found.last().filter(|_| more).map(|last| asked.cursor(&place(last)))
    };
    let both = found.iter().flat_map(|one| [&one.one, &one.other]);
    let students = portal.store.students_by_id(&scope, both.clone()).await?;
    let mut about: Vec<String> = both.map(ToString::to_string).collect();
    about.sort_unstable();
    about.dedup();
    portal.record_about(&caller, Some(&scope.cohort), "groups.meetings", &about).await?;
    let partner = |id: StudentId| {
        let name = students.get(&id).map(|student| student.name.clone());
        PartnerView { id, name }
    };
    let view = |one: Meeting| MeetingView {
        section: one.section,
        group: one.number,
        before: one.before,
        students: vec![partner(one.one), partner(one.other)],
    };
    let items = found.into_iter().map(view).collect();
    Ok(Json(Meetings { rounds: before.len(), count, items, next }))
}

/// Where a pair stands in the list, which is in the order of the groups.
fn place(one: &Meeting) -> String {
    format!("{}#{:010}#{}#{}", one.section, one.number, one.one, one.other)
}
