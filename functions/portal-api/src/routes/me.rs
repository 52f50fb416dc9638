//! The signed-in contact.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use domain::{ContactId, Email, FormId, InstitutionId, PersonName};
use serde::Serialize;
use utoipa::ToSchema;

use crate::caller::Caller;
use crate::params::NoParams;
use crate::portal::Portal;
use crate::problem::{Always, Problem, tagged};
use crate::words;

/// The signed-in contact and what they may do.
#[derive(Serialize, ToSchema)]
pub(crate) struct Me {
    /// The id of the sign-in.
    #[schema(value_type = String, example = "5f0c7a3e-2b1d-4c6f-9a8e-7d6c5b4a3f21")]
    contact: ContactId,
    /// Their name.
    #[schema(value_type = String, example = "Karen Holm")]
    name: PersonName,
    /// Their address.
    #[schema(value_type = String, example = "karen.holm@example.edu")]
    email: Email,
    /// What they may do.
    role: words::Role,
    /// The institution they act for.
    institution: InstitutionView,
}

/// An institution.
#[derive(Serialize, ToSchema)]
#[schema(as = Institution)]
pub(crate) struct InstitutionView {
    /// Its id.
    #[schema(value_type = String, example = "ins_0192f0c1a2b37c4d8e5f60718293a4b5")]
    id: InstitutionId,
    /// Its name.
    #[schema(example = "Example University")]
    name: String,
    /// Whether its agreement says that students may be mailed their group.
    mail_agreed: bool,
    /// The questionnaires that were made for it; a new cohort takes one of them.
    #[schema(value_type = Vec<String>, example = json!(["Xy12AbCd"]))]
    forms: Vec<FormId>,
}

/// Who is signed in
///
/// The contact's name, role and institution, from their record.
#[utoipa::path(
    get, path = "/api/me", operation_id = "me", tag = "contact",
    extensions(("x-role" = json!("viewer"))),
    responses((status = 200, description = "The contact.", body = Me), Always),
)]
pub(crate) async fn show(
    State(portal): State<Portal>,
    caller: Caller,
    _: NoParams,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let institution = portal.store.institution(&caller.institution).await?;
    // A contact of no institution can see nothing; nor are they let in.
    let institution = institution.ok_or(Problem::NotAContact)?;
    let contact = caller.contact;
    let me = Me {
        contact: contact.id,
        name: contact.name,
        email: contact.email,
        role: contact.role.into(),
        institution: InstitutionView {
            id: institution.id,
            name: institution.name,
            mail_agreed: institution.mail_agreed,
            forms: institution.forms,
        },
    };
    tagged(&headers, &me)
}
