//! Questionnaires that could not be used (Q4).

use axum::Json;
use axum::extract::State;
use domain::quarantine::Quarantined;
use domain::{CohortId, FormId, ResponseToken, retention};
use jiff::Timestamp;
use serde::Serialize;
use store::{Scope, keys};
use utoipa::ToSchema;

use crate::caller::{Caller, Coordinator, Operator};
use crate::page::{Asked, PageParams, Paged};
use crate::params::{OfCohort, Params, PathIds};
use crate::portal::Portal;
use crate::problem::{Always, Conflicts, Missing, Problem};
use crate::reprocess::reprocess;
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
/// They stay here until the cohort's mapping is mended and they are processed again (`reprocess`). Looking at this
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

/// What became of questionnaires that were processed again.
#[derive(Serialize, ToSchema)]
pub(crate) struct Reprocessed {
    /// How many were taken in: they are out of quarantine.
    #[schema(example = 12)]
    accepted: u64,
    /// How many were looked at and stay, because they cannot be used with today's settings either.
    #[schema(example = 3)]
    remaining: u64,
    /// Where to go on, as `after` of another request; absent when all have been looked at.
    #[schema(value_type = Option<String>, example = "x7k2m9p4q1r8s5t3")]
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<ResponseToken>,
}

/// Process questionnaires again
///
/// Those of a cohort that could not be used are read once more, with the cohort's settings of today; those that can
/// be used now are taken in as if they came now, the others stay. A request looks at as many as it has time for: as
/// long as the answer has `after`, another request goes on there. Whatever the `Idempotency-Key`, none is taken in
/// twice, so a request that was not answered can be made again. The request is recorded in the audit trail.
#[utoipa::path(
    post, path = "/api/cohorts/{cohort}/quarantine/reprocess", operation_id = "reprocessQuarantine", tag = "cohorts",
    extensions(("x-role" = json!("coordinator"))),
    params(
        OfCohort,
        ("Idempotency-Key" = String, Header,
            description = "Any text of the caller's choice, 1 to 128 printable ASCII characters; one per request.",
            example = "3b9a1f0e-7d52-4c1a-8e6f-2a4b6c8d0e1f"),
        ("after" = Option<String>, Query, description = "Only what comes after this one, as an answer said.",
            example = "x7k2m9p4q1r8s5t3"),
    ),
    responses((status = 200, description = "What became of them.", body = Reprocessed), Always, Missing, Conflicts),
)]
pub(crate) async fn again(
    State(portal): State<Portal>,
    Coordinator(caller): Coordinator,
    ids: PathIds,
    mut params: Params,
) -> Result<Json<Reprocessed>, Problem> {
    params.required_key();
    let after: Option<ResponseToken> = params.parsed("after");
    let (scope, cohort) = portal.cohort(&caller, &ids).await?;
    params.finish()?;
    if cohort.archived_at.is_some() {
        return Err(Problem::Archived);
    }
    let waiting = portal.store.count_quarantined(&scope).await?;
    let cohort = Some(&scope.cohort);
    portal.record(&caller, cohort, "quarantine.reprocess", waiting as usize).await?;
    let run = reprocess(&portal, &scope, after.as_ref()).await?;
    let (accepted, remaining) = (run.accepted, run.still_quarantined);
    Ok(Json(Reprocessed { accepted, remaining, after: run.goes_on_after() }))
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
