//! Who the students are that the explanation of a failed formation is about (G3).

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::caller::Caller;
use crate::params::{NoParams, OfFormation, PathIds};
use crate::portal::Portal;
use crate::problem::{Always, Missing, Problem};
use crate::routes::groups::MemberView;

/// The students of a conflict.
#[derive(Serialize, ToSchema)]
pub(crate) struct ConflictStudents {
    /// In the order of the numbers in the explanation: `#1` is the first of them.
    items: Vec<MemberView>,
}

/// Who a conflict is about
///
/// The names behind the numbers in the explanation of a formation that failed; nobody if it did not fail, or
/// if it is about nobody. At most 100. Looking at this list is recorded in the audit trail.
#[utoipa::path(
    get, path = "/api/cohorts/{cohort}/formations/{formation}/failure/students", operation_id = "listConflictStudents", tag = "formations",
    extensions(("x-role" = json!("viewer"))),
    params(OfFormation),
    responses((status = 200, description = "The students.", body = ConflictStudents), Always, Missing),
)]
pub(crate) async fn list(
    State(portal): State<Portal>,
    caller: Caller,
    ids: PathIds,
    _: NoParams,
) -> Result<Json<ConflictStudents>, Problem> {
    let (scope, _) = portal.cohort(&caller, &ids).await?;
    let formation = portal.formation(&scope, &ids).await?;
    let students = formation.failure.map(|failure| failure.students).unwrap_or_default();
    let known = portal.store.students_by_id(&scope, &students).await?;
    let about: Vec<String> = students.iter().map(ToString::to_string).collect();
    portal.record_about(&caller, Some(&scope.cohort), "formations.conflict", &about).await?;
    let items = students.into_iter().map(|id| {
        let name = known.get(&id).map(|student| student.name.clone());
        MemberView { id, name }
    });
    Ok(Json(ConflictStudents { items: items.collect() }))
}
