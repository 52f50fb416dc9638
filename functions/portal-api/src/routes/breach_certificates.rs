//! Certificates of breaches that are closed (D7), to read and to print.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use domain::breach::Breach;
use domain::institution::Institution;
use jiff::Timestamp;

use crate::breach_views::CertificateOfBreach;
use crate::caller::{Caller, Coordinator};
use crate::params::{NoParams, Params, PathIds};
use crate::portal::Portal;
use crate::printed;
use crate::problem::{Always, Conflicts, Missing, Problem};
use crate::routes::breaches::{known, view};

/// A breach's certificate
///
/// What happened, whose data it was, what was told when, and whether that was in time: for the
/// institution's own records. It is given once the breach is closed.
#[utoipa::path(
    get, path = "/api/breaches/{breach}/certificate", operation_id = "getBreachCertificate", tag = "registers",
    extensions(("x-role" = json!("coordinator"))),
    params(("breach" = String, Path, description = "The breach.", example = "bre_0192f0c1a2b37c4d8e5f60718293a4b5")),
    responses((status = 200, description = "The certificate.", body = CertificateOfBreach), Always, Missing, Conflicts),
)]
pub(crate) async fn certificate(
    State(portal): State<Portal>,
    Coordinator(caller): Coordinator,
    ids: PathIds,
    _: NoParams,
) -> Result<Json<CertificateOfBreach>, Problem> {
    let (breach, closed_at, institution) = closed(&portal, &caller, &ids).await?;
    let view = view(&portal, &caller, breach).await?;
    Ok(Json(CertificateOfBreach::of(institution, closed_at, view)))
}

/// A breach's certificate, to print
///
/// The same as a PDF, in the institution's language or the one that is asked for. It is given once the
/// breach is closed.
#[utoipa::path(
    get, path = "/api/breaches/{breach}/certificate.pdf", operation_id = "printBreachCertificate", tag = "registers",
    extensions(("x-role" = json!("coordinator"))),
    params(
        ("breach" = String, Path, description = "The breach.", example = "bre_0192f0c1a2b37c4d8e5f60718293a4b5"),
        ("language" = Option<String>, Query, description = "`da` or `en`.", example = "en"),
    ),
    responses(
        (status = 200, description = "The certificate.", body = String, content_type = "application/pdf"),
        Always, Missing, Conflicts,
    ),
)]
pub(crate) async fn print(
    State(portal): State<Portal>,
    Coordinator(caller): Coordinator,
    ids: PathIds,
    mut params: Params,
) -> Result<Response, Problem> {
    let language = printed::language(&mut params);
    params.finish()?;
    let (breach, closed_at, institution) = closed(&portal, &caller, &ids).await?;
    let language = printed::chosen(language, Some(&institution));
    let document = printed::breach(&breach, &institution, closed_at, caller.now, language);
    printed::answer(&document, breach.id.as_str())
}

/// A breach that is closed, since when, and its institution.
async fn closed(
    portal: &Portal,
    caller: &Caller,
    ids: &PathIds,
) -> Result<(Breach, Timestamp, Institution), Problem> {
    let breach = known(portal, caller, ids).await?;
    let closed_at = breach.closed_at.ok_or(Problem::BreachOpen)?;
    let institution = portal.store.institution(&caller.institution).await?;
    Ok((breach, closed_at, institution.ok_or(Problem::NotAContact)?))
}
