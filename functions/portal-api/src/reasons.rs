//! Why the processor's staff asks (D5): the header `X-Reason`, and the routes that need none.
//!
//! The boundary asks for it before any handler runs, on every route but those named here, so that a new
//! route asks for a reason until somebody says that it shows nobody.

use axum::http::{HeaderMap, Method};
use domain::audit::{LONGEST_REASON, Reason};
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};

use crate::params::ParameterProblem;
use crate::problem::Problem;

/// The header, as the document names it.
const NAME: &str = "X-Reason";

/// What shows and changes nothing personal but who signed in.
const WITHOUT: [(&str, &str); 24] = [
    ("GET", "/api/me"),
    ("GET", "/api/audit/verification"),
    ("GET", "/api/cohorts"),
    ("GET", "/api/cohorts/{cohort}"),
    ("GET", "/api/cohorts/{cohort}/roster"),
    ("GET", "/api/cohorts/{cohort}/reminder"),
    ("GET", "/api/cohorts/{cohort}/evaluation/mail"),
    ("GET", "/api/cohorts/{cohort}/timeline"),
    ("GET", "/api/cohorts/{cohort}/distribution"),
    ("GET", "/api/cohorts/{cohort}/statistics"),
    ("GET", "/api/cohorts/{cohort}/formations"),
    ("GET", "/api/cohorts/{cohort}/formations/{formation}"),
    ("GET", "/api/cohorts/{cohort}/formations/{formation}/messages/summary"),
    ("GET", "/api/cohorts/{cohort}/formations/{formation}/repair"),
    ("GET", "/api/cohorts/{cohort}/formations/{formation}/plan"),
    ("GET", "/api/cohorts/{cohort}/mailings/{mailing}/messages/summary"),
    ("GET", "/api/erasures"),
    ("GET", "/api/erasures/{erasure}/certificate"),
    ("GET", "/api/erasures/{erasure}/certificate.pdf"),
    ("GET", "/api/breaches"),
    ("GET", "/api/breaches/{breach}"),
    ("GET", "/api/breaches/{breach}/certificate"),
    ("GET", "/api/breaches/{breach}/certificate.pdf"),
    ("GET", "/api/subprocessors"),
];

/// Whether a route shows or changes personal data.
pub(crate) fn is_personal(method: &Method, route: &str) -> bool {
    let method = if method == Method::HEAD { &Method::GET } else { method };
    !WITHOUT.contains(&(method.as_str(), route))
}

/// The reason that a request gives, if it gives one.
pub(crate) fn given(headers: &HeaderMap) -> Result<Option<Reason>, Problem> {
    let Some(value) = headers.get("x-reason") else { return Ok(None) };
    // Browsers send letters beyond ASCII as Latin-1, others as UTF-8.
    let text = match std::str::from_utf8(value.as_bytes()) {
        Ok(text) => text.to_owned(),
        Err(_) => value.as_bytes().iter().copied().map(char::from).collect(),
    };
    if text.trim().is_empty() {
        return Ok(None);
    }
    let refuse =
        |error| Problem::Parameters(vec![ParameterProblem::header(NAME, format!("{error}"))]);
    Reason::parse(&text).map(Some).map_err(|error: domain::audit::ReasonError| refuse(error))
}

/// Describes the header where it is asked for.
pub(crate) fn describe(method: &Method, route: &str, operation: &mut Operation) {
    if is_personal(method, route) {
        operation.parameters.get_or_insert_default().push(parameter().into());
    }
}

fn parameter() -> Parameter {
    let schema = ObjectBuilder::new()
        .schema_type(Type::String)
        .min_length(Some(1))
        .max_length(Some(LONGEST_REASON));
    ParameterBuilder::new()
        .name(NAME)
        .parameter_in(ParameterIn::Header)
        .description(Some(
            "Why. An operator must give a reason, other contacts may. It is one line that names nobody \
             and stands in the audit trail with the request.",
        ))
        .schema(Some(schema))
        .example(Some("Rights request 2026-417".into()))
        .build()
}
