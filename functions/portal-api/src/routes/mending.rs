//! What a repair of published groups would make up for (G8). The repair itself is a formation.

use axum::Json;
use axum::extract::State;
use domain::formation::{Formation, FormationStatus};
use posing::ToMend;
use serde::Serialize;
use store::Scope;
use utoipa::ToSchema;

use crate::caller::Caller;
use crate::params::{NoParams, OfFormation, ParameterProblem, PathIds};
use crate::portal::Portal;
use crate::problem::{Always, Conflicts, Missing, Problem};
use crate::sentences::Localised;

/// Who has come and left since groups were formed.
#[derive(Serialize, ToSchema)]
#[schema(as = RepairNeed)]
pub(crate) struct RepairNeedView {
    /// Students who take part and are in no group of their section.
    #[schema(example = 3)]
    joined: u32,
    /// Members who take part no more, or are in another section now.
    #[schema(example = 1)]
    left: u32,
}

/// Who came late or left
///
/// How many students have answered, or changed sections, since these groups were formed and are in none of them,
/// and how many members have left theirs. Once they are published, a formation of the kind `repair` makes up for
/// both. Numbers only.
#[utoipa::path(
    get, path = "/api/cohorts/{cohort}/formations/{formation}/repair", operation_id = "getRepairNeed", tag = "formations",
    extensions(("x-role" = json!("viewer"))),
    params(OfFormation),
    responses((status = 200, description = "The numbers.", body = RepairNeedView), Always, Missing, Conflicts),
)]
pub(crate) async fn show(
    State(portal): State<Portal>,
    caller: Caller,
    ids: PathIds,
    _: NoParams,
) -> Result<Json<RepairNeedView>, Problem> {
    let (scope, _) = portal.cohort(&caller, &ids).await?;
    let base = portal.formation(&scope, &ids).await?;
    if !base.status.has_groups() {
        return Err(Problem::NoGroups { status: base.status });
    }
    let ToMend { joined, left, .. } = since(&portal, &scope, &base).await?;
    Ok(Json(RepairNeedView { joined, left }))
}

async fn since(portal: &Portal, scope: &Scope, base: &Formation) -> Result<ToMend, Problem> {
    let groups = portal.store.all_groups(scope, &base.id).await?;
    let students = portal.store.all_students(scope).await?;
    Ok(ToMend::since(base, &groups, students))
}

/// Refuses to repair groups that nobody has joined or left: they would all be as they are. What is published no
/// longer is told of by who starts the formation.
pub(crate) async fn is_needed(
    portal: &Portal,
    scope: &Scope,
    base: Option<Formation>,
) -> Result<(), Problem> {
    let published = base.filter(|base| base.status == FormationStatus::Published);
    let Some(base) = published else { return Ok(()) };
    if !since(portal, scope, &base).await?.is_nothing() {
        return Ok(());
    }
    let words = Localised::of(
        "Ingen er kommet til eller har forladt deres gruppe, siden grupperne blev offentliggjort."
            .to_owned(),
        "Nobody has come or left since the groups were published.".to_owned(),
    );
    let told = ParameterProblem::query("kind", words.en.clone());
    Err(Problem::Parameters(vec![ParameterProblem { words: Some(words), ..told }]))
}
