//! When answers came in (Q8): numbers per day and section.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use domain::SectionId;
use domain::roster::{DayCounts, by_day};
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use crate::caller::Caller;
use crate::params::{NoParams, OfCohort, PathIds};
use crate::portal::Portal;
use crate::problem::{Always, Missing, Problem};

/// When answers came in.
#[derive(Serialize, ToSchema)]
#[schema(as = Timeline)]
pub(crate) struct TimelineView {
    /// The days on which answers came in that count now, the first one first; days without any are left out.
    days: Vec<DayView>,
}

/// The answers of a day.
#[derive(Serialize, ToSchema)]
#[schema(as = TimelineDay)]
pub(crate) struct DayView {
    /// The day, in Copenhagen.
    #[schema(example = "2026-09-01")]
    day: Date,
    /// The sections from which answers came.
    sections: Vec<SectionDay>,
}

/// The answers of a section on a day.
#[derive(Serialize, ToSchema)]
#[schema(as = TimelineSection)]
pub(crate) struct SectionDay {
    /// The section that the roster has, or else the one that was answered.
    #[schema(value_type = String, example = "hold-1")]
    section: SectionId,
    /// How many students.
    #[schema(example = 12)]
    students: u32,
    /// How many of them are on the roster.
    #[schema(example = 11)]
    listed: u32,
}

/// When answers came in
///
/// How many students of each section gave the answer that counts now, day by day. Who answers again moves to
/// the day of the later answer.
#[utoipa::path(
    get, path = "/api/cohorts/{cohort}/timeline", operation_id = "getTimeline", tag = "cohorts",
    extensions(("x-role" = json!("viewer"))),
    params(OfCohort),
    responses((status = 200, description = "Numbers per day.", body = TimelineView), Always, Missing),
)]
pub(crate) async fn show(
    State(portal): State<Portal>,
    caller: Caller,
    ids: PathIds,
    _: NoParams,
) -> Result<Json<TimelineView>, Problem> {
    let (scope, _) = portal.cohort(&caller, &ids).await?;
    let people = portal.store.attendance(&scope).await?.people;
    let section =
        |(section, DayCounts { students, listed })| SectionDay { section, students, listed };
    let day = |(day, sections): (Date, BTreeMap<SectionId, DayCounts>)| DayView {
        day,
        sections: sections.into_iter().map(section).collect(),
    };
    Ok(Json(TimelineView { days: by_day(&people).into_iter().map(day).collect() }))
}
