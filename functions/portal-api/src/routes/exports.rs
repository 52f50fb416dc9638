//! Exports of everything that is stored of an institution (D6).
//!
//! Safe to repeat: the export's id follows from the caller's key, and so does the execution's name. A call
//! that died before the execution was started starts it when it is made again.

use std::time::Duration;

use aws_sdk_sfn::error::ProvideErrorMetadata as _;
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use domain::ExportId;
use domain::export::{ExportFile, ExportRef, ExportStatus, InstitutionExport};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use store::keys;
use utoipa::ToSchema;

use crate::caller::{Caller, Operator};
use crate::page::{PageParams, Paged, place_in_time};
use crate::params::{NoParams, Params, PathIds};
use crate::portal::Portal;
use crate::problem::{Always, Conflicts, Missing, Problem, accepted};
use crate::words;

/// The longest idempotency key, in characters.
const LONGEST_KEY: usize = 128;
/// How long an address of a file can be used: it is asked for anew for each file.
const VALID: Duration = Duration::from_mins(5);

/// An export of the institution.
#[derive(Serialize, ToSchema)]
#[schema(as = InstitutionExport)]
pub(crate) struct ExportView {
    /// Its id.
    #[schema(value_type = String, example = "exp_0192f0c1a2b37c4d8e5f60718293a4b5")]
    id: ExportId,
    /// Where it is.
    status: words::ExportStatus,
    /// When it was asked for.
    #[schema(example = "2026-09-10T12:00:00Z")]
    requested_at: Timestamp,
    /// When its files are deleted at the latest; sooner if something of the institution is erased.
    #[schema(example = "2026-10-10T12:00:00Z")]
    expires_at: Timestamp,
    /// The part that is being written.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "coh_0192f0c1a2b37c4d8e5f60718293a4b5.items")]
    part: Option<String>,
    /// When it was ready, stopped or deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "2026-09-10T12:04:00Z")]
    ended_at: Option<Timestamp>,
    /// Why it stopped.
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<words::ExportFailure>,
}

impl From<InstitutionExport> for ExportView {
    fn from(export: InstitutionExport) -> Self {
        Self {
            id: export.id,
            status: export.status.into(),
            requested_at: export.requested_at,
            expires_at: export.expires_at,
            part: export.place.map(|place| place.part),
            ended_at: export.ended_at,
            failure: export.failure.map(Into::into),
        }
    }
}

/// An export with its files.
#[derive(Serialize, ToSchema)]
#[schema(as = InstitutionExportWithFiles)]
pub(crate) struct ExportDetails {
    /// The export.
    export: ExportView,
    /// Its files, by name; none unless it is ready.
    files: Vec<FileView>,
}

/// A file of an export.
#[derive(Serialize, ToSchema)]
#[schema(as = ExportFile)]
pub(crate) struct FileView {
    /// Its name.
    #[schema(example = "coh_0192f0c1a2b37c4d8e5f60718293a4b5.items-student-00001.jsonl")]
    name: String,
    /// How many items it holds.
    #[schema(example = 500)]
    items: u64,
    /// How long it is.
    #[schema(example = 214_016)]
    bytes: u64,
    /// Its SHA-256.
    #[schema(example = "5b1e0f7c2a9d4e3f8b6a7c5d4e3f2a1b5b1e0f7c2a9d4e3f8b6a7c5d4e3f2a1b")]
    sha256: String,
}

impl From<ExportFile> for FileView {
    fn from(file: ExportFile) -> Self {
        Self { name: file.name, items: file.items, bytes: file.bytes, sha256: file.sha256 }
    }
}

/// Where a file can be fetched.
#[derive(Serialize, ToSchema)]
pub(crate) struct FileAddress {
    /// The address; it holds ids and no names, and needs no token.
    #[schema(
        example = "https://bucket.s3.eu-north-1.amazonaws.com/institutions/ins_1/exports/exp_1/manifest.json"
    )]
    url: String,
    /// Until when it can be used.
    #[schema(example = "2026-09-10T12:05:00Z")]
    expires_at: Timestamp,
}

/// Export the institution
///
/// Everything that is stored of it, also when it is deactivated: JSON lines and tables for each cohort,
/// contacts, settings, registers, letters, certificates and the audit trail, with a manifest. It is written
/// in the background and kept for 30 days. Asked again with the same `Idempotency-Key` the same export is
/// answered. While something of the institution is being erased the answer is 409. The request, refused or
/// not, is recorded in the audit trail.
#[utoipa::path(
    post, path = "/api/institution/export", operation_id = "exportInstitution", tag = "deletion",
    extensions(("x-role" = json!("operator"))),
    params(("Idempotency-Key" = String, Header,
        description = "Any text of the caller's choice, 1 to 128 printable ASCII characters; one per export.",
        example = "3b9a1f0e-7d52-4c1a-8e6f-2a4b6c8d0e1f")),
    responses((status = 202, description = "It is being written, or was.", body = ExportView,
        headers(("Location" = String, description = "Where it is found."))), Always, Conflicts),
)]
pub(crate) async fn start(
    State(portal): State<Portal>,
    Operator(caller): Operator,
    mut params: Params,
) -> Result<Response, Problem> {
    const ACTION: &str = "institution.export.requested";
    let fits = |key: &str| {
        (1..=LONGEST_KEY).contains(&key.len())
            && key.bytes().all(|b| b.is_ascii_graphic() || b == b' ')
    };
    let rule = "must be 1 to 128 printable ASCII characters";
    let key = params.required_header("idempotency-key", fits, rule);
    let asked = params.finish().and_then(|()| key.ok_or(Problem::Internal));
    let begun = match asked {
        Ok(key) => begin(&portal, &caller, ACTION, &key).await,
        Err(problem) => Err(problem),
    };
    match begun {
        Ok(export) => {
            let location = format!("/api/institution/exports/{}", export.id);
            accepted(&location, &ExportView::from(export))
        }
        Err(problem) => {
            portal.record_refused(&caller, None, ACTION, problem.word()).await?;
            Err(problem)
        }
    }
}

async fn begin(
    portal: &Portal,
    caller: &Caller,
    action: &str,
    key: &str,
) -> Result<InstitutionExport, Problem> {
    let institution = &caller.institution;
    let id = ExportId::for_request(institution, key);
    if portal.store.export(institution, &id).await?.is_none() {
        let asked = InstitutionExport::requested(id.clone(), caller.contact.id.clone(), caller.now);
        if asked.is_outdated(&portal.store.erasures(institution).await?) {
            return Err(Problem::ErasureRuns);
        }
        portal.record_about(caller, None, action, &[id.to_string()]).await?;
        portal.store.create_export(institution, &asked).await?;
    }
    let export = portal.store.export(institution, &id).await?.ok_or(Problem::Unavailable)?;
    if export.status == ExportStatus::Running {
        execute(portal, caller, &id).await?;
    }
    Ok(export)
}

async fn execute(portal: &Portal, caller: &Caller, id: &ExportId) -> Result<(), Problem> {
    let told = ExportRef { institution: caller.institution.clone(), export: id.clone() };
    let told = serde_json::to_string(&told).map_err(|_| Problem::Internal)?;
    let started = portal.machines.start_execution().state_machine_arn(&portal.export_machine);
    let started = started.name(id.as_str()).input(told).send().await;
    let Err(error) = started else { return Ok(()) };
    let code = error.code().unwrap_or("transport");
    if code == "ExecutionAlreadyExists" {
        return Ok(());
    }
    tracing::error!(operation = "export", error = code, "failed");
    Err(Problem::Unavailable)
}

/// Exports of the institution
///
/// Those whose files are deleted, too; newest first. Looking at this list is recorded in the audit trail.
#[utoipa::path(
    get, path = "/api/institution/exports", operation_id = "listExports", tag = "deletion",
    extensions(("x-role" = json!("operator"))),
    params(PageParams),
    responses((status = 200, description = "The exports.", body = Paged<ExportView>), Always),
)]
pub(crate) async fn list(
    State(portal): State<Portal>,
    Operator(caller): Operator,
    mut params: Params,
) -> Result<Json<Paged<ExportView>>, Problem> {
    let asked = params.page(&["exports", caller.institution.as_str()]);
    params.finish()?;
    let exports = portal.store.exports(&caller.institution).await?;
    let (exports, next) =
        asked.window(exports, |export| place_in_time(export.requested_at, export.id.as_str()));
    let about: Vec<String> = exports.iter().map(|export| export.id.to_string()).collect();
    portal.record_about(&caller, None, "exports.list", &about).await?;
    Ok(Json(Paged { items: exports.into_iter().map(Into::into).collect(), next }))
}

/// One export
///
/// Where it is and which files it has. Looking is recorded in the audit trail.
#[utoipa::path(
    get, path = "/api/institution/exports/{export}", operation_id = "getExport", tag = "deletion",
    extensions(("x-role" = json!("operator"))),
    params(("export" = String, Path, description = "The export.", example = "exp_0192f0c1a2b37c4d8e5f60718293a4b5")),
    responses((status = 200, description = "The export.", body = ExportDetails), Always, Missing),
)]
pub(crate) async fn show(
    State(portal): State<Portal>,
    Operator(caller): Operator,
    ids: PathIds,
    _: NoParams,
) -> Result<Json<ExportDetails>, Problem> {
    let id: ExportId = ids.id("export")?;
    let institution = &caller.institution;
    let export = portal.store.export(institution, &id).await?.ok_or(Problem::NotFound)?;
    portal.record_about(&caller, None, "exports.show", &[id.to_string()]).await?;
    let files = if export.is_readable(caller.now) {
        portal.store.export_files(institution, &id).await?
    } else {
        Vec::new()
    };
    let files = files.into_iter().map(Into::into).collect();
    Ok(Json(ExportDetails { export: export.into(), files }))
}

/// A file of an export
///
/// An address at which it can be fetched for five minutes. Not of an export that is not ready, whose term
/// is over, or since which something of the institution is being erased. Asking, refused or not, is
/// recorded in the audit trail.
#[utoipa::path(
    get, path = "/api/institution/exports/{export}/files/{file}", operation_id = "getExportFile", tag = "deletion",
    extensions(("x-role" = json!("operator"))),
    params(
        ("export" = String, Path, description = "The export.", example = "exp_0192f0c1a2b37c4d8e5f60718293a4b5"),
        ("file" = String, Path, description = "The file's name.", example = "manifest.json"),
    ),
    responses((status = 200, description = "The address.", body = FileAddress), Always, Missing, Conflicts),
)]
pub(crate) async fn file(
    State(portal): State<Portal>,
    Operator(caller): Operator,
    ids: PathIds,
    _: NoParams,
) -> Result<Json<FileAddress>, Problem> {
    const ACTION: &str = "exports.file";
    let found = find(&portal, &caller, &ids).await;
    let (id, name) = match found {
        Ok(found) => found,
        Err(problem) => {
            portal.record_refused(&caller, None, ACTION, problem.word()).await?;
            return Err(problem);
        }
    };
    portal.record_about(&caller, None, ACTION, &[id.to_string()]).await?;
    let prefix = keys::institution_export_prefix(&caller.institution, &id);
    let url = portal.addresses.presigned(&format!("{prefix}{name}"), VALID).await?;
    let valid = SignedDuration::try_from(VALID).map_err(|_| Problem::Internal)?;
    let expires_at = caller.now.checked_add(valid).map_err(|_| Problem::Internal)?;
    Ok(Json(FileAddress { url, expires_at }))
}

/// The export and the name of one of its files.
async fn find(
    portal: &Portal,
    caller: &Caller,
    ids: &PathIds,
) -> Result<(ExportId, String), Problem> {
    let (id, name): (ExportId, String) = (ids.id("export")?, ids.id("file")?);
    let institution = &caller.institution;
    let export = portal.store.export(institution, &id).await?.ok_or(Problem::NotFound)?;
    if !export.is_readable(caller.now) {
        return Err(Problem::ExportNotReady { status: export.status });
    }
    if export.is_outdated(&portal.store.erasures(institution).await?) {
        return Err(Problem::ErasureRuns);
    }
    let known = portal.store.export_files(institution, &id).await?;
    let known = known.into_iter().any(|file| file.name == name);
    if known { Ok((id, name)) } else { Err(Problem::NotFound) }
}
