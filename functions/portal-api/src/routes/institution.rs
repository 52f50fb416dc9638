//! Whether the institution's agreement has ended (D6): the one thing that can still be seen of it then.

use axum::Json;
use axum::extract::State;
use domain::{CaseReference, InstitutionId};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use crate::caller::Operator;
use crate::params::NoParams;
use crate::portal::Portal;
use crate::problem::{Always, Problem};

/// An institution, and the end of its agreement if that was instructed.
#[derive(Serialize, ToSchema)]
pub(crate) struct InstitutionStatus {
    /// Its id.
    #[schema(value_type = String, example = "ins_0192f0c1a2b37c4d8e5f60718293a4b5")]
    id: InstitutionId,
    /// Whether its data is out of everybody's reach.
    deactivated: bool,
    /// The instruction in force.
    #[serde(skip_serializing_if = "Option::is_none")]
    deactivation: Option<DeactivationView>,
}

/// A written instruction of the institution to deactivate it.
#[derive(Serialize, ToSchema)]
#[schema(as = Deactivation)]
pub(crate) struct DeactivationView {
    /// Where the written instruction is filed.
    #[schema(value_type = String, example = "2026-512")]
    reference: CaseReference,
    /// The date of the instruction.
    #[schema(example = "2026-08-01")]
    given_on: Date,
    /// The day on which everything is erased.
    #[schema(example = "2027-09-10")]
    erase_on: Date,
    /// Since when the data is out of reach.
    #[schema(example = "2026-09-10T12:00:00Z")]
    since: Timestamp,
}

/// The institution's state
///
/// Whether the institution is deactivated, on which instruction, and when it is erased. It is answered
/// also when it is; no other data of the institution is then. Looking at it is recorded in the audit
/// trail.
#[utoipa::path(
    get, path = "/api/institution", operation_id = "getInstitution", tag = "deletion",
    extensions(("x-role" = json!("operator"))),
    responses((status = 200, description = "The state.", body = InstitutionStatus), Always),
)]
pub(crate) async fn show(
    State(portal): State<Portal>,
    Operator(caller): Operator,
    _: NoParams,
) -> Result<Json<InstitutionStatus>, Problem> {
    portal.record(&caller, None, "institution.show", 0).await?;
    let deactivation = caller.deactivation.map(|noted| DeactivationView {
        reference: noted.reference,
        given_on: noted.given_on,
        erase_on: noted.erase_on,
        since: noted.noted_at,
    });
    Ok(Json(InstitutionStatus {
        id: caller.institution,
        deactivated: deactivation.is_some(),
        deactivation,
    }))
}
