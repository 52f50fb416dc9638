//! What was erased, and the certificates that prove it (D2).

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use domain::erasure::{Certificate, Erasure, ErasureStatus};
use domain::{CaseReference, CohortId, ErasureId, InstitutionId};
use futures::{StreamExt, TryStreamExt};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use store::{Scope, keys};
use utoipa::ToSchema;

use crate::caller::Caller;
use crate::page::{PageParams, Paged, place_in_time};
use crate::params::{NoParams, Params, PathIds};
use crate::portal::Portal;
use crate::printed;
use crate::problem::{Always, Conflicts, Missing, Problem, tagged};
use crate::sentences::Localised;
use crate::words;

/// How many reads are under way at once.
const PARALLEL: usize = 8;

/// An erasure. It holds no personal data and outlives what it deleted.
#[derive(Serialize, ToSchema)]
#[schema(as = Erasure)]
pub(crate) struct ErasureView {
    /// Its id.
    #[schema(value_type = String, example = "era_0192f0c1a2b37c4d8e5f60718293a4b5")]
    id: ErasureId,
    /// How much goes or went.
    scope: words::ErasureScope,
    /// The cohort that goes or went, or of which somebody does.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "coh_0192f0c1a2b37c4d8e5f60718293a4b5")]
    cohort: Option<CohortId>,
    /// The cohort's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<Localised>,
    /// Where it is; a failed one is taken up again by the next daily sweep.
    status: words::ErasureStatus,
    /// Why it was started.
    reason: words::ErasureReason,
    /// The case in which it is written down who asked and how; absent where the term ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "2027-031")]
    reference: Option<CaseReference>,
    /// When it was asked for; absent where the term ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "2027-03-01T09:30:00Z")]
    requested_at: Option<Timestamp>,
    /// The date on which the data was due; absent where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "2027-05-07")]
    delete_on: Option<Date>,
    /// When it was started.
    #[schema(example = "2027-05-07T02:00:11Z")]
    started_at: Timestamp,
    /// When the certificate was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "2027-05-07T02:06:40Z")]
    completed_at: Option<Timestamp>,
    /// How many things were deleted so far, per kind.
    #[schema(example = json!({"students": 118, "responses": 121, "objects": 133}))]
    deleted: BTreeMap<String, u64>,
}

/// Proof that data is gone.
#[derive(Serialize, ToSchema)]
#[schema(as = Certificate)]
pub(crate) struct CertificateView {
    /// The erasure.
    #[schema(value_type = String, example = "era_0192f0c1a2b37c4d8e5f60718293a4b5")]
    erasure: ErasureId,
    /// The controller.
    #[schema(value_type = String, example = "ins_0192f0c1a2b37c4d8e5f60718293a4b5")]
    institution: InstitutionId,
    /// How much is gone.
    scope: words::ErasureScope,
    /// The cohort that is gone, or of which somebody is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "coh_0192f0c1a2b37c4d8e5f60718293a4b5")]
    cohort: Option<CohortId>,
    /// Why it was erased.
    reason: words::ErasureReason,
    /// The case in which it is written down who asked and how; absent where the term ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "2027-031")]
    reference: Option<CaseReference>,
    /// When it was asked for; absent where the term ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "2027-03-01T09:30:00Z")]
    requested_at: Option<Timestamp>,
    /// The date on which the data was due; absent where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "2027-05-07")]
    delete_on: Option<Date>,
    /// The institution's instruction that had extended the term, if there was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "2026-417")]
    extended_by: Option<CaseReference>,
    /// When the erasure began.
    #[schema(example = "2027-05-07T02:00:11Z")]
    started_at: Timestamp,
    /// When everything had been read back and found gone.
    #[schema(example = "2027-05-07T02:06:38Z")]
    verified_at: Timestamp,
    /// How many things were deleted, per kind.
    #[schema(example = json!({"students": 118, "responses": 121, "objects": 133}))]
    deleted: BTreeMap<String, u64>,
    /// What was left in each system that was read back: zero.
    #[schema(example = json!({"items": 0, "objects": 0, "typeform": 0}))]
    left_over: BTreeMap<String, u64>,
    /// Where Typeform could not be read back, as it has the form no more: the reference of the case in
    /// which the processor wrote that down.
    #[schema(value_type = Option<String>, example = "2027-114")]
    #[serde(skip_serializing_if = "Option::is_none")]
    form_gone: Option<CaseReference>,
    /// For an institution: the erasures of its cohorts, each with a certificate of its own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<String>, example = json!(["era_0192f0c1a2b37c4d8e5f60718293a4b5"]))]
    cohorts: Vec<ErasureId>,
    /// The key of the ledger entry that erases it again after a restore.
    #[schema(example = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae")]
    ledger_entry: String,
}

impl From<Certificate> for CertificateView {
    fn from(certificate: Certificate) -> Self {
        Self {
            erasure: certificate.erasure,
            institution: certificate.institution,
            scope: certificate.scope.into(),
            cohort: certificate.cohort,
            reason: certificate.reason.into(),
            reference: certificate.reference,
            requested_at: certificate.requested_at,
            delete_on: certificate.delete_on,
            extended_by: certificate.extended_by,
            started_at: certificate.started_at,
            verified_at: certificate.verified_at,
            deleted: certificate.deleted,
            left_over: certificate.left_over,
            form_gone: certificate.form_gone.map(|word| word.reference),
            cohorts: certificate.cohorts,
            ledger_entry: certificate.ledger_entry,
        }
    }
}

async fn view(portal: &Portal, caller: &Caller, erasure: Erasure) -> Result<ErasureView, Problem> {
    // The cohort's record stays as a tombstone; its name names no person.
    let cohort = match &erasure.cohort {
        Some(cohort) => {
            let scope = Scope::new(caller.institution.clone(), cohort.clone());
            portal.store.cohort_even_if_gone(&scope).await?
        }
        None => None,
    };
    Ok(ErasureView {
        id: erasure.id,
        scope: erasure.scope.into(),
        cohort: erasure.cohort,
        name: cohort.map(|cohort| (&cohort.settings.name).into()),
        status: erasure.status.into(),
        reason: erasure.reason.into(),
        reference: erasure.reference,
        requested_at: erasure.requested_at,
        delete_on: erasure.delete_on,
        started_at: erasure.started_at,
        completed_at: erasure.completed_at,
        deleted: erasure.deleted,
    })
}

/// Erasures
///
/// Of the institution's cohorts, of single people and of the institution itself; newest first.
#[utoipa::path(
    get, path = "/api/erasures", operation_id = "listErasures", tag = "deletion",
    extensions(("x-role" = json!("viewer"))),
    params(PageParams),
    responses((status = 200, description = "The erasures.", body = Paged<ErasureView>), Always),
)]
pub(crate) async fn list(
    State(portal): State<Portal>,
    caller: Caller,
    mut params: Params,
) -> Result<Json<Paged<ErasureView>>, Problem> {
    let asked = params.page(&["erasures", caller.institution.as_str()]);
    params.finish()?;
    let erasures = portal.store.erasures(&caller.institution).await?;
    let (erasures, next) =
        asked.window(erasures, |erasure| place_in_time(erasure.started_at, erasure.id.as_str()));
    let items = futures::stream::iter(erasures)
        .map(|erasure| view(&portal, &caller, erasure))
        .buffered(PARALLEL)
        .try_collect()
        .await?;
    Ok(Json(Paged { items, next }))
}

/// A deletion certificate
///
/// Tells what was deleted and that everything was read back and found gone. It holds no personal
/// data. While the erasure runs the answer is 409 with the problem `no-certificate`.
#[utoipa::path(
    get, path = "/api/erasures/{erasure}/certificate", operation_id = "getCertificate", tag = "deletion",
    extensions(("x-role" = json!("viewer"))),
    params(("erasure" = String, Path, description = "The erasure.", example = "era_0192f0c1a2b37c4d8e5f60718293a4b5")),
    responses(
        (status = 200, description = "The certificate.", body = CertificateView,
            headers(("ETag" = String, description = "Send it as If-None-Match to ask for changes only."))),
        (status = 304, description = "Not changed since the ETag sent as If-None-Match."),
        Always, Missing, Conflicts,
    ),
)]
pub(crate) async fn certificate(
    State(portal): State<Portal>,
    caller: Caller,
    ids: PathIds,
    _: NoParams,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let certificate = stored(&portal, &caller, &ids).await?;
    tagged(&headers, &CertificateView::from(certificate))
}

/// A deletion certificate, to print
///
/// The same certificate as a PDF, in the institution's language or the one that is asked for. While the
/// erasure runs the answer is 409 with the problem `no-certificate`.
#[utoipa::path(
    get, path = "/api/erasures/{erasure}/certificate.pdf", operation_id = "printCertificate", tag = "deletion",
    extensions(("x-role" = json!("viewer"))),
    params(
        ("erasure" = String, Path, description = "The erasure.", example = "era_0192f0c1a2b37c4d8e5f60718293a4b5"),
        ("language" = Option<String>, Query, description = "`da` or `en`.", example = "en"),
    ),
    responses(
        (status = 200, description = "The certificate.", body = String, content_type = "application/pdf"),
        Always, Missing, Conflicts,
    ),
)]
pub(crate) async fn print(
    State(portal): State<Portal>,
    caller: Caller,
    ids: PathIds,
    mut params: Params,
) -> Result<Response, Problem> {
    let language = printed::language(&mut params);
    params.finish()?;
    let certificate = stored(&portal, &caller, &ids).await?;
    let institution = portal.store.institution(&caller.institution).await?;
    let language = printed::chosen(language, institution.as_ref());
    let document = printed::erasure(&certificate, institution.as_ref(), language);
    printed::answer(&document, certificate.erasure.as_str())
}

/// The certificate as it was written when the erasure ended.
async fn stored(portal: &Portal, caller: &Caller, ids: &PathIds) -> Result<Certificate, Problem> {
    let id = ids.id::<ErasureId>("erasure")?;
    let erasure = portal.store.erasure(&caller.institution, &id).await?;
    let erasure = erasure.ok_or(Problem::NotFound)?;
    if erasure.status != ErasureStatus::Completed {
        return Err(Problem::NoCertificate { status: erasure.status });
    }
    let key = keys::certificate(&caller.institution, &id);
    let Some(certificate) = portal.objects.get_json::<Certificate>(&key).await? else {
        tracing::error!(operation = "certificate", erasure = %id, "a completed erasure has no certificate");
        return Err(Problem::Internal);
    };
    Ok(certificate)
}
