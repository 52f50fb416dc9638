//! Who has answered, who has not, and who answered without being expected (Q8).

use axum::Json;
use axum::extract::State;
use domain::roster::Attendee;
use domain::{CohortId, Email, PersonName, SectionId, StudentId};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::caller::Caller;
use crate::page::{PageParams, Paged};
use crate::params::{OfCohort, ParameterProblem, Params, PathIds};
use crate::portal::Portal;
use crate::problem::{Always, Missing, Problem};
use crate::words;

/// Somebody who is expected, or answered, or both.
#[derive(Serialize, ToSchema)]
#[schema(as = Attendee)]
pub(crate) struct AttendeeView {
    /// The id within the cohort: the one under which an answer from this address would stand.
    #[schema(value_type = String, example = "stu_5b1e0f7c2a9d4e3f8b6a7c5d4e3f2a1b")]
    id: StudentId,
    /// Where the two lists have the student.
    presence: words::Presence,
    /// The address.
    #[schema(value_type = String, example = "freja.lund@example.edu")]
    email: Email,
    /// The name as written; absent before an answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "Freja Lund")]
    name: Option<PersonName>,
    /// The section that the roster has, or else the one that was answered.
    #[schema(value_type = String, example = "hold-1")]
    section: SectionId,
    /// The section that was answered, where the roster has another.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "hold-2")]
    answered_section: Option<SectionId>,
    /// When the answer that counts was submitted; absent before an answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "2026-09-01T07:31:05Z")]
    submitted_at: Option<Timestamp>,
    /// Why the address gets no further mail; absent when it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    suppressed: Option<words::Suppression>,
}

impl From<Attendee> for AttendeeView {
    fn from(one: Attendee) -> Self {
        Self {
            id: one.id,
            presence: one.presence.into(),
            email: one.email,
            name: one.name,
            section: one.section,
            answered_section: one.answered_section,
            submitted_at: one.submitted_at,
            suppressed: one.suppressed.map(Into::into),
        }
    }
}

/// Who has answered and who has not
///
/// Everybody on the roster, and everybody who answered without being on it. An answer is an expected
/// student's if it came from the address on the roster, in whatever case, or if the student's address was put
/// right to or from that one; from any other address its sender stands here as `unlisted` and the expected
/// student as `waiting`. Looking at this list is recorded in the audit trail.
#[utoipa::path(
    get, path = "/api/cohorts/{cohort}/roster/people", operation_id = "listAttendance", tag = "cohorts",
    extensions(("x-role" = json!("viewer"))),
    params(
        OfCohort,
        ("presence" = Option<words::Presence>, Query, description = "Only these.", example = "waiting"),
        ("section" = Option<String>, Query, description = "Only those of this section of the cohort.", example = "hold-1"),
        PageParams,
    ),
    responses((status = 200, description = "The people.", body = Paged<AttendeeView>), Always, Missing),
)]
pub(crate) async fn list(
    State(portal): State<Portal>,
    caller: Caller,
    ids: PathIds,
    mut params: Params,
) -> Result<Json<Paged<AttendeeView>>, Problem> {
    let presence: Option<words::Presence> = params.parsed("presence");
    let section: Option<SectionId> = params.parsed("section");
    let cohort = ids.id::<CohortId>("cohort")?;
    let asked = params.page(&[
        "attendance",
        caller.institution.as_str(),
        cohort.as_str(),
        presence.map_or("", words::Presence::as_str),
        section.as_ref().map_or("", SectionId::as_str),
    ]);
    params.finish()?;
    let (scope, cohort) = portal.cohort(&caller, &ids).await?;
    if let Some(section) = &section
        && !cohort.settings.sections.iter().any(|known| known.id == *section)
    {
        let problem = ParameterProblem::query("section", "is not a section of this cohort");
        return Err(Problem::Parameters(vec![problem]));
    }
    let attended = portal.store.attendance(&scope).await?;
    let wanted = |one: &Attendee| {
        presence.is_none_or(|presence| {
            presence.as_str() == words::Presence::from(one.presence).as_str()
        }) && section.as_ref().is_none_or(|section| one.section == *section)
            && asked.after().is_none_or(|after| one.id.as_str() > after)
    };
    let found = attended.people.into_iter().filter(wanted);
    let mut found: Vec<Attendee> = found.take(asked.limit() + 1).collect();
    let more = found.len() > asked.limit();
    found.truncate(asked.limit());
    let next = found.last().filter(|_| more).map(|last| asked.cursor(last.id.as_str()));

    let shown: Vec<String> = found.iter().map(|one| one.id.to_string()).collect();
    portal.record_about(&caller, Some(&scope.cohort), "roster.people", &shown).await?;
    Ok(Json(Paged { items: found.into_iter().map(Into::into).collect(), next }))
}
