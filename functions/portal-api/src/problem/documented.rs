//! Problems in the API's document: what each route may refuse with, each with an example.

use std::collections::BTreeMap;

use domain::FormationId;
use utoipa::IntoResponses;
use utoipa::openapi::{Content, Ref, RefOr, ResponseBuilder};

use super::{MEDIA_TYPE, Problem};
use crate::params::ParameterProblem;

/// The problems that several routes share, as the document names them.
fn shared() -> [(&'static str, &'static str, Problem); 8] {
    let wrong = ParameterProblem::query("limit", "must be a whole number from 1 to 200");
    [
        ("BadRequest", "A parameter is wrong or unknown.", Problem::Parameters(vec![wrong])),
        (
            "Unauthenticated",
            "No access token for the portal. Where API Gateway refuses the token itself, the body is its own JSON, without a request id.",
            Problem::Unauthenticated,
        ),
        (
            "Forbidden",
            "No active contact, or one whose role does not suffice.",
            Problem::NotAContact,
        ),
        (
            "NotFound",
            "Not there, another institution's, due for deletion or erased.",
            Problem::NotFound,
        ),
        ("Conflict", "The present state does not allow it; `type` says why.", busy_example()),
        (
            "Stale",
            "It has another version than the request names as `If-Match`.",
            Problem::Stale { version: 4 },
        ),
        ("Internal", "Something broke on our side.", Problem::Internal),
        ("Unavailable", "Another try in a moment may succeed.", Problem::Unavailable),
    ]
}

fn busy_example() -> Problem {
    let formation = FormationId::parse("for_0192f0c1a2b37c4d8e5f60718293a4b5").ok();
    Problem::Busy { formation }
}

/// The shared problems as reusable parts of the document.
pub(crate) fn components() -> BTreeMap<String, RefOr<utoipa::openapi::Response>> {
    let described = shared().map(|(name, description, problem)| {
        let example = serde_json::to_value(problem.document().1).unwrap_or_default();
        let mut content = Content::new(Some(Ref::from_schema_name("Problem")));
        content.example = Some(example);
        let response = ResponseBuilder::new().description(description).content(MEDIA_TYPE, content);
        (name.to_owned(), RefOr::T(response.build()))
    });
    described.into_iter().collect()
}

fn documented(names: &[&str]) -> BTreeMap<String, RefOr<utoipa::openapi::Response>> {
    let wanted = shared().into_iter().filter(|(name, ..)| names.contains(name));
    wanted
        .map(|(name, _, problem)| {
            let status = problem.describe().0.as_u16().to_string();
            (status, RefOr::Ref(Ref::from_response_name(name)))
        })
        .collect()
}

/// What every route may answer.
pub(crate) struct Always;

impl IntoResponses for Always {
    fn responses() -> BTreeMap<String, RefOr<utoipa::openapi::Response>> {
        documented(&["BadRequest", "Unauthenticated", "Forbidden", "Internal", "Unavailable"])
    }
}

/// What a route may answer whose path names something.
pub(crate) struct Missing;

impl IntoResponses for Missing {
    fn responses() -> BTreeMap<String, RefOr<utoipa::openapi::Response>> {
        documented(&["NotFound"])
    }
}

/// What a route may answer that changes a version of something.
pub(crate) struct Versioned;

impl IntoResponses for Versioned {
    fn responses() -> BTreeMap<String, RefOr<utoipa::openapi::Response>> {
        documented(&["Stale"])
    }
}

/// What a route may answer that depends on the state of something.
pub(crate) struct Conflicts;

impl IntoResponses for Conflicts {
    fn responses() -> BTreeMap<String, RefOr<utoipa::openapi::Response>> {
        documented(&["Conflict"])
    }
}
