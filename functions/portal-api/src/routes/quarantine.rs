//! Questionnaires that could not be used (Q4).

use axum::Json;
use axum::extract::State;
use domain::quarantine::Quarantined;
use domain::{CohortId, FormId, ResponseToken, retention};
use jiff::Timestamp;
use serde::Serialize;
use store::{Scope, keys};
use utoipa::ToSchema;

use crate::caller::{Caller, Operator};
use crate::page::{Asked, PageParams, Paged};
use crate::params::{OfCohort, Params, PathIds};
use crate::portal::Portal;
use crate::problem::{Always, Missing, Problem};
use crate::words;

/// A questionnaire that could not be used. What was answered is not shown.
#[derive(Serialize, ToSchema)]
#[schema(as = Quarantined)]
pub(crate) struct QuarantinedView {
    /// Typeform's token of the response; an id of our own, starting with `unreadable_`, if it could
    /// not be read.
    #[schema(value_type = String, example = "x7k2m9p4q1r8s5t3")]
    token: ResponseToken,
    /// The questionnaire it was sent for; absent if it could not be read.
    #[schema(value_type = Option<String>, example = "Xy12AbCd")]
    #[serde(skip_serializing_if = "Option::is_none")]
    form: Option<FormId>,
    /// Why it could not be used.
    reason: words::QuarantineReason,
    /// When it was submitted; absent if it could not be read.
    #[schema(example = "2026-09-01T07:31:05Z")]
    #[serde(skip_serializing_if = "Option::is_none")]
    submitted_at: Option<Timestamp>,
    /// When it reached us.
    #[schema(example = "2026-09-01T07:31:07Z")]
    received_at: Timestamp,
    /// How many CPR numbers were masked in it.
    #[schema(example = 0)]
    masked: u32,
}

impl From<Quarantined> for QuarantinedView {
    fn from(entry: Quarantined) -> Self {
        Self {
            token: entry.token,
            form: entry.form,
            reason: entry.reason.into(),
            submitted_at: entry.submitted_at,
            received_at: entry.received_at,
            masked: entry.masked,
        }
    }
}

/// Questionnaires of a cohort that could not be used
///
/// They stay here until the cohort's mapping is mended and they are processed again. Looking at this
/// list is recorded in the audit trail.
#[utoipa::path(
    get, path = "/api/cohorts/{cohort}/quarantine", operation_id = "listQuarantine", tag = "cohorts",
    extensions(("x-role" = json!("viewer"))),
    params(
        OfCohort,
        PageParams,
    ),
    responses((status = 200, description = "The questionnaires.", body = Paged<QuarantinedView>), Always, Missing),
)]
pub(crate) async fn of_cohort(
    State(portal): State<Portal>,
    caller: Caller,
    ids: PathIds,
    mut params: Params,
) -> Result<Json<Paged<QuarantinedView>>, Problem> {
    let cohort = ids.id::<CohortId>("cohort")?;
    let asked = params.page(&["quarantine", caller.institution.as_str(), cohort.as_str()]);
    params.finish()?;
    let (scope, _) = portal.cohort(&caller, &ids).await?;
    read(&portal, &caller, Some(&scope), asked).await
}

/// Questionnaires that belong to no cohort
///
/// Sent for a form that no cohort uses, or not readable so far as to tell the form; whose they are is not known
/// yet, so operators alone see them. They are deleted after 30 days. Looking at this list is recorded in the audit trail.
#[utoipa::path(
    get, path = "/api/quarantine", operation_id = "listUnassigned", tag = "cohorts",
    extensions(("x-role" = json!("operator"))),
    params(PageParams),
    responses((status = 200, description = "The questionnaires.", body = Paged<QuarantinedView>), Always),
)]
pub(crate) async fn unassigned(
    State(portal): State<Portal>,
    Operator(caller): Operator,
    mut params: Params,
) -> Result<Json<Paged<QuarantinedView>>, Problem> {
    let asked = params.page(&["unassigned"]);
    params.finish()?;
    read(&portal, &caller, None, asked).await
}

async fn read(
    portal: &Portal,
    caller: &Caller,
    scope: Option<&Scope>,
    asked: Asked,
) -> Result<Json<Paged<QuarantinedView>>, Problem> {
    let (store, size, today) = (&portal.store, asked.read_size(), caller.today());
    let page = |from: Option<store::Cursor>| async move {
        store.quarantine_page(scope, from.as_ref(), size).await
    };
    // What belongs to no cohort has a term of its own; data past it counts as gone (D2).
    let keep = |entry: &Quarantined| {
        scope.is_some()
            || !retention::is_due(retention::unassigned_delete_on(entry.received_at), today)
    };
    let place = |entry: &Quarantined| keys::quarantine(scope, &entry.token).sk;
    let (entries, next) = asked.gather(page, keep, place).await?;

    let (cohort, action) = match scope {
        Some(scope) => (Some(&scope.cohort), "quarantine.list"),
        None => (None, "quarantine.list_unassigned"),
    };
    let shown: Vec<String> = entries.iter().map(|entry| entry.token.to_string()).collect();
    portal.record_about(caller, cohort, action, &shown).await?;
    Ok(Json(Paged { items: entries.into_iter().map(Into::into).collect(), next }))
}
