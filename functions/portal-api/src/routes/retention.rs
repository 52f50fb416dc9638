//! How long a cohort's data is kept, and the controller's instruction to keep it longer (D1).
//!
//! Safe to repeat: an instruction is one value of the cohort, written under the condition that the
//! deletion date is still the one it was worked out from.

use axum::Json;
use axum::extract::State;
use domain::cohort::Cohort;
use domain::retention::{self, Extension};
use domain::{CaseReference, ContactId};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use store::{Scope, Term};
use utoipa::ToSchema;

use crate::body::Body;
use crate::caller::{Caller, Coordinator, Operator};
use crate::params::{NoParams, OfCohort, PathIds};
use crate::portal::Portal;
use crate::problem::{Always, Missing, Problem};

/// The longest name, in characters.
const LONGEST: usize = 200;

/// How long a cohort's data is kept.
#[derive(Serialize, ToSchema)]
pub(crate) struct Retention {
    /// The first day on which its data must not exist.
    #[schema(example = "2028-01-31")]
    delete_on: Date,
    /// The same without an instruction: eight months after the last formation, or after the deadline.
    #[schema(example = "2027-05-07")]
    regular_delete_on: Date,
    /// The last day that an instruction may name: 24 months after the same day.
    #[schema(example = "2028-09-07")]
    latest_extension: Date,
    /// The instruction in force.
    #[serde(skip_serializing_if = "Option::is_none")]
    extension: Option<ExtensionView>,
}

/// A written instruction of the institution to keep a cohort's data longer.
#[derive(Serialize, ToSchema)]
#[schema(as = Extension)]
pub(crate) struct ExtensionView {
    /// The first day on which the data must not exist, unless a formation makes it later.
    #[schema(example = "2028-01-31")]
    until: Date,
    /// Who gave the instruction: name and function.
    #[schema(example = "Karen Holm, study director")]
    given_by: String,
    /// The date of the instruction.
    #[schema(example = "2026-09-08")]
    given_on: Date,
    /// Where the written instruction is filed.
    #[schema(value_type = String, example = "2026-417")]
    reference: CaseReference,
    /// The operator who noted it.
    #[schema(value_type = String, example = "0c0f3c1e-6a52-4a0e-9d8c-6f0f6d1f2a01")]
    noted_by: ContactId,
    /// When.
    #[schema(example = "2026-09-10T12:00:00Z")]
    noted_at: Timestamp,
}

/// An instruction as it is noted.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; its members are taken one by one")]
pub(crate) struct Instruction {
    /// The first day on which the data must not exist: later than without an instruction, at most
    /// 24 months after the last formation (or the deadline).
    #[schema(example = "2028-01-31")]
    until: Date,
    /// Who gave the instruction: name and function, at most 200 characters.
    #[schema(example = "Karen Holm, study director")]
    given_by: String,
    /// The date of the instruction, not after today.
    #[schema(example = "2026-09-08")]
    given_on: Date,
    /// Where the written instruction is filed: a number that names nobody.
    #[schema(example = "2026-417")]
    reference: String,
}

/// Show retention
///
/// How long the cohort's data is kept, and on whose instruction if it is longer than eight months.
/// Looking at it is recorded in the audit trail.
#[utoipa::path(
    get, path = "/api/cohorts/{cohort}/retention", operation_id = "getRetention", tag = "deletion",
    extensions(("x-role" = json!("coordinator"))),
    params(OfCohort),
    responses((status = 200, description = "The term.", body = Retention), Always, Missing),
)]
pub(crate) async fn show(
    State(portal): State<Portal>,
    Coordinator(caller): Coordinator,
    ids: PathIds,
    _: NoParams,
) -> Result<Json<Retention>, Problem> {
    let (scope, cohort) = portal.cohort(&caller, &ids).await?;
    portal.record(&caller, Some(&scope.cohort), "retention.show", 1).await?;
    Ok(Json(Retention::of(&cohort)))
}

/// Extend retention
///
/// Notes a written instruction of the institution to keep the cohort's data longer than eight months,
/// at most 24. It replaces an earlier one. The same instruction again changes nothing. The request,
/// refused or not, is recorded in the audit trail.
#[utoipa::path(
    put, path = "/api/cohorts/{cohort}/retention/extension", operation_id = "extendRetention", tag = "deletion",
    extensions(("x-role" = json!("operator"))),
    params(OfCohort),
    request_body(content = Instruction, example = json!({
        "until": "2028-01-31", "given_by": "Karen Holm, study director",
        "given_on": "2026-09-08", "reference": "2026-417",
    })),
    responses((status = 200, description = "The term from now on.", body = Retention), Always, Missing),
)]
pub(crate) async fn extend(
    State(portal): State<Portal>,
    Operator(caller): Operator,
    ids: PathIds,
    _: NoParams,
    body: Result<Body, Problem>,
) -> Result<Json<Retention>, Problem> {
    let (scope, cohort) = portal.cohort(&caller, &ids).await?;
    let extension = match body.and_then(|body| read(body, &caller, &cohort)) {
        Ok(extension) => extension,
        Err(refusal) => {
            let cohort = Some(&scope.cohort);
            portal.record_refused(&caller, cohort, "retention.extend", refusal.word()).await?;
            return Err(refusal);
        }
    };
    change(&portal, &caller, &scope, cohort, Some(extension)).await
}

/// Revoke an extension
///
/// From now on the cohort's data is kept for the regular eight months. If these are over, it counts
/// as gone at once and the next sweep erases it. Without an extension nothing changes. The request
/// is recorded in the audit trail.
#[utoipa::path(
    delete, path = "/api/cohorts/{cohort}/retention/extension", operation_id = "revokeExtension", tag = "deletion",
    extensions(("x-role" = json!("operator"))),
    params(OfCohort),
    responses((status = 200, description = "The term from now on.", body = Retention), Always, Missing),
)]
pub(crate) async fn revoke(
    State(portal): State<Portal>,
    Operator(caller): Operator,
    ids: PathIds,
    _: NoParams,
) -> Result<Json<Retention>, Problem> {
    let (scope, cohort) = portal.cohort(&caller, &ids).await?;
    change(&portal, &caller, &scope, cohort, None).await
}

/// The instruction in a body, if it is one that can be followed.
fn read(mut body: Body, caller: &Caller, cohort: &Cohort) -> Result<Extension, Problem> {
    let (until, given_on) = (body.date("until"), body.date("given_on"));
    let given_by = body.text("given_by", LONGEST);
    let reference = body.parsed("reference");
    let (regular, latest) = (regular(cohort), latest(cohort));
    if until.is_some_and(|until| until <= regular || until > latest) {
        body.refuse("until", format!("must be after {regular} and not after {latest}"));
    }
    if given_on.is_some_and(|given_on| given_on > caller.today()) {
        body.refuse("given_on", "must not lie in the future");
    }
    body.finish()?;
    let (Some(until), Some(given_on), Some(reference)) = (until, given_on, reference) else {
        return Err(Problem::Internal);
    };
    let (noted_by, noted_at) = (caller.contact.id.clone(), caller.now);
    Ok(Extension { until, given_by, given_on, reference, noted_by, noted_at })
}

async fn change(
    portal: &Portal,
    caller: &Caller,
    scope: &Scope,
    mut cohort: Cohort,
    extension: Option<Extension>,
) -> Result<Json<Retention>, Problem> {
    let action = if extension.is_some() { "retention.extend" } else { "retention.revoke" };
    // An instruction that is replaced or revoked is found in the trail: where it is filed, until when.
    let told = extension.as_ref().or(cohort.extension.as_ref());
    let told = told.map(|it| vec![it.reference.to_string(), it.until.to_string()]);
    let entry = caller.entry(Some(&scope.cohort), action).touching(1);
    portal.append(caller, entry.about(told.unwrap_or_default())).await?;
    let same = match (&cohort.extension, &extension) {
        (Some(known), Some(asked)) => says_the_same(known, asked),
        (known, asked) => known.is_none() && asked.is_none(),
    };
    if !same {
        let delete_on = retention::extended(regular(&cohort), extension.as_ref());
        let term = Term { delete_on, was: cohort.delete_on };
        if !portal.store.extend_retention(scope, extension.as_ref(), term).await? {
            // Groups were published or another operator was quicker: the next try reads it anew.
            return Err(Problem::Unavailable);
        }
        (cohort.delete_on, cohort.extension) = (delete_on, extension);
    }
    Ok(Json(Retention::of(&cohort)))
}

fn says_the_same(a: &Extension, b: &Extension) -> bool {
    let said = |it: &Extension| (it.until, it.given_on, it.given_by.clone(), it.reference.clone());
    said(a) == said(b)
}

fn regular(cohort: &Cohort) -> Date {
    retention::delete_on(cohort.settings.deadline, cohort.last_formation_at)
}

fn latest(cohort: &Cohort) -> Date {
    retention::latest_extension(cohort.settings.deadline, cohort.last_formation_at)
}

impl Retention {
    fn of(cohort: &Cohort) -> Self {
        let extension = cohort.extension.clone().map(|extension| {
            let Extension { until, given_by, given_on, reference, noted_by, noted_at } = extension;
            ExtensionView { until, given_by, given_on, reference, noted_by, noted_at }
        });
        Self {
            delete_on: cohort.delete_on,
            regular_delete_on: regular(cohort),
            latest_extension: latest(cohort),
            extension,
        }
    }
}
